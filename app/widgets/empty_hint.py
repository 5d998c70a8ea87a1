"""What an empty page says in its middle: a picture, a line in large letters, what to do."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from app.theme import Tones

EDGE_PX, GAP_PX = 24, 8
ANY_PX = 10_000
_FLAGS = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


def paint_hint(
    painter: QPainter,
    place: QRectF,
    font: QFont,
    tones: Tones,
    heading: str,
    words: str,
    picture: QPixmap | None = None,
) -> None:
    """Draw it; the picture only where there is room for all of it, the top before the end."""
    large = QFont(font)
    large.setPointSizeF(font.pointSizeF() * 1.35)
    large.setWeight(QFont.Weight.DemiBold)
    area = place.adjusted(EDGE_PX, 0, -EDGE_PX, 0)
    room = QRectF(0, 0, area.width(), ANY_PX)
    lines = ((heading, large, tones.text), (words, font, tones.muted))
    heights = [
        QFontMetricsF(made).boundingRect(room, _FLAGS, text).height() for text, made, _ in lines
    ]
    needed = sum(heights) + GAP_PX
    size = picture.deviceIndependentSize() if picture is not None else QSizeF()
    shown = picture is not None and needed + size.height() + GAP_PX <= area.height()
    if shown:
        needed += size.height() + GAP_PX
    top = max(area.top(), area.center().y() - needed / 2)
    if picture is not None and shown:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QPointF(area.center().x() - size.width() / 2, top), picture)
        top += size.height() + GAP_PX
    for (text, made, colour), height in zip(lines, heights, strict=True):
        painter.setFont(made)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(area.left(), top, area.width(), height), _FLAGS, text)
        top += height + GAP_PX
