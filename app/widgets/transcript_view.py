"""The transcript on screen: reads the transcript model, changes nothing in it.

One block a row, edited at its tail only, so that hours of text cost no more than minutes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QEvent, QLocale, QMimeData, QModelIndex, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QPushButton, QTextEdit, QWidget

from app.models.live import Phase
from app.models.transcript import TranscriptModel
from app.theme import Theme, pixmap
from app.widgets.directions import plain
from app.widgets.empty_hint import paint_hint
from app.widgets.transcript_text import LINE_SEPARATOR, BlockText, Ink

NEAR_BOTTOM_PX = 6


class TranscriptView(QTextEdit):
    """Selectable text; follows the end while the end is in sight."""

    def __init__(self, model: TranscriptModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._ink = Ink(theme, 15)
        self._shown: list[BlockText] = []
        self._following = True
        self._editing = False
        self._show_tentative = True
        self._show_times = True
        self._phase = Phase.IDLE
        self.setObjectName("transcript")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setMinimumHeight(96)
        self.jump = QPushButton(self)
        self.jump.setObjectName("jump")
        self.jump.setCursor(Qt.CursorShape.PointingHandCursor)
        self.jump.hide()
        self.jump.clicked.connect(self.follow)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._range_changed)
        model.rowsInserted.connect(self._rows_inserted)
        model.rowsRemoved.connect(self._rows_removed)
        model.dataChanged.connect(self._data_changed)
        model.modelReset.connect(self._begin_anew)
        model.said.connect(self._announce)
        theme.changed.connect(self._retint)
        self.retranslate()
        self._retint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setAccessibleName(self.tr("Transcript"))
        self.jump.setText(self.tr("Jump to latest"))
        self.rebuild()

    @property
    def following(self) -> bool:
        """Whether new words scroll into sight."""
        return self._following

    def set_look(self, point_size: int, *, tentative: bool, times: bool) -> None:
        """Text size in points; whether unconfirmed words, and times beside the text, are shown."""
        look = (replace(self._ink, point_size=point_size), tentative, times)
        if look != (self._ink, self._show_tentative, self._show_times):
            self._ink, self._show_tentative, self._show_times = look
            self.rebuild()

    @Slot()
    def follow(self) -> None:
        """Go to the newest words and stay with them."""
        self._set_following(True)
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    @Slot()
    def _retint(self) -> None:
        self.jump.setIcon(self._theme.icon("down", self._theme.tones.on_accent))
        self.rebuild()

    # --- model to text ---------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Set all text anew in another look; what is read and what is marked stay."""
        marked = self.textCursor()
        anchor, position, words = marked.anchor(), marked.position(), marked.selectedText()
        with self._still() as top:
            row, column = top.blockNumber(), top.positionInBlock()
            self._write_all()
            block = self.document().findBlockByNumber(row)
            top.setPosition(block.position() + min(column, block.length() - 1))
            if words and max(anchor, position) < self.document().characterCount():
                marked.setPosition(anchor)
                marked.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
                if marked.selectedText() == words:
                    self.setTextCursor(marked)
        self._place_jump()
        self.viewport().update()

    @Slot()
    def _begin_anew(self) -> None:
        """Another transcript: nothing of this one was read."""
        self._editing = True
        self._write_all()
        self._edited()
        self._scrolled(self.verticalScrollBar().value())
        self.viewport().update()

    def _write_all(self) -> None:
        font = QFont(self.font())
        font.setPointSizeF(self._ink.point_size)
        self.document().setDefaultFont(font)
        self.document().clear()
        self._shown.clear()
        frame = self.document().rootFrame().frameFormat()
        side = self.fontMetrics().height()
        frame.setLeftMargin(self._gutter() + side)
        frame.setRightMargin(side)
        frame.setTopMargin(side * 1.1)
        frame.setBottomMargin(side * 2.2)
        self.document().rootFrame().setFrameFormat(frame)
        self._insert(range(self._model.rowCount()))

    def _show_caret(self) -> None:
        """A caret where there is nothing to select would look like a place to type."""
        self.setCursorWidth(1 if self._shown else 0)

    @Slot(QModelIndex, int, int)
    def _rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        with self._still():
            self._insert(range(first, last + 1))
            self._name_anew(last + 1)

    def _insert(self, rows: range) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for row in rows:
            if not self._shown:
                cursor.setPosition(0)
            elif row < len(self._shown):
                cursor.setPosition(self.document().findBlockByNumber(row).position())
                cursor.insertBlock()
                cursor.movePosition(QTextCursor.MoveOperation.PreviousBlock)
            else:
                cursor.movePosition(QTextCursor.MoveOperation.End)
                cursor.insertBlock()
            fresh = row > 0 and self._model.key(row)[0] != self._model.key(row - 1)[0]
            cursor.setBlockFormat(self._ink.block_format(fresh=fresh))
            self._shown.insert(row, BlockText())
            self._fill(cursor, row)
        cursor.endEditBlock()

    @Slot(QModelIndex, int, int)
    def _rows_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        with self._still():
            cursor = QTextCursor(self.document())
            for row in range(last, first - 1, -1):
                block = self.document().findBlockByNumber(row)
                cursor.setPosition(block.position())
                cursor.movePosition(
                    QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
                )
                cursor.removeSelectedText()
                if len(self._shown) > 1:
                    if row < len(self._shown) - 1:
                        cursor.deleteChar()
                    else:
                        cursor.deletePreviousChar()
                del self._shown[row]
            self._name_anew(first)

    def _name_anew(self, row: int) -> None:
        """Which row is the first of its file depends on the rows before it."""
        if row < len(self._shown):
            self._fill(QTextCursor(self.document()), row)

    @Slot(QModelIndex, QModelIndex)
    def _data_changed(self, top: QModelIndex, bottom: QModelIndex) -> None:
        with self._still():
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            for row in range(top.row(), bottom.row() + 1):
                self._fill(cursor, row)
            cursor.endEditBlock()

    def _fill(self, cursor: QTextCursor, row: int) -> None:
        """Bring a row's block up to date."""
        segment = self._model.segment(row)
        title = self._model.title(row)
        note = title + LINE_SEPARATOR if title else ""
        if segment.gap_before_s > 0:
            seconds = QLocale().toString(segment.gap_before_s, "f", 1)
            note += self.tr("[{seconds} s of sound missing] ").format(seconds=seconds)
        confirmed, whole = segment.text, segment.whole_text
        new = BlockText(
            note,
            confirmed,
            whole[len(confirmed) :] if self._show_tentative else "",
            self._model.translation(row),
        )
        old, self._shown[row] = self._shown[row], new
        if old != new:
            self._ink.write(cursor, self.document().findBlockByNumber(row), old, new)

    @contextmanager
    def _still(self) -> Iterator[QTextCursor]:
        """Around each change: what is read stays where it is in the view.

        Gives the first line in sight; who writes all anew puts the cursor there again.
        """
        if self._editing:  # a scroll bar that comes or goes resizes the view in between
            yield QTextCursor(self.document())
            return
        self._editing = True
        if self._following:
            yield QTextCursor(self.document())
            self._edited()
            return
        bar = self.verticalScrollBar()
        top = self.cursorForPosition(self.viewport().rect().topLeft())
        y = self.cursorRect(top).top()
        yield top
        self.document().size()  # Qt lays out long texts bit by bit, but the place is wanted now
        bar.setValue(bar.value() + self.cursorRect(top).top() - y)
        self._edited()
        self._scrolled(bar.value())

    def _edited(self) -> None:
        self._editing = False
        self._show_caret()
        if self._following:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    # --- scrolling -------------------------------------------------------------------------------

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if not self._editing:
            self._set_following(value >= self.verticalScrollBar().maximum() - NEAR_BOTTOM_PX)

    @Slot(int, int)
    def _range_changed(self, _low: int, high: int) -> None:
        if self._following:
            self.verticalScrollBar().setValue(high)

    def _set_following(self, following: bool) -> None:
        self._following = following
        self._place_jump()

    def _place_jump(self) -> None:
        size = self.jump.sizeHint()
        area = self.viewport().geometry()
        self.jump.setGeometry(
            area.center().x() - size.width() // 2,
            area.bottom() - size.height() - 12,
            size.width(),
            size.height(),
        )
        self.jump.setVisible(not self._following)
        self.jump.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks lines elsewhere; what is read stays in sight."""
        with self._still():
            super().resizeEvent(event)
        self._place_jump()

    # --- beside the text -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, the times beside it, or a hint while there is none."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if not self._shown:
            self._paint_hint(painter)
        elif self._show_times:
            self._paint_times(painter, event.rect().top(), event.rect().bottom())

    def _gutter(self) -> int:
        return self._time_metrics_width() + 14 if self._show_times else 0

    def _time_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(8.0, self._ink.point_size * 0.68))
        return font

    def _time_metrics_width(self) -> int:
        return QFontMetrics(self._time_font()).horizontalAdvance("00:00:00")

    def _paint_times(self, painter: QPainter, top: int, bottom: int) -> None:
        painter.setPen(QColor(self._theme.tones.muted))
        painter.setFont(self._time_font())
        left = self.fontMetrics().height() * 0.6
        block = self.cursorForPosition(self.viewport().rect().topLeft()).block()
        while block.isValid() and block.blockNumber() < len(self._shown):
            place = self._first_line(block)
            if place.top() > bottom:
                break
            if place.bottom() >= top:
                seconds = self._model.segment(block.blockNumber()).start_s
                painter.drawText(
                    QRectF(left, place.top(), self._time_metrics_width(), place.height()),
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom,
                    clock_text(seconds),
                )
            block = block.next()

    def _first_line(self, block: QTextBlock) -> QRectF:
        """Where the letters of the first line of words stand, in the viewport."""
        layout = self.document().documentLayout()
        box = layout.blockBoundingRect(block)
        named = LINE_SEPARATOR in self._shown[block.blockNumber()].note
        begin = block.text().index(LINE_SEPARATOR) + 1 if named else 0
        line = block.layout().lineForTextPosition(begin)
        place = line.naturalTextRect() if line.isValid() else QRectF(0, 0, 0, box.height())
        offset = QPointF(0, box.top() - self.verticalScrollBar().value())
        # Proportional line height adds its room above the letters.
        height = line.ascent() + line.descent() if line.isValid() else place.height()
        return QRectF(0, place.bottom() - height, 1, height).translated(offset)

    def _paint_hint(self, painter: QPainter) -> None:
        tones = self._theme.tones
        paint_hint(
            painter,
            QRectF(self.viewport().rect()),
            self.font(),
            tones,
            self.heading,
            self.hint,
            pixmap("microphone", self._theme.px(40), tones.muted),
        )

    def set_phase(self, phase: Phase) -> None:
        """What is said to do where there is no word yet follows it."""
        self._phase = phase
        self.viewport().update()

    @property
    def heading(self) -> str:
        """Why there is no word yet."""
        if self._phase is Phase.READING:
            return self.tr("No word was heard yet")
        return self.tr("Nothing has been said yet")

    @property
    def hint(self) -> str:
        """What to do for words to appear."""
        if self._phase is Phase.LISTENING:
            return self.tr("Speak: your words appear here as you say them.")
        if self._phase is Phase.READING:
            return self.tr("The words of the file appear here.")
        if self._phase is Phase.PAUSED:
            return self.tr("Press “Resume” and speak. Your words appear here as you say them.")
        sentences = (
            self.tr("Press “Start listening” and speak. Your words appear here as you say them."),
            self.tr("A sound file or a video can be dropped here, too."),
        )
        return "\n".join(sentences)

    # --- what leaves the view --------------------------------------------------------------------

    def toPlainText(self) -> str:
        """All words as they are copied."""
        return plain(super().toPlainText())

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words, not colours."""
        data = QMimeData()
        data.setText(plain(self.textCursor().selection().toPlainText()))
        return data

    @Slot(str)
    def _announce(self, text: str) -> None:
        """Let a screen reader say a finished segment without taking the focus."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def sizeHint(self) -> QSize:
        """Room for a paragraph or two."""
        return QSize(560, 420)


def clock_text(seconds: float) -> str:
    """Seconds as 0:07, 12:34 or 1:02:03."""
    minutes, whole = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{whole:02d}" if hours else f"{minutes}:{whole:02d}"
