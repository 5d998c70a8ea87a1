"""A set of commands with their words, keys and icons: what every table of actions is made of."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from app.theme import Theme


@dataclass(frozen=True, slots=True)
class Words:
    """How an action is named: in menus, for tooltips and screen readers; its keys; its icon.

    steps: a key that is held down does it again and again; all else it does once.
    """

    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    steps: bool = False


class ActionSet(QObject):
    """Actions by name. Derived classes say their words in `_table`, anew for each language.

    Class attributes:
        prefix: of the object names.
        groups: names of what stands in the menu of `add_menu`, between lines.
    """

    prefix = ""
    groups: tuple[tuple[str, ...], ...] = ()

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._menu: QMenu | None = None
        self._actions: dict[str, QAction] = {}
        for name, words in self._table().items():
            action = QAction(self)
            action.setObjectName(self.prefix + name)
            action.setCheckable(words.checkable)
            action.setAutoRepeat(words.steps)
            action.setShortcuts([QKeySequence(key) for key in words.keys])
            action.setProperty("icon_name", words.icon)
            # In a menu an icon on each line is noise; buttons show them.
            action.setIconVisibleInMenu(False)
            self._actions[name] = action
        theme.changed.connect(self._retint)
        self.retranslate()
        self._retint()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def add_menu(self, bar: QMenuBar) -> None:
        """A menu of them, before the last two of the menu bar (view and help)."""
        self._menu = QMenu(bar)
        for group in self.groups:
            for name in group:
                self._menu.addAction(self[name])
            self._menu.addSeparator()
        menus = bar.actions()
        bar.insertMenu(menus[-2] if len(menus) > 1 else None, self._menu)  # type: ignore[arg-type]
        self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        for name, words in self._table().items():
            self[name].setText(words.text)
            self[name].setToolTip(words.tip)
            self[name].setStatusTip(words.tip)
        if self._menu is not None:
            self._menu.setTitle(self._title())

    def _title(self) -> str:
        """Of the menu."""
        raise NotImplementedError

    def _table(self) -> dict[str, Words]:
        raise NotImplementedError

    def _tint(self, name: str, icon: str) -> None:
        """Give an action another icon."""
        self[name].setProperty("icon_name", icon)
        self[name].setIcon(self._theme.icon(icon))

    @Slot()
    def _retint(self) -> None:
        for action in self._actions.values():
            if icon := str(action.property("icon_name")):
                action.setIcon(self._theme.icon(icon))
