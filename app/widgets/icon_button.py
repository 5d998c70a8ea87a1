"""A button with an action's icon alone."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from app.actions import plain


class IconButton(QToolButton):
    """A button with the action's icon alone, named for who cannot see it."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setDefaultAction(action)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        action.changed.connect(self.sync)
        self.sync()

    @Slot()
    def sync(self) -> None:
        """Take over what the action says now."""
        action = self.defaultAction()
        self.setAccessibleName(plain(action.text()).replace("…", ""))
        keys = action.shortcut().toString()
        self.setToolTip(f"{action.toolTip()} ({keys})" if keys else action.toolTip())


def icon_button(action: QAction, parent: QWidget) -> QToolButton:
    """A button with the action's icon alone."""
    return IconButton(action, parent)
