"""The bar below the transcript: what stands in it is whole, however wide it is."""

import pytest
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from app.application import Application
from app.settings.choices import Language
from app.widgets.main_window import MainWindow
from engine.datatypes import Task
from engine.protocol import Loaded
from tests.app.window_fakes import FakeHost, model

SIZES = [(100, 480), (100, 770), (100, 800), (100, 1040), (125, 950), (150, 800), (200, 480)]
LANGUAGES = [Language.ENGLISH, Language.GERMAN, Language.CHINESE]


@pytest.fixture
def window(program: Application, hosts: list[FakeHost], qtbot: QtBot) -> MainWindow:
    hosts[-1].say(Loaded(model(tasks=(Task.TRANSCRIBE, Task.TRANSLATE))))
    program.settings.change(welcomed=True)
    program.window.show_welcome(False)
    qtbot.waitUntil(program.window.controls.languages.source.isEnabled)
    return program.window


def shown(box: QComboBox) -> tuple[str, int]:
    """What is drawn of the chosen text, and how wide the place for it is."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box)
    icon = 0 if box.itemIcon(box.currentIndex()).isNull() else box.iconSize().width() + 4
    return option.currentText, room.width() - icon


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("percent", "width"), SIZES)
def test_nothing_in_the_bar_is_cut_without_a_sign(
    program: Application,
    window: MainWindow,
    qtbot: QtBot,
    percent: int,
    width: int,
    language: Language,
) -> None:
    """At 800 by 600 one read "Start listenin", "Any languag" and "No translatic"."""
    program.settings.change(interface_percent=percent, language=language)
    window.resize(width, 600)
    controls = window.controls

    def fits() -> None:
        assert window.width() == width
        for button in (controls.listen, controls.pause):
            assert button.width() >= button.sizeHint().width(), button.text()
            assert controls.rect().contains(button.geometry())
        for box in (window.picker, controls.languages.source, controls.languages.target):
            text, room = shown(box)
            assert box.fontMetrics().horizontalAdvance(text) <= room
            assert text == box.currentText() or text.endswith("…")
        label = controls.languages.label
        assert not label.isVisible() or label.width() >= label.sizeHint().width()

    qtbot.waitUntil(fits)
    program.settings.change(interface_percent=100, language=Language.ENGLISH)


def test_the_lists_say_all_where_there_is_room_for_it(window: MainWindow, qtbot: QtBot) -> None:
    languages = window.controls.languages
    window.resize(800, 600)
    boxes, whole = (languages.source, languages.target), ["Any language", "No translation"]
    qtbot.waitUntil(lambda: [shown(box)[0] for box in boxes] == whole)
    assert not languages.label.isVisible()
    window.resize(1040, 600)
    qtbot.waitUntil(languages.label.isVisible)


def test_the_bar_has_one_row_less_where_it_is_wide(
    program: Application, window: MainWindow, qtbot: QtBot
) -> None:
    """Not by the window's width: the card beside it takes some, and may be put away."""
    controls = window.controls
    window.resize(800, 600)
    qtbot.waitUntil(lambda: window.picker.y() > controls.listen.geometry().bottom())
    program.settings.change(panel_visible=False)
    qtbot.waitUntil(lambda: window.picker.y() < controls.listen.geometry().bottom())
