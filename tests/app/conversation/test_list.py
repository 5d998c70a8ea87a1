"""The list of conversations and the dialog of an answer's numbers, as they are used."""

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.conversation.sampling import USUAL, Sampling
from app.conversation.store import Conversation
from app.theme import Theme
from app.widgets.answers_dialog import AnswersDialog
from app.widgets.conversation_list import ConversationList
from engine.protocol import Ask
from tests.app.window_fakes import FakeHost, answer


@pytest.fixture
def talked(chatting: Application, hosts: list[FakeHost], qtbot: QtBot) -> Application:
    """Two conversations of two questions each; the second is in sight."""
    for words in (("pears", "apples"), ("herons", "storks")):
        chatting.chat.actions["new"].trigger()
        for word in words:
            chatting.conversation.ask(f"what are {word}")
            answer(chatting, hosts[0], qtbot, f"they are {word}")
    return chatting


def shown_list(program: Application) -> ConversationList:
    return program.chat.page.list


def current_place(program: Application) -> int:
    return program.chat.page.view.currentIndex().row()


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["click", "Enter"])
def test_a_place_in_the_conversation_in_sight_is_gone_to(
    talked: Application, qtbot: QtBot, by_keyboard: bool
) -> None:
    found = shown_list(talked)
    found.field.setText("herons")
    qtbot.waitUntil(lambda: found.list.count() == 1)
    opened: list[object] = []
    talked.chat.book.opened.connect(lambda: opened.append(None))
    item = found.list.item(0)
    if by_keyboard:
        found.list.setFocus()
        QTest.keyClick(found.list, Qt.Key.Key_Return)
    else:
        place = found.list.visualItemRect(item).center()
        QTest.mouseClick(found.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: current_place(talked) in (0, 1))
    assert opened == [], "it was there already"


def test_the_mere_focus_opens_nothing_and_ends_no_answer(talked: Application, qtbot: QtBot) -> None:
    found = shown_list(talked)
    talked.conversation.ask("what are swans")
    found.field.setText("apples")
    qtbot.waitUntil(lambda: found.list.count() == 1)
    found.field.setFocus()
    for _ in range(2):
        QTest.keyClick(talked.window.focusWidget(), Qt.Key.Key_Tab)
    assert talked.window.focusWidget() is found.list
    assert talked.conversation.answering
    QTest.keyClick(found.list, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: _shown(talked).title == "what are pears")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_from_the_search_one_goes_to_the_first_that_was_found(
    talked: Application, qtbot: QtBot, key: Qt.Key
) -> None:
    found = shown_list(talked)
    for words, title, place in (
        ("apples", "what are pears", (2, 3)),
        ("pears", "what are pears", (0, 1)),  # in sight already
    ):
        found.field.setFocus()
        found.field.setText(words)
        QTest.keyClick(found.field, key)  # before it was looked for by itself
        qtbot.waitUntil(
            lambda title=title, place=place: (
                _shown(talked).title == title and current_place(talked) in place
            )
        )
        assert talked.window.focusWidget() is found.list


def test_who_finds_nothing_is_told_and_goes_back_with_escape(
    talked: Application, qtbot: QtBot
) -> None:
    found = shown_list(talked)
    assert not found.nothing.isVisible()
    found.field.setFocus()
    found.field.setText("ostrich")
    qtbot.waitUntil(found.nothing.isVisible)
    assert found.nothing.text() == "Nothing was found"
    QTest.keyClick(found.field, Qt.Key.Key_Return)
    assert talked.window.focusWidget() is found.field, "there is nothing to go to"
    QTest.keyClick(found.field, Qt.Key.Key_Escape)
    assert found.field.text() == ""
    qtbot.waitUntil(lambda: found.list.count() == 2)
    assert not found.nothing.isVisible()
    found.field.setFocus()
    QTest.keyClick(found.field, Qt.Key.Key_Down)
    assert talked.window.focusWidget() is found.list
    assert _shown(talked).title == "what are herons", "nothing was looked for: it stays"


def test_an_end_of_an_answer_leaves_the_list_where_it_was_scrolled_to(
    talked: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    found = shown_list(talked)
    for number in range(30):
        talked.chat.actions["new"].trigger()
        talked.conversation.ask(f"question {number}")
        answer(talked, hosts[0], qtbot, "yes")
    bar = found.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum() // 2)
    where = bar.value()
    talked.conversation.ask("one more")
    answer(talked, hosts[0], qtbot, "yes")
    assert bar.value() == where


def test_a_title_is_written_anew_while_something_else_is_looked_for(
    talked: Application, qtbot: QtBot
) -> None:
    found = shown_list(talked)
    found.field.setText("apples")
    qtbot.waitUntil(lambda: found.list.count() == 1)
    talked.chat.actions["rename"].trigger()
    editor = found.list.viewport().focusWidget() or talked.window.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.setText("Birds")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _shown(talked).title == "Birds")


