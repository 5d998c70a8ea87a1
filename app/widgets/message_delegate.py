"""How a message looks: who says it, its text, pictures, state and versions. Changes nothing."""

from dataclasses import dataclass

from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
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
from app.moments import clock_text
from app.theme import Theme
from app.widgets.message_layout import GAP, STROKE, Laid, MessageLayouts
from engine.datatypes import Role

_AnyIndex = QModelIndex | QPersistentModelIndex
ARROW_PX = 26.0  # at least, to be hit
VERSIONS_GAP = 10.0  # on either side of the arrows


@dataclass(slots=True)
class Selected:
    """Marked text of one message: positions in its document."""

    message: int
    anchor: int
    position: int


class MessageDelegate(QStyledItemDelegate):
    """Paints rows of a `MessageModel`.

    State: `selected`, the marked text, and `switching`, whether versions can be switched now, are
    set by the view; `tools_width`, the room to be left for a row's buttons, by these.
    """

    def __init__(self, layouts: MessageLayouts, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._layouts, self._theme = layouts, theme
        self.selected: Selected | None = None
        self.switching = True
        self.tools_width = 0

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
        if laid.border is not None:
            self._paint_border(painter, laid.border)
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

    def _paint_border(self, painter: QPainter, area: QRectF) -> None:
        """Where the model's sight begins: words in the middle of a line."""
        painter.setFont(self._layouts.small_font)
        painter.setPen(QColor(self._theme.tones.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = area.adjusted(STROKE, 0, -STROKE, 0)
        words = self._layouts.border_words
        taken = painter.boundingRect(room, flags, words).adjusted(-GAP, 0, GAP, 0)
        painter.drawText(room, flags, words)
        y = area.center().y()
        painter.drawLine(QPointF(area.left(), y), QPointF(taken.left(), y))
        painter.drawLine(QPointF(taken.right(), y), QPointF(area.right(), y))

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
        name, time, _ = self.head(row, laid)
        painter.setFont(bold)
        painter.setPen(QColor(tones.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(laid.header, flags, name)
        painter.setFont(font)
        painter.setPen(QColor(tones.muted))
        left = laid.header.left() + QFontMetricsF(bold).horizontalAdvance(name) + 10
        painter.drawText(
            QRectF(left, laid.header.top(), laid.header.width(), laid.header.height()), flags, time
        )
        if row.versions > 1:
            back, count, forth = self.version_places(row, laid)
            centre = Qt.AlignmentFlag.AlignCenter
            painter.drawText(count, centre, f"{row.version}/{row.versions}")
            for place, sign, step in ((back, "‹", -1), (forth, "›", 1)):
                able = self.can_step(row, step)
                painter.setPen(QColor(tones.accent if able else tones.line))
                painter.drawText(place, centre, sign)

    def head(self, row: Row, laid: Laid) -> tuple[str, str, float]:
        """The name and the time, as far as there is room left of the buttons, and where they end.

        A name is shortened; of a narrow row the time is left out.
        """
        bold = self._layouts.small_font
        bold.setBold(True)
        names, times = QFontMetricsF(bold), QFontMetricsF(self._layouts.small_font)
        room = laid.header.width() - self.tools_width - self._versions_px(row)
        name, created = self.name(row.message), row.message.created
        time = clock_text(created) if created else ""
        beside = times.horizontalAdvance(time) + 10
        if names.horizontalAdvance(name) + beside > room and 2 * beside > room:
            time, beside = "", 0.0
        name = names.elidedText(name, Qt.TextElideMode.ElideRight, room - beside)
        return name, time, laid.header.left() + names.horizontalAdvance(name) + beside

    def can_step(self, row: Row, step: int) -> bool:
        """Whether the arrow back, -1, or forth, 1, does something."""
        return self.switching and 1 <= row.version + step <= row.versions

    def step_at(self, row: Row, laid: Laid, place: QPointF) -> int:
        """What a click at a place of the row is to do: -1 back, 1 forth, 0 neither."""
        if row.versions > 1:
            back, _, forth = self.version_places(row, laid)
            for arrow, step in ((back, -1), (forth, 1)):
                if arrow.contains(place) and self.can_step(row, step):
                    return step
        return 0

    def version_places(self, row: Row, laid: Laid) -> tuple[QRectF, QRectF, QRectF]:
        """Where the arrow back, "2/3" and the arrow forth stand, relative to the row."""
        _, _, end = self.head(row, laid)
        high = max(ARROW_PX, laid.header.height())
        top = laid.header.center().y() - high / 2
        back = QRectF(end + VERSIONS_GAP, top, ARROW_PX, high)
        count = QRectF(back.right(), top, self._count_px(row), high)
        return back, count, QRectF(count.right(), top, ARROW_PX, high)

    def _versions_px(self, row: Row) -> float:
        """What the arrows and "2/3" take of the width."""
        if row.versions == 1:
            return 0.0
        return 2 * (VERSIONS_GAP + ARROW_PX) + self._count_px(row)

    def _count_px(self, row: Row) -> float:
        metrics = QFontMetricsF(self._layouts.small_font)
        return metrics.horizontalAdvance(f"{row.versions}/{row.versions}") + 6

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
            case MessageState.WRITING if not message.text:
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
            seconds = QLocale().toString(message.sound_s, "f", 1)
            parts.append(self.tr("{seconds} s of sound").format(seconds=seconds))
        if message.forgotten:
            parts.append(self.tr("its pictures and sound are not kept"))
        elif message.kept:
            parts.append(self.tr("its pictures and sound are kept"))
        return " · ".join(parts)
