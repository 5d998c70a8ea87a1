"""The field, its keys, its pictures; the list of conversations; how to answer."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chat_actions import MENU, ChatActions
from app.conversation.sampling import STEPS, Sampling
from app.theme import Theme
from app.widgets.answers_dialog import AnswersDialog
from app.widgets.composer import MOST_LINES, Composer

# Offscreen there is no window manager to take hints.

RETURN, SHIFT, CTRL = (
    Qt.Key.Key_Return,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def composer(theme: Theme, qtbot: QtBot) -> Composer:
    made = Composer(ChatActions(theme, theme), theme)
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    return made


def test_every_action_is_in_the_menu_and_named(theme: Theme) -> None:
    actions = ChatActions(theme, theme)
    names = [name for group in MENU for name in group]
    assert sorted(names) == sorted(actions._actions)
    for name in names:
        assert actions[name].text()
        assert actions[name].toolTip() != actions[name].text()


def test_enter_sends_and_shift_enter_does_not(composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClicks(composer.edit, "one")
    QTest.keyClick(composer.edit, RETURN, SHIFT)
    QTest.keyClicks(composer.edit, "two")
    with qtbot.waitSignal(composer.sent) as caught:
        QTest.keyClick(composer.edit, RETURN)
    assert caught.args == ["one\ntwo"]


def test_the_keys_can_be_exchanged(composer: Composer, qtbot: QtBot) -> None:
    composer.edit.enter_sends = False
    QTest.keyClicks(composer.edit, "one")
    with qtbot.assertNotEmitted(composer.sent):
        QTest.keyClick(composer.edit, RETURN)
    with qtbot.waitSignal(composer.sent):
        QTest.keyClick(composer.edit, RETURN, CTRL)


def test_nothing_is_not_sent(composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClicks(composer.edit, "   ")
    with qtbot.assertNotEmitted(composer.sent):
        QTest.keyClick(composer.edit, RETURN)
    assert not composer.send.isEnabled()


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_an_input_method_keeps_its_keys(
    composer: Composer, qtbot: QtBot, modifier: Qt.KeyboardModifier
) -> None:
    QTest.keyClicks(composer.edit, "a")
    QApplication.sendEvent(composer.edit, QInputMethodEvent("ni", []))
    assert composer.edit.composing
    with qtbot.assertNotEmitted(composer.sent):
        QTest.keyClick(composer.edit, RETURN, modifier)
        QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    chosen = QInputMethodEvent("", [])
    chosen.setCommitString("你")
    QApplication.sendEvent(composer.edit, chosen)
    assert not composer.edit.composing
    with qtbot.waitSignal(composer.sent) as caught:
        QTest.keyClick(composer.edit, RETURN, modifier)
    assert caught.args == ["a你"]


def test_up_recalls_only_in_an_empty_field(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.edit.recall_asked):
        QTest.keyClick(composer.edit, Qt.Key.Key_Up)
    QTest.keyClicks(composer.edit, "a")
    with qtbot.assertNotEmitted(composer.edit.recall_asked):
        QTest.keyClick(composer.edit, Qt.Key.Key_Up)


def test_the_field_grows_to_eight_lines(composer: Composer) -> None:
    one = composer.edit.height()
    heights = []
    for lines in range(1, 14):
        composer.edit.setPlainText("x\n" * (lines - 1) + "x")
        heights.append(composer.edit.height())
    assert heights[0] == one
    assert heights == sorted(heights)
    assert heights[MOST_LINES - 1] == heights[-1] > 3 * one
    composer.edit.setPlainText("x " * 10_000)  # a large paste
    assert composer.edit.height() == heights[-1]


def test_pictures_come_and_go(composer: Composer, qtbot: QtBot) -> None:
    one, two = np.zeros((8, 8, 3), np.uint8), np.ones((8, 8, 3), np.uint8)
    composer.attach_picture(one)
    composer.attach_picture(two)
    assert composer.send.isEnabled()  # a picture is a question, too
    qtbot.mouseClick(composer.strip.buttons[0], Qt.MouseButton.LeftButton)
    assert composer.pictures == (two,)
    assert composer.strip.buttons[0].accessibleName()
    composer.clear()
    assert composer.pictures == ()


def test_while_answering_the_button_and_escape_stop(composer: Composer, qtbot: QtBot) -> None:
    composer.set_answering(True)
    assert composer.send.text() == "Stop"
    with qtbot.waitSignal(composer.stop_asked):
        qtbot.mouseClick(composer.send, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(composer.stop_asked):
        QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    QTest.keyClicks(composer.edit, "next")  # it can be written meanwhile, and not sent
    with qtbot.assertNotEmitted(composer.sent):
        QTest.keyClick(composer.edit, RETURN)
    composer.set_answering(False)
    assert composer.send.isEnabled()


def test_an_obstacle_is_said_and_its_button_asks_for_help(composer: Composer, qtbot: QtBot) -> None:
    composer.set_obstacle("No model.", "Open model folder…")
    QTest.keyClicks(composer.edit, "one")
    assert not composer.send.isEnabled()
    assert composer.hint.isVisible()
    with qtbot.waitSignal(composer.help_asked):
        qtbot.mouseClick(composer.help, Qt.MouseButton.LeftButton)
    composer.set_speaking(True, 3.2)
    assert "3 s" in composer.hint.text()
    composer.set_speaking(False)
    assert composer.hint.text() == "No model."
    composer.set_obstacle("")
    assert not composer.hint.isVisible()


def test_editing_is_left_by_escape(composer: Composer, qtbot: QtBot) -> None:
    composer.begin_edit("an old question")
    assert composer.send.text() == "Ask anew"
    with qtbot.waitSignal(composer.edit_left):
        QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert composer.edit.toPlainText() == ""


def test_an_edit_gives_back_what_was_being_written(composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClicks(composer.edit, "half a thought")
    picture = np.zeros((8, 8, 3), np.uint8)
    composer.attach_picture(picture)
    composer.begin_edit("an old question")
    composer.begin_edit("an older question")
    assert (composer.draft.text, composer.draft.pictures) == ("half a thought", (picture,))
    assert composer.pictures == (), "they are for the next question, not for an earlier one"
    QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert composer.edit.toPlainText() == composer.draft.text == "half a thought"
    assert composer.pictures == (picture,)
    composer.begin_edit("an old question")
    other = np.ones((8, 8, 3), np.uint8)
    composer.attach_picture(other)
    assert composer.pictures == (other,)
    with qtbot.waitSignal(composer.edit_left):
        composer.clear()  # it has been asked, with its picture
    assert composer.edit.toPlainText() == "half a thought"
    assert composer.pictures == (picture,)
    assert composer.send.text() == "Ask"
    with qtbot.assertNotEmitted(composer.edit_left):
        composer.clear()
    assert composer.edit.toPlainText() == ""


def test_the_meter_says_what_is_used(composer: Composer) -> None:
    assert composer.meter.text == ""
    composer.meter.set_use(1_234, 32_768)
    assert composer.meter.text == "1,234 of 32,768 tokens"
    composer.meter.set_use(32_000, 32_768)
    composer.meter.grab()


def test_names_and_numbers_of_answers_agree(theme: Theme, qtbot: QtBot, composer: Composer) -> None:
    dialog = AnswersDialog("be brief", Sampling(max_tokens=99), theme, composer)
    taken: list[Sampling] = []
    dialog.sampling_changed.connect(taken.append)
    dialog.slider.setValue(4)
    assert taken[-1] == Sampling(
        STEPS[4].temperature, STEPS[4].top_k, STEPS[4].top_p, max_tokens=99
    )
    assert dialog.value.text().startswith("Lively")
    dialog.temperature.setValue(0.3)
    assert taken[-1].temperature == 0.3
    assert dialog.value.text() == "Numbers of your own"
    dialog.seed.setValue(7)
    assert taken[-1].seed == 7
    dialog.seed.setValue(-1)
    assert taken[-1].seed is None
    with qtbot.waitSignal(dialog.system_changed) as caught:
        dialog.system.setPlainText("be long")
    assert caught.args == ["be long"]
    dialog.deleteLater()


def test_more_pictures_than_fit_scroll_and_squeeze_nothing(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.attach_picture(np.zeros((8, 8, 3), np.uint8))
    strip, least = composer.strip, composer.minimumSizeHint().width()
    size = strip.buttons[0].sizeHint()
    for _ in range(20):
        composer.attach_picture(np.zeros((8, 8, 3), np.uint8))
    qtbot.waitUntil(lambda: strip.horizontalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: {button.size() for button in strip.buttons} == {size})
    assert composer.minimumSizeHint().width() == least
    assert strip.buttons[-1].visibleRegion().boundingRect().size() == size, "the newest"
    assert strip.buttons[0].visibleRegion().isEmpty()
    strip.horizontalScrollBar().setValue(0)
    strip.buttons[0].click()
    qtbot.waitUntil(lambda: strip.buttons[0].visibleRegion().boundingRect().size() == size)
    composer.clear()
    assert strip.isHidden()
