"""Marking words of a message with the pointer, and what is shown under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QToolTip

from app.widgets.message_delegate import Selected

if TYPE_CHECKING:
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
        last = laid.document.characterCount() - 1
        cursor = QTextCursor(laid.document)
        cursor.setPosition(min(selected.anchor, last))
        cursor.setPosition(min(selected.position, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor.selection().toPlainText()

    def keep_to(self, message: int) -> None:
        """Something is done with this message: what is marked in another is so no more."""
        selected = self._view.delegate.selected
        if selected is not None and selected.message != message:
            self._view.delegate.selected = None
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
            arrows = self._view.delegate.version_places(row, laid) if row.versions > 1 else ()
            if href or any(arrow.contains(place) for arrow in arrows[::2]):
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
