"""Looks that were wrong once: letters that did not grow, digits on a border, icons of the style."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QSpinBox, QStyle, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.settings.choices import Page
from app.theme import LIGHT, style_sheet
from app.widgets.conversation_page import LIST_PX
from app.widgets.settings_dialog import SettingsDialog


@pytest.fixture
def dialog(program: Application) -> Iterator[SettingsDialog]:
    program.commands.show_settings()
    made = program.commands.settings_dialog
    assert made is not None
    made.show_page(Page.CAPTIONS)
    yield made
    made.close()
    program.settings.change(interface_percent=100)


def test_titles_and_the_list_of_pages_grow_with_the_interface(
    program: Application, dialog: SettingsDialog, qtbot: QtBot
) -> None:
    """The titles were smaller than what stood below them, and pages were cut: "Con…"."""
    labels = [*dialog.findChildren(QLabel), *program.window.welcome.findChildren(QLabel)]
    titles = [label for label in labels if label.property("role") in ("title", "greeting", "lead")]
    for title in titles:
        title.ensurePolished()
    before = [title.font().pointSizeF() for title in titles]
    assert min(before) > program.window.font().pointSizeF()
    width = dialog._pages.width()
    program.settings.change(interface_percent=200)
    after = [title.font().pointSizeF() for title in titles]
    assert after == pytest.approx([2 * size for size in before], rel=0.01)
    qtbot.waitUntil(lambda: dialog._pages.width() > 1.5 * width)
    assert dialog._pages.sizeHintForColumn(0) < dialog._pages.viewport().width()


def test_digits_stand_off_the_border(dialog: SettingsDialog) -> None:
    for box in dialog.findChildren(QSpinBox):
        assert box.lineEdit().textMargins().left() >= 8


def test_buttons_have_no_icons_of_the_style(dialog: SettingsDialog) -> None:
    """Under X11 "Close" had a black cross, in the dark theme too. Offscreen there is none."""
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    hint = QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons
    assert buttons.style().styleHint(hint, None, buttons) == 0
    assert "dialogbuttonbox-buttons-have-icons: 0" in style_sheet(LIGHT)


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_what_stands_beside_the_pages_grows_with_the_interface(
    program: Application, qtbot: QtBot, percent: int
) -> None:
    """At 150 % the model's card and the camera's place were cut at the right."""
    window, looking = program.window, program.looking.panel
    program.settings.change(interface_percent=percent, welcomed=True)
    window.resize(1280, 760)
    looking.show()
    cards = [*window.panel.findChildren(QWidget, "", Qt.FindChildOption.FindDirectChildrenOnly)]

    def fits() -> None:
        assert window.controls.listen.iconSize().width() == 20 * percent // 100
        assert looking.look.iconSize().width() == 20 * percent // 100
        assert window.width() == 1280
        for card in (looking, *cards):
            assert card.width() >= card.minimumSizeHint().width(), card
        for inside in (looking.look, looking.ask, looking.watch, looking.keep):
            assert looking.rect().contains(inside.geometry()), inside.text()

    qtbot.waitUntil(fits)
    program.settings.change(interface_percent=100)


def test_the_list_of_conversations_is_as_wide_as_before_after_larger_and_smaller(
    program: Application, qtbot: QtBot
) -> None:
    page = program.chat.page
    program.window.pages.show_page("conversation")
    program.window.resize(1600, 800)
    qtbot.waitUntil(lambda: page.list.width() == LIST_PX)
    program.settings.change(interface_percent=200)
    qtbot.waitUntil(lambda: page.list.width() == 2 * LIST_PX)
    program.settings.change(interface_percent=100)
    qtbot.waitUntil(lambda: page.list.width() == LIST_PX)
