"""Dialogs in every size of the interface: nothing of them is cut off, whatever the language."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.conversation.sampling import USUAL
from app.settings.choices import Language, Page
from app.settings.choices import Theme as ThemeChoice
from app.theme import Theme
from app.widgets.answers_dialog import AnswersDialog
from app.widgets.doctor_dialog import DoctorDialog
from app.widgets.settings_dialog import SHOWN_PAGES
from app.widgets.sizes_dialog import SizesDialog
from tests.app.window_fakes import kept

LANGUAGES = [Language.ENGLISH, Language.GERMAN, Language.CHINESE]
PERCENTS = [80, 100, 125, 150, 175, 200]


def assert_whole(dialog: QDialog) -> None:
    for button in dialog.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
    for label in dialog.findChildren(QLabel):
        if label.isVisible():
            assert label.width() >= label.minimumSizeHint().width(), label.text()
    for area in dialog.findChildren(QScrollArea):
        if area.isVisible():
            least, room = area.widget().minimumSizeHint().width(), area.viewport().width()
            assert least <= room, (least, room)
    on_screen = dialog.screen().availableGeometry().size()
    assert dialog.size().boundedTo(on_screen) == dialog.size()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("percent", PERCENTS)
def test_every_page_of_the_settings_fits(
    program: Application, qtbot: QtBot, percent: int, language: Language
) -> None:
    """At 175 % the right side was outside, the field for the interface's size with it."""
    program.settings.change(interface_percent=percent, language=language)
    program.commands.show_settings()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    for page in SHOWN_PAGES:
        dialog.show_page(page)
        qtbot.waitUntil(lambda: assert_whole(dialog) is None)
    dialog.close()
    program.settings.change(interface_percent=100, language=Language.ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_settings_in_sight_grow_no_more_than_they_must(
    program: Application, qtbot: QtBot, language: Language
) -> None:
    """The arrow that makes the interface larger would go from under the pointer."""
    program.settings.change(language=language)
    program.commands.show_settings()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    dialog.show_page(Page.APPEARANCE)
    width = dialog.width()
    program.settings.change(interface_percent=130)
    qtbot.wait(50)
    assert dialog.width() == width
    program.settings.change(interface_percent=200)
    for page in SHOWN_PAGES:
        dialog.show_page(page)
        qtbot.waitUntil(lambda: assert_whole(dialog) is None)
    dialog.close()
    program.settings.change(interface_percent=100, language=Language.ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("percent", PERCENTS)
@pytest.mark.parametrize("name", ["models", "history", "about"])
def test_other_dialogs_are_whole(
    program: Application, qtbot: QtBot, name: str, percent: int, language: Language
) -> None:
    """Among earlier transcripts "Show in the window" was cut from 125 % on."""
    kept(program, "one", whole=True)
    program.settings.change(interface_percent=percent, language=language)
    program.window.table[name].trigger()
    (dialog,) = [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, QDialog) and widget.isVisible()
    ]
    qtbot.waitUntil(lambda: assert_whole(dialog) is None)
    dialog.close()
    program.settings.change(interface_percent=100, language=Language.ENGLISH)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Kept here until the test has ended: a dialog goes with its parent."""
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_what_is_chosen_of_answers_is_whole_in_larger_letters(
    program: Application, qtbot: QtBot
) -> None:
    """It opened as small as at 100 %, and the instruction showed two lines."""
    program.settings.change(interface_percent=200)
    dialog = AnswersDialog("", USUAL, program.theme, program.window)
    assert dialog.size() == QSize(920, 720).boundedTo(dialog.room)
    lines = dialog.system.minimumHeight() / dialog.system.fontMetrics().lineSpacing()
    program.settings.change(interface_percent=100)
    assert (dialog.width(), dialog.height()) == (460, 360)
    usual = dialog.system.minimumHeight() / dialog.system.fontMetrics().lineSpacing()
    assert lines == pytest.approx(usual, rel=0.1)


def test_the_table_of_sizes_grows_and_cuts_no_sentence_off(
    program: Application, qtbot: QtBot
) -> None:
    program.sizing.show_sizes()
    dialog = program.sizing.dialog
    assert isinstance(dialog, SizesDialog)
    table = dialog.table
    assert (dialog.width(), dialog.height()) == (720, 560)
    one_line = table.rowHeight(2)
    dialog.close()
    program.settings.change(interface_percent=200, language=Language.GERMAN)
    assert dialog.size() == QSize(1440, 1120).boundedTo(dialog.room)
    dialog.show()
    qtbot.waitUntil(lambda: table.rowHeight(0) > 1.5 * table.rowHeight(2) > 2 * one_line)
    assert table.rowHeight(0) >= table.sizeHintForRow(0)


def test_the_letters_of_the_doctor_s_table_grow(parent: QWidget, theme: Theme) -> None:
    """They stayed as they were: a font of their own follows no other."""
    dialog = DoctorDialog(theme, parent)
    before = dialog.table.font()
    theme.apply(ThemeChoice.LIGHT, 200)
    assert dialog.table.font().family() == before.family()
    assert dialog.table.font().pointSizeF() == pytest.approx(2 * before.pointSizeF())
    assert DoctorDialog(theme, parent).table.font() == dialog.table.font()
