"""The composed program on a scripted worker: what is said, what recovers, what is remembered."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app import journal
from app.application import Application
from app.model_keeper import own_memory
from app.models.live import ModelState, Phase
from app.models.memory import PARTS, MemoryModel
from app.paths import bundled_model
from app.settings.choices import Page
from engine.datatypes import PartMemory, Task
from engine.errors import ErrorKind
from engine.protocol import (
    Loaded,
    LoadModel,
    Memory,
    StartListening,
    StopListening,
)
from tests.app.conversation.test_refused import full_disk
from tests.app.window_fakes import FakeHost, model, say, segment, words

Compose = Callable[[], Application]


# --- listening ------------------------------------------------------------------------------------


def test_a_click_listens_and_another_stops(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    button = program.window.controls.listen
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert program.state.phase is Phase.LISTENING
    assert hosts[0].sent(StartListening)
    say(program, "hello", "wor")
    qtbot.waitUntil(lambda: words(program) == "hello wor")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    assert hosts[0].sent(StopListening)
    assert words(program) == "hello"


def test_pausing_and_resuming(program: Application, qtbot: QtBot) -> None:
    program.window.table["listen"].trigger()
    program.window.table["pause"].trigger()
    assert program.state.phase is Phase.PAUSED
    program.window.table["pause"].trigger()
    assert program.state.phase is Phase.LISTENING


def test_memory_adds_the_windows_own(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[0].say(Memory({"text": PartMemory(5, 6), "app": PartMemory(1_000, 0)}))
    index = program.memory.index(list(PARTS).index("app"))
    qtbot.waitUntil(lambda: index.data(MemoryModel.USAGE_ROLE).private > 1_000)
    assert own_memory().private > 1_000_000


# --- the worker dies ------------------------------------------------------------------------------


def test_a_dead_worker_costs_no_word_and_comes_back(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.window.table["listen"].trigger()
    say(program, "hello", "wor")
    qtbot.waitUntil(lambda: words(program) == "hello wor")
    hosts[0].die(-9)
    qtbot.waitUntil(lambda: len(hosts) == 2)
    assert words(program) == "hello"
    assert "memory ran out or it was killed" in program.window.banner.text
    assert program.state.phase is Phase.LISTENING
    hosts[1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: bool(hosts[1].sent(StartListening)))
    assert program.window.banner.text == ""


def test_a_worker_that_keeps_dying_is_given_up_until_asked_again(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bridge.supervisor.RETRY_DELAYS", (0.0,))
    program.window.table["listen"].trigger()
    say(program, "hello", "wor")
    hosts[0].die(1)
    qtbot.waitUntil(lambda: len(hosts) == 2)
    hosts[1].die(1)
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.MISSING)
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    assert words(program) == "hello"
    assert program.window.banner.action.text() == "Try again"
    program.window.banner.action.click()
    assert len(hosts) == 3
    assert hosts[2].sent(LoadModel)


# --- the microphone -------------------------------------------------------------------------------


def test_microphone_troubles_are_said_until_sound_comes(program: Application) -> None:
    from app.capture.microphone import CaptureState
    from app.capture.sources import Source

    program.window.table["listen"].trigger()
    program.capture.failed.emit(ErrorKind.NO_MICROPHONE, "No microphone was found.")
    assert program.window.banner.text == "No microphone was found."
    program.capture.state_changed.emit(CaptureState.LISTENING)
    assert program.window.banner.text == ""
    program.capture.source_changed.emit(Source("a", "Desk", False, False), "moved")
    program.capture.failed.emit(ErrorKind.MICROPHONE_MOVED, "Now from Desk.")
    assert program.state.microphone == "Desk"
    assert program.window.banner.text == "Now from Desk."
    program.capture.source_changed.emit(Source("b", "Headset", False, False), "returned")
    assert program.window.banner.text == ""
    program.capture.failed.emit(ErrorKind.AUDIO_SERVER, "The sound server does not answer.")
    program.capture.state_changed.emit(CaptureState.STOPPED)
    assert program.window.banner.text == ""


def test_choosing_a_microphone_reaches_the_capture(
    program: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[str | None] = []
    monkeypatch.setattr(program.capture, "choose", chosen.append)
    program.window.picker.chosen.emit("usb")
    program.window.picker.chosen.emit("")
    assert chosen == ["usb", None]


# --- dialogs, crashes, the end --------------------------------------------------------------------


def test_settings_change_the_window_at_once(program: Application) -> None:
    program.window.table["settings"].trigger()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    dialog.show_page(Page.APPEARANCE)
    box = dialog._fields["theme"]
    box.setCurrentIndex(2)  # type: ignore[attr-defined]
    box.activated.emit(2)  # type: ignore[attr-defined]
    assert program.theme.tones.dark
    dialog._fields["text_size"].setValue(30)  # type: ignore[attr-defined]
    assert program.window.view.document().defaultFont().pointSize() == 30
    dialog._fields["show_times"].click()  # type: ignore[attr-defined]
    assert not program.settings.values.show_times
    program.window.table["text_normal"].trigger()
    assert dialog._fields["text_size"].value() == 15  # type: ignore[attr-defined]
    program.window.table["theme_light"].trigger()
    assert dialog._fields["theme"].currentData() == "light"  # type: ignore[attr-defined]
    program.settings.change(show_times=True)
    assert dialog._fields["show_times"].isChecked()  # type: ignore[attr-defined]
    dialog.close()


def test_about_names_the_licences(program: Application) -> None:
    program.window.table["about"].trigger()
    (dialog,) = [d for d in program.window.findChildren(QDialog) if d.isVisible()]
    text = dialog.licences.toPlainText()  # type: ignore[attr-defined]
    for name in ("Apache", "Lesser General Public License", "Gemma"):
        assert name in text
    dialog.close()


def test_selecting_all_and_copying(program: Application) -> None:
    program.transcript.put(1, segment(0, "one two", final=True))
    program.window.table["select_all"].trigger()
    program.window.table["copy"].trigger()
    assert QGuiApplication.clipboard().text() == "one two"


def test_a_bug_of_ours_is_a_banner(program: Application) -> None:
    program.say_internal("Something went wrong inside.")
    assert program.window.banner.text == "Something went wrong inside."


def test_a_full_disk_can_be_tried_again(program: Application) -> None:
    program.listening.failed.emit(ErrorKind.DISK, "The disk is full.")
    assert program.window.banner.action.text() == "Try again"
    program.window.banner.action.click()
    program.listening.recovered.emit(ErrorKind.DISK)
    assert program.window.banner.text == ""


def test_what_is_not_tried_again_has_no_button_for_it(program: Application) -> None:
    program.say(ErrorKind.DISK, "The picture cannot be saved.")
    assert program.window.banner.text == "The picture cannot be saved."
    assert not program.window.banner.action.isVisible()


def test_a_second_start_shows_the_window(
    program: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    program.window.showMinimized()
    program.come_to_front("token")
    assert not program.window.isMinimized()
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "token"


def test_closing_releases_everything(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(program.closed):
        program.window.table["quit"].trigger()
    assert hosts[0].closed
    assert not program.window.isVisible()
    program.close()


def test_closing_while_listening_waits_for_the_last_words(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[0].answers_stop = False
    program.window.table["listen"].trigger()
    say(program, "hello", "wor")
    qtbot.waitUntil(lambda: words(program) == "hello wor")
    program.window.close()
    assert program.window.isVisible()
    assert "Finishing the last words" in program.window.banner.text
    qtbot.waitUntil(lambda: bool(hosts[0].sent(StopListening)))
    say(program, "hello world", final=True)
    with qtbot.waitSignal(program.closed):
        from engine.protocol import Listening, ListeningState

        hosts[0].say(Listening(1, ListeningState.STOPPED))
    (found,) = journal.transcripts(program.paths.journal_folder)
    assert found.whole
    ((_, loaded),) = journal.load(found.path)
    assert loaded.text == "hello world"


def test_a_worker_that_never_drains_does_not_keep_the_window(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[0].answers_stop = False
    program.window.table["listen"].trigger()
    program.window.close()
    with qtbot.waitSignal(program.closed):
        program._drain.setInterval(0)
    assert not program.window.isVisible()


def test_closing_before_anything_has_begun(compose: Compose, qtbot: QtBot) -> None:
    made = compose()
    with qtbot.waitSignal(made.closed):
        made.window.close()


def chat(program: Application, host: FakeHost, qtbot: QtBot, text: str) -> None:
    """Ask something, of a model that answers."""
    host.say(Loaded(model(str(bundled_model()), tasks=(Task.CHAT, Task.TRANSCRIBE))))
    qtbot.waitUntil(lambda: Task.CHAT in (program.state.model or model()).tasks)
    program.conversation.ask(text)


@pytest.mark.parametrize("what", ["transcript", "conversation"])
def test_what_the_disk_refuses_is_not_lost_by_closing_unasked(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, what: str
) -> None:
    asked: list[bool] = []

    def no(*_: object) -> bool:
        asked.append(True)
        return False

    program.confirm = no
    with full_disk():
        if what == "transcript":
            program.window.table["listen"].trigger()
            say(program, "not lost", final=True)
            program.window.table["listen"].trigger()
            qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
        else:
            chat(program, hosts[0], qtbot, "not lost")
        program.window.close()
        assert program.window.isVisible()
        assert asked == [True]
    with qtbot.waitSignal(program.closed):
        program.window.close()
    assert asked == [True], "there is room again"
    files = [path for path in program.paths.data.rglob("*") if path.is_file()]
    assert any(b"lost" in path.read_bytes() for path in files)


def test_a_second_start_is_answered_but_while_the_window_goes(
    program: Application, qtbot: QtBot
) -> None:
    answering: list[bool] = []
    program.answering.connect(answering.append)
    program.confirm = lambda *_: answering == [False, True, False, True]
    program.settings.change(keep_transcripts=False)
    program.window.table["listen"].trigger()
    say(program, "kept nowhere", final=True)
    for expected in ([False, True], [False, True, False, True, False]):
        program.listening.start()
        program.window.close()
        qtbot.waitUntil(lambda wanted=expected: answering == wanted)  # type: ignore[misc]
    assert not program.window.isVisible()


def test_the_end_of_the_session_asks_nobody(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.confirm = lambda *_: False
    with full_disk():
        chat(program, hosts[0], qtbot, "lost")
        with qtbot.waitSignal(program.closed):
            program.end()


@pytest.mark.parametrize("drains", [True, False])
def test_the_end_of_the_session_passes_over_an_open_question(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, drains: bool
) -> None:
    hosts[0].answers_stop = drains

    def ends_meanwhile(*_: object) -> bool:
        program.end()
        return False

    program.confirm = ends_meanwhile
    with full_disk():
        program.window.table["listen"].trigger()
        say(program, "lost", final=True)
        if drains:
            program.window.table["listen"].trigger()
            qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
        with qtbot.waitSignal(program.closed):
            program.window.close()
            program._drain.setInterval(0)
