"""From "start" to the last drained word, with a worker and a microphone that a test drives."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import journal
from app.capture.microphone import CaptureState
from app.listening import ListeningController
from app.models.live import LiveState, ModelState, Phase
from app.models.transcript import TranscriptModel
from app.recordings import shifted
from app.settings.store import SettingsStore
from engine.datatypes import SAMPLE_RATE, Task, Translation
from engine.errors import ErrorKind
from engine.protocol import ListeningState
from tests.app.window_fakes import FakeBridge, FakeCapture, chunk, metrics, model, segment


class Stage:
    """A controller and everything around it."""

    def __init__(self, settings: SettingsStore, folder: Path) -> None:
        self.bridge, self.capture = FakeBridge(), FakeCapture()
        self.transcript, self.state = TranscriptModel(), LiveState()
        self.settings, self.folder = settings, folder
        self.controller = ListeningController(
            self.bridge,  # type: ignore[arg-type]
            self.capture,  # type: ignore[arg-type]
            self.transcript,
            self.state,
            settings,
            folder,
        )

    def ready(self) -> "Stage":
        self.bridge.loaded.emit(model())
        return self

    def hear(self, *numbers: int, first: int = 0) -> None:
        for number in numbers:
            self.capture.chunk_captured.emit(chunk(number, first))

    def write(self, recording: int, *args: object, **more: object) -> None:
        self.bridge.segment_changed.emit(recording, segment(*args, **more), 0.0)  # type: ignore[arg-type]

    def texts(self) -> list[str]:
        return [s.text for s in self.transcript.segments()]

    def on_disk(self) -> list[str]:
        return [
            s.text
            for found in reversed(journal.transcripts(self.folder))
            for _, s in journal.load(found.path)
        ]


@pytest.fixture
def stage(settings: SettingsStore, tmp_path: Path) -> Stage:
    return Stage(settings, tmp_path / "transcripts")


def test_a_recording_that_the_worker_gives_up_closes_the_microphone(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.hear(0)
    stage.bridge.listening_changed.emit(1, ListeningState.STOPPED)
    assert stage.capture.state is CaptureState.STOPPED
    assert stage.state.phase is Phase.IDLE
    assert ("stop", 1) not in stage.bridge.calls  # it has ended already


def test_nothing_is_recorded_before_it_is_asked_for(stage: Stage) -> None:
    stage.ready()
    stage.hear(0, 1)
    assert stage.capture.state is CaptureState.STOPPED
    assert stage.bridge.calls == []
    assert stage.bridge.fed == []


def test_sound_goes_to_the_worker_and_words_to_journal_and_window(stage: Stage) -> None:
    stage.ready().controller.start()
    assert stage.state.phase is Phase.LISTENING
    stage.hear(0, 1, 2)
    assert stage.bridge.calls == [("start", 1)]
    assert [c.start for c in stage.bridge.fed] == [0, 2560, 5120]
    stage.write(1, 0, "hello", "wor")
    assert stage.texts() == ["hello"]
    assert stage.on_disk() == ["hello"]


def test_the_chosen_microphone_is_opened(stage: Stage) -> None:
    stage.settings.change(microphone="usb")
    stage.ready().controller.start()
    assert stage.capture.source == "usb"


def test_stop_waits_for_the_last_word(stage: Stage, qtbot: QtBot) -> None:
    stage.ready().controller.start()
    stage.write(1, 0, "hello", "wor")
    stage.controller.stop()
    assert stage.state.phase is Phase.STOPPING
    assert stage.bridge.calls[-1] == ("stop", 1)
    stage.write(1, 0, "hello world", final=True)
    with qtbot.waitSignal(stage.controller.drained):
        stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE
    assert stage.texts() == stage.on_disk() == ["hello world"]
    assert [found.whole for found in journal.transcripts(stage.folder)] == [True]


def test_the_last_chunk_reaches_the_worker_before_stop(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.capture.slow = True
    stage.controller.stop()
    stage.hear(0)
    assert len(stage.bridge.fed) == 1
    assert stage.bridge.calls == [("start", 1)]
    stage.capture.enter(CaptureState.STOPPED)
    assert stage.bridge.calls[-1] == ("stop", 1)


def test_a_frozen_microphone_does_not_keep_stop_waiting(stage: Stage, qtbot: QtBot) -> None:
    stage.ready().controller.start()
    stage.capture.slow = True
    stage.controller.stop()
    qtbot.waitUntil(lambda: ("stop", 1) in stage.bridge.calls)


def test_a_pause_drains_and_resuming_goes_on_in_the_same_transcript(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.hear(0, 1)
    stage.write(1, 0, "before", "t")
    stage.controller.pause()
    assert stage.state.phase is Phase.PAUSED
    assert stage.bridge.calls[-1] == ("stop", 1)
    stage.write(1, 0, "before that", final=True)
    stage.bridge.drain(1)
    assert stage.state.phase is Phase.PAUSED
    stage.controller.resume()
    assert stage.bridge.calls[-1] == ("start", 2)
    stage.hear(0, 1, first=900_000)
    assert [c.start for c in stage.bridge.fed[2:]] == [0, 2560]
    stage.write(2, 0, "after")
    stage.controller.stop()
    stage.bridge.drain(2)
    assert stage.texts() == ["before that", "after"]
    assert len(journal.transcripts(stage.folder)) == 1
    starts = [s.start_s for s in stage.transcript.segments()]
    assert starts == sorted(starts)


def test_resuming_before_the_microphone_is_closed_still_resumes(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.capture.slow = True
    stage.controller.pause()
    stage.controller.resume()
    assert stage.state.phase is Phase.LISTENING
    stage.capture.enter(CaptureState.PAUSED)
    assert stage.capture.state is CaptureState.LISTENING


def test_stopping_while_paused_ends_at_once(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.controller.pause()
    stage.bridge.drain(1)
    stage.controller.stop()
    assert stage.state.phase is Phase.IDLE


def test_sound_waits_for_a_model_that_is_still_loading(stage: Stage) -> None:
    stage.controller.start()
    stage.hear(0, 1, 2)
    assert stage.bridge.calls == []
    stage.ready()
    assert stage.bridge.calls == [("start", 1)]
    assert [c.start for c in stage.bridge.fed] == [0, 2560, 5120]
    stage.hear(3)
    assert stage.bridge.fed[-1].start == 3 * 2560


def test_stopped_before_the_model_was_there_still_drains(stage: Stage) -> None:
    stage.controller.start()
    stage.hear(0)
    stage.controller.stop()
    assert stage.state.phase is Phase.STOPPING
    stage.ready()
    assert stage.bridge.calls == [("start", 1), ("stop", 1)]
    stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE


def test_a_dead_worker_loses_no_confirmed_word_and_the_next_hears_the_rest(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.hear(*range(20))
    stage.write(1, 0, "one two", "thr", at=0.0)  # confirmed up to 1.0 s
    fed = len(stage.bridge.fed)
    stage.bridge.worker_died.emit("gone")
    assert stage.state.model_state is ModelState.LOADING
    assert stage.texts() == stage.on_disk() == ["one two"]
    assert stage.transcript.segment(0).final
    stage.hear(20)
    stage.bridge.loaded.emit(model())
    assert stage.bridge.calls[-1] == ("start", 2)
    again = stage.bridge.fed[fed:]
    assert again[0].start == 0
    assert [c.start for c in again] == [n * 2560 for n in range(len(again))]
    # Chunk 6 ends at 1.12 s, the first that holds more than what was confirmed.
    assert len(again) == 15
    stage.write(2, 0, "three", at=0.0)
    assert stage.texts() == ["one two", "three"]
    assert stage.transcript.segment(1).start_s == pytest.approx(6 * 2560 / SAMPLE_RATE, abs=0.05)
    stage.write(1, 0, "late words of the dead")
    assert stage.texts() == ["one two", "three"]


def test_a_worker_that_dies_while_stopping_is_asked_again(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.hear(0, 1)
    stage.controller.stop()
    stage.bridge.worker_died.emit("gone")
    stage.bridge.loaded.emit(model())
    assert stage.bridge.calls[-2:] == [("start", 2), ("stop", 2)]
    stage.write(2, 0, "saved", final=True)
    stage.bridge.drain(2)
    assert stage.state.phase is Phase.IDLE
    assert stage.on_disk() == ["saved"]


def test_another_model_hears_on_from_where_the_old_one_was_drained(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.hear(*range(12))
    stage.bridge.opening = True
    stage.write(1, 0, "one two", final=True, at=0.0)  # all up to 1.0 s
    fed = len(stage.bridge.fed)
    stage.bridge.drain(1)
    stage.hear(12)
    assert stage.state.phase is Phase.LISTENING
    assert stage.capture.state is CaptureState.LISTENING
    assert stage.bridge.calls == [("start", 1)], "the old model is asked"
    stage.bridge.opening = False
    stage.ready()
    assert stage.bridge.calls == [("start", 1), ("start", 2)]
    # Chunk 6 ends at 1.12 s, the first that holds more than what was heard.
    assert [c.start for c in stage.bridge.fed[fed:]] == [n * 2560 for n in range(7)]
    stage.write(2, 0, "three", at=0.0)
    assert stage.texts() == stage.on_disk() == ["one two", "three"]


def test_what_follows_a_recording_that_waits_for_another_model_waits_behind_it(
    stage: Stage,
) -> None:
    """Somebody pauses and resumes while the other model is taking over."""
    stage.ready().controller.start()
    stage.hear(0, 1)
    stage.bridge.opening = True
    stage.bridge.drain(1)
    stage.controller.pause()
    stage.controller.resume()
    stage.hear(0)
    assert stage.bridge.calls == [("start", 1)], "the old model is asked"
    stage.bridge.opening = False
    stage.ready()
    assert stage.bridge.calls == [("start", 1), ("start", 2), ("stop", 2), ("start", 3)]
    stage.bridge.drain(2)
    assert stage.state.phase is Phase.LISTENING
    assert [c.start for c in stage.bridge.fed] == [0, 2560, 0, 2560, 0]


def test_where_hearing_and_another_model_both_fail_the_old_one_hears_on(stage: Stage) -> None:
    """As where memory is not enough for both."""
    stage.ready().controller.start()
    stage.hear(0, 1)
    stage.bridge.opening = True
    stage.bridge.drain(1)
    stage.bridge.opening = False
    stage.bridge.load_failed.emit(ErrorKind.OUT_OF_MEMORY, "Memory ran out.")
    assert stage.bridge.calls == [("start", 1), ("start", 2)]
    assert [c.start for c in stage.bridge.fed] == [0, 2560, 0, 2560]


def test_a_final_segment_is_heard_to_its_end(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.hear(*range(20))
    stage.bridge.segment_changed.emit(1, replace(segment(0, "one two", final=True), end_s=1.6), 0.0)
    fed = len(stage.bridge.fed)
    stage.bridge.worker_died.emit("gone")
    stage.bridge.loaded.emit(model())
    assert len(stage.bridge.fed[fed:]) == 10


def test_without_any_worker_listening_ends_and_keeps_the_words(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.write(1, 0, "kept", "lost")
    stage.bridge.worker_died.emit("gone")
    stage.controller.give_up()
    assert stage.capture.state is CaptureState.STOPPED
    assert stage.state.phase is Phase.IDLE
    assert stage.texts() == stage.on_disk() == ["kept"]


def test_a_microphone_that_gives_up_ends_listening(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.capture.enter(CaptureState.STOPPED)
    assert stage.bridge.calls[-1] == ("stop", 1)
    stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE


def test_waiting_for_sound_is_shown(stage: Stage) -> None:
    stage.ready().controller.start()
    assert not stage.state.waiting_for_sound
    stage.capture.enter(CaptureState.RECOVERING)
    assert stage.state.waiting_for_sound
    stage.capture.enter(CaptureState.LISTENING)
    assert not stage.state.waiting_for_sound


def test_nothing_is_kept_when_that_is_wished(stage: Stage) -> None:
    stage.settings.change(keep_transcripts=False)
    stage.ready().controller.start()
    stage.write(1, 0, "hello")
    assert stage.texts() == ["hello"]
    assert not stage.folder.exists()
    assert stage.controller.journal_path is None


def test_a_model_that_does_not_transcribe_cannot_listen(stage: Stage) -> None:
    stage.bridge.loaded.emit(model(tasks=(Task.CHAT,)))
    stage.controller.start()
    assert stage.state.phase is Phase.IDLE
    assert stage.capture.state is CaptureState.STOPPED


def test_a_full_disk_is_said_and_tried_again(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.ready().controller.start()
    write = os.write

    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with qtbot.waitSignal(stage.controller.failed) as caught:
        stage.write(1, 0, "hello")
    assert caught.args[0] is ErrorKind.DISK
    assert stage.texts() == ["hello"]
    stage.write(1, 0, "hello world")
    stage.controller.retry_writing()
    monkeypatch.setattr(os, "write", write)
    with qtbot.waitSignal(stage.controller.recovered) as over:
        stage.controller.retry_writing()
    assert over.args == [ErrorKind.DISK]
    assert stage.on_disk() == ["hello world"]


def test_a_full_disk_that_figures_meet_first_is_said_and_tried_again(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.ready().controller.start()
    stage.write(1, 0, "hello")
    write = os.write

    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with qtbot.waitSignal(stage.controller.failed) as caught:
        stage.bridge.metrics_changed.emit(metrics())
    stage.controller._retry.setInterval(10)
    assert caught.args[0] is ErrorKind.DISK
    stage.write(1, 0, "hello world")
    monkeypatch.setattr(os, "write", write)
    with qtbot.waitSignal(stage.controller.recovered):  # it tries by itself
        pass
    assert stage.on_disk() == ["hello world"]


def test_stopping_on_a_full_disk_keeps_trying(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.ready().controller.start()
    write = os.write

    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    stage.write(1, 0, "hello")
    stage.controller.stop()
    stage.bridge.drain(1)
    assert stage.state.phase is Phase.IDLE
    monkeypatch.setattr(os, "write", write)
    stage.controller.retry_writing()
    assert stage.on_disk() == ["hello"]
    assert journal.transcripts(stage.folder)[0].whole


def test_what_waits_for_room_goes_with_everything_that_is_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.ready().controller.start()
    write = os.write

    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    stage.write(1, 0, "secret", final=True)
    stage.controller.stop()
    stage.bridge.drain(1)
    stage.controller.take_translation(1, Translation(0, 0, 1, "German", "geheim", True))
    stage.controller.forget()
    monkeypatch.setattr(os, "write", write)
    stage.controller.retry_writing()
    stage.controller.close()
    assert [path.read_bytes() for path in stage.folder.glob("*")] in ([], [b""])
    assert not stage.controller.growing_journals()


def test_late_translations_wait_for_room_on_the_disk(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.ready().controller.start()
    stage.write(1, 0, "one", final=True)
    stage.write(1, 1, "two", final=True)
    stage.controller.stop()
    stage.bridge.drain(1)
    write = os.write

    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with qtbot.waitSignal(stage.controller.failed) as caught:
        stage.controller.take_translation(1, Translation(0, 0, 1, "German", "eins", True))
    assert caught.args[0] is ErrorKind.DISK
    stage.controller.take_translation(1, Translation(1, 0, 1, "German", "zwei", True))
    stage.controller.retry_writing()
    monkeypatch.setattr(os, "write", write)
    with qtbot.waitSignal(stage.controller.recovered):
        stage.controller.retry_writing()
    (found,) = journal.transcripts(stage.folder)
    assert [c.text for _, c in journal.load_translations(found.path)] == ["eins", "zwei"]
    assert found.whole


def test_times_count_from_the_first_start_until_the_window_is_emptied(stage: Stage) -> None:
    for recording in (1, 2):
        stage.ready().controller.start()
        stage.write(recording, 0, "words", final=True, at=3.0)
        stage.controller.stop()
        stage.bridge.drain(recording)
    first, second = stage.transcript.segments()
    assert first.start_s == pytest.approx(3.0, abs=0.05)
    assert second.start_s > first.start_s
    stage.transcript.clear()
    stage.controller.forget_times()
    stage.controller.start()
    stage.write(3, 0, "words", final=True, at=3.0)
    assert stage.transcript.segments()[0].start_s == pytest.approx(3.0, abs=0.05)


def test_figures_reach_the_window_and_the_journal(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.write(1, 0, "hello")
    stage.bridge.metrics_changed.emit(metrics(lag=0.7))
    assert stage.state.metrics == metrics(lag=0.7)
    path = stage.controller.journal_path
    assert path is not None
    assert '"lag_s":0.7' in path.read_text()


def test_shifting_moves_every_time(qapp: object) -> None:
    moved = shifted(segment(0, "a b", at=1.0), 10.0)
    assert (moved.start_s, moved.end_s) == (11.0, 12.0)
    assert [word.heard_s for word in moved.words] == [11.5, 12.0]


def test_closing_keeps_what_there_is(stage: Stage) -> None:
    stage.ready().controller.start()
    stage.write(1, 0, "hello", "wor")
    stage.controller.close()
    assert stage.on_disk() == ["hello"]
    assert journal.transcripts(stage.folder)[0].whole
