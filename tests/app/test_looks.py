"""Looks that were wrong once: letters that did not grow, digits on a border, icons of the style."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QSpinBox,
    QStyle,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.application import Application
from app.settings.choices import Language, Page
from app.theme import LIGHT, Theme, style_sheet
from app.widgets.conversation_page import LIST_PX
from app.widgets.settings_dialog import SettingsDialog
from app.widgets.side import WIDTH_PX


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
    program.window.resize(2400, 800)  # at 200 %, too, there is room for it
    for percent in (100, 200, 100):
        program.settings.change(interface_percent=percent)
        wanted = program.theme.px(LIST_PX)
        qtbot.waitUntil(lambda px=wanted: page.list.isVisible() and page.list.width() == px)


def test_the_column_beside_the_pages_is_as_wide_as_its_letters(
    program: Application, qtbot: QtBot
) -> None:
    """It kept the width that it came with at 125 %: after a narrow window, or from the start."""
    window = program.window
    window.resize(1040, 800)

    def fits() -> None:
        assert window.width() == 1040
        assert window.side.width() == window.theme.px(WIDTH_PX)

    qtbot.waitUntil(fits)
    program.settings.change(interface_percent=150)
    qtbot.waitUntil(lambda: window.side.width() > 900)  # below the pages
    for percent in (125, 100, 110, 100):
        program.settings.change(interface_percent=percent)
        qtbot.waitUntil(fits)


@pytest.mark.parametrize("role", ["", "primary", "stop", "danger", "quiet"])
def test_a_button_that_cannot_be_pressed_looks_so(theme: Theme, qtbot: QtBot, role: str) -> None:
    """The red "Delete" was as red with nothing to delete."""
    button = QPushButton("Delete")
    button.setProperty("role", role)
    qtbot.addWidget(button)

    def colours() -> set[str]:
        image = button.grab().toImage()
        every = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return {image.pixelColor(x, y).name() for x, y in every}

    loud = {LIGHT.danger_text, LIGHT.listening, LIGHT.accent, LIGHT.on_accent, LIGHT.text}
    assert colours() & loud
    button.setEnabled(False)
    assert not colours() & loud


@pytest.mark.parametrize(("percent", "width"), [(100, 480), (200, 800)])
def test_menus_without_room_are_behind_a_button_that_is_seen(
    program: Application, qtbot: QtBot, percent: int, width: int
) -> None:
    """Qt's own is 12 pixels wide, and was of the colour of the bar: Help was gone without trace."""
    window, bar = program.window, program.window.menuBar()
    program.settings.change(interface_percent=percent, language=Language.GERMAN)
    window.resize(width, 600)
    more = bar.findChild(QToolButton, "qt_menubar_ext_button")
    qtbot.waitUntil(lambda: more.isVisible() and bar.width() == width)
    assert more.width() == 24 * percent // 100 + 4
    assert bar.rect().contains(more.geometry())
    behind = more.menu().actions()
    assert behind[-1] is bar.actions()[-1]
    for menu in bar.actions():
        assert menu in behind or bar.actionGeometry(menu).right() < more.x()
    picture = more.grab().toImage()
    middle = {picture.pixelColor(x, picture.height() // 2).name() for x in range(picture.width())}
    assert len(middle) > 2, "one colour"
    program.settings.change(interface_percent=100, language=Language.ENGLISH)


@pytest.mark.parametrize("percent", [150, 200])
def test_every_icon_to_press_grows_with_the_interface(
    program: Application, qtbot: QtBot, percent: int
) -> None:
    """Microphone and sliders beside the question stayed as small as at 100 %."""
    window, composer, looking = program.window, program.chat.page.composer, program.looking
    window.pages.show_page("conversation")
    window.resize(2400, 800)
    qtbot.waitUntil(lambda: program.chat.page.view.viewport().width() > 1000)
    widgets = [
        *(composer.speak, composer.answers, composer.send, window.picker, looking.panel.picker),
        *program.chat.page.tools.buttons.values(),
        *(window.memory.free_button("vision"), looking.mark.off),
    ]
    before = [widget.iconSize().width() for widget in widgets]
    program.settings.change(interface_percent=percent)
    after = [widget.iconSize().width() for widget in widgets]
    assert after == [round(size * percent / 100) for size in before]
    program.settings.change(interface_percent=100)


def test_a_letter_to_press_cuts_no_name_off(program: Application, qtbot: QtBot) -> None:
    """ "Translate" and "Temperature" lost their last letter: "T" is underlined, and so alone."""
    label = program.window.controls.languages.label
    plain = label.fontMetrics().horizontalAdvance("Translate")
    assert label.sizeHint().width() >= plain + 4