def test_what_was_looked_for_is_marked_and_in_sight(
    talked: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    found, view = shown_list(talked), talked.chat.page.view
    talked.conversation.ask("a long story")
    story = "Once upon a time. " * 800 + "\n\nThen came a Wolpertinger.\n\n" + "The end. " * 90
    answer(talked, hosts[0], qtbot, story)
    talked.chat.actions["new"].trigger()
    found.field.setText("wolpertinger")
    qtbot.waitUntil(lambda: found.list.count() == 1)
    found.list.setCurrentRow(0)
    qtbot.waitUntil(lambda: view.marking.text() == "Wolpertinger")
    row = view.messages.rowCount() - 1
    laid, area = (
        view.layouts.laid(view.messages.row(row)),
        view.visualRect(view.messages.index(row)),
    )
    hit = laid.document.find("Wolpertinger")
    block = laid.document.documentLayout().blockBoundingRect(hit.block())
    place = area.top() + laid.body.top() + block.top()
    assert 0 <= place < view.viewport().height()


def test_an_edit_that_is_begun_again_keeps_what_is_written(talked: Application) -> None:
    composer, edit = talked.chat.page.composer, talked.chat.actions["edit"]
    edit.trigger()
    composer.edit.setPlainText("what are cranes, really")
    edit.trigger()
    assert composer.edit.toPlainText() == "what are cranes, really"


def test_an_edit_that_is_left_for_another_is_there_again(talked: Application) -> None:
    composer, view = talked.chat.page.composer, talked.chat.page.view
    edit = talked.chat.actions["edit"]
    for row, text in ((0, "what are cranes"), (2, "what are swans")):
        view.enter(row)
        edit.trigger()
        composer.edit.setPlainText(text)
    view.enter(0)
    edit.trigger()
    assert composer.edit.toPlainText() == "what are cranes"
    composer.clear()
    view.enter(0)
    edit.trigger()
    assert composer.edit.toPlainText() == "what are herons", "that edit was given up"


def test_an_edit_is_there_again_when_its_conversation_is(talked: Application) -> None:
    """It was lost without a word when another conversation was looked at in between."""
    composer, view, book = talked.chat.page.composer, talked.chat.page.view, talked.chat.book
    edit, talk = talked.chat.actions["edit"], book.conversation
    assert talk is not None
    composer.edit.setPlainText("a draft")
    view.enter(0)
    edit.trigger()
    composer.edit.setPlainText("what are cranes")
    composer.attach_picture(np.full((4, 4, 3), 7, np.uint8))
    talked.chat.actions["new"].trigger()
    assert (composer.edit.toPlainText(), composer.send.text()) == ("", "Ask")
    composer.edit.setPlainText("another draft")
    listed = talked.chat.page.list.list
    listed.setFocus()
    book.open(talk)
    assert (composer.edit.toPlainText(), composer.send.text()) == ("what are cranes", "Ask anew")
    assert [int(picture.mean()) for picture in composer.pictures] == [7]
    assert talked.window.focusWidget() is listed, "who walks along the list goes on doing so"
    composer.edit.left.emit()
    assert composer.edit.toPlainText() == "a draft"
    talked.chat.actions["new"].trigger()
    assert composer.edit.toPlainText() == "another draft"
    book.open(talk)
    assert composer.edit.toPlainText() == "a draft", "that edit was given up"


def test_what_was_being_written_is_forgotten_with_everything_else(talked: Application) -> None:
    talked.chat.page.composer.edit.setPlainText("a draft")
    talked.chat.actions["new"].trigger()
    talked.commands.delete_everything()
    assert talked.chat.drafts.empty


def test_a_title_is_written_anew_in_a_narrow_window_and_from_the_other_page(
    talked: Application, qtbot: QtBot
) -> None:
    titles = shown_list(talked)
    talked.window.resize(500, 500)
    talked.window.pages.show_page("transcript")
    talked.chat.actions["rename"].trigger()
    field = titles.list.findChild(QWidget, "qt_editing_lineedit") or titles.list.focusWidget()
    assert titles.list.isVisible()
    assert field is not None
    assert field.isVisible()
    row = titles.list.visualItemRect(titles.list.item(0))
    assert field.geometry() == row, "it covered the next title"
    assert field.minimumSizeHint().height() <= row.height()
    QTest.keyClicks(field, "Birds")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: titles.list.item(0).text() == "Birds")


@pytest.mark.parametrize(
    "name",
    ["find", "speak", "again", "go_on", "edit", "version_back", "version_forth", "delete"]
    + ["new", "rename", "keep_media"],
)
def test_what_acts_on_a_conversation_brings_it_in_sight_first(
    talked: Application, hosts: list[FakeHost], name: str
) -> None:
    page, seen = talked.chat.page, []
    talked.chat.confirm = lambda *_: bool(seen.append(page.isVisible()))  # no
    talked.window.pages.show_page("transcript")
    talked.window.controls.listen.setFocus()
    talked.chat.actions[name].setEnabled(True)
    talked.chat.actions[name].trigger()
    assert page.isVisible()
    assert page.list.field.hasFocus() == (name == "find")
    assert page.composer.edit.hasFocus() or name != "edit"
    assert len(hosts[0].sent(Ask)) == 4 + (name == "again")
    assert seen == [True] * (name == "delete")


