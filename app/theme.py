"""Colours, fonts and icons of the window, light and dark. Knows nothing of what the window does.

Our own palettes over the Fusion style: Qt's own switch does nothing on a Linux desktop without
a platform theme.
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.paths import assets_folder
from app.settings.choices import Theme as ThemeChoice


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one theme, by what they are for.

    Every text colour reaches 4.5:1 on each ground it is used on (tests/app/test_theme.py).
    """

    dark: bool
    window: str  # ground of the window
    surface: str  # ground of the transcript, of fields and menus
    sunken: str  # grounds of meters and slider grooves
    line: str  # hairlines
    edge: str  # outlines of controls, 3:1 on their ground
    text: str
    muted: str  # secondary text
    tentative: str  # words that may still change
    accent: str  # what is chosen, what to press
    accent_strong: str  # the same, pressed or hovered
    on_accent: str
    listening: str  # the microphone is open
    on_listening: str
    selection: str
    on_selection: str
    info: str  # grounds of banners
    warning: str
    danger: str
    danger_text: str


LIGHT = Tones(
    dark=False,
    window="#f5f3ee",
    surface="#fffefb",
    sunken="#e6e2d9",
    line="#dcd7cc",
    edge="#8a857a",
    text="#20241f",
    muted="#5d6159",
    tentative="#5a5b86",
    accent="#2c6757",
    accent_strong="#215143",
    on_accent="#ffffff",
    listening="#b3261e",
    on_listening="#ffffff",
    selection="#bfe0d4",
    on_selection="#16201c",
    info="#e3efea",
    warning="#faecc8",
    danger="#fae0dc",
    danger_text="#9c1f18",
)

DARK = Tones(
    dark=True,
    window="#15181a",
    surface="#1c2023",
    sunken="#2b3135",
    line="#30373b",
    edge="#7d868c",
    text="#e9ebe8",
    muted="#a6aea9",
    tentative="#b1b5e6",
    accent="#84cdb6",
    accent_strong="#a4dfcc",
    on_accent="#0f231c",
    listening="#ff8d83",
    on_listening="#2d0906",
    selection="#2f5c4e",
    on_selection="#f2f7f5",
    info="#1d302a",
    warning="#3a3118",
    danger="#43211f",
    danger_text="#ff9d94",
)

_STYLE = "fusion"
_ICON_SIZES = (20, 32)


