"""Fields that the wheel passes by: what comes under the pointer as a page scrolls is not meant."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


def only_with_focus(field: QWidget) -> None:
    """Let the wheel turn a list, number or slider only where a person has gone to it before.

    Otherwise the page around it scrolls.
    """
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_PassedBy(field))


class _PassedBy(QObject):
    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is not accepted here goes to the parent."""
        if event.type() == QEvent.Type.Wheel and not self._field.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
