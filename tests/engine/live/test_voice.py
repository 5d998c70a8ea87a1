"""The silero detector on silence, noise and synthetic speech."""

import numpy as np
import pytest

from engine.datatypes import SAMPLE_RATE
from engine.live.voice import WINDOW_SAMPLES, AlwaysVoice, SileroDetector


@pytest.fixture(scope="module")
def padded(speech):
    """The sentence with a second of silence on both sides."""
    silence = np.zeros(SAMPLE_RATE, np.float32)
    return np.concatenate([silence, speech, silence])


def test_it_fires_on_synthetic_speech_and_not_on_the_silence_around_it(padded):
    probabilities = np.array([w.probability for w in SileroDetector().feed(padded)])
    second = SAMPLE_RATE // WINDOW_SAMPLES
    assert probabilities[second + 5 : -second - 10].mean() > 0.9
    assert probabilities[: second - 1].max() < 0.2
    assert probabilities[-second // 2 :].max() < 0.2


def test_it_fires_on_the_test_voices(voice):
    probabilities = np.array([w.probability for w in SileroDetector().feed(voice)])
    windows = voice[: probabilities.size * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
    loud = np.abs(windows).max(axis=1) > 0.1 * np.abs(voice).max()
    assert (probabilities[loud] > 0.5).mean() > 0.8


def test_how_the_sound_is_cut_changes_nothing(padded):
    whole = SileroDetector().feed(padded)
    detector = SileroDetector()
    parts = [w for part in np.split(padded, [7, 600, 5000, 20_001]) for w in detector.feed(part)]
    assert parts == whole


def test_a_reset_forgets_the_sound(padded):
    detector = SileroDetector()
    first = detector.feed(padded)
    detector.feed(padded[:100])
    detector.reset()
    assert detector.feed(padded) == first


def test_with_the_gate_off_every_window_counts():
    detector = AlwaysVoice()
    pcm = np.zeros(1300, np.float32)
    ends = [w.end for part in (pcm, pcm) for w in detector.feed(part)]
    assert ends == [512, 1024, 1536, 2048, 2560]
    detector.reset()
    assert detector.feed(pcm[:512])[0].end == 512
