"""Where the window stands: kept as text, brought back into sight if a screen is gone."""

import base64
import binascii

from PySide6.QtCore import QByteArray, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

SEEN_PX = 80  # of the title that must be in sight to count as reachable


def packed(window: QWidget) -> str:
    """The window's place, size and state as text."""
    return base64.b64encode(bytes(window.saveGeometry().data())).decode("ascii")


def restore(window: QWidget, text: str) -> bool:
    """Put the window where it was, or in sight. Returns: whether the text could be used."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    if not data or not window.restoreGeometry(QByteArray(data)):
        return False
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    place = rescued(window.geometry(), screens)
    if place != window.geometry():
        window.setGeometry(place)
    return True


def rescued(place: QRect, screens: list[QRect]) -> QRect:
    """The same place if its top can be reached on a screen, else the middle of the first one."""
    title = QRect(place.left(), place.top(), place.width(), 1)
    for screen in screens:
        seen = screen.intersected(title)
        if seen.width() >= min(SEEN_PX, place.width()) and not seen.isEmpty():
            return place
    if not screens:
        return place
    first = screens[0]
    size = place.size().boundedTo(first.size())
    moved = QRect(first.topLeft(), size)
    moved.moveCenter(first.center())
    return moved
