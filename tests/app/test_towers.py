"""Towers in the window: their bars, the buttons that free them, the line that says what is awaited.

The program with a fake worker, and the panel by itself.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.memory import PARTS, MemoryModel, Presence, Usage
from app.settings.schema import Settings
from app.theme import Theme
from app.widgets.memory_panel import BUTTON_PX, MemoryPanel
from engine import protocol
from engine.datatypes import Modality, PartMemory, Task
from engine.protocol import (
    Loaded,
    Ready,
    Release,
    ReleaseEars,
    SetIdleRelease,
    Tower,
    TowerState,
)
from tests.app.window_fakes import FakeHost, model

LOADING = Tower(Modality.AUDIO, TowerState.LOADING, 0.4)
LOADED = Tower(Modality.AUDIO, TowerState.LOADED)
ABSENT = Tower(Modality.AUDIO, TowerState.ABSENT)


@pytest.fixture
def memory(qapp: object) -> MemoryModel:
    return MemoryModel()


@pytest.fixture
def panel(memory: MemoryModel, theme: Theme, qtbot: QtBot) -> Iterator[MemoryPanel]:
    panel = MemoryPanel(memory, theme)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def button(program: Application, part: str) -> QToolButton:
    return program.window.memory.free_button(part)


def text_of(program: Application) -> str:
    return program.window.status.model.text()


# --- the panel ------------------------------------------------------------------------------------


def test_the_window_and_the_worker_name_the_states_alike() -> None:
    assert [str(state) for state in Presence] == [str(state) for state in TowerState]
    assert {modality.value for modality in Modality} <= PARTS.keys()


def test_only_a_tower_that_is_there_can_be_freed(panel: MemoryPanel, memory: MemoryModel) -> None:
    hearing, seeing = panel.free_button("audio"), panel.free_button("vision")
    assert hearing.isHidden()
    memory.set_presence("audio", Presence.LOADING, 0.4)
    assert hearing.accessibleName() == "Stop loading hearing"
    memory.set_presence("audio", Presence.LOADED)
    assert hearing.isVisible()
    assert hearing.accessibleName() == hearing.toolTip() == "Free the memory of hearing"
    assert seeing.isHidden()
    memory.set_presence("vision", Presence.LOADED)
    assert seeing.accessibleName() == "Free the memory of seeing"
    memory.set_presence("vision", Presence.LOADING)
    assert seeing.accessibleName() == "Stop loading seeing"
    memory.set_presence("audio", Presence.ABSENT)
    assert hearing.isHidden()


def test_a_button_is_large_enough_and_lies_in_its_row(
    panel: MemoryPanel, memory: MemoryModel, qtbot: QtBot
) -> None:
    for part in ("audio", "vision"):
        memory.set_presence(part, Presence.LOADED)
        free = panel.free_button(part)
        qtbot.waitUntil(lambda free=free: free.width() == BUTTON_PX)
        row = panel.list.visualRect(memory.index(list(PARTS).index(part)))
        place = free.mapTo(panel.list.viewport(), free.rect().center())
        assert row.contains(place)
        assert row.height() >= BUTTON_PX


def test_the_keyboard_reaches_the_buttons_and_frees(
    memory: MemoryModel, theme: Theme, qtbot: QtBot
) -> None:
    window = QWidget()
    panel = MemoryPanel(memory, theme, window)
    QVBoxLayout(window).addWidget(panel)
    qtbot.addWidget(window)
    memory.set_presence("audio", Presence.LOADED)
    memory.set_presence("vision", Presence.LOADED)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Tab)
    assert window.focusWidget() is panel.free_button("audio")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is panel.free_button("vision")
    with qtbot.waitSignal(panel.release_asked) as asked:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert asked.args == ["vision"]


def test_a_click_counts_once_until_the_tower_changes(
    panel: MemoryPanel, memory: MemoryModel, qtbot: QtBot
) -> None:
    memory.set_presence("audio", Presence.LOADED)
    free = panel.free_button("audio")
    with qtbot.waitSignal(panel.release_asked):
        free.click()
    assert not free.isEnabled()
    assert "not in use any more" in free.toolTip()
    memory.set_presence("audio", Presence.ABSENT)
    memory.set_presence("audio", Presence.LOADED)
    assert free.isEnabled()


def test_how_far_a_tower_has_come_is_drawn_and_said(
    panel: MemoryPanel, memory: MemoryModel
) -> None:
    index = memory.index(list(PARTS).index("audio"))
    pictures = []
    for fraction in (0.1, 0.9):
        memory.set_presence("audio", Presence.LOADING, fraction)
        assert index.data(MemoryModel.FRACTION_ROLE) == fraction
        pictures.append(panel.grab().toImage())
    assert pictures[0] != pictures[1]
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "90 %" in spoken
    memory.put({"audio": Usage(0, 1_000_000)})
    memory.set_presence("audio", Presence.LOADED)
    assert "90 %" not in index.data(Qt.ItemDataRole.AccessibleTextRole)


# --- the program ----------------------------------------------------------------------------------


def test_a_click_in_the_panel_releases_the_tower(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[-1].say(LOADED)
    qtbot.waitUntil(button(program, "audio").isVisible)
    button(program, "audio").click()
    assert hosts[-1].sent(Release) == [Release(Modality.AUDIO)]
    hosts[-1].say(ABSENT)
    qtbot.waitUntil(button(program, "audio").isHidden)


def test_what_is_waited_for_stands_in_the_status_line(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[-1].say(LOADING)
    qtbot.waitUntil(lambda: text_of(program) == "Hearing is being loaded… 40 %")
    hosts[-1].say(protocol.Tower(Modality.VISION, TowerState.LOADING, 0.25))
    qtbot.waitUntil(lambda: text_of(program) == "Seeing is being loaded… 25 %")
    hosts[-1].say(protocol.Tower(Modality.VISION, TowerState.LOADED))
    qtbot.waitUntil(lambda: text_of(program) == "nano (demonstration)")


def test_a_question_says_what_it_waits_for(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[-1].say(Loaded(model(tasks=(Task.CHAT, Task.TRANSCRIBE))))
    qtbot.waitUntil(lambda: program.conversation.obstacle is None)
    notice = program.chat.page.notice
    hosts[-1].say(LOADING)  # of the microphone: no question waits
    qtbot.waitUntil(lambda: "Hearing" in text_of(program))
    assert notice.text == ""
    program.conversation.ask("what was said?", audio=np.zeros(1600, np.float32))
    hosts[-1].say(protocol.Tower(Modality.AUDIO, TowerState.LOADING, 0.7))
    qtbot.waitUntil(lambda: notice.text == "Hearing is being loaded… 70 %")
    hosts[-1].say(LOADED)
    qtbot.waitUntil(lambda: notice.text == "")


def test_a_dead_worker_has_no_towers(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    hosts[-1].say(LOADING)
    qtbot.waitUntil(lambda: "Hearing" in text_of(program))
    hosts[-1].die(-9)
    qtbot.waitUntil(button(program, "audio").isHidden)
    assert "Hearing" not in text_of(program)


def test_every_worker_learns_the_idle_time_and_its_changes(
    compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program = compose()
    hosts[-1].say(Ready(1, "cpu"))
    qtbot.waitUntil(lambda: bool(hosts[-1].sent(SetIdleRelease)))
    program.settings.change(idle_release_s=5)
    sent = [SetIdleRelease(Settings().idle_release_s), SetIdleRelease(5)]
    assert hosts[-1].sent(SetIdleRelease) == sent
    hosts[-1].say(Loaded(model()))
    first = hosts[-1]
    first.die(-9)
    qtbot.waitUntil(lambda: hosts[-1] is not first)
    hosts[-1].say(Ready(2, "cpu"))
    qtbot.waitUntil(lambda: hosts[-1].sent(SetIdleRelease) == [SetIdleRelease(5)])


# --- the starter ears -----------------------------------------------------------------------------


def test_the_starter_ears_are_freed_by_a_button_of_their_own(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    free = button(program, "starter")
    assert free.isHidden()
    hosts[-1].say(protocol.Memory({"starter": PartMemory(90_000_000, 0)}))
    qtbot.waitUntil(lambda: not free.isHidden())
    assert free.accessibleName() == "Free the memory of the starter ears"
    free.click()
    assert hosts[-1].sent(ReleaseEars) == [ReleaseEars()]
    assert not hosts[-1].sent(Release)
    hosts[-1].say(protocol.Memory({}))
    qtbot.waitUntil(lambda: free.isHidden())
