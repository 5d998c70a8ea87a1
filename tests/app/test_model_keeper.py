"""Which model is open, on a scripted worker: opening, falling back, remembered or given up."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import ModelState, Phase
from app.paths import bundled_model
from app.settings.choices import HeldWeights
from engine.datatypes import SizeInfo, Task
from engine.errors import ErrorKind
from engine.protocol import (
    Failed,
    Loaded,
    LoadModel,
    Progress,
    SetSize,
    SizeChanged,
)
from tests.app.window_fakes import FakeHost, model

Compose = Callable[[], Application]


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


def test_a_model_whose_folder_s_name_is_no_text_is_opened_and_not_remembered(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[0].say(Loaded(model("/home/\udcff/mine", tasks=(Task.TRANSCRIBE,))))
    qtbot.waitUntil(lambda: "no text that can be kept" in program.window.banner.text)
    assert program.state.can_listen
    program.settings.change(text_size=30)
    assert program.settings.values.model_folder == ""


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


def test_that_another_model_killed_the_worker_is_said_until_it_is_read(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.keeper.load("/models/huge")
    hosts[0].die(-9)
    qtbot.waitUntil(lambda: len(hosts) == 2)
    assert hosts[1].sent(LoadModel)[0].folder == str(bundled_model())
    hosts[1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.READY)
    assert program.window.banner.text.endswith("the model before it is opened again.")


def test_a_refused_model_is_not_what_a_later_death_leads_to(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bridge.supervisor.RETRY_DELAYS", ())
    program.keeper.load("/models/good")
    hosts[0].say(Loaded(model("/models/good")))
    program.keeper.load("/models/broken")
    hosts[0].say(Failed(ErrorKind.BAD_MODEL, "It is broken.", load=True))
    qtbot.waitUntil(lambda: program.window.banner.text == "It is broken.")
    program.window.banner.dismiss.click()
    hosts[0].die(1)
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.MISSING)
    assert len(hosts) == 1, "the bundled model was opened unasked"
    assert program.window.banner.action.text() == "Try again"
    program.window.banner.action.click()
    qtbot.waitUntil(lambda: len(hosts) == 2)
    assert hosts[1].sent(LoadModel)[0].folder == "/models/good"


@pytest.mark.parametrize("kind", [ErrorKind.OUT_OF_MEMORY, ErrorKind.UNSUPPORTED_TASK])
def test_what_was_wrong_with_one_model_is_not_said_of_the_next(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, kind: ErrorKind
) -> None:
    hosts[0].say(Failed(kind, "Not with this model."))
    qtbot.waitUntil(lambda: program.window.banner.text == "Not with this model.")
    program.keeper.load("/models/other")
    hosts[0].say(Loaded(model("/models/other")))
    qtbot.waitUntil(lambda: program.window.banner.text == "")


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
