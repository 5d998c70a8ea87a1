"""The silero detector on silence, noise and synthetic speech."""

import subprocess
from io import BytesIO

import numpy as np
import pytest
import soundfile
import soxr

from engine.datatypes import SAMPLE_RATE
from engine.live.voice import WINDOW_SAMPLES, AlwaysVoice, SileroDetector


@pytest.fixture(scope="module")
def speech():
    """A sentence by espeak-ng, 16 kHz, with a second of silence on both sides."""
    wav = subprocess.run(
        ["espeak-ng", "-v", "en-us", "--stdout", "where is the nearest station please"],
        check=True,
        capture_output=True,
    ).stdout
    pcm, rate = soundfile.read(BytesIO(wav), dtype="float32")
    silence = np.zeros(SAMPLE_RATE, np.float32)
    return np.concatenate([silence, soxr.resample(pcm, rate, SAMPLE_RATE), silence])


def test_it_fires_on_synthetic_speech_and_not_on_the_silence_around_it(speech):
    probabilities = np.array([w.probability for w in SileroDetector().feed(speech)])
    second = SAMPLE_RATE // WINDOW_SAMPLES
    assert probabilities[second + 5 : -second - 10].mean() > 0.9
    assert probabilities[: second - 1].max() < 0.2
    assert probabilities[-second // 2 :].max() < 0.2


def test_how_the_sound_is_cut_changes_nothing(speech):
    whole = SileroDetector().feed(speech)
    detector = SileroDetector()
    parts = [w for part in np.split(speech, [7, 600, 5000, 20_001]) for w in detector.feed(part)]
    assert parts == whole


def test_a_reset_forgets_the_sound(speech):
    detector = SileroDetector()
    first = detector.feed(speech)
    detector.feed(speech[:100])
    detector.reset()
    assert detector.feed(speech) == first


def test_with_the_gate_off_every_window_counts():
    detector = AlwaysVoice()
    pcm = np.zeros(1300, np.float32)
    ends = [w.end for part in (pcm, pcm) for w in detector.feed(part)]
    assert ends == [512, 1024, 1536, 2048, 2560]
    detector.reset()
    assert detector.feed(pcm[:512])[0].end == 512
