"""Speech for the live tests."""

import subprocess
from io import BytesIO

import numpy as np
import pytest
import soundfile
import soxr

from engine.datatypes import SAMPLE_RATE


@pytest.fixture(scope="session")
def speech():
    """A sentence by espeak-ng at 16 kHz."""
    wav = subprocess.run(
        ["espeak-ng", "-v", "en-us", "--stdout", "where is the nearest station please"],
        check=True,
        capture_output=True,
    ).stdout
    pcm, rate = soundfile.read(BytesIO(wav), dtype="float32")
    return soxr.resample(pcm, rate, SAMPLE_RATE).astype(np.float32)
