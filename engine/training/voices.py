"""Who speaks in training and who is held out: voices of espeak-ng, flite, pico and festival."""

import random
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from engine.errors import ErrorKind, NestlingError
from engine.training.accents import COUNT, MADE
from engine.training.espeak import SAMPLE_RATE, espeak_with_word_times

_BASES = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029")
_UNHEARD_BASES = ("en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc")
_VARIANTS = (
    "", "m1", "m2", "m3", "m4", "m6", "m8", "f1", "f2", "f4", "f5", "Alex", "Alicia", "Andrea",
    "Andy", "Annie", "adam", "antonio", "belinda", "benjamin", "boris", "caleb", "david", "Denis",
    "Diogo", "ed", "edward", "Gene", "Henrique", "Hugo", "Jacky", "john", "Lee", "linda",
)  # fmt: skip
_MORE_VARIANTS = (
    "anika", "announcer", "aunty", "edward2", "gustave", "iven", "iven2", "iven3", "iven4",
    "kaukovalta", "klatt", "klatt2", "klatt3", "klatt4", "klatt5", "klatt6", "marcelo", "Marco",
    "Mario", "Mike", "miguel", "norbert", "pablo", "pedro", "quincy", "robert",
    "sandro", "shelby", "Storm", "travis", "victor",
)  # fmt: skip
_UNHEARD_VARIANTS = ("", "f3", "m7")


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker: the synthesiser's name and its own name for the voice."""

    synthesiser: str
    name: str

    def __str__(self) -> str:
        return f"{self.synthesiser}:{self.name}"


@dataclass(frozen=True, slots=True)
class Speech:
    """What a voice said: 16 kHz samples and, where the synthesiser tells, each word's end (s)."""

    pcm: NDArray[np.float32]
    word_ends: tuple[float, ...]


def _voices(bases: tuple[str, ...], variants: tuple[str, ...]) -> tuple[Voice, ...]:
    names = (f"{base}+{variant}" if variant else base for base in bases for variant in variants)
    return tuple(Voice("espeak", name) for name in names)


TRAINED_ESPEAK = _voices(_BASES, _VARIANTS)
MORE_ESPEAK = _voices(_BASES, _MORE_VARIANTS)  # trained on, too; the tests draw from the others
TRAINED_FLITE = tuple(Voice("flite", name) for name in ("kal16", "awb", "rms", "kal"))
UNHEARD_ESPEAK = _voices(_UNHEARD_BASES, _UNHEARD_VARIANTS)
UNHEARD_FLITE = (Voice("flite", "slt"),)
# A synthesiser of which no voice is trained on, nor a speaker whose recordings another one uses.
UNHEARD_FESTIVAL = (Voice("festival", "ked_diphone"), Voice("festival", "cmu_us_slt_arctic_hts"))
_FLITE_SHARE = 0.2  # of the clips in trained voices
# Trained on, too, and in no test: without them every voice of recorded speech was a man's.
MORE_RECORDED = (Voice("pico", "en-US"), Voice("pico", "en-GB"))
_MORE_RECORDED_SHARE = 0.27  # of the training clips
_MADE_SHARE = 0.43  # of those by espeak-ng: a quarter of all


def trained_voice(rng: random.Random) -> Voice:
    """A voice for a test in the trained voices."""
    return rng.choice(TRAINED_FLITE if rng.random() < _FLITE_SHARE else TRAINED_ESPEAK)


def training_voice(rng: random.Random) -> Voice:
    """A voice for a training clip."""
    if rng.random() < _MORE_RECORDED_SHARE:
        return rng.choice(MORE_RECORDED)
    if rng.random() < _FLITE_SHARE:
        return rng.choice(TRAINED_FLITE)
    if rng.random() < _MADE_SHARE:
        return made_voice(rng)
    return rng.choice((*TRAINED_ESPEAK, *MORE_ESPEAK))


def made_voice(rng: random.Random) -> Voice:
    """A speaker with an accent that nobody has."""
    variant = rng.choice((*_VARIANTS, *_MORE_VARIANTS))
    name = f"{MADE}{rng.randrange(COUNT)}"
    return Voice("espeak", f"{name}+{variant}" if variant else name)


@dataclass(frozen=True, slots=True)
class Manner:
    """Bounds of how something is said.

    rate: words a minute; pitch, liveliness: espeak-ng's, 0..99; stretch, height: factors of
    length and pitch for the other synthesisers.
    """

    rate: tuple[int, int]
    pitch: tuple[int, int]
    liveliness: tuple[int, int]
    stretch: tuple[float, float]
    height: tuple[float, float]


