"""The two palettes: readable everywhere, taken whole, icons in their colours."""

import dataclasses
import gc
import re

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.paths import assets_folder
from app.settings.choices import Theme as Choice
from app.theme import DARK, LIGHT, Theme, Tones, app_icon, style_sheet
from tests.app.kept_look import kept_look, undress

TEXT_ON_GROUND = [
    *[(text, ground) for text in ("text", "muted") for ground in ("window", "surface")],
    ("text", "sunken"),
    ("tentative", "surface"),
    ("accent", "surface"),
    ("accent", "window"),
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
    ("on_listening", "listening"),
    ("on_selection", "selection"),
    *[("text", ground) for ground in ("info", "warning", "danger")],
    ("danger_text", "danger"),
    ("danger_text", "surface"),
    ("danger_text", "window"),
]
SHAPES = [("edge", "surface"), ("edge", "window"), ("accent", "sunken"), ("listening", "sunken")]


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_texts_reach_4_5_to_1(tones: Tones, text: str, ground: str) -> None:
    assert contrast(getattr(tones, text), getattr(tones, ground)) >= 4.5


@pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_reach_3_to_1(tones: Tones, shape: str, ground: str) -> None:
    assert contrast(getattr(tones, shape), getattr(tones, ground)) >= 3


@pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_uses_known_tones_and_files(tones: Tones) -> None:
    text = style_sheet(tones)
    assert "@" not in text
    for path in re.findall(r'url\("(.+?)"\)', text):
        assert (assets_folder() / path).is_file()


def test_lengths_grow_with_the_interface() -> None:
    assert "padding: 8px 16px" in style_sheet(LIGHT, 1.0)
    assert "padding: 16px 32px" in style_sheet(LIGHT, 2.0)


def test_a_choice_holds_without_the_systems_help(theme: Theme, qapp: QApplication) -> None:
    """Offscreen Qt knows no colour scheme, like many a Linux desktop."""
    theme.apply(Choice.DARK)
    assert theme.tones is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    theme.apply(Choice.LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)
    theme.apply(Choice.SYSTEM)
    assert theme.tones is LIGHT


@pytest.mark.parametrize(
    ("scheme", "tones"), [(Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)]
)
def test_the_system_is_followed_while_running(
    theme: Theme,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    scheme: Qt.ColorScheme,
    tones: Tones,
) -> None:
    theme.apply(Choice.SYSTEM)
    hints = QGuiApplication.styleHints()
    # Ours, not Qt's own: a patched method of a Qt type once crashed the interpreter.
    monkeypatch.setattr(theme, "_system_scheme", lambda: scheme)
    with qtbot.waitSignal(theme.changed):
        hints.colorSchemeChanged.emit(scheme)
    assert theme.tones is tones
    theme.apply(Choice.DARK)
    with qtbot.assertNotEmitted(theme.changed, wait=20):
        hints.colorSchemeChanged.emit(scheme)


def test_another_theme_leaves_the_style_that_widgets_stand_on(qapp: QApplication) -> None:
    """Setting it again deletes it, also under style sheets of single widgets: a native crash."""
    Theme(qapp)
    style = shiboken6.getCppPointer(qapp.style())
    Theme(qapp)
    assert shiboken6.getCppPointer(qapp.style()) == style


def test_the_style_of_the_sheet_stays_as_long_as_any_widget(
    theme: Theme, qapp: QApplication
) -> None:
    """A window that outlived it was deleted, and the sheet after that one crashed."""
    style = qapp.style()
    Theme(qapp).apply(Choice.DARK)
    undress(qapp)
    theme.apply(Choice.LIGHT)
    assert shiboken6.isValid(style)


def test_nothing_is_collected_while_qt_goes_through_all_widgets(
    theme: Theme, qtbot: QtBot, qapp: QApplication
) -> None:
    """A widget whose `changeEvent` is Python can set a collection off: of widgets in Qt's list."""
    collecting: list[bool] = []

    class Listener(QWidget):
        def changeEvent(self, event: QEvent) -> None:
            collecting.append(gc.isenabled())

    listener = Listener()
    qtbot.addWidget(listener)
    listener.show()
    collecting.clear()
    theme.apply(Choice.DARK, 120)
    assert collecting
    assert not any(collecting)
    assert gc.isenabled()


def test_the_interface_grows_from_the_systems_size(theme: Theme, qapp: QApplication) -> None:
    before = qapp.font().pointSizeF()
    theme.apply(Choice.LIGHT, 200)
    assert qapp.font().pointSizeF() == pytest.approx(2 * before)
    theme.apply(Choice.LIGHT, 100)
    assert qapp.font().pointSizeF() == pytest.approx(before)


def test_a_test_that_fails_midway_leaves_letters_and_colours_as_they_were(
    qapp: QApplication,
) -> None:
    """A larger interface stayed for the tests behind it, which then failed, too."""
    font, palette = qapp.font(), qapp.palette()

    def fail() -> None:
        with kept_look(qapp):
            Theme(qapp).apply(Choice.DARK, 200)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (qapp.font(), qapp.palette()) == (font, palette)


def colours(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    image = icon.pixmap(32, 32, mode).toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("file", sorted((assets_folder() / "icons").glob("*.svg")), ids=str)
def test_every_icon_can_be_drawn(theme: Theme, file: object) -> None:
    name = str(file).rsplit("/", 1)[-1].removesuffix(".svg")
    assert colours(theme.icon(name))


def test_icons_take_the_themes_colour(theme: Theme) -> None:
    for choice, tones in ((Choice.LIGHT, LIGHT), (Choice.DARK, DARK)):
        theme.apply(choice)
        assert colours(theme.icon("copy")) == {tones.text}
        assert colours(theme.icon("copy", tones.listening)) == {tones.listening}
        assert colours(theme.icon("copy"), QIcon.Mode.Disabled) == {tones.edge}


def test_the_programs_icon_keeps_its_colours(qapp: object) -> None:
    assert len(colours(app_icon())) > 3


def test_every_tone_is_a_colour() -> None:
    for tones in (LIGHT, DARK):
        for field in dataclasses.fields(Tones):
            value = getattr(tones, field.name)
            assert isinstance(value, bool) or re.fullmatch("#[0-9a-f]{6}", value)
