"""Where the model's sight begins, when a conversation has outgrown the context."""

import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from app.conversation.tree import Message
from app.models.messages import MessageModel, Row
from app.theme import Theme
from app.widgets.conversation_view import ConversationView
from app.widgets.message_layout import GAP
from engine.datatypes import Role
from tests.app.conversation.scripted import Parts


def rows() -> list[Row]:
    return [
        Row(Message(1, None, Role.USER, "old"), in_context=False),
        Row(Message(2, 1, Role.MODEL, "gone"), in_context=False),
        Row(Message(3, 2, Role.USER, "new"), begins_sight=True),
        Row(Message(4, 3, Role.MODEL, "seen")),
    ]


@pytest.mark.parametrize("width", [280, 420, 900])
@pytest.mark.parametrize("points", [12, 24])
def test_its_words_have_room_of_their_own(
    theme: Theme, qtbot: QtBot, width: int, points: int
) -> None:
    """They were 16 px high at any size of the letters, and lay on the cards."""
    model = MessageModel()
    view = ConversationView(model, theme)
    qtbot.addWidget(view)
    view.resize(width, 700)
    view.show()
    view.set_text_size(points)
    model.show_rows(rows())
    qtbot.waitUntil(lambda: not view.measuring)
    laid = view.layouts.laid(model.row(2))
    assert laid.border is not None
    metrics = QFontMetricsF(view.layouts.small_font)
    lines = metrics.horizontalAdvance(view.layouts.border_words) / laid.border.width()
    assert laid.border.height() >= metrics.height() * max(1, int(lines)) + 2 * GAP
    assert laid.card.top() >= laid.border.bottom()
    assert laid.header.top() > laid.card.top()
    assert [view.layouts.laid(model.row(row)).border for row in (0, 1, 3)] == [None] * 3
    view.grab()


def test_the_first_message_that_is_seen_says_so(parts: Parts) -> None:
    parts.answer("one", "first")
    parts.controller.ask("two")
    parts.book.leave_out(2)
    assert [row.begins_sight for row in parts.book.model.rows()] == [False, False, True, False]
    parts.bridge.say("second")
    parts.bridge.end()
    assert [row.begins_sight for row in parts.book.model.rows()] == [False, False, True, False]
