"""Sound that waits for a worker, and what is missing of it; on the clocks of window and journal."""

from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from app import journal
from app.settings.store import SettingsStore
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE
from tests.app.test_listening import Stage
from tests.app.window_fakes import chunk, metrics, model

CHUNKS = 64 * SAMPLE_RATE // CHUNK_SAMPLES  # more than twice what is held


@pytest.fixture
def stage(settings: SettingsStore, tmp_path: Path) -> Stage:
    return Stage(settings, tmp_path / "transcripts").ready()


def replayed(stage: Stage) -> list[int]:
    """Where each chunk begins that a new worker hears, in place of one that dies now."""
    fed = len(stage.bridge.fed)
    stage.bridge.worker_died.emit("gone")
    stage.bridge.loaded.emit(model())
    return [again.start for again in stage.bridge.fed[fed:]]


def test_sound_that_nobody_heard_and_nobody_holds_is_a_gap(stage: Stage) -> None:
    stage.controller.start()
    stage.write(1, 0, "one two", "thr")  # all up to 1.0 s
    stage.hear(*range(CHUNKS))
    starts = replayed(stage)
    held = len(starts) * CHUNK_SAMPLES
    assert starts[0] == CHUNKS * CHUNK_SAMPLES - held - SAMPLE_RATE
    # The next worker dies before it says anything: still missing.
    assert replayed(stage) == starts
    # The clock of the new recordings begins where the old one's words end.
    stage.write(3, 0, "later", at=starts[0] / SAMPLE_RATE)
    later = stage.transcript.segments()[1]
    assert later.start_s == pytest.approx(64 - held / SAMPLE_RATE, abs=0.05)


def test_silence_that_was_heard_is_no_gap(stage: Stage) -> None:
    stage.controller.start()
    stage.write(1, 0, "one two")
    stage.hear(*range(CHUNKS))
    stage.bridge.metrics_changed.emit(metrics(lag=0.5))
    stage.hear(*range(CHUNKS, CHUNKS + 10))
    assert replayed(stage)[0] == 0


def test_a_gap_behind_the_last_word_is_still_one_for_the_next_worker(stage: Stage) -> None:
    """As after a pause of the microphone: what was confirmed ends right before it."""
    stage.controller.start()
    stage.hear(0, 1)
    stage.write(1, 0, "one", at=-0.18)  # up to 0.32 s, the end of the second chunk
    stage.hear(0, first=5 * SAMPLE_RATE)
    assert replayed(stage) == [5 * SAMPLE_RATE - 2 * CHUNK_SAMPLES]


def test_times_count_from_the_click_though_the_microphone_comes_later(stage: Stage) -> None:
    stage.controller.start()
    late = replace(chunk(0), captured_at=monotonic() + 60.0)
    stage.capture.chunk_captured.emit(late)
    stage.hear(*range(1, 10))
    stage.write(1, 0, "words", final=True, at=1.0)
    assert stage.transcript.segments()[0].start_s == pytest.approx(61.0, abs=0.25)
    ((_, kept),) = journal.load(journal.transcripts(stage.folder)[0].path)
    assert kept.start_s == pytest.approx(61.0, abs=0.25)


def test_the_wait_for_the_microphone_outlives_the_worker(stage: Stage) -> None:
    stage.controller.start()
    assert replayed(stage) == []
    stage.capture.chunk_captured.emit(replace(chunk(0), captured_at=monotonic() + 60.0))
    stage.write(2, 0, "words", at=1.0)
    assert stage.transcript.segments()[0].start_s == pytest.approx(61.0, abs=0.25)
