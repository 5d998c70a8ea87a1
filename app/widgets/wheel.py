"""What the wheel does: it passes by fields that come under the pointer as a page scrolls, for they
are not meant; with Ctrl it makes text larger and smaller."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

NOTCH = 120  # eighths of a degree, as Qt counts; a touchpad tells parts of one


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


def zoom_with_wheel(text: QAbstractScrollArea, larger: QAction, smaller: QAction) -> None:
    """Let Ctrl and the wheel do above a text what these actions do.

    Qt's own zoom changes the widget's font, of which the setting knows nothing.
    """
    text.viewport().installEventFilter(_Zoom(text, larger, smaller))


class _Zoom(QObject):
    def __init__(self, text: QAbstractScrollArea, larger: QAction, smaller: QAction) -> None:
        super().__init__(text)
        self._larger, self._smaller = larger, smaller
        self._turned = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A step for each notch; nothing of it scrolls."""
        if not isinstance(event, QWheelEvent):
            return super().eventFilter(watched, event)
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._turned = 0
            return super().eventFilter(watched, event)
        self._turned += event.angleDelta().y()
        while abs(self._turned) >= NOTCH:
            up = self._turned > 0
            self._turned -= NOTCH if up else -NOTCH
            (self._larger if up else self._smaller).trigger()
        event.accept()
        return True
