"""The commands of looking: words, keys and icons, and their menu. What they do is elsewhere."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from app.theme import Theme

MENU = (
    ("panel", "camera", "off"),
    ("ask", "watch", "moment"),
    ("attach_frame", "attach_file"),
    ("keep",),
    ("mirror", "turn"),
)
CHECKABLE = ("panel", "camera", "watch", "mirror")


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    tip: str
    key: str = ""
    icon: str = ""


class LookActions(QObject):
    """All actions around the camera and the screen, by name."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions: dict[str, QAction] = {}
        for name, words in self._table().items():
            action = QAction(self)
            action.setObjectName(f"look_{name}")
            action.setProperty("icon_name", words.icon)
            action.setShortcut(QKeySequence(words.key))
            action.setIconVisibleInMenu(False)
            action.setCheckable(name in CHECKABLE)
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
        bar.insertMenu(menus[-2], self._menu)
        self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        for name, words in self._table().items():
            self[name].setText(words.text)
            self[name].setToolTip(words.tip)
            self[name].setStatusTip(words.tip)
        if self._menu is not None:
            self._menu.setTitle(self.tr("L&ook"))

    @Slot()
    def _retint(self) -> None:
        for action in self._actions.values():
            if icon := str(action.property("icon_name")):
                action.setIcon(self._theme.icon(icon))

    def _table(self) -> dict[str, _Words]:
        return {
            "panel": _Words(
                self.tr("&Show the camera's place"),
                self.tr("Show or hide the place for camera and screen; this turns nothing on"),
                "F7",
                "camera",
            ),
            "camera": _Words(
                self.tr("&Look"),
                self.tr("Turn the chosen camera or screen on or off"),
                "Ctrl+K",
                "eye",
            ),
            "off": _Words(
                self.tr("Turn it &off now"),
                self.tr("Camera and screen off at once, wherever you are in the window"),
                "F12",
                "close",
            ),
            "ask": _Words(
                self.tr("&Ask about the picture"),
                self.tr("Write a question about what is seen now"),
                "Ctrl+Shift+A",
                "picture",
            ),
            "watch": _Words(
                self.tr("&Tell me when…"),
                self.tr("Say when something happens; asked again only when the scene changes"),
                "Ctrl+Shift+T",
                "eye",
            ),
            "moment": _Words(
                self.tr("Ask the &moment"),
                self.tr(
                    "One question of the last 20 seconds of sound, the picture and the marked text"
                ),
                "F6",
                "moment",
            ),
            "attach_frame": _Words(
                self.tr("Put this &picture into the question"),
                self.tr("The picture that is seen now goes with the question you are writing"),
                "Ctrl+Shift+P",
                "picture",
            ),
            "attach_file": _Words(
                self.tr("Put a picture &file into the question…"),
                self.tr("Choose pictures; they can also be pasted or dropped into the question"),
                "Ctrl+Shift+O",
                "folder",
            ),
            "keep": _Words(
                self.tr("&Keep this picture…"),
                self.tr("Save the picture that is seen now; otherwise none is ever written down"),
                "",
                "save",
            ),
            "mirror": _Words(
                self.tr("M&irror the preview"),
                self.tr("As in a mirror; what is asked about is never mirrored"),
            ),
            "turn": _Words(
                self.tr("Turn the picture &round"),
                self.tr("A quarter turn to the right, for a camera that stands on its side"),
            ),
        }
