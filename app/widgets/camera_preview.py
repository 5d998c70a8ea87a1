"""What the camera sees now, and in no mistakable way that it sees. Keeps the newest frame only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme

if TYPE_CHECKING:
    from engine.datatypes import CameraFrame

FRAME_PX = 4
RADIUS_PX = 10
LOWEST_PX, HIGHEST_PX = 130, 220
LOW_PX = 150  # where something else needs the place


class CameraPreview(QWidget):
    """The newest frame inside a red frame with a badge; nothing at all while it is off.

    State: the frame in sight, until `clear`.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame: CameraFrame | None = None
        self._badge = self._notice = ""
        self._veiled = True
        self.mirrored = False
        self._highest = HIGHEST_PX
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()
        theme.changed.connect(self.update)
        self.retranslate()

    @property
    def frame(self) -> CameraFrame | None:
        """The frame in sight."""
        return self._frame

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        self._fit()

    def set_low(self, low: bool) -> None:
        """Whether something below needs the place."""
        self._highest = LOW_PX if low else HIGHEST_PX
        self._fit()

    def _fit(self) -> None:
        """As high as the picture needs, within bounds: the place below is needed, too."""
        height, width = (9, 16) if self._frame is None else self._frame.rgb.shape[:2]
        wanted = round(self.width() * int(height) / int(width))
        self.setFixedHeight(min(self._highest, max(LOWEST_PX, wanted)))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setAccessibleName(self.tr("What the camera sees"))

    @Slot(object)
    def show_frame(self, frame: CameraFrame) -> None:
        """Show the newest frame."""
        shape = None if self._frame is None else self._frame.rgb.shape
        self._frame = frame
        if shape != frame.rgb.shape:
            self._fit()
        self.update()

    def set_words(self, badge: str, notice: str = "", *, veiled: bool = True) -> None:
        """What the badge says while it is on; why no picture comes.

        veiled: the frame in sight is an old one, and must not look like a new one.
        """
        self._badge, self._notice, self._veiled = badge, notice, veiled
        self.setAccessibleDescription(". ".join(part for part in (badge, notice) if part))
        self.update()

    def clear(self) -> None:
        """It is off: nothing of the last frame stays."""
        self._frame = None
        self.set_words("")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame, the red frame around it, and the badge on it."""
        tones = self._theme.tones
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(
            FRAME_PX / 2, FRAME_PX / 2, -FRAME_PX / 2, -FRAME_PX / 2
        )
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS_PX, RADIUS_PX)
        painter.fillPath(shape, QColor(tones.sunken))
        if self._frame is not None:
            painter.save()
            painter.setClipPath(shape)
            self._draw_frame(painter, self._frame, area)
            painter.restore()
        if self._notice or self._frame is None:
            self._draw_notice(painter, area)
        if self._badge:
            painter.setPen(QPen(QColor(tones.listening), FRAME_PX))
            painter.drawPath(shape)
            self._draw_badge(painter)

    def _draw_frame(self, painter: QPainter, frame: CameraFrame, area: QRectF) -> None:
        height, width, _ = frame.rgb.shape
        # The image borrows the frame's memory, which outlives the drawing.
        image = QImage(frame.rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        size = image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(area.center())
        if self.mirrored:
            painter.translate(2 * area.center().x(), 0)
            painter.scale(-1, 1)
        painter.drawImage(place, image)

    def _draw_notice(self, painter: QPainter, area: QRectF) -> None:
        tones = self._theme.tones
        if self._frame is not None:
            if not self._veiled:
                area = area.adjusted(0, area.height() - 3 * self.fontMetrics().height(), 0, 0)
            veil = QColor(tones.surface)
            veil.setAlpha(215)
            painter.fillRect(area, veil)
        painter.setPen(QColor(tones.text if self._badge else tones.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        words = self._notice or self.tr("Nothing is looked at")
        margins = (16, 28, -16, -12) if self._veiled else (10, 2, -10, -4)
        painter.drawText(area.adjusted(*margins), int(flags), words)

    def _draw_badge(self, painter: QPainter) -> None:
        tones = self._theme.tones
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        text = f"●  {self._badge}"
        metrics = painter.fontMetrics()
        badge = QRectF(
            FRAME_PX, FRAME_PX, metrics.horizontalAdvance(text) + 20, metrics.height() + 8
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.listening))
        painter.drawRoundedRect(badge, 6, 6)
        painter.setPen(QColor(tones.on_listening))
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), text)