USUAL = Manner((115, 215), (25, 75), (20, 80), (0.85, 1.25), (0.85, 1.15))
WIDE = Manner((95, 250), (15, 85), (10, 90), (0.75, 1.4), (0.75, 1.3))


def speak(text: str, voice: Voice, rng: random.Random, manner: Manner = USUAL) -> Speech:
    """`text` in a voice, at a speed and pitch of its own, silence trimmed from both ends."""
    if voice.synthesiser == "espeak":
        pcm, words = espeak_with_word_times(
            text,
            voice.name,
            rate=rng.randint(*manner.rate),
            pitch=rng.randint(*manner.pitch),
            pitch_range=rng.randint(*manner.liveliness),
        )
        ends = tuple(end for _, _, end in words)
    elif voice.synthesiser == "festival":
        pcm, ends = _festival(text, voice.name, rng.uniform(*manner.stretch)), ()
    else:
        stretch, height = rng.uniform(*manner.stretch), rng.uniform(*manner.height)
        say = _pico if voice.synthesiser == "pico" else _flite
        pcm, ends = say(text, voice.name, stretch, height), ()
    return trimmed(pcm, ends)


def trimmed(pcm: NDArray[np.float32], ends: tuple[float, ...]) -> Speech:
    """20 ms is kept on both sides of what can be heard; the level is set to a peak of one half."""
    peak = float(np.abs(pcm).max(initial=0.0))
    loud = np.flatnonzero(np.abs(pcm) > 0.02 * peak)
    if not len(loud):
        return Speech(pcm[:0], ())
    margin = SAMPLE_RATE // 50
    start, stop = max(0, loud[0] - margin), min(len(pcm), loud[-1] + 1 + margin)
    length = (stop - start) / SAMPLE_RATE
    moved = tuple(min(length, max(0.0, end - start / SAMPLE_RATE)) for end in ends)
    return Speech(pcm[start:stop] * (0.5 / peak), moved)


_FLITE_PITCH = {"kal": 95.0, "kal16": 95.0, "awb": 130.0, "rms": 100.0, "slt": 180.0}  # Hz


def _flite(text: str, name: str, stretch: float, pitch: float) -> NDArray[np.float32]:
    """Speech of the flite program at 16 kHz; stretch and pitch are factors of its own."""
    _require_name("flite", name, "see `flite -lv` for those it has")
    command = ["flite", "-voice", name, "--setf", f"duration_stretch={stretch:.3f}"]
    command += ["--setf", f"int_f0_target_mean={_FLITE_PITCH[name] * pitch:.1f}"]
    return _said_by([*command, "-t", text], "flite")


def _pico(text: str, name: str, stretch: float, pitch: float) -> NDArray[np.float32]:
    """Speech of SVOX Pico at 16 kHz; stretch and pitch are factors of its own."""
    try:
        from ttspico import TtsEngine
    except ImportError as missing:
        raise NestlingError(
            ErrorKind.MISSING_LIBRARY,
            "The speech synthesiser SVOX Pico is missing; training and its tests need it. "
            "Install the Python package ttspico (extra train), which is compiled with gcc.",
        ) from missing
    engine = TtsEngine(name)
    engine.rate, engine.pitch = round(100 / stretch), round(100 * pitch)  # per cent
    samples = np.frombuffer(engine.speak(text), np.int16)
    return samples.astype(np.float32) / np.float32(32768)


def _festival(text: str, name: str, stretch: float) -> NDArray[np.float32]:
    """Speech of the festival program at 16 kHz."""
    _require_name("festival", name, "Debian's festvox packages bring them")
    settings = f"(begin (voice_{name}) (Parameter.set 'Duration_Stretch {stretch:.3f}))"
    return _said_by(["text2wave", "-eval", settings], "festival", text)


def _require_name(program: str, name: str, where: str) -> None:
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise NestlingError(ErrorKind.BAD_INPUT, f"{program} has no voice {name!r}; {where}.")


def _said_by(command: list[str], package: str, text: str = "") -> NDArray[np.float32]:
    """Sound at 16 kHz that a program writes to `-o FILE`; `text` goes to its standard input."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder, "speech.wav")
        try:
            subprocess.run(
                [*command, "-o", str(sound)], check=True, capture_output=True, input=text.encode()
            )
        except FileNotFoundError as missing:
            raise NestlingError(
                ErrorKind.MISSING_LIBRARY,
                f"The speech synthesiser {package} is missing; training and its tests need it. "
                f"Install the Debian package {package}.",
            ) from missing
        pcm, rate = soundfile.read(sound, dtype="float32")
    return np.asarray(soxr.resample(pcm, rate, SAMPLE_RATE), np.float32)