class Theme(QObject):
    """The look that holds now, and icons drawn in it.

    Signals:
        changed(): the tones are others; icons must be asked for again.
    """

    changed = Signal()

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._choice = ThemeChoice.SYSTEM
        self._percent = 100
        self._base_point_size = app.font().pointSizeF()
        # Kept from before our own palette hides it: the only hint where Qt knows no scheme.
        self._system_is_dark = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
        self.tones = LIGHT
        with no_collection():
            # Setting it again would delete the one that style sheets stand on (they hide its name).
            if not app.styleSheet() and app.style().name() != _STYLE:
                app.setStyle(_STYLE)
        # Queued: Qt tells of the scheme before it has changed the palette.
        QGuiApplication.styleHints().colorSchemeChanged.connect(
            self._system_changed, Qt.ConnectionType.QueuedConnection
        )

    def apply(self, choice: ThemeChoice, percent: int = 100) -> None:
        """Take a theme and a size of the interface's texts, in percent of the system's."""
        self._choice, self._percent = choice, percent
        hints = QGuiApplication.styleHints()
        hints.setColorScheme(
            {
                ThemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
                ThemeChoice.LIGHT: Qt.ColorScheme.Light,
                ThemeChoice.DARK: Qt.ColorScheme.Dark,
            }[choice]
        )
        self._paint()

    def px(self, length: int) -> int:
        """A length of the interface, as large as its texts are."""
        return round(length * self._percent / 100)

    def points(self, size: float) -> float:
        """A size of letters that the system gives, as large as the interface's are."""
        return size * self._percent / 100

    def icon(self, name: str, colour: str | None = None) -> QIcon:
        """An icon of assets/icons in this colour, or in the text's, with a disabled state."""
        icon = QIcon()
        for mode, tint in (
            (QIcon.Mode.Normal, colour or self.tones.text),
            (QIcon.Mode.Disabled, self.tones.edge),
        ):
            for size in _ICON_SIZES:
                icon.addPixmap(pixmap(name, size, tint), mode)
        return icon

    @Slot()
    def _system_changed(self) -> None:
        if self._choice is ThemeChoice.SYSTEM:
            self._paint()

    def _wants_dark(self) -> bool:
        if self._choice is not ThemeChoice.SYSTEM:
            return self._choice is ThemeChoice.DARK
        scheme = self._system_scheme()
        if scheme is Qt.ColorScheme.Unknown:
            return self._system_is_dark
        return scheme is Qt.ColorScheme.Dark

    def _system_scheme(self) -> Qt.ColorScheme:
        return QGuiApplication.styleHints().colorScheme()

    def _paint(self) -> None:
        self.tones = DARK if self._wants_dark() else LIGHT
        font = self._app.font()
        font.setPointSizeF(self.points(self._base_point_size))
        with no_collection():
            self._app.setFont(font)
            self._app.setPalette(palette(self.tones))
            self._app.setStyleSheet(
                style_sheet(self.tones, self._percent / 100, self._base_point_size)
            )
        self.changed.emit()


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage is collected meanwhile.

    Qt goes through a list of all widgets, and `changeEvent` of some is Python: a collection that it
    sets off can delete a widget that the list still holds, which is a native crash.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def palette(tones: Tones) -> QPalette:
    """The tones as Qt's roles, for everything that the style sheet leaves to Fusion."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, colour in {
        role.Window: tones.window,
        role.WindowText: tones.text,
        role.Base: tones.surface,
        role.AlternateBase: tones.window,
        role.Text: tones.text,
        role.PlaceholderText: tones.muted,
        role.Button: tones.surface,
        role.ButtonText: tones.text,
        role.BrightText: tones.danger_text,
        role.ToolTipBase: tones.surface,
        role.ToolTipText: tones.text,
        role.Highlight: tones.selection,
        role.HighlightedText: tones.on_selection,
        role.Link: tones.accent,
        role.LinkVisited: tones.accent,
        role.Mid: tones.line,
        role.Light: tones.surface,
        role.Dark: tones.edge,
        role.Accent: tones.accent,
    }.items():
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(tones.muted))
    return made


def style_sheet(tones: Tones, scale: float = 1.0, points: float = 9.0) -> str:
    """assets/style.qss with the tones put in, and its lengths scaled.

    points: size of the system's texts, which those of ours are given in percent of.
    """

    def value(found: re.Match[str]) -> str:
        if found["share"]:
            return f"{int(found['share']) / 100 * points * scale:.1f}pt"
        if found["length"]:
            return f"{max(1, round(int(found['length']) * scale))}px"
        if found["tone"] == "icons":
            return (assets_folder() / "icons").as_posix()
        if found["tone"] == "shade":
            return "dark" if tones.dark else "light"
        return str(getattr(tones, found["tone"]))

    return re.sub(r"@(?:(?P<length>\d+)px|(?P<share>\d+)%|(?P<tone>[a-z_]+))", value, _template())


@lru_cache(maxsize=1)
def _template() -> str:
    return (assets_folder() / "style.qss").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _drawing(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def pixmap(name: str, size: int, colour: str, ratio: float = 2.0) -> QPixmap:
    """An icon of assets/icons as a picture of `size` points, drawn for `ratio` pixels a point."""
    drawing = _drawing(assets_folder() / "icons" / f"{name}.svg").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def app_icon() -> QIcon:
    """The program's own icon; its colours do not follow the theme."""
    icon = QIcon()
    for size in (16, 32, 64, 128):
        icon.addPixmap(pixmap("nestling", size, "", 1.0))
    return icon
