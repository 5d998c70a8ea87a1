"""The menu bar: every action of the table, in its place."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMainWindow, QMenu

from app.actions import ActionTable

SEPARATOR = "-"


def build_menus(window: QMainWindow, table: ActionTable) -> None:
    """Fill the window's menu bar. Each action stands in exactly one menu."""
    bar = window.menuBar()
    translate = QCoreApplication.translate
    file = bar.addMenu(translate("Menus", "&File"))
    _fill(file, table, "clear", "history", SEPARATOR)
    save = file.addMenu(translate("Menus", "Save &transcript"))
    _fill(save, table, "save", SEPARATOR, "save_txt", "save_srt", "save_vtt")
    _fill(file, table, SEPARATOR, "open_model", "bundled_model", SEPARATOR, "settings", "privacy")
    _fill(file, table, SEPARATOR, "close", "quit")
    edit = bar.addMenu(translate("Menus", "&Edit"))
    _fill(edit, table, "copy", "copy_all", SEPARATOR, "select_all")
    listen = bar.addMenu(translate("Menus", "&Listen"))
    _fill(listen, table, "listen", "pause", SEPARATOR, "microphone", SEPARATOR)
    _fill(listen, table, "size_larger", "size_smaller")
    view = bar.addMenu(translate("Menus", "&View"))
    _fill(view, table, "page_transcript", "page_conversation", SEPARATOR)
    _fill(view, table, "text_larger", "text_smaller", "text_normal", SEPARATOR)
    colours = view.addMenu(translate("Menus", "&Colours"))
    _fill(colours, table, "theme_system", "theme_light", "theme_dark")
    _fill(view, table, SEPARATOR, "panel", "full_screen", SEPARATOR, "latest")
    about = bar.addMenu(translate("Menus", "&Help"))
    _fill(about, table, "welcome", SEPARATOR, "about")


def _fill(menu: QMenu, table: ActionTable, *names: str) -> None:
    for name in names:
        if name == SEPARATOR:
            menu.addSeparator()
        else:
            menu.addAction(table[name])
