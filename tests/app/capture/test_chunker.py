"""The chunker: exactly 160 ms, nothing lost or invented, gaps shown in `start`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.chunker import Chunker
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Pcm


def sine(seconds: float, rate: int) -> Pcm:
    return np.sin(2 * np.pi * 300 * np.arange(int(seconds * rate)) / rate).astype(np.float32)


@given(st.lists(st.integers(0, 7000), max_size=20))
def test_the_chunks_are_the_sound_however_it_was_delivered(sizes: list[int]) -> None:
    sound = np.random.default_rng(0).standard_normal(sum(sizes)).astype(np.float32)
    chunker, chunks, place = Chunker(), list[AudioChunk](), 0
    for number, size in enumerate(sizes):
        chunks += chunker.push(sound[place : place + size], float(number))
        place += size
        assert all(chunk.pcm.size == CHUNK_SAMPLES for chunk in chunks)
    chunks += chunker.finish()
    joined = np.concatenate([chunk.pcm for chunk in chunks]) if chunks else np.zeros(0)
    np.testing.assert_array_equal(joined, sound)
    assert [chunk.start for chunk in chunks] == [n * CHUNK_SAMPLES for n in range(len(chunks))]
    assert chunker.position == sound.size


def test_a_chunk_carries_the_time_of_the_delivery_that_completed_it() -> None:
    chunker = Chunker()
    assert chunker.push(np.zeros(CHUNK_SAMPLES - 1, np.float32), 1.0) == []
    (chunk,) = chunker.push(np.zeros(5, np.float32), 2.0)
    assert chunk.captured_at == 2.0
    (last,) = chunker.finish()
    assert (last.captured_at, last.pcm.size) == (2.0, 4)


def test_a_gap_is_a_jump_in_start_and_no_chunk_spans_it() -> None:
    chunker = Chunker()
    first = chunker.push(np.zeros(CHUNK_SAMPLES + 100, np.float32), 0.0)
    chunker.skip(0.5)
    second = chunker.push(np.ones(CHUNK_SAMPLES, np.float32), 1.0)
    assert [chunk.start for chunk in first] == [0]
    assert [chunk.start for chunk in second] == [CHUNK_SAMPLES + 100 + SAMPLE_RATE // 2]
    assert second[0].pcm.min() == 1.0


def test_time_never_runs_backwards() -> None:
    chunker = Chunker()
    chunker.push(np.zeros(CHUNK_SAMPLES, np.float32), 0.0)
    chunker.skip(-3.0)
    assert chunker.position == CHUNK_SAMPLES


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_other_rates_are_resampled_without_losing_the_end(rate: int) -> None:
    chunker, chunks = Chunker(rate), list[AudioChunk]()
    sound = sine(2.0, rate)
    for place in range(0, sound.size, rate // 50):
        chunks += chunker.push(sound[place : place + rate // 50], 0.0)
    chunks += chunker.finish()
    joined = np.concatenate([chunk.pcm for chunk in chunks])
    expected = sine(2.0, SAMPLE_RATE)
    assert abs(joined.size - expected.size) <= 2
    middle = slice(SAMPLE_RATE // 2, 3 * SAMPLE_RATE // 2)
    assert np.corrcoef(joined[middle], expected[middle])[0, 1] > 0.9999
