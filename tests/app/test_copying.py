"""Copying and saving: always what is in sight, and never nothing."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.application import Application
from engine.datatypes import Task
from engine.protocol import Loaded
from tests.app.window_fakes import FakeHost, answer, model, segment

OF_THE_PAGE = ("copy_all", "save")
OF_THE_TRANSCRIPT = ("save_txt", "save_srt", "save_vtt")


@pytest.fixture
def chatting(program: Application, hosts: list[FakeHost], qtbot: QtBot) -> Application:
    hosts[-1].say(Loaded(model("/models/general", name="general", tasks=(Task.CHAT,))))
    qtbot.waitUntil(lambda: program.state.model is not None and program.state.model.name != "nano")
    return program


def enabled(program: Application) -> tuple[str, ...]:
    table = program.window.table
    return tuple(name for name in OF_THE_PAGE + OF_THE_TRANSCRIPT if table[name].isEnabled())


def test_what_is_empty_can_neither_be_copied_nor_saved(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    """The clipboard was emptied without a word, and the file had 0 bytes."""
    program = chatting
    QGuiApplication.clipboard().setText("something precious")
    assert enabled(program) == ()
    program.window.table["copy_all"].trigger()
    assert QGuiApplication.clipboard().text() == "something precious"
    program.transcript.put(1, segment(0, "hello", final=True))
    qtbot.waitUntil(lambda: enabled(program) == OF_THE_PAGE + OF_THE_TRANSCRIPT)
    program.window.pages.show_page("conversation")
    assert enabled(program) == OF_THE_TRANSCRIPT
    program.conversation.ask("What is a heron?")
    answer(program, hosts[-1], qtbot, "A bird.")
    assert enabled(program) == OF_THE_PAGE + OF_THE_TRANSCRIPT
    program.transcript.clear()
    assert enabled(program) == OF_THE_PAGE
    program.window.pages.show_page("transcript")
    assert enabled(program) == ()
    program.window.pages.show_page("conversation")
    program.chat.actions["new"].trigger()
    assert enabled(program) == ()


def test_what_is_in_sight_is_copied_and_saved(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot, tmp_path: Path
) -> None:
    """On the page of conversations it was the hidden transcript."""
    program = chatting
    program.transcript.put(1, segment(0, "hello", final=True))
    program.conversation.ask("What is a heron?")
    answer(program, hosts[-1], qtbot, "A bird.")
    for page, words, name in (
        ("transcript", "hello", "save dialog"),
        ("conversation", "A bird.", "save conversation dialog"),
    ):
        program.window.pages.show_page(page)
        qtbot.waitUntil(lambda: set(OF_THE_PAGE) <= set(enabled(program)))
        program.window.table["copy_all"].trigger()
        copied = QGuiApplication.clipboard().text()
        assert words in copied
        program.window.table["save"].trigger()
        dialog = program.window.findChild(QFileDialog, name)
        assert dialog is not None
        file = tmp_path / f"file.{dialog.defaultSuffix()}"
        dialog.fileSelected.emit(str(file))
        assert file.read_text(encoding="utf-8") == copied
        dialog.close()
