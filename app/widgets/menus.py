"""The menu bar: every action of the table, in its place."""

from collections.abc import Callable
from typing import cast

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolButton, QWidget

from app.actions import ActionTable

# PySide's own hint says "object"; lupdate finds the texts by this name.
QT_TRANSLATE_NOOP = cast("Callable[[str, str], str]", QtCore.QT_TRANSLATE_NOOP)

SEPARATOR = "-"


def build_menus(window: QMainWindow, table: ActionTable) -> None:
    """Fill the window's menu bar. Each action stands in exactly one menu."""
    bar = window.menuBar()
    room = _MoreRoom(bar)
    room.setObjectName("more_room")
    bar.setCornerWidget(room)
    room.lower()
    file = _menu(bar, QT_TRANSLATE_NOOP("Menus", "&File"))
    _fill(file, table, "clear", "transcribe_file", "history", SEPARATOR, "save")
    save = _menu(file, QT_TRANSLATE_NOOP("Menus", "Save &transcript"))
    _fill(save, table, "save_txt", "save_srt", "save_vtt")
    _fill(file, table, SEPARATOR, "models", "open_model", "bundled_model", SEPARATOR)
    _fill(file, table, "settings", "privacy", "connections")
    _fill(file, table, SEPARATOR, "close", "quit")
    edit = _menu(bar, QT_TRANSLATE_NOOP("Menus", "&Edit"))
    _fill(edit, table, "copy", "copy_all", SEPARATOR, "select_all")
    listen = _menu(bar, QT_TRANSLATE_NOOP("Menus", "&Listen"))
    _fill(listen, table, "listen", "pause", SEPARATOR, "microphone", SEPARATOR)
    _fill(listen, table, "swap_languages", "translate_rest", SEPARATOR)
    _fill(listen, table, "size_larger", "size_smaller")
    view = _menu(bar, QT_TRANSLATE_NOOP("Menus", "&View"))
    _fill(view, table, "page_transcript", "page_conversation", SEPARATOR)
    _fill(view, table, "text_larger", "text_smaller", "text_normal", SEPARATOR)
    colours = _menu(view, QT_TRANSLATE_NOOP("Menus", "&Colours"))
    _fill(colours, table, "theme_system", "theme_light", "theme_dark")
    _fill(view, table, SEPARATOR, "captions", "panel", "full_screen", SEPARATOR, "latest")
    about = _menu(bar, QT_TRANSLATE_NOOP("Menus", "&Help"))
    _fill(about, table, "welcome", "doctor", SEPARATOR, "about")
    name_menus(window)


def name_menus(window: QMainWindow) -> None:
    """Title the menus in the language of the window, and Qt's button of those without room."""
    bar = window.menuBar()
    for menu in bar.findChildren(QMenu):
        words = menu.property("words")
        if words:
            menu.setTitle(QCoreApplication.translate("Menus", words))
    for more in bar.findChildren(QToolButton, "qt_menubar_ext_button"):
        words = QCoreApplication.translate("Menus", "More menus")
        more.setAccessibleName(words)
        more.setToolTip(words)


class _MoreRoom(QWidget):
    """Empty room at the bar's end, for the button that opens the menus that are out of sight.

    Qt reserves 12 pixels for it, whatever the style sheet says; what it is wider lies over this.
    """

    def sizeHint(self) -> QSize:
        """As wide as the style sheet says."""
        self.ensurePolished()
        return QSize(self.minimumWidth(), 0)


def _menu(parent: QMenuBar | QMenu, words: str) -> QMenu:
    menu = parent.addMenu("")
    menu.setProperty("words", words)
    return menu


def _fill(menu: QMenu, table: ActionTable, *names: str) -> None:
    for name in names:
        if name == SEPARATOR:
            menu.addSeparator()
        else:
            menu.addAction(table[name])
