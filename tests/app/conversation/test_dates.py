"""When something was said: the day is there, in the way of the window's language."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QLocale, QRectF
from pytestqt.qtbot import QtBot

from app.application import Application
from app.conversation.store import Conversation
from app.conversation.tree import Message
from app.models.messages import MessageModel, Row
from app.models.sightings import SightingModel
from app.moments import clock_text, when_text
from app.settings.choices import Language
from app.theme import Theme
from app.watching import Answer, Sighting
from app.widgets.conversation_view import ConversationView
from engine.datatypes import Role
from tests.app.conversation.scripted import Parts

NIGHT = datetime(2025, 10, 19, 4, 17)


@pytest.mark.parametrize(
    ("language", "date", "time"),
    [
        ("en", "10/19/25", "4:17\u202fAM"),
        ("de", "19.10.25", "04:17"),
        ("zh_CN", "2025/10/19", "04:17"),
    ],
)
def test_moments_are_written_as_the_language_does(language: str, date: str, time: str) -> None:
    QLocale.setDefault(QLocale(language))
    assert date in when_text(NIGHT)
    assert time in when_text(NIGHT)
    assert clock_text(NIGHT) == clock_text(NIGHT.timestamp()) == when_text(NIGHT)
    today = datetime.now().replace(hour=4, minute=17)
    assert clock_text(today) == time


@pytest.mark.parametrize(
    ("language", "time"),
    [("en", "4:17:05\u202fAM"), ("de", "04:17:05"), ("zh_CN", "04:17:05"), ("fi", "4.17.05")],
)
def test_what_a_watch_sees_has_seconds_in_the_way_of_the_language(
    qapp: object, language: str, time: str
) -> None:
    """They were written "04:17:05" in every language, and without the day."""
    QLocale.setDefault(QLocale(language))
    sightings = SightingModel()
    picture = np.zeros((4, 4, 3), np.uint8)
    day = datetime.now().replace(hour=4, minute=17, second=5, microsecond=0)
    for at in (day, day - timedelta(days=400)):
        sightings.put(Sighting(Answer.YES, at.timestamp(), picture), "Now: it")
    old, new = (str(sightings.index(row).data()) for row in range(2))
    assert new == f"{time}  Now: it"
    assert old.endswith(f"{time}  Now: it")
    assert str((day - timedelta(days=400)).year % 100) in old


def test_a_message_of_another_day_shows_its_date(theme: Theme, qtbot: QtBot) -> None:
    """It said "04:17" of a question that was 400 days old."""
    model = MessageModel()
    view = ConversationView(model, theme)
    qtbot.addWidget(view)
    old = datetime.now() - timedelta(days=400)
    model.show_rows([Row(Message(1, None, Role.USER, "q", created=old.timestamp()))])
    row = model.row(0)
    laid = view.layouts.laid(row)
    laid.header = QRectF(0, 0, 500, 20)
    assert view.delegate.head(row, laid)[1] == when_text(old)


def test_the_list_tells_when_something_was_last_said(chatting: Application) -> None:
    shown = chatting.chat.page.list
    one = Conversation(1, "pears", False, "", "", None, 0.0, NIGHT.timestamp())
    shown.show_all([one], None)
    assert shown.list.item(0).toolTip() == f"pears\n{when_text(NIGHT)}"
    QLocale.setDefault(QLocale(Language.GERMAN.value))
    shown.retranslate()
    assert "19.10.25" in shown.list.item(0).toolTip()


def test_a_title_that_is_cut_says_so(parts: Parts) -> None:
    parts.controller.ask("Who was it that " + "never " * 20)
    shown = parts.book.conversation
    assert shown is not None
    assert shown.title.endswith("…")
    assert len(shown.title) <= 60
