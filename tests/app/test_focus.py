"""Where the keyboard is: with what a person does, never on a field that comes next by chance."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import ModelState, Phase
from app.widgets.settings_dialog import SettingsDialog
from engine.datatypes import Task
from engine.protocol import Loaded
from tests.app.window_fakes import FakeHost, answer, model


@pytest.fixture
def chatting(
    compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot
) -> Application:
    made = compose()
    hosts[-1].say(Loaded(model(tasks=(Task.CHAT, Task.TRANSCRIBE))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    made.state.set_phase(Phase.IDLE)
    made.window.show_welcome(False)
    return made


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name", ["listen", "pause"])
def test_a_stop_leaves_the_keyboard_with_the_buttons_and_gives_it_back(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot, name: str
) -> None:
    window, hosts[0].answers_stop = chatting.window, False
    click(window.controls.listen)
    button = getattr(window.controls, name)
    qtbot.waitUntil(button.isEnabled)
    button.setFocus()
    window.table["listen"].trigger()
    assert chatting.state.phase is Phase.STOPPING
    assert window.focusWidget() is window.controls
    chatting.state.set_phase(Phase.IDLE)
    assert window.focusWidget() is window.controls.listen
    chatting.state.set_phase(Phase.LISTENING)
    assert window.focusWidget() is window.controls.listen


@pytest.mark.parametrize("where", ["picker", "view"])
def test_who_goes_elsewhere_while_it_stops_is_left_there(
    chatting: Application, hosts: list[FakeHost], where: str
) -> None:
    window, hosts[0].answers_stop = chatting.window, False
    click(window.controls.listen)
    click(window.controls.listen)
    widget = getattr(window, where)
    widget.setFocus(Qt.FocusReason.MouseFocusReason)
    chatting.state.set_phase(Phase.IDLE)
    assert window.focusWidget() is widget


def test_an_asked_question_leaves_the_keyboard_in_the_field(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.window.pages.show_page("conversation")
    composer = chatting.chat.page.composer
    composer.edit.setPlainText("hello")
    composer.send.setFocus()
    click(composer.send)
    answer(chatting, hosts[0], qtbot, "hi")
    qtbot.waitUntil(lambda: not chatting.conversation.answering)
    qtbot.waitUntil(lambda: not composer.send.isEnabled())
    assert chatting.window.focusWidget() is composer.edit


def test_each_page_comes_with_the_keyboard_on_what_it_is_for(chatting: Application) -> None:
    window, field = chatting.window, chatting.chat.page.composer.edit
    for _ in range(2):
        window.table["page_conversation"].trigger()
        assert window.focusWidget() is field
        window.table["page_transcript"].trigger()
        assert window.focusWidget() is window.controls.listen
    QTest.mouseClick(
        window.pages.tabs, Qt.MouseButton.LeftButton, pos=window.pages.tabs.tabRect(1).center()
    )
    assert window.focusWidget() is field


def test_along_the_tabs_the_keyboard_stays_on_them(chatting: Application) -> None:
    tabs = chatting.window.pages.tabs
    tabs.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(tabs, key)
        assert tabs.hasFocus()


def test_the_microphones_are_shown_where_they_are(chatting: Application) -> None:
    window = chatting.window
    window.pages.show_page("conversation")
    window.table["microphone"].trigger()
    assert window.picker.view().isVisible()
    assert window.picker.isVisible()
    window.picker.hidePopup()
    assert window.focusWidget() is window.picker


def test_enter_in_a_field_of_the_settings_presses_no_button(chatting: Application) -> None:
    chatting.window.table["settings"].trigger()
    (dialog,) = chatting.window.findChildren(SettingsDialog)
    pressed: list[str] = []
    for button in dialog.findChildren(QPushButton):
        button.pressed.connect(lambda: pressed.append(dialog.sender().objectName()))
    for field in dialog.findChildren(QSpinBox):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert pressed == []
    dialog.close()
