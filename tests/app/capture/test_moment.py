"""The last seconds of sound."""

import numpy as np

from app.capture.moment import SoundMemory
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk


def chunk(start: int, level: float = 0.5, samples: int = CHUNK_SAMPLES) -> AudioChunk:
    return AudioChunk(np.full(samples, level, np.float32), start, start / SAMPLE_RATE)


def heard(seconds: float, limit: float = 20.0) -> SoundMemory:
    """Sound whose level says at which second it was heard, a hundredth a second."""
    memory = SoundMemory(limit)
    for start in range(0, round(seconds * SAMPLE_RATE), CHUNK_SAMPLES):
        memory.hear(chunk(start, start / SAMPLE_RATE / 100))
    return memory


def test_nothing_was_heard_before_anything_was() -> None:
    assert SoundMemory().sound() is None


def test_a_short_while_is_all_there() -> None:
    pcm = heard(1.6).sound()
    assert pcm is not None
    assert pcm.size == 10 * CHUNK_SAMPLES
    assert not pcm.flags.writeable


def test_of_a_long_while_the_last_twenty_seconds_are_there() -> None:
    memory = heard(60.0)
    pcm = memory.sound()
    assert pcm is not None
    assert pcm.size == 20 * SAMPLE_RATE
    assert abs(float(pcm[-1]) * 100 - 60.0) < 0.2
    assert abs(float(pcm[0]) * 100 - 40.0) < 0.2
    assert len(memory._chunks) <= 20 * SAMPLE_RATE // CHUNK_SAMPLES + 1, "no more is kept"


def test_a_gap_is_silence_of_its_length() -> None:
    memory = SoundMemory()
    memory.hear(chunk(0))
    memory.hear(chunk(3 * CHUNK_SAMPLES))
    pcm = memory.sound()
    assert pcm is not None
    assert pcm.size == 4 * CHUNK_SAMPLES
    assert float(np.abs(pcm[CHUNK_SAMPLES : 3 * CHUNK_SAMPLES]).max()) == 0.0
    assert float(pcm[-1]) == 0.5


def test_another_recording_begins_anew() -> None:
    memory = heard(5.0)
    memory.hear(chunk(0, 0.9))
    pcm = memory.sound()
    assert pcm is not None
    assert pcm.size == CHUNK_SAMPLES
    assert float(pcm[0]) == np.float32(0.9)


def test_what_is_forgotten_is_gone() -> None:
    memory = heard(5.0)
    memory.forget()
    assert memory.sound() is None
