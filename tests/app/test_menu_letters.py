"""Letters that open menus and choose in them: each means one thing where it is pressed."""

import re

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app.application import Application
from app.capture.camera_sources import PictureSource, SourceKind
from app.models.live import Phase
from app.settings.choices import Language

ABOUT = {
    Language.ENGLISH: "&About Nestling",
    Language.GERMAN: "&Über Nestling",
    Language.CHINESE: "关于 Nestling(&A)",
}


def letter(words: str) -> str:
    """What is pressed; empty if nothing is."""
    found = re.search(r"&(\w)", words.replace("&&", ""))
    return found[1].lower() if found else ""


def clashes(words: list[str]) -> list[tuple[str, str]]:
    """Pairs that share a letter."""
    first: dict[str, str] = {}
    found = []
    for one in words:
        other = first.setdefault(letter(one), one)
        if letter(one) and other is not one:
            found.append((other, one))
    return found


def menus(program: Application) -> list[QMenu]:
    found: list[QMenu] = []
    todo = [action.menu() for action in program.window.menuBar().actions()]
    while todo:
        menu = todo.pop()
        assert isinstance(menu, QMenu)
        found.append(menu)
        todo += [action.menu() for action in menu.actions() if action.menu() is not None]
    return found


def named(actions: list[QAction]) -> list[str]:
    return [action.text() for action in actions if not action.isSeparator()]


def beside(program: Application) -> list[str]:
    """What is pressed with Alt as the menus are, and has a letter."""
    found = []
    for kind in (QCheckBox, QPushButton, QLabel):
        for widget in program.window.findChildren(kind):
            if not isinstance(widget, QLabel) or widget.buddy() is not None:
                found.append(widget.text())
    return [words for words in found if letter(words)]


@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.GERMAN, Language.CHINESE])
def test_no_letter_means_two_things(
    program: Application,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    language: Language,
    on: bool,
) -> None:
    """Three pairs in English, twelve in German, four in Chinese: a key press chose neither.

    on: it listens, pauses, writes down a file and looks, and the same actions have other words.
    """
    program.settings.change(language=language)
    if on:
        monkeypatch.setattr(program.looking.camera._camera, "start", lambda *_: None)
        program.looking.turn_on(PictureSource(SourceKind.DEVICE, "/port/1", "Webcam"))
    qtbot.waitUntil(lambda: program.window.table["about"].text() == ABOUT[language])
    for phase in (Phase.LISTENING, Phase.PAUSED, Phase.READING) if on else (Phase.IDLE,):
        program.window.table.show_phase(phase)
        bar = named(program.window.menuBar().actions())
        found = clashes(bar + beside(program))
        for menu in menus(program):
            words = named(menu.actions())
            assert all(letter(one) for one in words), menu.title()
            found += clashes(words)
        assert found == []
    program.settings.change(language=Language.ENGLISH)
