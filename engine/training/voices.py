"""Who speaks in training and who is held out: voices of espeak-ng and flite."""

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
from engine.training.espeak import SAMPLE_RATE, espeak_with_word_times

_BASES = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029")
_UNHEARD_BASES = ("en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc")
_VARIANTS = (
    "", "m1", "m2", "m3", "m4", "m6", "m8", "f1", "f2", "f4", "f5", "Alex", "Alicia", "Andrea",
    "Andy", "Annie", "adam", "antonio", "belinda", "benjamin", "boris", "caleb", "david", "Denis",
    "Diogo", "ed", "edward", "Gene", "Henrique", "Hugo", "Jacky", "john", "Lee", "linda",
)  # fmt: skip
_UNHEARD_VARIANTS = ("m7", "f3", "max", "paul", "steph", "Zac", "michael", "rob", "grandma", "m5")


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
TRAINED_FLITE = tuple(Voice("flite", name) for name in ("kal16", "awb", "rms", "kal"))
UNHEARD_ESPEAK = _voices(_UNHEARD_BASES, _UNHEARD_VARIANTS)
UNHEARD_FLITE = (Voice("flite", "slt"),)
_FLITE_SHARE = 0.2  # of the training clips


def trained_voice(rng: random.Random) -> Voice:
    """A voice for a training clip, or for a test in the trained voices."""
    return rng.choice(TRAINED_FLITE if rng.random() < _FLITE_SHARE else TRAINED_ESPEAK)


def speak(text: str, voice: Voice, rng: random.Random) -> Speech:
    """`text` in a voice, at a speed and pitch of its own, silence trimmed from both ends."""
    if voice.synthesiser == "espeak":
        pcm, words = espeak_with_word_times(
            text,
            voice.name,
            rate=rng.randint(115, 215),
            pitch=rng.randint(25, 75),
            pitch_range=rng.randint(20, 80),
        )
        ends = tuple(end for _, _, end in words)
    else:
        pcm = _flite(text, voice.name, rng.uniform(0.85, 1.25), rng.uniform(0.85, 1.15))
        ends = ()
    return _trimmed(pcm, ends)


def _trimmed(pcm: NDArray[np.float32], ends: tuple[float, ...]) -> Speech:
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
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise NestlingError(
            ErrorKind.BAD_INPUT, f"flite has no voice {name!r}; see `flite -lv` for those it has."
        )
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder, "speech.wav")
        command = ["flite", "-voice", name, "--setf", f"duration_stretch={stretch:.3f}"]
        command += ["--setf", f"int_f0_target_mean={_FLITE_PITCH[name] * pitch:.1f}"]
        command += ["-t", text, "-o", str(sound)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except FileNotFoundError as missing:
            raise NestlingError(
                ErrorKind.MISSING_LIBRARY,
                "The speech synthesiser flite is missing; training needs it. "
                "Install the Debian package flite.",
            ) from missing
        pcm, rate = soundfile.read(sound, dtype="float32")
    return np.asarray(soxr.resample(pcm, rate, SAMPLE_RATE), np.float32)
