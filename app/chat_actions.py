"""The conversation's commands: words, keys and icons, and their menu. What they do is elsewhere."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from app.theme import Theme

MENU = (
    ("new", "find", "rename"),
    ("speak", "stop", "go_on", "again", "edit"),
    ("version_back", "version_forth"),
    ("copy_message", "copy_code"),
    ("answers",),
    ("export_md", "export_json", "delete"),
)


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    tip: str
    key: str = ""
    icon: str = ""


class ChatActions(QObject):
    """All actions of the conversation page, by name."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions: dict[str, QAction] = {}
        for name, words in self._table().items():
            action = QAction(self)
            action.setObjectName(f"chat_{name}")
            action.setProperty("icon_name", words.icon)
            action.setShortcut(QKeySequence(words.key))
            action.setIconVisibleInMenu(False)
            self._actions[name] = action
        self._menu: QMenu | None = None
        theme.changed.connect(self._retint)
        self.retranslate()
        self._retint()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def add_menu(self, bar: QMenuBar) -> None:
        """A menu of them, before the last two of the menu bar (view and help)."""
        menus = bar.actions()
        self._menu = QMenu(bar)
        for group in MENU:
            for name in group:
                self._menu.addAction(self[name])
            self._menu.addSeparator()
        bar.insertMenu(menus[-2] if len(menus) > 1 else None, self._menu)  # type: ignore[arg-type]
        self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        for name, words in self._table().items():
            self[name].setText(words.text)
            self[name].setToolTip(words.tip)
            self[name].setStatusTip(words.tip)
        if self._menu is not None:
            self._menu.setTitle(self.tr("&Conversation"))

    @Slot()
    def _retint(self) -> None:
        for action in self._actions.values():
            if icon := str(action.property("icon_name")):
                action.setIcon(self._theme.icon(icon))

    def _table(self) -> dict[str, _Words]:
        return {
            "new": _Words(
                self.tr("&New conversation"),
                self.tr("Begin with an empty page; this conversation is kept"),
                "Ctrl+Shift+N",
                "add",
            ),
            "find": _Words(
                self.tr("&Find in conversations"),
                self.tr("Look for words in everything that was asked and answered"),
                "Ctrl+F",
                "search",
            ),
            "rename": _Words(
                self.tr("&Rename…"), self.tr("Give this conversation another title"), "F2"
            ),
            "speak": _Words(
                self.tr("Say the &question"),
                self.tr("Hear a question through the microphone; press again to ask it"),
                "Ctrl+Shift+Space",
                "microphone",
            ),
            "stop": _Words(
                self.tr("&Stop the answer"),
                self.tr("End the answer now; what is written stays"),
                "Ctrl+.",
                "stop",
            ),
            "go_on": _Words(
                self.tr("&Go on"),
                self.tr("Go on with an answer that was stopped or cut off"),
                "Ctrl+G",
                "resume",
            ),
            "again": _Words(
                self.tr("Answer &again"),
                self.tr("Write another answer; this one stays beside it"),
                "Ctrl+R",
                "again",
            ),
            "edit": _Words(
                self.tr("&Edit the question"),
                self.tr("Ask differently from here on; what followed stays on its branch"),
                "Ctrl+E",
                "edit",
            ),
            "version_back": _Words(
                self.tr("&Previous version"),
                self.tr("Show the version before this one, with what followed it"),
                "Alt+Left",
            ),
            "version_forth": _Words(
                self.tr("Next &version"),
                self.tr("Show the version behind this one, with what followed it"),
                "Alt+Right",
            ),
            "copy_message": _Words(
                self.tr("&Copy message"),
                self.tr("Copy the marked words, or the whole message as it was written"),
                "Ctrl+Shift+M",
                "copy",
            ),
            "copy_code": _Words(
                self.tr("Copy c&ode"),
                self.tr("Copy the last block of code of this message"),
                "Ctrl+Shift+K",
                "code",
            ),
            "answers": _Words(
                self.tr("How to ans&wer…"),
                self.tr("An instruction for the model, and how lively it answers"),
                "Ctrl+I",
                "sliders",
            ),
            "export_md": _Words(
                self.tr("Save as &Markdown…"), self.tr("Save this branch as a text to be read")
            ),
            "export_json": _Words(
                self.tr("Save as &JSON…"),
                self.tr("Save every branch for other programs"),
            ),
            "delete": _Words(
                self.tr("&Delete this conversation…"),
                self.tr("Delete it for good; nothing of it stays on this computer"),
                "",
                "delete",
            ),
        }
