"""Where the parts of a message stand, laid out once for each text and width. Paints nothing."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from operator import itemgetter

from PySide6.QtCore import QLocale, QObject, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QTextBlock, QTextDocument, QTextOption

from app.conversation.tree import MessageState
from app.models.messages import Row
from app.theme import Theme
from app.widgets.markdown import Renderer, SafeDocument
from app.widgets.mirrored import number_from_the_right
from engine.datatypes import Rgb, Role

KEPT_LAYOUTS = 160  # about 20 screens; a layout of a usual message takes 30 kB
SHOWN_LETTERS = 12_000  # of a message; the rest on a click, since laying out takes its time
MARGIN = 18.0
PADDING = 14.0
GAP = 8.0
STROKE = 24.0  # at least, on either side of what stands in a line
MAX_COLUMN_EM = 46.0  # longer lines are hard to read
THUMBNAIL = 112.0
SHOW_ALL = "show:all"


@dataclass(slots=True)
class Laid:
    """A laid out message; all rectangles are relative to the row's top left.

    body: where the document stands. code: the blocks in it; `MessageLayouts.code` has all.
    thumbnails: pictures of the question, scaled. border: where it is said that the model's sight
    begins here.
    """

    card: QRectF
    header: QRectF
    body: QRectF
    document: QTextDocument
    height: float
    code: list[str] = field(default_factory=list)
    thumbnails: list[tuple[QRectF, QImage]] = field(default_factory=list)
    note: QRectF | None = None
    border: QRectF | None = None


class MessageLayouts(QObject):
    """Layouts of messages, the last used ones kept; heights of all that were ever laid out.

    State: follows `set_look`; another width keeps nothing.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = QFont()
        self._point_size = 15.0
        self._width = 0.0
        self._laid: OrderedDict[int, tuple[Row, Laid]] = OrderedDict()
        self._heights: dict[int, tuple[Row, float]] = {}
        self._renderers: OrderedDict[int, Renderer] = OrderedDict()
        self._thumbnails: dict[int, list[QImage]] = {}
        self._whole: set[int] = set()  # long messages that are shown to their end
        self.set_look(QFont(), 15)

    @property
    def small_font(self) -> QFont:
        """The font of names and notes."""
        font = QFont(self._font)
        font.setPointSizeF(max(8.0, self._point_size * 0.78))
        return font

    def set_look(self, font: QFont, point_size: float) -> None:
        """Another font, size or theme: everything is laid out anew."""
        self._font, self._point_size = QFont(font), point_size
        self._font.setPointSizeF(point_size)
        self._metrics = QFontMetricsF(self._font)
        self._small = QFontMetricsF(self.small_font)
        self.forget()
        self._renderers.clear()

    def set_width(self, width: float) -> bool:
        """The width of a row; whether it is another."""
        if width == self._width:
            return False
        self._width = width
        self.forget()
        return True

    def forget(self) -> None:
        """Lay everything out anew."""
        self._laid.clear()
        self._heights.clear()

    def show_whole(self, number: int) -> None:
        """Show a long message to its end."""
        self._whole.add(number)
        self._laid.pop(number, None)
        self._heights.pop(number, None)

    # --- heights ---------------------------------------------------------------------------------

    def known(self, row: Row) -> float | None:
        """The height of a message that has been laid out as it is."""
        found = self._heights.get(row.message.id)
        return found[1] if found is not None and found[0] == row else None

    def estimate(self, row: Row) -> float:
        """The height, roughly, at the cost of counting letters; the exact one where it is known."""
        known = self._heights.get(row.message.id)
        if known is not None:
            return known[1]
        text = row.message.text[:SHOWN_LETTERS]
        letters = max(10.0, self._column() / self._metrics.averageCharWidth())
        lines = sum(max(1, ceil(len(line) / letters)) for line in text.split("\n"))
        height = 2 * PADDING + GAP * 2 + self._small.height()
        return height + lines * self._metrics.lineSpacing() * 1.15 + self._extra(row)

    def _extra(self, row: Row) -> float:
        beside = max(1, int(self._column() // (THUMBNAIL + GAP)))
        extra = ceil(len(row.message.images) / beside) * (THUMBNAIL + GAP)
        extra += self._border_px() if row.begins_sight else 0.0
        return extra + (self._small.height() + GAP if _noted(row) else 0.0)

    @property
    def border_words(self) -> str:
        """What stands where the model's sight begins."""
        return self.tr("The model no longer sees what is above")

    def _border_px(self) -> float:
        """The height of the border's words, in as many lines as they need between its strokes."""
        room = QRectF(0, 0, self._column() + 2 * PADDING - 2 * STROKE, 10_000)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        return self._small.boundingRect(room, flags, self.border_words).height() + 2 * GAP

    # --- laying out ------------------------------------------------------------------------------

    def laid(self, row: Row) -> Laid:
        """The layout of a message as it is now."""
        number = row.message.id
        found = self._laid.get(number)
        if found is not None and found[0] == row:
            self._laid.move_to_end(number)
            return found[1]
        made = self._lay_out(row)
        self._laid[number] = (row, made)
        self._laid.move_to_end(number)
        self._heights[number] = (row, made.height)
        if len(self._laid) > KEPT_LAYOUTS:
            self._laid.popitem(last=False)
        return made

    def code(self, row: Row) -> list[str]:
        """The blocks of code of a message by their numbers, however little of it is shown."""
        message = row.message
        if message.role is Role.MODEL and self._is_cut(row):
            return Renderer(self._theme.tones).render(message.text).code
        return self.laid(row).code

    def _is_cut(self, row: Row) -> bool:
        message = row.message
        return len(message.text) > SHOWN_LETTERS and message.id not in self._whole

    def _column(self) -> float:
        widest = MAX_COLUMN_EM * self._metrics.averageCharWidth() * 1.9
        return max(120.0, min(self._width - 2 * MARGIN - 2 * PADDING, widest))

    def _lay_out(self, row: Row) -> Laid:
        column = self._column()
        left = max(MARGIN, (self._width - column - 2 * PADDING) / 2)
        top, border = GAP, None
        if row.begins_sight:
            border = QRectF(left, 0, column + 2 * PADDING, self._border_px())
            top = border.bottom()
        x, y = left + PADDING, top + PADDING * 0.8
        header = QRectF(x, y, column, self._small.height() + 4)
        y = header.bottom() + 4
        thumbnails = []
        place, line = x, y
        for image in self._pictures(row):
            size = QSizeF(image.size()) / image.devicePixelRatio()
            if place > x and place + size.width() > x + column:
                place, line = x, y
            thumbnails.append((QRectF(QPointF(place, line + 2), size), image))
            place += size.width() + GAP
            y = max(y, line + size.height() + GAP)
        document, code = self._document(row, column)
        body = QRectF(QPointF(x, y), document.size())
        body.setWidth(column)
        y = body.bottom()
        note = None
        if _noted(row):
            note = QRectF(x, y + GAP / 2, column, self._small.height())
            y = note.bottom()
        card = QRectF(left, top, column + 2 * PADDING, y + PADDING * 0.7 - top)
        height = float(ceil(card.bottom() + GAP / 2))
        return Laid(card, header, body, document, height, code, thumbnails, note, border)

    def _pictures(self, row: Row) -> list[QImage]:
        message = row.message
        if not message.images:
            return []
        found = self._thumbnails.get(message.id)
        if found is None:
            found = [thumbnail(rgb) for rgb in message.images]
            self._thumbnails[message.id] = found
        return found

    def _document(self, row: Row, width: float) -> tuple[QTextDocument, list[str]]:
        message, tones = row.message, self._theme.tones
        document = SafeDocument()
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        document.setDefaultFont(self._font)
        cut = self._is_cut(row)
        text = message.text[:SHOWN_LETTERS] if cut else message.text
        code: list[str] = []
        if message.role is Role.USER:
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            document.setDefaultTextOption(option)
            document.setPlainText(text)
        else:
            document.setDefaultStyleSheet(f"body, p, li, td, th {{ color: {tones.text}; }}")
            rendered = self._renderer(message.id).render(text)
            code = rendered.code
            document.setHtml(rendered.html.rstrip() or "<p>&nbsp;</p>")  # Qt shows the line end
            number_from_the_right(document)
            option = document.defaultTextOption()
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            document.setDefaultTextOption(option)
        if cut:
            _append_link(document, self._show_all(len(message.text)), tones.accent)
        document.setTextWidth(width)
        if message.state is not MessageState.WRITING:
            self._renderers.pop(message.id, None)
        return document, code

    def _renderer(self, number: int) -> Renderer:
        if number not in self._renderers:
            self._renderers[number] = Renderer(self._theme.tones)
        return self._renderers[number]

    def _show_all(self, letters: int) -> str:
        return self.tr("… show all {count} letters").format(count=QLocale().toString(letters))


def anchors(document: QTextDocument) -> Iterator[tuple[QTextBlock, str, str]]:
    """Each link from the top down: the paragraph that it stands in, where it leads, its words."""
    block = document.begin()
    while block.isValid():
        pieces, place = [], block.begin()
        while not place.atEnd():
            piece = place.fragment()
            pieces.append((piece.charFormat().anchorHref(), piece.text()))
            place += 1
        for href, parts in groupby(pieces, key=itemgetter(0)):
            if href:
                yield block, href, "".join(words for _, words in parts)
        block = block.next()


def _append_link(document: QTextDocument, text: str, colour: str) -> None:
    from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor

    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertBlock()
    made = QTextCharFormat()
    made.setAnchor(True)
    made.setAnchorHref(SHOW_ALL)
    made.setForeground(QColor(colour))
    cursor.insertText(text, made)


def _noted(row: Row) -> bool:
    """Whether a line below the text says something of the message."""
    message = row.message
    state = message.state.can_go_on or (message.state is MessageState.WRITING and not message.text)
    return state or message.sound_s > 0 or message.forgotten or message.kept


def thumbnail(rgb: Rgb, ratio: float = 2.0) -> QImage:
    """A small copy of a picture, uint8[H, W, 3]: at most THUMBNAIL points in either direction."""
    height, width = rgb.shape[:2]
    data = rgb.tobytes()
    whole = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888)
    side = round(THUMBNAIL * ratio)
    small = whole.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    small = small.copy()  # never a view of `data`, which ends here
    small.setDevicePixelRatio(ratio)
    return small
