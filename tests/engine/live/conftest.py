"""Speech for the live tests."""

import subprocess
from io import BytesIO

import numpy as np
import pytest
import soundfile
import soxr

from engine.datatypes import SAMPLE_RATE


def say(text, voice):
    """Speech by espeak-ng at 16 kHz."""
    wav = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", text], check=True, capture_output=True
    ).stdout
    pcm, rate = soundfile.read(BytesIO(wav), dtype="float32")
    return soxr.resample(pcm, rate, SAMPLE_RATE).astype(np.float32)


@pytest.fixture(scope="session")
def speech():
    """A sentence."""
    return say("where is the nearest station please", "en-us")


@pytest.fixture(
    params=["en", "en-us+f3", "en-us+m3", "en-gb-scotland+m7", "en-gb-x-rp+f2", "en-029", "en+Alex"]
)
def voice(request):
    """The same sentence in one of several voices."""
    return say("i would like two tickets to the city please", request.param)
