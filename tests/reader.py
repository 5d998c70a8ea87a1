"""A person who reads aloud: the recording that comes with moonshine-voice."""

import numpy as np
import soundfile
import soxr
from moonshine_voice.utils import get_assets_path

from engine.datatypes import SAMPLE_RATE, Pcm

SAID = "it was the best of times it was the worst of times"
_END_S = 4.3


def reading() -> Pcm:
    """float32 [n] at 16 kHz, with half a second of silence before it and a whole one behind it."""
    pcm, rate = soundfile.read(get_assets_path() / "two_cities.wav", dtype="float32")
    heard = soxr.resample(pcm[: round(_END_S * rate)], rate, SAMPLE_RATE)
    return np.pad(heard, (SAMPLE_RATE // 2, SAMPLE_RATE)).astype(np.float32)
