"""espeak-ng through its C library: speech, and when each word of it is said."""

import ctypes
import ctypes.util
import re
from functools import cache
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from engine.errors import ErrorKind, NestlingError
from engine.training.accents import MADE, voice_file

SAMPLE_RATE = 16_000  # of everything that leaves this module

_SYNCHRONOUS = 2
_UTF8 = 1
_END_PAUSE = 0x1000
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_LONGEST_FILE = 40  # bytes of a voice file's name with its variant
_WORD, _END = 1, 5  # event types; 0 ends a list of events


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # characters, counted from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # ms
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_uint64),
    ]


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Library:
    """The loaded library, which holds one voice at a time for the whole process."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng")
        if name is None:
            raise NestlingError(
                ErrorKind.MISSING_LIBRARY,
                "The speech synthesiser espeak-ng is missing; training and the bench need it. "
                "Install the Debian package espeak-ng.",
            )
        self._library: Any = ctypes.CDLL(name)
        self.rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 200, None, 0))
        self._samples: list[NDArray[np.int16]] = []
        self._marks: list[tuple[int, int, int]] = []  # type, character, sample
        self._callback = _CALLBACK(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if count > 0:
            self._samples.append(np.ctypeslib.as_array(samples, (count,)).copy())
        position = 0
        while events[position].type != 0:
            event = events[position]
            if event.type in (_WORD, _END):
                self._marks.append((event.type, event.text_position, event.audio_position))
            position += 1
        return 0

    def _choose(self, voice: str) -> None:
        if voice.startswith(MADE):
            name, plus, variant = voice.partition("+")
            file = f"{voice_file(name)}{plus}{variant}"
            if (
                len(file) < _LONGEST_FILE
                and self._library.espeak_ng_SetVoiceByFile(file.encode()) == 0
            ):
                return
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"espeak-ng cannot read a voice from {file!r}: it wants a name of at most "
                f"{_LONGEST_FILE - 1} small letters; set TMPDIR to a folder with a shorter name.",
            )
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"espeak-ng has no voice {voice!r}; see `espeak-ng --voices=en` and "
                "`espeak-ng --voices=variant`.",
            )

    def say(
        self, text: str, voice: str, rate: int, pitch: int, pitch_range: int
    ) -> tuple[NDArray[np.int16], list[tuple[int, int, int]]]:
        """Samples at the library's own rate and (type, character, ms) of its events."""
        self._choose(voice)
        for parameter, value in ((_RATE, rate), (_VOLUME, 80), (_PITCH, pitch)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._library.espeak_SetParameter(_RANGE, pitch_range, 0)
        self._samples.clear()
        self._marks.clear()
        data = text.encode()
        self._library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8, None, None)
        pcm = np.concatenate(self._samples) if self._samples else np.zeros(0, np.int16)
        return pcm, list(self._marks)


@cache
def _library() -> _Library:
    return _Library()


def espeak_with_word_times(
    text: str, voice: str, *, rate: int = 165, pitch: int = 50, pitch_range: int = 50
) -> tuple[NDArray[np.float32], list[tuple[str, float, float]]]:
    """Speech at 16 kHz, -1..1, and (word, start, end) in seconds by the synthesiser's own events.

    Words that espeak-ng says as one ("of the") share the time of both, by their letters.

    Args:
        text: what to say.
        voice: an espeak-ng voice, or one of `accents`, with its variant after a plus: "en-us+f3",
            "made-17+f3".
        rate: words a minute.
        pitch: 0..99.
        pitch_range: liveliness, 0..99.
    """
    engine = _library()
    pcm, marks = engine.say(text, voice, rate, pitch, pitch_range)
    spans = [(found.start() + 1, found[0]) for found in re.finditer(r"\S+", text)]
    starts: dict[int, float] = {}
    for kind, character, milliseconds in marks:
        if kind == _WORD:
            starts.setdefault(character, milliseconds / 1000)
    ends = [milliseconds / 1000 for kind, _, milliseconds in marks if kind == _END]
    total = min(ends[-1] if ends else np.inf, _last_sound(pcm) / engine.rate)
    times: list[tuple[str, float, float]] = []
    group: list[str] = []
    group_start = 0.0
    for character, word in [*spans, (len(text) + 1, "")]:
        start = total if not word else starts.get(character)
        if start is None:
            group.append(word)
            continue
        letters = sum(map(len, group))
        clock = group_start
        for said in group:
            step = (start - group_start) * len(said) / letters
            times.append((said, clock, clock + step))
            clock += step
        group, group_start = [word], start
    return _resampled(pcm, engine.rate), times


def speak_with_word_times(
    text: str, voice: str, rate: int = 165, pitch: int = 50
) -> tuple[NDArray[np.float32], list[tuple[str, float, float]]]:
    """`espeak_with_word_times` at its usual liveliness."""
    return espeak_with_word_times(text, voice, rate=rate, pitch=pitch)


def _last_sound(pcm: NDArray[np.int16]) -> int:
    """Index after the last sample that can be heard."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 200)
    return int(loud[-1]) + 1 if len(loud) else 0


def _resampled(pcm: NDArray[np.int16], rate: int) -> NDArray[np.float32]:
    speech = soxr.resample(pcm.astype(np.float32) / 32768, rate, SAMPLE_RATE)
    return np.asarray(speech, np.float32)
