"""The list of messages: heights, scrolling, marking, clicking; and its model."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.chat_actions import ChatActions
from app.conversation.tree import Message, MessageState
from app.models.messages import MessageModel, Row
from app.settings.choices import Theme as ThemeChoice
from app.theme import Theme
from app.widgets.conversation_view import ConversationView
from app.widgets.message_delegate import Selected
from app.widgets.message_layout import SHOWN_LETTERS, THUMBNAIL, thumbnail
from app.widgets.message_tools import MessageTools
from engine.datatypes import Role

# Offscreen there is no window manager to take hints.

CODE = "Look:\n\n```python\nx = 1\n```\n\n[a link](https://example.org/there)"


def rows(count: int, text: str = "some words of an answer ") -> list[Row]:
    return [
        Row(
            Message(
                number + 1,
                number or None,
                Role.MODEL if number % 2 else Role.USER,
                f"{number} " + text * (1 + number * 7 % 40),
            )
        )
        for number in range(count)
    ]


@pytest.fixture
def model(qtbot: QtBot) -> MessageModel:
    return MessageModel()


@pytest.fixture
def view(model: MessageModel, theme: Theme, qtbot: QtBot) -> ConversationView:
    made = ConversationView(model, theme)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def settle(view: ConversationView, qtbot: QtBot) -> None:
    """Let everything be laid out."""
    qtbot.waitUntil(lambda: not view.measuring)


# --- the model ------------------------------------------------------------------------------------


def test_the_model_is_a_good_model(model: MessageModel, qtmodeltester: ModelTester) -> None:
    model.show_rows(rows(3))
    qtmodeltester.check(model)
    model.show_rows(rows(5))
    model.show_rows([*rows(2), Row(Message(9, 2, Role.USER, "other"), 2, 2)])
    assert [row.message.id for row in model.rows()] == [1, 2, 9]
    assert model.place(9) == 2
    assert model.place(3) is None
    spoken = model.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "You: other (version 2 of 2)"
    model.show_rows([])
    assert model.rowCount() == 0


def test_a_screen_reader_says_what_stands_below_a_message(
    view: ConversationView, model: MessageModel
) -> None:
    model.show_rows(
        [
            Row(Message(1, None, Role.USER, "q", sound_s=2.0), 1, 2),
            Row(Message(2, 1, Role.MODEL, "one", MessageState.STOPPED)),
            Row(Message(3, 2, Role.MODEL, "two", MessageState.CUT)),
            Row(Message(4, 3, Role.MODEL, "three", MessageState.WRITING)),
        ]
    )
    said = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert said == [
        "You: q (version 1 of 2)\n2.0 s of sound · its pictures and sound are not kept",
        "Answer: one\nStopped",
        "Answer: two\nCut off",
        "Answer: three",
    ]


def test_rows_in_common_stay(model: MessageModel, qtbot: QtBot) -> None:
    model.show_rows(rows(4))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsRemoved):
        model.show_rows(rows(2))
    with qtbot.waitSignal(model.dataChanged):
        model.show_rows([Row(r.message, 1, 2) for r in rows(2)])


def test_a_burst_of_tokens_is_few_updates(model: MessageModel, qtbot: QtBot) -> None:
    model.show_rows(rows(2))
    changes: list[int] = []
    model.dataChanged.connect(lambda *_: changes.append(1))
    for number in range(200):
        text = "word " * number
        model.put(Message(2, 1, Role.MODEL, text, MessageState.WRITING))
    assert len(changes) < 20
    with qtbot.waitSignal(model.answered) as caught:
        model.put(Message(2, 1, Role.MODEL, "the end"))
    assert caught.args == ["the end"]
    assert model.row(1).message.text == "the end"
    model.put(Message(77, 1, Role.MODEL, "of another conversation"))


# --- heights and scrolling ------------------------------------------------------------------------


def test_the_end_is_in_sight_and_stays_so(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows(rows(60))
    settle(view, qtbot)
    bar = view.verticalScrollBar()
    assert bar.maximum() > 1000
    assert bar.value() == bar.maximum()
    last = model.row(59).message
    model.put(Message(last.id, last.parent, Role.MODEL, "word " * 900))
    assert bar.value() == bar.maximum()
    assert view.following
    bar.setValue(0)
    assert not view.following
    assert view.jump.isVisible()
    model.show_rows(rows(61))
    assert bar.value() == 0
    qtbot.mouseClick(view.jump, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum()


def test_what_is_in_sight_does_not_move_while_the_rest_is_laid_out(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows(rows(200, "a much longer line of words that breaks in other places "))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    view.viewport().repaint()
    middle = view.indexAt(QPoint(50, 200))
    before = view.visualRect(middle).top()
    settle(view, qtbot)
    view.viewport().repaint()
    assert abs(view.visualRect(middle).top() - before) <= 2


def test_heights_are_exact_once_all_is_laid_out(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows(rows(40))
    settle(view, qtbot)
    bottom = 0
    view.verticalScrollBar().setValue(0)
    for row in range(40):
        place = view.visualRect(model.index(row))
        assert place.top() == bottom
        assert place.height() == round(view.layouts.laid(model.row(row)).height)
        bottom = place.bottom() + 1
    assert view.indexAt(QPoint(5, -5)).row() == -1


def test_another_width_keeps_the_row_at_the_top(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows(rows(80))
    settle(view, qtbot)
    view.scrollTo(model.index(30), view.ScrollHint.PositionAtTop)
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 3)
    view.resize(420, 400)
    view.viewport().repaint()
    assert abs(view.indexAt(QPoint(50, 1)).row() - 30) <= 1


def test_another_text_size_keeps_what_is_read_in_its_place(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    """The row at the top stays, and the sight is as far into it as before."""
    model.show_rows(rows(80))
    settle(view, qtbot)
    bar, read = view.verticalScrollBar(), model.index(30)

    def share() -> float:
        place = view.visualRect(read)
        return -place.top() / place.height()

    view.scrollTo(read, view.ScrollHint.PositionAtTop)
    bar.setValue(bar.value() + view.visualRect(read).height() // 2)
    for points in (24, 11, 15):
        view.set_text_size(points)
        view.viewport().repaint()
        assert share() == pytest.approx(0.5, abs=0.02)
        settle(view, qtbot)
        assert share() == pytest.approx(0.5, abs=0.02)
    bar.setValue(bar.maximum())
    view.set_text_size(20)
    assert bar.value() == bar.maximum()


def test_the_keyboard_goes_from_message_to_message(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows(rows(30))
    view.setFocus()
    for key, row in (
        (Qt.Key.Key_Up, 29),
        (Qt.Key.Key_Up, 28),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_End, 29),
    ):
        QTest.keyClick(view, key)
        assert view.currentIndex().row() == row
        place = view.visualRect(view.currentIndex())
        assert place.intersects(view.viewport().rect())
    value = view.verticalScrollBar().value()
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.verticalScrollBar().value() < value
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view.verticalScrollBar().value() == value


# --- marking and clicking -------------------------------------------------------------------------


def point_of(view: ConversationView, model: MessageModel, row: int, word: str) -> QPoint:
    """Where a word's first letter stands in the viewport."""
    laid = view.layouts.laid(model.row(row))
    cursor = laid.document.find(word)
    assert not cursor.isNull(), word
    block = cursor.block()
    line = block.layout().lineForTextPosition(cursor.selectionStart() - block.position())
    layout = laid.document.documentLayout()
    x = line.cursorToX(cursor.selectionStart() - block.position())[0]
    place = layout.blockBoundingRect(block).topLeft()
    place += line.position()
    origin = view.visualRect(model.index(row)).topLeft()
    return origin + QPoint(
        round(laid.body.left() + place.x() - line.position().x() + x + 3),
        round(laid.body.top() + place.y() + line.height() / 2),
    )


