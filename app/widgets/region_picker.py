"""Draw a rectangle over the screen with the mouse or the keys: what is to be looked at."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from app.theme import Theme

LEAST_PX = 32
STEP_PX = 10


class RegionPicker(QWidget):
    """Covers one screen with a picture of itself, on which a rectangle is drawn.

    The picture shows the screen as it was when the picker came, so that no transparency of the
    desktop's is needed. Enter takes the rectangle, Escape none; arrows move it, with Shift its
    lower right corner.

    Signals:
        picked(QRect): in the desktop's coordinates.
        left(): none.
    """

    picked = Signal(QRect)
    left = Signal()

    def __init__(self, theme: Theme, screen: QScreen | None = None) -> None:
        super().__init__(None)
        self._theme = theme
        self._screen = screen or QGuiApplication.primaryScreen()
        self._ground: QPixmap = self._screen.grabWindow(0)
        self._from: QPoint | None = None
        size = self._screen.size()
        self._area = QRect(0, 0, size.width() // 2, size.height() // 2)
        self._area.moveCenter(QRect(QPoint(0, 0), size).center())
        self._before = self._area  # what a mere click leaves
        self.setWindowFlags(
            Qt.WindowType.Window
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setGeometry(self._screen.geometry())
        self.setWindowTitle(self.tr("Choose a part of the screen"))
        self.setAccessibleName(self.windowTitle())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def area(self) -> QRect:
        """The rectangle now, in the desktop's coordinates."""
        return self._area.normalized().translated(self._screen.geometry().topLeft())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle."""
        self._before = self._area
        self._from = event.position().toPoint()
        self._area = QRect(self._from, self._from)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it."""
        if self._from is not None:
            self._area = QRect(self._from, event.position().toPoint()).normalized()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Take it; after a mere click there is the old one again."""
        self._from = None
        if min(self._area.width(), self._area.height()) >= LEAST_PX:
            self._take()
        else:
            self._area = self._before
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, size, take or leave."""
        steps = {
            Qt.Key.Key_Left: QPoint(-STEP_PX, 0),
            Qt.Key.Key_Right: QPoint(STEP_PX, 0),
            Qt.Key.Key_Up: QPoint(0, -STEP_PX),
            Qt.Key.Key_Down: QPoint(0, STEP_PX),
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.left.emit()
            self.close()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key in steps:
            self._move(steps[key], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The screen, darkened but for the rectangle, and how to go on."""
        tones = self._theme.tones
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._ground)
        shade = QColor(0, 0, 0, 130)
        area = self._area.normalized()
        whole = self.rect()
        for part in (
            QRect(0, 0, whole.width(), area.top()),
            QRect(0, area.bottom() + 1, whole.width(), whole.height() - area.bottom() - 1),
            QRect(0, area.top(), area.left(), area.height()),
            QRect(area.right() + 1, area.top(), whole.width() - area.right() - 1, area.height()),
        ):
            painter.fillRect(part, shade)
        painter.setPen(QPen(QColor(tones.listening), 3))
        painter.drawRect(area)
        words = self.tr("Draw a rectangle, or move it with the arrows. Enter takes it, Escape not.")
        metrics = painter.fontMetrics()
        place = QRect(0, 0, metrics.horizontalAdvance(words) + 40, metrics.height() + 20)
        place.moveCenter(QPoint(whole.center().x(), 40))
        painter.fillRect(place, QColor(tones.surface))
        painter.setPen(QColor(tones.text))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)

    def _move(self, step: QPoint, corner: bool) -> None:
        area = QRect(self._area)
        if corner:
            area.setBottomRight(area.bottomRight() + step)
        else:
            area.translate(step)
        if min(area.width(), area.height()) >= LEAST_PX and self.rect().contains(area):
            self._area = area
            self.update()

    def _take(self) -> None:
        self.picked.emit(self.area)
        self.close()
