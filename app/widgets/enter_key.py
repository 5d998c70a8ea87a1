"""Enter on a button of a window that is no dialog: Qt lets Space alone press it there."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget


def presses(event: QKeyEvent, held: QWidget | None) -> bool:
    """Whether this key pressed the button that has the focus."""
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat()
    if enter and isinstance(held, QPushButton):
        held.click()
        return True
    return False