def test_search_comes_from_the_other_page_in_a_narrow_window_whenever_it_is_asked_for(
    talked: Application,
) -> None:
    field, find = shown_list(talked).field, talked.chat.actions["find"]
    talked.window.resize(500, 500)
    for _ in range(2):
        talked.window.pages.show_page("transcript")
        find.trigger()
        assert field.hasFocus()
    find.trigger()
    assert not field.isVisible()


def test_a_list_that_is_not_in_sight_is_not_waited_for(talked: Application) -> None:
    titles = shown_list(talked)
    titles.hide()
    titles.begin_rename()
    titles.show_all([], None)
    assert titles.list.count() == 0


def test_the_buttons_leave_a_message_that_is_gone(talked: Application, qtbot: QtBot) -> None:
    page, book = talked.chat.page, talked.chat.book
    first = page.view.visualRect(book.model.index(0)).center()
    QTest.mouseMove(page.view.viewport(), first)
    page.view.enter(0)
    old = page.tools.message
    assert old == book.path[0].id
    other = next(c for c in book.conversations() if c.id != _shown(talked).id)
    book.open(other)
    assert page.tools.message is None
    assert not page.tools.isVisible()
    page.view.enter(0)
    assert page.tools.message == book.path[0].id


def _shown(program: Application) -> Conversation:
    assert program.chat.book.conversation is not None
    return program.chat.book.conversation


def test_copy_takes_what_is_marked_on_the_page_in_sight(
    talked: Application, hosts: list[FakeHost]
) -> None:
    view, clipboard = talked.chat.page.view, QGuiApplication.clipboard()
    clipboard.setText("old")
    _mark(talked, 0)
    assert view.marking.text()
    talked.window.table["copy"].trigger()
    assert clipboard.text() == view.marking.text()
    field = talked.chat.page.composer.edit
    field.setPlainText("a question")
    field.setFocus()
    talked.window.table["select_all"].trigger()
    talked.window.table["copy"].trigger()
    assert clipboard.text() == "a question"
    view.setFocus()
    talked.window.table["select_all"].trigger()
    assert not talked.window.view.hasFocus(), "the transcript is not in sight"
    talked.window.table["copy"].trigger()
    assert clipboard.text() == "what are herons", "all of the message that the keyboard is on"
    view.setCurrentIndex(QModelIndex())
    talked.window.table["select_all"].trigger()
    assert view.marking.text() == "they are storks", "else of the last one"
    assert len(hosts[0].sent(Ask)) == 4


def test_marked_words_count_in_their_own_message_alone(talked: Application) -> None:
    page, clipboard = talked.chat.page, QGuiApplication.clipboard()
    view, whole = page.view, [message.text for message in talked.chat.book.path]
    _mark(talked, 0)
    assert view.marking.text() == "what"
    view.enter(0)
    page.tools.buttons["copy_message"].click()
    assert clipboard.text() == "what"
    view.enter(1)  # the pointer merely rests there
    talked.window.table["copy"].trigger()
    assert clipboard.text() == "what"
    page.tools.buttons["copy_message"].click()
    assert clipboard.text() == whole[1]
    _mark(talked, 0)
    assert view.marking.text() == "what"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.marking.text() == ""
    talked.chat.actions["copy_message"].trigger()
    assert clipboard.text() == whole[1]


def _mark(program: Application, row: int) -> None:
    """Double click the first word of a message."""
    view, messages = program.chat.page.view, program.chat.book.model
    view.viewport().repaint()
    laid = view.layouts.laid(messages.row(row))
    origin = view.visualRect(messages.index(row)).topLeft()
    place = origin + laid.body.topLeft().toPoint() + QPoint(6, 8)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_numbers_are_typed_as_they_are_meant(theme: Theme, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = AnswersDialog("", USUAL, theme, parent)
    taken: list[Sampling] = []
    dialog.sampling_changed.connect(taken.append)
    dialog.show()
    dialog.fold.click()
    for field, typed in ((dialog.temperature, "0.7"), (dialog.top_p, "0.85"), (dialog.seed, "12")):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert dialog.exact.isVisible()
    assert [one.temperature for one in taken] == [0.7, 0.7, 0.7]
    assert taken[-1].top_p == 0.85
    assert taken[-1].seed == 12


def test_a_new_conversation_goes_to_the_beginning_of_the_list(
    talked: Application, qtbot: QtBot
) -> None:
    """It stayed scrolled to where the conversation before was."""
    titles = shown_list(talked)
    many = [Conversation(n, f"talk {n}", False, "", "", None, 0.0, 0.0) for n in range(60)]
    titles.show_all(many, 59)
    bar = titles.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > 0)
    titles.show_all(many, None)
    assert bar.value() == 0
    titles.show_all(many, 30)
    row = titles.list.visualItemRect(titles.list.item(30))
    assert titles.list.viewport().rect().contains(row)
