"""Marking words of a message with the pointer, and what is shown under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QToolTip

from app.widgets.message_delegate import Selected
from app.widgets.message_layout import anchors

if TYPE_CHECKING:
    from app.models.messages import Row
    from app.widgets.conversation_view import ConversationView
    from app.widgets.message_layout import Laid


class MessageMarking(QObject):
    """The marked words of a view: within one message."""

    def __init__(self, view: ConversationView) -> None:
        super().__init__(view)
        self._view = view

    def text(self) -> str:
        """The marked words, empty if none are."""
        selected, model = self._view.delegate.selected, self._view.messages
        if selected is None or selected.anchor == selected.position:
            return ""
        place = model.place(selected.message)
        if place is None:
            return ""
        laid = self._view.layouts.laid(model.row(place))
        document = laid.document.clone() if laid.code else laid.document
        last = document.characterCount() - 1
        cursor = QTextCursor(document)
        cursor.setPosition(min(selected.anchor, last))
        cursor.setPosition(min(selected.position, last), QTextCursor.MoveMode.KeepAnchor)
        if laid.code:
            _take_labels_out(document)
        return cursor.selection().toPlainText()

    def mark_found(self, message: int, words: str) -> None:
        """Mark what was looked for in a message, the first place of it, and bring it in sight."""
        place = self._view.messages.place(message)
        if place is None or not words:
            return
        row = self._view.messages.row(place)
        found = self._found(row, words)
        if found.isNull():  # behind what is shown of a long message
            self._view.show_whole(message)
            self._view.show_message(message)
            found = self._found(row, words)
        if found.isNull():
            return
        self._view.delegate.selected = Selected(
            message, found.selectionStart(), found.selectionEnd()
        )
        block, laid = found.block(), self._view.layouts.laid(row)
        line = block.layout().lineForTextPosition(found.selectionStart() - block.position())
        top = laid.document.documentLayout().blockBoundingRect(block).top() + line.y()
        top += laid.body.top()
        area = self._view.visualRect(self._view.messages.index(place))
        if not 0 <= area.top() + top <= self._view.viewport().height() - line.height():
            bar = self._view.verticalScrollBar()
            bar.setValue(
                bar.value() + area.top() + round(top) - self._view.viewport().height() // 3
            )
        self._view.viewport().update()

    def _found(self, row: Row, words: str) -> QTextCursor:
        """All the words in a row, or else the first of them that is there."""
        document = self._view.layouts.laid(row).document
        hits = (document.find(text) for text in (words, *words.split()))
        return next((hit for hit in hits if not hit.isNull()), QTextCursor())

    def keep_to(self, message: int) -> None:
        """Something is done with this message: what is marked in another is so no more."""
        selected = self._view.delegate.selected
        if selected is not None and selected.message != message:
            self._view.delegate.selected = None
            self._view.viewport().update()

    def mark_whole(self) -> None:
        """Mark all of the message that the keyboard is on, or else of the last one."""
        index, model = self._view.currentIndex(), self._view.messages
        row = index.row() if index.isValid() else model.rowCount() - 1
        if row < 0:
            return
        self._view.setCurrentIndex(model.index(row))
        document = self._view.layouts.laid(model.row(row)).document
        last = document.characterCount() - 1
        self._view.delegate.selected = Selected(model.row(row).message.id, 0, last)
        self._view.viewport().update()

    def begin(self, point: QPoint) -> None:
        """Mark from here."""
        found = self._view.message_at(point)
        self._view.delegate.selected = None
        if found is not None:
            row, laid, _ = found
            position = self._position(laid, point)
            self._view.delegate.selected = Selected(row.message.id, position, position)
        self._view.viewport().update()

    def extend(self, point: QPoint) -> None:
        """Mark up to here; beyond the message, up to its end."""
        selected, model = self._view.delegate.selected, self._view.messages
        if selected is None:
            return
        place = model.place(selected.message)
        if place is not None:
            laid = self._view.layouts.laid(model.row(place))
            area = self._view.visualRect(model.index(place, 0))
            selected.position = self._hit(laid, point - area.topLeft())
            self._view.viewport().update()

    def mark_word(self, point: QPoint) -> None:
        """Mark the word at a point."""
        self.begin(point)
        found, selected = self._view.message_at(point), self._view.delegate.selected
        if found is None or selected is None:
            return
        cursor = QTextCursor(found[1].document)
        cursor.setPosition(selected.position)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        selected.anchor, selected.position = cursor.selectionStart(), cursor.selectionEnd()
        self._view.viewport().update()

    def hover(self, point: QPoint) -> None:
        """A hand over links, a caret over text; where a link leads is shown."""
        found = self._view.message_at(point)
        shape, tip = Qt.CursorShape.ArrowCursor, ""
        if found is not None:
            row, laid, place = found
            inside = laid.body.contains(place)
            href = laid.document.documentLayout().anchorAt(place - laid.body.topLeft())
            if href or self._view.delegate.step_at(row, laid, place):
                shape = Qt.CursorShape.PointingHandCursor
            elif inside:
                shape = Qt.CursorShape.IBeamCursor
            tip = href if href.startswith(("http", "mailto")) else ""
        self._view.viewport().setCursor(shape)
        if tip:
            QToolTip.showText(self._view.viewport().mapToGlobal(point), tip, self._view)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def _position(self, laid: Laid, point: QPoint) -> int:
        index = self._view.indexAt(point)
        return self._hit(laid, point - self._view.visualRect(index).topLeft())

    def _hit(self, laid: Laid, place: QPoint) -> int:
        inside = place.toPointF() - laid.body.topLeft()
        accuracy = Qt.HitTestAccuracy.FuzzyHit
        return max(0, laid.document.documentLayout().hitTest(inside, accuracy))


def _take_labels_out(document: QTextDocument) -> None:
    """Remove what stands above each block of code: the window's own words, not the message's."""
    labels = [block.position() for block, href, _ in anchors(document) if href.startswith("copy:")]
    for position in reversed(labels):
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