def test_words_are_marked_by_dragging_and_by_a_double_click(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows([Row(Message(1, None, Role.USER, "seven pears and apples"))])
    view.viewport().repaint()
    start, end = (point_of(view, model, 0, word) for word in ("pears", "apples"))
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(view.viewport(), left, pos=start - QPoint(2, 0))
    view.marking.extend(end - QPoint(4, 0))
    assert view.marking.text() == "pears and "
    QTest.mouseRelease(view.viewport(), left, pos=end)
    view.viewport().repaint()
    QTest.mouseDClick(view.viewport(), left, pos=end + QPoint(4, 0))
    assert view.marking.text() == "apples"
    QTest.mouseClick(view.viewport(), left, pos=start)
    assert view.marking.text() == ""


def test_links_and_code_are_clicked(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows([Row(Message(1, None, Role.USER, "q")), Row(Message(2, 1, Role.MODEL, CODE))])
    view.viewport().repaint()
    with qtbot.waitSignal(view.link_clicked) as caught:
        QTest.mouseClick(
            view.viewport(),
            Qt.MouseButton.LeftButton,
            pos=point_of(view, model, 1, "link"),
        )
    assert caught.args == ["https://example.org/there"]
    with qtbot.waitSignal(view.code_copied) as caught:
        view.follow_link(model.row(1), "copy:0")
    assert caught.args == ["x = 1"]
    assert not view.click(QPoint(300, 5))
    view.marking.hover(point_of(view, model, 1, "link"))
    assert view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor


def test_of_a_block_our_own_words_are_not_marked(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    """The language and the link above a block are the window's, not the model's."""
    text = "Look:\n\n```python\nx = 1\n```\n\n```\n```\n\nand\n\n```c\ny\n```\n\n[a link](https://e.org)"
    model.show_rows([Row(Message(1, None, Role.MODEL, text))])
    document = view.layouts.laid(model.row(0)).document
    end = document.characterCount()
    view.delegate.selected = Selected(1, 0, end)
    assert view.marking.text().split() == ["Look:", "x", "=", "1", "and", "y", "a", "link"]
    view.delegate.selected = Selected(1, end, document.find("Copy").position() - 2)
    assert "Copy code" not in view.marking.text()


def test_the_code_of_a_message_that_is_cut_off_is_copied_whole(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    code = "x = 1\n" * 2_400 + "the end"
    model.show_rows([Row(Message(1, None, Role.MODEL, f"Look:\n\n```\n{code}\n```\n"))])
    with qtbot.waitSignal(view.code_copied) as caught:
        view.follow_link(model.row(0), "copy:0")
    assert caught.args == [code]


def test_what_is_no_code_any_more_in_the_whole_message_is_not_copied(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    """Where it is cut off, `` ```x `` of a line looks like the beginning of a block."""
    text = "a" * (SHOWN_LETTERS - 7) + "\n\n```x ```"
    model.show_rows([Row(Message(1, None, Role.MODEL, text))])
    assert "Copy code" in view.layouts.laid(model.row(0)).document.toPlainText()
    with qtbot.assertNotEmitted(view.code_copied):
        view.follow_link(model.row(0), "copy:0")


def test_versions_are_switched_by_their_arrows(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    model.show_rows([Row(Message(5, None, Role.USER, "q"), 2, 3)])
    view.viewport().repaint()
    row = model.row(0)
    places = view.delegate.version_places(row, view.layouts.laid(row))
    for place, step in ((places[0], -1), (places[2], 1)):
        with qtbot.waitSignal(view.version_asked) as caught:
            QTest.mouseClick(
                view.viewport(),
                Qt.MouseButton.LeftButton,
                pos=place.center().toPoint() + view.visualRect(model.index(0)).topLeft(),
            )
        assert caught.args == [5, step]
        assert min(place.width(), place.height()) >= 24
    point = places[0].center().toPoint() + view.visualRect(model.index(0)).topLeft()
    view.marking.hover(point)
    assert view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    view.set_switching(False)
    view.marking.hover(point)
    assert view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor
    with qtbot.assertNotEmitted(view.version_asked):
        view.click(point)


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("role", [Role.USER, Role.MODEL])
def test_the_arrows_stand_left_of_the_buttons_and_in_sight(
    view: ConversationView, model: MessageModel, theme: Theme, role: Role, percent: int
) -> None:
    theme.apply(ThemeChoice.LIGHT, percent)
    tools = MessageTools(ChatActions(theme, view), theme, view)
    asked = Message(1, None, role, CODE, created=1e9, model="gemma-3n-E2B-it · E2.54B-layer")
    asked = replace(asked, images=(np.zeros((4, 4, 3), np.uint8),) if role is Role.USER else ())
    model.show_rows([Row(asked, 9, 12)])
    for points, width in itertools.product(range(10, 49, 2), (428, 520, 700, 1100)):
        view.resize(width, 3_000)
        view.set_text_size(points)
        view.enter(-1)
        view.enter(0)
        assert tools.isVisible()
        row, top = model.row(0), view.visualRect(model.index(0)).topLeft()
        back, count, forth = (
            place.toAlignedRect().translated(top)
            for place in view.delegate.version_places(row, view.layouts.laid(row))
        )
        assert not tools.geometry().intersects(back | count | forth), (points, width)
        assert view.viewport().rect().contains(back | forth), (points, width)
        name, _, end = view.delegate.head(row, view.layouts.laid(row))
        assert end <= back.left() + 1, (points, width)
        assert name or points > 36
        assert count.height() >= QFontMetrics(view.layouts.small_font).height()
    theme.apply(ThemeChoice.LIGHT, 100)


def test_what_is_in_a_message_is_reached_by_the_keyboard(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    text = CODE.replace("a link", "a **bold** link") + "\n\n```\ny & z\n```\n" + "\nword" * 9_000
    model.show_rows(
        [Row(Message(1, None, Role.USER, "q")), Row(Message(2, 1, Role.MODEL, text))],
    )
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.findChildren(QMenu) == []
    QTest.keyClick(view, Qt.Key.Key_End)
    QTest.keyClick(view, Qt.Key.Key_Return)
    (menu,) = view.findChildren(QMenu)
    assert menu.isVisible()
    assert [action.text() for action in menu.actions()] == [
        "Copy code: x = 1",
        "a bold link",
        "Copy code: y && z",
        f"… show all {len(text):,} letters",
    ]
    copy, link, other, whole = menu.actions()
    for action, signal, said in (
        (copy, view.code_copied, "x = 1"),
        (other, view.code_copied, "y & z"),
        (link, view.link_clicked, "https://example.org/there"),
    ):
        with qtbot.waitSignal(signal) as caught:
            action.trigger()
        assert caught.args == [said]
    whole.trigger()
    assert "show all" not in view.layouts.laid(model.row(1)).document.toPlainText()
    model.show_rows([])
    copy.trigger()  # its message is gone
    menu.close()


def test_a_very_long_message_is_shown_to_its_end_on_a_click(
    view: ConversationView, model: MessageModel, qtbot: QtBot
) -> None:
    text = "line\n" * SHOWN_LETTERS
    model.show_rows([Row(Message(1, None, Role.USER, text))])
    row = model.row(0)
    short = view.layouts.laid(row)
    assert short.document.characterCount() < SHOWN_LETTERS + 100
    assert "show all 60,000 letters" in short.document.toPlainText()
    view.follow_link(row, "show:all")
    assert view.layouts.laid(row).document.toPlainText() == text


def test_pictures_are_small_copies(view: ConversationView, model: MessageModel) -> None:
    wide, high = np.zeros((100, 400, 3), np.uint8), np.full((900, 300, 3), 255, np.uint8)
    small = thumbnail(wide)
    assert small.size().width() / small.devicePixelRatio() == THUMBNAIL
    model.show_rows([Row(Message(1, None, Role.USER, "q", pictures=2, images=(wide, high)))])
    laid = view.layouts.laid(model.row(0))
    assert [image.pixelColor(3, 3).red() for _, image in laid.thumbnails] == [0, 255]
    assert laid.thumbnails[0][0].right() < laid.thumbnails[1][0].left()
    assert laid.body.top() >= laid.thumbnails[1][0].bottom()


def test_many_pictures_stand_in_several_rows(view: ConversationView, model: MessageModel) -> None:
    images = tuple(np.full((90, 90, 3), shade, np.uint8) for shade in range(14))
    row = Row(Message(1, None, Role.USER, "q", pictures=14, images=images))
    guessed = view.layouts.estimate(row)
    model.show_rows([row])
    laid = view.layouts.laid(model.row(0))
    areas = [area for area, _ in laid.thumbnails]
    assert len({area.top() for area in areas}) > 1
    assert all(area.right() <= laid.card.right() for area in areas)
    assert not any(one.intersects(two) for one, two in itertools.combinations(areas, 2))
    assert laid.body.top() >= max(area.bottom() for area in areas)
    assert guessed == pytest.approx(laid.height, rel=0.25)


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_every_kind_of_message_is_painted(
    view: ConversationView, model: MessageModel, theme: Theme, choice: ThemeChoice
) -> None:
    theme.apply(choice)
    found = [
        Row(Message(1, None, Role.USER, "a", pictures=1, sound_s=2.0), in_context=False),
        Row(Message(2, 1, Role.MODEL, CODE, MessageState.STOPPED, model="nano")),
        Row(Message(3, 2, Role.USER, "b"), 1, 2),
        Row(Message(4, 3, Role.MODEL, "", MessageState.WRITING)),
    ]
    model.show_rows(found)
    notes = [view.delegate.note(row.message) for row in found]
    assert notes == [
        "2.0 s of sound · its pictures and sound are not kept",
        "Stopped",
        "",
        "Reading the question…",
    ]
    picture = view.grab().toImage()
    width, height = picture.width(), picture.height()
    shades = {picture.pixel(x, y) for x in range(0, width, 3) for y in range(0, height, 3)}
    assert len(shades) > 10
