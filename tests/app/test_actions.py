"""Keys that are held down: what they do once, and what again and again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import Phase
from engine.datatypes import Task
from engine.protocol import Loaded
from tests.app.window_fakes import FakeHost, model

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
AGAIN_AND_AGAIN = {
    *("text_larger", "text_smaller", "size_larger", "size_smaller"),
    *("chat_version_back", "chat_version_forth"),
}


def hold(program: Application, key: Qt.Key, modifiers: Qt.KeyboardModifier, repeats: int) -> None:
    """Press a key and keep it down."""
    for repeat in [False] + [True] * repeats:
        QTest.simulateEvent(program.window, True, key.value, modifiers, "", repeat)


@pytest.mark.parametrize("repeats", [1, 2])
def test_a_held_key_starts_listening_and_does_not_end_it(
    program: Application, repeats: int
) -> None:
    hold(program, Qt.Key.Key_L, CONTROL, repeats)
    assert program.state.phase is Phase.LISTENING


@pytest.mark.parametrize("repeats", [1, 2])
def test_a_held_key_begins_a_question_and_does_not_ask_it(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, repeats: int
) -> None:
    speak = program.chat.actions["speak"]
    hosts[-1].say(Loaded(model(tasks=(Task.CHAT, Task.TRANSCRIBE))))
    qtbot.waitUntil(speak.isEnabled)
    with qtbot.assertNotEmitted(program.chat.spoken.missed, wait=200):
        hold(program, Qt.Key.Key_Space, CONTROL | SHIFT, repeats)
    assert program.chat.spoken.hearing


def test_a_held_key_goes_on_where_steps_are_small(program: Application) -> None:
    before = program.settings.values.text_size
    hold(program, Qt.Key.Key_Plus, CONTROL, 3)
    assert program.settings.values.text_size == before + 2 * 4


def test_no_other_action_is_repeated(program: Application) -> None:
    sets = program.window.table, program.chat.actions, program.looking.actions
    actions = [action for each in sets for action in each.findChildren(QAction)]
    assert {action.objectName() for action in actions if action.autoRepeat()} == AGAIN_AND_AGAIN
