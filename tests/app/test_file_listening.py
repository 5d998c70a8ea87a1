"""A sound file is written down: by the path of the microphone, on the file's own clock."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import journal
from app.capture.microphone import CaptureState
from app.models.live import FileProgress, Phase
from app.settings.store import SettingsStore
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, Languages, Translation
from engine.errors import ErrorKind
from engine.protocol import FileHeard, ListeningState
from tests.app.test_listening import Stage
from tests.app.window_fakes import metrics, model

TALK = Path("/music/talk.mp3")


@pytest.fixture
def loading(settings: SettingsStore, tmp_path: Path) -> Stage:
    return Stage(settings, tmp_path / "transcripts")


@pytest.fixture
def stage(loading: Stage) -> Stage:
    """With a model, and a file on its way."""
    loading.ready().controller.start_file(TALK)
    return loading


def heard(stage: Stage, recording: int, seconds: float, *, ended: bool = False) -> None:
    stage.bridge.file_heard.emit(FileHeard(recording, seconds, 60.0, 90.0, ended))


def titles(stage: Stage) -> list[str]:
    stage.transcript.flush()
    return [stage.transcript.title(row) for row in range(stage.transcript.rowCount())]


def starts(stage: Stage) -> list[float]:
    return [segment.start_s for segment in stage.transcript.segments()]


def test_the_worker_reads_the_file_and_no_microphone_is_opened(stage: Stage) -> None:
    assert stage.bridge.calls == [("file", (1, TALK, 0))]
    assert stage.state.phase is Phase.READING
    assert stage.state.file == FileProgress("talk.mp3")
    assert stage.capture.state is CaptureState.STOPPED
    stage.hear(0, 1)
    assert stage.bridge.fed == []
    stage.controller.start()
    assert stage.capture.state is CaptureState.STOPPED


def test_words_are_kept_and_shown_at_their_times_in_the_file(stage: Stage) -> None:
    stage.write(1, 0, "good morning", final=True, at=2.0)
    stage.write(1, 1, "good night", final=True, at=3_600.0)
    assert stage.texts() == stage.on_disk() == ["good morning", "good night"]
    assert starts(stage) == [2.0, 3_600.0]
    assert titles(stage) == ["talk.mp3", ""]
    (kept,) = journal.transcripts(stage.folder)
    assert kept.file == "talk.mp3"
    assert [segment.start_s for _, segment in journal.load(kept.path)] == [2.0, 3_600.0]


def test_how_much_is_heard_is_told_until_the_last_word_is_there(stage: Stage, qtbot: QtBot) -> None:
    heard(stage, 1, 12.5)
    assert stage.state.file == FileProgress("talk.mp3", 12.5, 60.0, 90.0)
    heard(stage, 1, 60.0, ended=True)
    assert stage.state.phase is Phase.READING
    stage.write(1, 0, "the end", final=True)
    with qtbot.waitSignal(stage.controller.drained):
        stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE
    assert stage.state.file is None
    assert ("stop", 1) not in stage.bridge.calls
    assert [kept.whole for kept in journal.transcripts(stage.folder)] == [True]


def test_of_a_recording_that_is_over_nothing_more_is_told(stage: Stage) -> None:
    stage.controller.stop()
    stage.bridge.drain(1)
    heard(stage, 1, 12.5)
    assert stage.state.file is None


def test_stop_ends_it_and_keeps_what_was_written(stage: Stage) -> None:
    stage.write(1, 0, "good morning", final=True)
    stage.controller.stop()
    assert stage.state.phase is Phase.STOPPING
    assert stage.bridge.calls[-1] == ("stop", 1)
    stage.write(1, 1, "last", final=True, at=5.0)
    stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE
    assert stage.texts() == stage.on_disk() == ["good morning", "last"]


def test_the_microphone_follows_behind_a_file(stage: Stage) -> None:
    stage.write(1, 0, "good morning", final=True, at=100.0)
    stage.bridge.drain(1)
    stage.controller.start()
    stage.write(2, 0, "and now", final=True)
    assert starts(stage) == pytest.approx([100.0, 101.0], abs=0.5)
    assert titles(stage) == ["talk.mp3", ""]
    assert [found.file for found in journal.transcripts(stage.folder)] == ["", "talk.mp3"]


def test_a_file_waits_for_the_model_that_is_still_loading(loading: Stage) -> None:
    loading.controller.start_file(TALK)
    assert loading.bridge.calls == []
    loading.ready()
    assert loading.bridge.calls == [("file", (1, TALK, 0))]


def test_a_file_that_waits_for_a_model_is_stopped_at_once(loading: Stage) -> None:
    loading.controller.start_file(TALK)
    loading.controller.stop()
    assert loading.state.phase is Phase.IDLE
    loading.ready()
    assert loading.bridge.calls == []


def test_a_dead_worker_s_file_is_heard_on_behind_the_last_confirmed_word(stage: Stage) -> None:
    heard(stage, 1, 30.0)
    stage.write(1, 0, "good morning", final=True, at=19.0)  # up to 20.0 s
    stage.write(1, 1, "half a", "sen", at=20.0)
    stage.bridge.worker_died.emit("gone")
    assert stage.texts() == ["good morning", "half a"]
    assert stage.state.phase is Phase.READING
    stage.bridge.loaded.emit(model())
    _, (again, (number, file, first)) = stage.bridge.calls  # type: ignore[misc]
    assert (again, number, file) == ("file", 2, TALK)
    assert first % CHUNK_SAMPLES == 0
    assert first / SAMPLE_RATE == pytest.approx(21.0, abs=0.2)
    heard(stage, 2, 31.0)
    assert stage.state.file == FileProgress("talk.mp3", 31.0, 60.0, 90.0)
    stage.write(2, 0, "sentence", final=True, at=0.0)  # on the new recording's clock
    assert starts(stage)[-1] == pytest.approx(first / SAMPLE_RATE)
    assert stage.texts() == stage.on_disk() == ["good morning", "half a", "sentence"]
    assert titles(stage) == ["talk.mp3", "", ""]
    # And another one dies.
    stage.write(2, 0, "sentence", final=True, at=9.5)  # up to 10.0 s
    stage.bridge.worker_died.emit("gone")
    stage.bridge.loaded.emit(model())
    _, (_, _, second) = stage.bridge.calls[-1]  # type: ignore[misc]
    assert second / SAMPLE_RATE == pytest.approx(first / SAMPLE_RATE + 10.0, abs=0.2)


def test_a_worker_that_dies_behind_a_stop_is_asked_no_more(stage: Stage) -> None:
    stage.write(1, 0, "good morning", final=True)
    stage.controller.stop()
    stage.bridge.worker_died.emit("gone")
    assert stage.state.phase is Phase.IDLE
    calls = len(stage.bridge.calls)
    stage.bridge.loaded.emit(model())
    assert len(stage.bridge.calls) == calls
    assert stage.texts() == stage.on_disk() == ["good morning"]


def test_a_worker_that_dies_at_the_end_leaves_the_end_to_the_next(stage: Stage) -> None:
    stage.write(1, 0, "good morning", final=True, at=50.0)
    heard(stage, 1, 60.0, ended=True)
    stage.bridge.worker_died.emit("gone")
    stage.bridge.loaded.emit(model())
    assert stage.bridge.calls[-1][0] == "file"
    stage.write(2, 0, "the end", final=True)
    assert stage.texts() == ["good morning", "the end"]


@pytest.mark.parametrize(("text", "whole"), [("", True), ("word", True), ("", False)])
def test_a_file_without_a_word_is_told(stage: Stage, text: str, whole: bool) -> None:
    said: list[tuple[ErrorKind, str]] = []
    stage.controller.failed.connect(lambda kind, sentence: said.append((kind, sentence)))
    if text:
        stage.write(1, 0, text, final=True)
    heard(stage, 1, 60.0, ended=whole)
    stage.bridge.drain(1)
    assert bool(said) is (whole and not text)
    assert all("heard in talk.mp3" in sentence for _, sentence in said)


def test_without_any_worker_it_ends_and_keeps_the_words(stage: Stage) -> None:
    stage.write(1, 0, "good morning", "and")
    stage.bridge.worker_died.emit("gone")
    stage.controller.give_up()
    assert stage.state.phase is Phase.IDLE
    assert stage.state.file is None
    assert stage.texts() == stage.on_disk() == ["good morning"]


def test_another_model_hears_on_from_where_the_old_one_was_drained(stage: Stage) -> None:
    stage.write(1, 0, "good morning", final=True, at=15.0)
    stage.bridge.opening = True
    stage.bridge.listening_changed.emit(1, ListeningState.STOPPED)
    assert stage.state.phase is Phase.READING
    stage.bridge.opening = False
    stage.bridge.loaded.emit(model())
    _, (_, first) = stage.bridge.calls[-1][0], stage.bridge.calls[-1][1][1:]  # type: ignore[index]
    assert first / SAMPLE_RATE == pytest.approx(16.0, abs=0.2)


def test_another_model_hears_nothing_of_a_file_that_is_at_its_end(stage: Stage) -> None:
    stage.bridge.opening = True
    heard(stage, 1, 60.0, ended=True)
    stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE


def test_nobody_is_told_of_a_lag(stage: Stage) -> None:
    stage.bridge.metrics_changed.emit(metrics())
    assert stage.state.metrics is None


def test_keeping_is_switched_off_and_on_while_it_runs(
    stage: Stage, settings: SettingsStore
) -> None:
    stage.write(1, 0, "kept", final=True)
    settings.change(keep_transcripts=False)
    stage.write(1, 1, "secret", final=True, at=5.0)
    assert stage.controller.kept_nowhere()
    settings.change(keep_transcripts=True)
    stage.write(1, 2, "kept again", final=True, at=9.0)
    stage.bridge.drain(1)
    assert stage.texts() == ["kept", "secret", "kept again"]
    assert stage.on_disk() == ["kept", "kept again"]
    assert [found.whole for found in journal.transcripts(stage.folder)] == [True, True]


def test_what_is_translated_of_it_is_kept_with_it(loading: Stage) -> None:
    loading.controller.set_languages(Languages("German"))
    loading.ready().controller.start_file(TALK)
    loading.write(1, 0, "good morning", final=True)
    clause = Translation(0, 0, 2, "German", "Guten Morgen", True)
    loading.bridge.translation_changed.emit(1, clause)
    (kept,) = journal.transcripts(loading.folder)
    assert [found.text for _, found in journal.load_translations(kept.path)] == ["Guten Morgen"]
    loading.controller.set_languages(None)
    assert loading.bridge.calls[-1] == ("languages", (1, None))
