"""The composed program on a scripted worker: what is said, what recovers, what is remembered."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app import journal
from app.application import Application
from app.model_keeper import own_memory
from app.models.live import ModelState, Phase
from app.models.memory import PARTS, MemoryModel
from app.paths import bundled_model
from app.settings.choices import HeldWeights, Page
from engine.datatypes import PartMemory, SizeInfo, Task
from engine.errors import ErrorKind
from engine.protocol import (
    Failed,
    Loaded,
    LoadModel,
    Memory,
    Progress,
    SetSize,
    SizeChanged,
    StartListening,
    StopListening,
)
from tests.app.window_fakes import FakeHost, model, say, segment, words

Compose = Callable[[], Application]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


# --- models ---------------------------------------------------------------------------------------


def test_it_begins_with_the_bundled_model(compose: Compose, hosts: list[FakeHost]) -> None:
    made = compose()
    assert hosts[0].sent(LoadModel) == [LoadModel(str(bundled_model()))]
    assert made.state.model_state is ModelState.LOADING
    assert made.state.phase is Phase.IDLE


def test_the_model_of_last_time_and_its_size_come_back(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    first = compose()
    hosts[0].say(Loaded(model("/models/mine")))
    qtbot.waitUntil(lambda: first.settings.values.model_folder == "/models/mine")
    first.window.sizes.slider.setValue(0)
    assert hosts[0].sent(SetSize) == [SetSize("small")]
    first.close()
    compose()
    assert hosts[1].sent(LoadModel) == [LoadModel("/models/mine", "small")]


def test_a_size_that_this_model_does_not_have_is_forgotten(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    """It is no fault of the person's, and costs a second opening once."""
    first = compose()
    first.settings.change(size="E3B")
    first.close()
    made = compose()
    hosts[1].say(Failed(ErrorKind.BAD_INPUT, "There is no size E3B.", load=True))
    qtbot.waitUntil(lambda: len(hosts[1].sent(LoadModel)) == 2)
    assert hosts[1].sent(LoadModel)[1] == LoadModel(str(bundled_model()))
    assert made.window.banner.text == ""
    hosts[1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    made.close()
    compose()
    assert hosts[2].sent(LoadModel) == [LoadModel(str(bundled_model()))]


def test_a_size_of_another_model_is_not_asked_of_the_next(
    program: Application, compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.window.sizes.slider.setValue(0)
    assert program.settings.values.size == "small"
    program.keeper.load("/models/large")
    sizes = (SizeInfo("E2B", 1_900_000_000, 30, None, 0),)
    hosts[0].say(Loaded(model("/models/large", sizes=sizes, size="E2B")))
    qtbot.waitUntil(lambda: program.state.size == "E2B")
    program.close()
    compose()
    assert hosts[1].sent(LoadModel) == [LoadModel("/models/large")]


def test_a_broken_folder_is_said_and_the_bundled_model_is_taken(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    first = compose()
    first.settings.change(model_folder="/models/broken")
    first.close()
    made = compose()
    hosts[1].say(Failed(ErrorKind.BAD_MODEL, "The folder has no config.json.", load=True))
    qtbot.waitUntil(lambda: made.window.banner.text == "The folder has no config.json.")
    assert hosts[1].sent(LoadModel)[-1] == LoadModel(str(bundled_model()))
    hosts[1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    assert made.window.banner.text  # why it is not the wanted one
    assert made.window.banner.action.text() == "Open model folder…"


def test_a_fault_of_a_model_that_is_no_longer_wanted_changes_nothing_else(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.keeper.load("/models/broken")
    program.keeper.load("/models/good")
    sent = hosts[0].sent(LoadModel)
    hosts[0].say(Failed(ErrorKind.BAD_MODEL, "It is broken.", load=True))
    qtbot.waitUntil(lambda: program.window.banner.text == "It is broken.")
    hosts[0].say(SizeChanged("small"))  # of the one that is still in use
    assert program.state.model_state is ModelState.LOADING
    assert hosts[0].sent(LoadModel) == sent
    hosts[0].say(Failed(ErrorKind.BAD_MODEL, "This one, too.", load=True))
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.READY)  # the old one


def test_a_model_that_kills_every_worker_leaves_the_bundled_one(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bridge.supervisor.RETRY_DELAYS", ())
    first = compose()
    first.settings.change(model_folder="/models/huge", size="E3B")
    first.close()
    made = compose()
    hosts[1].die(-9)
    qtbot.waitUntil(lambda: len(hosts) == 3)
    assert hosts[2].sent(LoadModel) == [LoadModel(str(bundled_model()))]
    hosts[2].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    assert "memory ran out" in made.window.banner.text  # why it is not the wanted one
    assert made.settings.values.model_folder == "/models/huge"
    assert made.window.banner.action.text() == "Try again"
    made.window.banner.action.click()
    assert hosts[2].sent(LoadModel)[-1] == LoadModel("/models/huge", "E3B")
    hosts[2].say(Loaded(model("/models/huge", size="E3B")))
    qtbot.waitUntil(lambda: made.window.banner.text == "")


def test_the_wanted_folders_fault_is_said_even_if_the_bundled_model_fails_too(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    first = compose()
    first.settings.change(model_folder="/models/broken")
    first.close()
    made = compose()
    hosts[1].say(Failed(ErrorKind.BAD_MODEL, "The wanted folder is broken.", load=True))
    qtbot.waitUntil(lambda: len(hosts[1].sent(LoadModel)) == 2)
    hosts[1].say(Failed(ErrorKind.BAD_MODEL, "The bundled model is missing.", load=True))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.MISSING)
    assert made.window.banner.text == "The wanted folder is broken."


@pytest.mark.parametrize(
    "kind",
    [ErrorKind.BAD_MODEL, ErrorKind.OUT_OF_MEMORY, ErrorKind.DISK],
    ids=lambda kind: kind.name,
)
def test_a_model_that_cannot_be_opened_today_is_opened_next_time(
    compose: Compose,
    hosts: list[FakeHost],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    kind: ErrorKind,
) -> None:
    """Whatever has the bundled model opened again in the meantime."""
    monkeypatch.setattr("app.bridge.supervisor.RETRY_DELAYS", ())
    bundled = str(bundled_model())
    first = compose()
    first.settings.change(model_folder="/models/away", size="E3B")
    first.close()
    made = compose()
    hosts[1].say(Failed(kind, "The drive is not there.", load=True))
    if kind is not ErrorKind.OUT_OF_MEMORY:  # it might have been the size
        hosts[1].say(Failed(kind, "The drive is not there.", load=True))
    qtbot.waitUntil(lambda: hosts[1].sent(LoadModel)[-1] == LoadModel(bundled))
    hosts[1].say(Loaded(model(bundled)))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    made.window.banner.dismiss.click()
    made.settings.change(weights=HeldWeights.INT8)
    assert hosts[1].sent(LoadModel)[-1].weights == "int8"
    hosts[1].say(Loaded(model(bundled)))
    hosts[1].die(1)
    qtbot.waitUntil(lambda: made.window.banner.action.text() == "Try again")
    made.window.banner.action.click()
    hosts[2].say(Loaded(model(bundled)))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    made.close()
    compose()
    assert hosts[3].sent(LoadModel)[0] == LoadModel("/models/away", "E3B", "int8")


def test_the_bundled_model_stays_if_a_person_chooses_it(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    first = compose()
    first.settings.change(model_folder="/models/away")
    first.close()
    made = compose()
    hosts[1].say(Failed(ErrorKind.BAD_MODEL, "The drive is not there.", load=True))
    hosts[1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    assert made.settings.values.model_folder == "/models/away"
    made.window.table["bundled_model"].trigger()
    hosts[1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.settings.values.model_folder == "")


def test_a_broken_folder_keeps_the_model_in_use(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.keeper.load("/models/broken")
    assert not program.state.can_listen, "the worker would hear nothing before it is there"
    hosts[0].say(Failed(ErrorKind.BAD_MODEL, "Not a model.", load=True))
    qtbot.waitUntil(lambda: program.window.banner.text == "Not a model.")
    assert program.state.model_state is ModelState.READY
    assert program.state.can_listen


def test_what_fails_while_a_model_is_opened_is_not_taken_for_the_opening(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.keeper.load("/models/large", "E2B")
    hosts[0].say(Failed(ErrorKind.BAD_INPUT, "The picture is too narrow."))
    qtbot.waitUntil(lambda: program.window.banner.text == "The picture is too narrow.")
    assert program.state.model_state is ModelState.LOADING
    assert hosts[0].sent(LoadModel)[-1] == LoadModel("/models/large", "E2B")


def test_without_any_model_it_says_so_and_cannot_listen(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    made = compose()
    hosts[0].say(Failed(ErrorKind.BAD_MODEL, "The bundled model is missing.", load=True))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.MISSING)
    assert made.window.status.model.text() == "No model"
    assert not made.window.table["listen"].isEnabled()
    made.window.banner.action.click()
    dialog = made.window.findChild(QFileDialog, "model dialog")
    assert dialog is not None
    dialog.fileSelected.emit("/models/other")
    assert hosts[0].sent(LoadModel)[-1] == LoadModel("/models/other")
    dialog.close()


def test_a_model_that_cannot_transcribe_says_so(
    compose: Compose, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    made = compose()
    hosts[0].say(Loaded(model(tasks=(Task.CHAT,))))
    qtbot.waitUntil(lambda: "not made to transcribe" in made.window.banner.text)
    assert not made.window.table["listen"].isEnabled()


def test_loading_and_sizes_are_shown(compose: Compose, hosts: list[FakeHost], qtbot: QtBot) -> None:
    made = compose()
    hosts[0].say(Progress("load", 0.25))
    qtbot.waitUntil(lambda: "25 %" in made.window.status.model.text())
    hosts[0].say(Loaded(model()))
    hosts[0].say(SizeChanged("mixed"))
    qtbot.waitUntil(lambda: made.window.status.size_name.text() == "mixed")


def test_going_back_to_the_bundled_model(program: Application, hosts: list[FakeHost]) -> None:
    program.window.table["bundled_model"].trigger()
    assert hosts[0].sent(LoadModel)[-1] == LoadModel(str(bundled_model()))


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
