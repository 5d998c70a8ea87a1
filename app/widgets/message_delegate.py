"""How a message looks: who says it, its text, pictures, state and versions. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFontMetricsF,
    QPainter,
    QPalette,
    QPen,
    QTextCursor,
)
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.conversation.tree import Message, MessageState
from app.models.messages import MessageModel, Row
from app.theme import Theme
from app.widgets.message_layout import Laid, MessageLayouts
from engine.datatypes import Role

_AnyIndex = QModelIndex | QPersistentModelIndex
ARROW_PX = 26.0  # at least, to be hit


@dataclass(slots=True)
class Selected:
    """Marked text of one message: positions in its document."""

    message: int
    anchor: int
    position: int


class MessageDelegate(QStyledItemDelegate):
    """Paints rows of a `MessageModel`.

    State: `selected`, the marked text, is set by the view.
    """

    def __init__(self, layouts: MessageLayouts, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._layouts, self._theme = layouts, theme
        self.selected: Selected | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        """The width there is, and the height that is known or likely."""
        row: Row = index.data(MessageModel.MESSAGE_ROLE)
        return QSize(option.rect.width(), round(self._layouts.estimate(row)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Draw a message at `option.rect`."""
        row: Row = index.data(MessageModel.MESSAGE_ROLE)
        laid = self._layouts.laid(row)
        area: QRectF = QRectF(option.rect)
        painter.save()
        painter.translate(area.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not row.in_context:
            painter.setOpacity(0.62)
        self._paint_card(painter, row, laid)
        self._paint_header(painter, row, laid)
        for place, image in laid.thumbnails:
            painter.drawImage(place.topLeft(), image)
        self._paint_body(painter, row, laid)
        if laid.note is not None:
            painter.setFont(self._layouts.small_font)
            painter.setPen(QColor(self._theme.tones.muted))
            painter.drawText(laid.note, Qt.AlignmentFlag.AlignVCenter, self.note(row.message))
        painter.restore()

    def _paint_card(self, painter: QPainter, row: Row, laid: Laid) -> None:
        if row.message.role is Role.USER:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tones.info))
            painter.drawRoundedRect(laid.card, 12, 12)

    def paint_focus(self, painter: QPainter, row: Row, area: QRectF) -> None:
        """A frame around the row that the keyboard is on."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(area.topLeft())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.tones.accent), 1.5))
        painter.drawRoundedRect(self._layouts.laid(row).card, 12, 12)
        painter.restore()

    def _paint_header(self, painter: QPainter, row: Row, laid: Laid) -> None:
        tones = self._theme.tones
        font = self._layouts.small_font
        bold = self._layouts.small_font
        bold.setBold(True)
        name = self.name(row.message)
        painter.setFont(bold)
        painter.setPen(QColor(tones.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(laid.header, flags, name)
        painter.setFont(font)
        painter.setPen(QColor(tones.muted))
        left = laid.header.left() + QFontMetricsF(bold).horizontalAdvance(name) + 10
        time = _clock(row.message.created)
        painter.drawText(
            QRectF(left, laid.header.top(), laid.header.width(), laid.header.height()), flags, time
        )
        if row.versions > 1:
            back, count, forth = self.version_places(row, laid)
            centre = Qt.AlignmentFlag.AlignCenter
            painter.drawText(count, centre, f"{row.version}/{row.versions}")
            for place, sign, able in (
                (back, "‹", row.version > 1),
                (forth, "›", row.version < row.versions),
            ):
                painter.setPen(QColor(tones.accent if able else tones.line))
                painter.drawText(place, centre, sign)

    def version_places(self, row: Row, laid: Laid) -> tuple[QRectF, QRectF, QRectF]:
        """Where the arrow back, "2/3" and the arrow forth stand, relative to the row."""
        metrics = QFontMetricsF(self._layouts.small_font)
        name = metrics.horizontalAdvance(self.name(row.message)) * 1.15
        time = metrics.horizontalAdvance(_clock(row.message.created))
        left = laid.header.left() + name + time + 26
        top = laid.header.center().y() - ARROW_PX / 2
        width = metrics.horizontalAdvance(f"{row.versions}/{row.versions}") + 6
        back = QRectF(left, top, ARROW_PX, ARROW_PX)
        count = QRectF(back.right(), top, width, ARROW_PX)
        return back, count, QRectF(count.right(), top, ARROW_PX, ARROW_PX)

    def _paint_body(self, painter: QPainter, row: Row, laid: Laid) -> None:
        tones = self._theme.tones
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(tones.text))
        if self.selected is not None and self.selected.message == row.message.id:
            marked = QAbstractTextDocumentLayout.Selection()
            cursor = QTextCursor(laid.document)
            last = laid.document.characterCount() - 1
            cursor.setPosition(min(self.selected.anchor, last))
            cursor.setPosition(min(self.selected.position, last), QTextCursor.MoveMode.KeepAnchor)
            marked.cursor = cursor
            marked.format.setBackground(QColor(tones.selection))
            marked.format.setForeground(QColor(tones.on_selection))
            context.selections = [marked]
        painter.save()
        painter.translate(laid.body.topLeft())
        # Only the lines in sight: a message may be many screens long.
        context.clip = painter.clipBoundingRect() & QRectF(QPointF(0, 0), laid.body.size())
        laid.document.documentLayout().draw(painter, context)
        painter.restore()

    # --- words -----------------------------------------------------------------------------------

    def name(self, message: Message) -> str:
        """Who says it."""
        if message.role is Role.USER:
            return self.tr("You")
        return message.model or self.tr("Model")

    def note(self, message: Message) -> str:
        """What the line below the text says: state, sound, what is not kept."""
        parts = []
        match message.state:
            case MessageState.WRITING:
                parts.append(self.tr("Reading the question…"))
            case MessageState.STOPPED:
                parts.append(self.tr("Stopped"))
            case MessageState.LENGTH:
                parts.append(self.tr("Ended at the longest answer allowed"))
            case MessageState.CONTEXT_FULL:
                parts.append(self.tr("Ended because the context is full"))
            case MessageState.CUT:
                parts.append(self.tr("Cut off"))
        if message.sound_s:
            parts.append(self.tr("{seconds:.1f} s of sound").format(seconds=message.sound_s))
        if message.forgotten:
            parts.append(self.tr("its pictures and sound are not kept"))
        elif message.kept:
            parts.append(self.tr("its pictures and sound are kept"))
        return " · ".join(parts)


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%H:%M") if seconds else ""
