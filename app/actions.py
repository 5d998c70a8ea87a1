"""The table of actions: every command's words, key and icon in one place.

Menus, buttons and keys use these actions and no others; what they do is connected elsewhere.
"""

import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.settings.schema import Theme as ThemeChoice
from app.theme import Theme


@dataclass(frozen=True, slots=True)
class _Words:
    """How an action is named: in menus, for tooltips and screen readers; its keys; its icon."""

    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False


def plain(words: str) -> str:
    """Words of a menu for a button: without the key's mark, "&Stop" or, in Chinese, "停止(&S)"."""
    return re.sub(r"\(&\w\)|&", "", words)


class ActionTable(QObject):
    """All actions of the main window, by name.

    State: enabled and checked are set by who owns the fact; texts of `listen` and `pause`
    follow `show_phase`.
    """

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = self._table()
        self._actions: dict[str, QAction] = {}
        for name, words in self._words.items():
            action = QAction(self)
            action.setObjectName(name)
            action.setCheckable(words.checkable)
            action.setShortcuts([QKeySequence(key) for key in words.keys])
            self._actions[name] = action
        self.retranslate()
        self.themes = QActionGroup(self)
        for choice in ThemeChoice:
            self.themes.addAction(self[f"theme_{choice.value}"])
        self["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self["about"].setMenuRole(QAction.MenuRole.AboutRole)
        self["settings"].setMenuRole(QAction.MenuRole.PreferencesRole)
        theme.changed.connect(self._retint)
        self._retint()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def retranslate(self) -> None:
        """Name everything anew; `listen` and `pause` as if nobody listened."""
        self._words = self._table()
        for name, words in self._words.items():
            self[name].setText(words.text)
            self[name].setToolTip(words.tip)
            self[name].setStatusTip(words.tip)

    def show_phase(self, *, listening: bool, paused: bool) -> None:
        """Name the listening actions by what they would do now."""
        start = self.tr("&Start listening")
        self["listen"].setText(self.tr("&Stop listening") if listening else start)
        self["pause"].setText(self.tr("&Resume") if paused else self.tr("&Pause"))
        self["pause"].setEnabled(listening)
        self._tint("listen", "stop" if listening else "microphone")
        self._tint("pause", "resume" if paused else "pause")

    @Slot()
    def _retint(self) -> None:
        for name, words in self._words.items():
            if words.icon:
                self._tint(name, str(self[name].property("icon_name") or words.icon))

    def _tint(self, name: str, icon: str) -> None:
        # In a menu an icon on each line is noise; buttons show them.
        self[name].setIconVisibleInMenu(False)
        self[name].setProperty("icon_name", icon)
        self[name].setIcon(self._theme.icon(icon))

    def _table(self) -> dict[str, _Words]:
        return {
            "listen": _Words(
                self.tr("&Start listening"),
                self.tr("Write down what is said, or stop doing so"),
                ("Ctrl+L",),
                "microphone",
            ),
            "pause": _Words(
                self.tr("&Pause"),
                self.tr("Close the microphone for a while; the transcript goes on afterwards"),
                ("Ctrl+P",),
                "pause",
            ),
            "clear": _Words(
                self.tr("&New transcript"),
                self.tr("Empty the window; kept transcripts stay where they are"),
                ("Ctrl+N",),
            ),
            "open_model": _Words(
                self.tr("Open &model folder…"),
                self.tr("Use a Gemma 3n model that lies on this computer"),
                ("Ctrl+O",),
                "folder",
            ),
            "bundled_model": _Words(
                self.tr("Use the &demonstration model"),
                self.tr("Go back to the small model that comes with Nestling"),
            ),
            "history": _Words(
                self.tr("&Earlier transcripts…"),
                self.tr("Look at, save or delete what was written down before"),
                ("Ctrl+H",),
                "history",
            ),
            "save": _Words(
                self.tr("&Save as…"),
                self.tr("Save the transcript as text or subtitles"),
                ("Ctrl+S",),
                "save",
            ),
            "save_txt": _Words(self.tr("As &text (TXT)…"), self.tr("Save the words alone")),
            "save_srt": _Words(
                self.tr("As &SubRip subtitles (SRT)…"),
                self.tr("Save subtitles that any player shows"),
            ),
            "save_vtt": _Words(
                self.tr("As &WebVTT subtitles (VTT)…"), self.tr("Save subtitles for web pages")
            ),
            "copy": _Words(
                self.tr("&Copy selection"),
                self.tr("Copy the marked words"),
                ("Ctrl+C",),
            ),
            "copy_all": _Words(
                self.tr("Copy &all"),
                self.tr("Copy the whole transcript"),
                ("Ctrl+Shift+C",),
                "copy",
            ),
            "select_all": _Words(
                self.tr("Se&lect all"), self.tr("Mark the whole transcript"), ("Ctrl+A",)
            ),
            "latest": _Words(
                self.tr("&Jump to the latest words"),
                self.tr("Scroll to the end and stay there"),
                ("Ctrl+End",),
                "down",
            ),
            "captions": _Words(
                self.tr("&Captions"),
                self.tr("Show what is heard in a small window above all others"),
                ("F8",),
                "captions",
                checkable=True,
            ),
            "swap_languages": _Words(
                self.tr("S&wap the languages"),
                self.tr("Translate the other way round"),
                ("Ctrl+Shift+L",),
                "swap",
            ),
            "translate_rest": _Words(
                self.tr("&Translate what is not translated yet"),
                self.tr("Translate the lines of the transcript that have no translation"),
            ),
            "microphone": _Words(
                self.tr("Choose the &microphone"),
                self.tr("Go to the list of microphones"),
                ("Ctrl+M",),
            ),
            "size_larger": _Words(
                self.tr("&Larger model size"),
                self.tr("Better words, more computing"),
                ("Ctrl+Shift+Up",),
            ),
            "size_smaller": _Words(
                self.tr("S&maller model size"),
                self.tr("Less computing, rougher words"),
                ("Ctrl+Shift+Down",),
            ),
            "text_larger": _Words(
                self.tr("&Larger text"), self.tr("Make the transcript larger"), ("Ctrl++", "Ctrl+=")
            ),
            "text_smaller": _Words(
                self.tr("&Smaller text"), self.tr("Make the transcript smaller"), ("Ctrl+-",)
            ),
            "text_normal": _Words(
                self.tr("&Normal text size"),
                self.tr("Make the transcript as large as at first"),
                ("Ctrl+0",),
            ),
            "theme_system": _Words(
                self.tr("As the &system"), self.tr("Light or dark as the system is"), checkable=True
            ),
            "theme_light": _Words(self.tr("&Light"), self.tr("Dark on light"), checkable=True),
            "theme_dark": _Words(self.tr("&Dark"), self.tr("Light on dark"), checkable=True),
            "page_transcript": _Words(
                self.tr("&Transcript"),
                self.tr("Show what is heard, word by word"),
                ("Ctrl+1",),
                checkable=True,
            ),
            "page_conversation": _Words(
                self.tr("C&onversation"),
                self.tr("Ask the model, by keyboard, aloud or with a picture"),
                ("Ctrl+2",),
                checkable=True,
            ),
            "panel": _Words(
                self.tr("&Model and memory"),
                self.tr("Show or hide the model's size and its memory"),
                ("F9",),
                "panel",
                checkable=True,
            ),
            "full_screen": _Words(
                self.tr("&Full screen"),
                self.tr("Use the whole screen"),
                ("F11",),
                checkable=True,
            ),
            "settings": _Words(
                self.tr("&Settings…"), self.tr("Change how Nestling works"), ("Ctrl+,",), "settings"
            ),
            "privacy": _Words(
                self.tr("&Privacy…"),
                self.tr("What is kept, where, how long; delete everything"),
            ),
            "welcome": _Words(
                self.tr("&What Nestling is"), self.tr("The three lines of the first start")
            ),
            "about": _Words(self.tr("&About Nestling"), self.tr("Version and licences")),
            "close": _Words(self.tr("&Close"), self.tr("Close the window"), ("Ctrl+W",)),
            "quit": _Words(self.tr("&Quit"), self.tr("End Nestling"), ("Ctrl+Q",)),
        }
