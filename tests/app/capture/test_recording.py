"""One clock for a recording, whatever happens to its streams."""

import numpy as np
import pytest

from app.capture.recording import Level, Recording
from app.capture.ring import Block
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk

CHUNK_SECONDS = CHUNK_SAMPLES / SAMPLE_RATE


def block(at: float, seconds: float = CHUNK_SECONDS) -> Block:
    pcm = np.full(round(seconds * SAMPLE_RATE), 0.5, np.float32)
    return Block(pcm, at, lost=0, overflowed=False)


def starts(reports: list[AudioChunk | Level]) -> list[float]:
    """Where the chunks start, s."""
    return [chunk.start / SAMPLE_RATE for chunk in reports if isinstance(chunk, AudioChunk)]


@pytest.fixture
def recording() -> Recording:
    """One chunk of sound, whose last sample came at 10 s."""
    recording = Recording(1, None)
    recording.open_stream(SAMPLE_RATE)
    assert starts(recording.hear([block(10.0)])) == [0.0]
    return recording


@pytest.mark.parametrize("rate", [SAMPLE_RATE, 44_100])
def test_what_is_no_number_spoils_neither_the_sound_after_it_nor_the_level(rate: int) -> None:
    """A driver's one NaN stayed in the resampler, and made the meter's loudest sample a NaN."""
    recording = Recording(1, None)
    recording.open_stream(rate)
    broken = np.full(rate // 10, 0.25, np.float32)
    broken[7:10] = np.nan, np.inf, -np.inf
    reports = recording.hear([Block(broken, 1.0, 0, False)])
    for number in range(1, 30):
        pcm = np.full(rate // 10, 0.25, np.float32)
        reports += recording.hear([Block(pcm, 1.0 + number / 10, 0, False)])
    levels = [report.peak for report in reports if isinstance(report, Level)]
    assert levels
    assert all(0.0 <= level <= 1.0 for level in levels)
    chunks = [report for report in reports if isinstance(report, AudioChunk)]
    sound = np.concatenate([chunk.pcm for chunk in chunks])
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1.0
    np.testing.assert_allclose(sound[SAMPLE_RATE:], 0.25, atol=0.01)


def test_another_stream_starts_where_the_clock_is(recording: Recording) -> None:
    recording.open_stream(SAMPLE_RATE)
    assert starts(recording.hear([block(12.0)])) == [pytest.approx(2.0)]


def test_a_burst_after_a_stall_leaves_no_gap(recording: Recording) -> None:
    recording.note_stall()
    burst = [block(13.2)] * 20  # 3.2 s of sound, all at once
    assert recording.hear(burst) == []
    reports = recording.hear([block(13.36), block(13.52)])
    assert starts(reports) == pytest.approx([CHUNK_SECONDS * n for n in range(1, 23)])


def test_a_stall_that_swallowed_sound_leaves_a_gap_of_its_length(recording: Recording) -> None:
    recording.note_stall()
    assert recording.hear([block(15.0)]) == []
    reports = recording.hear([block(15.16), block(15.32)])
    # 5.32 s went by, 0.48 s of them were heard.
    assert starts(reports)[0] == pytest.approx(CHUNK_SECONDS + 5.32 - 0.48)


def test_the_level_is_told_at_most_thirty_times_a_second(recording: Recording) -> None:
    blocks = [block(10 + n / 100, 0.01) for n in range(1, 101)]
    levels = [report for report in recording.hear(blocks) if isinstance(report, Level)]
    assert len(levels) <= 30
    assert {level.peak for level in levels} == {0.5}


def test_the_end_is_the_rest_and_silence(recording: Recording) -> None:
    recording.hear([block(10.05, 0.05)])
    chunk, level = recording.finish()
    assert isinstance(chunk, AudioChunk)
    assert chunk.pcm.size == 800
    assert level == Level(0.0)
