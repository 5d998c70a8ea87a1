"""Numbers, and sentences about them, in the form of the window's language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.application import Application
from app.conversation.tree import Message
from app.i18n import Speech
from app.models.messages import MessageModel, Row
from app.models.transcript import TranscriptModel
from app.settings.choices import Language
from app.theme import Theme
from app.widgets.context_meter import ContextMeter
from app.widgets.conversation_view import ConversationView
from app.widgets.message_layout import SHOWN_LETTERS
from app.widgets.transcript_view import TranscriptView
from engine.datatypes import Role, SizeFigures
from engine.protocol import Loaded, SizesMeasured
from tests.app.window_fakes import FakeHost, model, segment

# Offscreen there is no window manager to raise windows.

LANGUAGES = pytest.mark.parametrize(
    ("language", "number"),
    [
        (Language.ENGLISH, {"1234": "1,234", "2.5": "2.5"}),
        (Language.GERMAN, {"1234": "1.234", "2.5": "2,5"}),
        (Language.CHINESE, {"1234": "1,234", "2.5": "2.5"}),
    ],
)


@LANGUAGES
def test_the_meter(
    speech: Speech, theme: Theme, qtbot: QtBot, language: Language, number: dict[str, str]
) -> None:
    meter = ContextMeter(theme)
    qtbot.addWidget(meter)
    speech.take(language)
    meter.set_use(1_234, 1_234)
    assert meter.text.count(number["1234"]) == 2


@LANGUAGES
def test_a_message(
    speech: Speech, theme: Theme, qtbot: QtBot, language: Language, number: dict[str, str]
) -> None:
    speech.take(language)
    view = ConversationView(MessageModel(), theme)
    qtbot.addWidget(view)
    long = "a" * (SHOWN_LETTERS * 10 + 234)
    row = Row(Message(1, None, Role.USER, long, sound_s=2.5))
    letters = QLocale().toString(len(long))
    assert number["1234"][1] in letters
    assert letters in view.layouts.laid(row).document.toPlainText()
    assert number["2.5"] in view.delegate.note(row.message)


@LANGUAGES
def test_a_gap_in_the_transcript(
    speech: Speech, theme: Theme, qtbot: QtBot, language: Language, number: dict[str, str]
) -> None:
    speech.take(language)
    transcript = TranscriptModel()
    view = TranscriptView(transcript, theme)
    qtbot.addWidget(view)
    transcript.put(1, segment(0, "hello", final=True, gap=2.5))
    transcript.flush()
    assert number["2.5"] in view.toPlainText()


@pytest.fixture
def german(program: Application, speech: Speech) -> Iterator[Application]:
    program.settings.change(language=Language.GERMAN)
    yield program
    program.settings.change(language=Language.ENGLISH)


def test_a_gap_is_german_in_what_is_copied_and_saved(german: Application, tmp_path: Path) -> None:
    german.transcript.put(1, segment(0, "hello", final=True, gap=2.5))
    german.commands.copy_all()
    assert QApplication.clipboard().text() == "[2,5 s Ton fehlen]\nhello\n"
    german.commands.save_to(tmp_path / "saved.txt")
    assert "[2,5 s Ton fehlen]" in (tmp_path / "saved.txt").read_text("utf-8")
    german.commands.kept_nowhere = lambda: True
    german.settings.change(language=Language.ENGLISH)
    assert not german.commands.unsaved(), "no word is other than those saved"


def test_a_saved_conversation(german: Application) -> None:
    words = german.chat.saving._headings()
    assert words.sound(2.5) == "2,5 s Ton"


def test_the_reason_for_a_size(german: Application, hosts: list[FakeHost], qtbot: QtBot) -> None:
    hosts[-1].say(Loaded(model()))
    figures = [("small", 9.0), ("mixed", 6.0), ("full", 4.5)]
    hosts[-1].say(SizesMeasured(tuple(SizeFigures(n, 1, v, 50.0, 0.4) for n, v in figures)))
    qtbot.waitUntil(lambda: bool(german.state.figures))
    german.settings.change(automatic_size=True, answer_speed=5)
    qtbot.waitUntil(lambda: "antwortet mit 4,5 Token" in german.window.sizes.words)
