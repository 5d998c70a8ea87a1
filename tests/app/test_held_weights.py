"""How weights are held, in the window: the setting, what it costs, the model opened again."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import LiveState, ModelState, Phase
from app.models.memory import bytes_text
from app.settings.choices import HeldWeights
from app.widgets.weights_note import WeightsNote
from engine.protocol import Listening, ListeningState, Loaded, LoadModel
from engine.weights import VARIABLE, Weights
from tests.app.window_fakes import FakeHost, model

COSTS = {"bf16": 4_890_000_000, "int8": 2_700_000_000, "int4": 1_500_000_000}


def test_the_window_and_the_engine_name_them_alike() -> None:
    assert [choice.value for choice in HeldWeights] == [choice.value for choice in Weights]


def test_a_choice_opens_the_model_again_and_stays(
    program: Application,
    hosts: list[FakeHost],
    compose: Callable[[], Application],
    qtbot: QtBot,
) -> None:
    before = hosts[0].sent(LoadModel)
    program.settings.change(weights=HeldWeights.INT4)
    (again,) = hosts[0].sent(LoadModel)[len(before) :]
    assert again == LoadModel(before[0].folder, "full", "int4")
    assert "in 4 bits" in program.window.banner.text
    assert program.state.model_state is ModelState.LOADING
    hosts[0].say(Loaded(model(before[0].folder, held="int4", held_bytes=COSTS)))
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.READY)
    hosts[0].die(-9)
    qtbot.waitUntil(lambda: len(hosts) == 2)
    assert hosts[1].sent(LoadModel)[-1].weights == "int4"
    program.close()
    compose()
    assert hosts[2].sent(LoadModel)[-1].weights == "int4"


def test_the_ears_have_a_setting_of_their_own(program: Application, hosts: list[FakeHost]) -> None:
    program.settings.change(small_ears=True)
    last = hosts[0].sent(LoadModel)[-1]
    assert last.small_ears
    assert last.weights == "auto"
    assert "hears in 8 bits" in program.window.banner.text


def test_it_waits_for_the_end_of_listening(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    before = len(hosts[0].sent(LoadModel))
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: program.state.phase is Phase.LISTENING)
    program.settings.change(weights=HeldWeights.INT8)
    assert "as soon as" in program.window.banner.text
    assert len(hosts[0].sent(LoadModel)) == before
    program.window.table["listen"].trigger()
    hosts[0].say(Listening(1, ListeningState.STOPPED))
    qtbot.waitUntil(lambda: len(hosts[0].sent(LoadModel)) == before + 1)
    assert hosts[0].sent(LoadModel)[-1].weights == "int8"


def test_it_waits_for_a_model_that_is_being_opened(
    compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot
) -> None:
    made = compose()
    (first,) = hosts[0].sent(LoadModel)
    made.settings.change(weights=HeldWeights.INT4)
    assert hosts[0].sent(LoadModel) == [first]
    hosts[0].say(Loaded(model(first.folder)))
    qtbot.waitUntil(lambda: len(hosts[0].sent(LoadModel)) == 2)
    made.settings.change(weights=HeldWeights.EXACT)  # before it is there
    hosts[0].say(Loaded(model(first.folder)))
    qtbot.waitUntil(lambda: len(hosts[0].sent(LoadModel)) == 3)
    assert [sent.weights for sent in hosts[0].sent(LoadModel)] == ["auto", "int4", "bf16"]
    hosts[0].say(Loaded(model(first.folder)))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    qtbot.wait(50)
    assert len(hosts[0].sent(LoadModel)) == 3, "nothing is due any more"


def test_the_command_line_stands_above_it(
    program: Application, hosts: list[FakeHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "bf16")
    before = len(hosts[0].sent(LoadModel))
    program.settings.change(weights=HeldWeights.INT4)
    assert "--weights bf16" in program.window.banner.text
    assert len(hosts[0].sent(LoadModel)) == before
    program.settings.change(weights=HeldWeights.INT8, small_ears=True)
    assert hosts[0].sent(LoadModel)[-1].small_ears, "what it says nothing of holds at once"


def test_what_each_way_takes_is_said_of_the_open_model(qtbot: QtBot) -> None:
    state = LiveState()
    note = WeightsNote(state)
    qtbot.addWidget(note)
    assert note.isHidden()
    state.set_model(model(name="E2B", held="int8", held_bytes=COSTS))
    assert not note.isHidden()
    for size in COSTS.values():
        assert bytes_text(size) in note.text()
    assert "now its weights are in 8 bits" in note.text()
    state.set_model(model(name="E2B-4bit", held=""))
    assert "kept as they are" in note.text()
