"""The messages in sight as a list model: one row each, from the first question to the last answer.

Knows nothing of widgets, of the store or of where tokens come from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QElapsedTimer,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from app.conversation.tree import Message, MessageState
from engine.datatypes import Role

if TYPE_CHECKING:
    from collections.abc import Callable

FLUSH_MS = 33  # at most 30 updates of the views a second, the first of a burst at once
REST = 4  # times as long as an update takes, nothing is updated after it

_AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Row:
    """A message, which of its versions it is (from 1), and whether the model still sees it.

    begins_sight: it is the first that the model sees, and others stand above it.
    """

    message: Message
    version: int = 1
    versions: int = 1
    in_context: bool = True
    begins_sight: bool = False


class MessageModel(QAbstractListModel):
    """The branch of a conversation that is in sight.

    State: `note`, what is said below a message's text, is set by the view that writes it there.

    Signals:
        answered(str): the text of an answer that has just ended.
    """

    MESSAGE_ROLE = Qt.ItemDataRole.UserRole + 1  # a `Row`

    answered = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.note: Callable[[Message], str] = lambda _: ""
        self._rows: list[Row] = []
        self._places: dict[int, int] = {}
        self._pending: dict[int, Message] = {}
        self._since_flush = QElapsedTimer()
        self._pause_ms = FLUSH_MS
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)

    def rowCount(self, parent: _AnyIndex = _ROOT) -> int:
        """Messages in sight."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """DisplayRole: the text; AccessibleTextRole: all that is said of it."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == self.MESSAGE_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.message.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        return None

    def _spoken(self, row: Row) -> str:
        message = row.message
        user = self.tr("You: {text}")
        model = self.tr("Answer: {text}")
        text = (user if message.role is Role.USER else model).format(text=message.text)
        if row.versions > 1:
            text += " " + self.tr("(version {number} of {count})").format(
                number=row.version, count=row.versions
            )
        if message.pictures:
            text += " " + self.tr("(with %Ln pictures)", "", message.pictures)
        note = self.note(message)
        return f"{text}\n{note}" if note else text

    def row(self, place: int) -> Row:
        """The row at a place."""
        return self._rows[place]

    def rows(self) -> list[Row]:
        """All rows."""
        return list(self._rows)

    def place(self, number: int) -> int | None:
        """Where a message stands, None if it is not in sight."""
        return self._places.get(number)

    def show_rows(self, rows: list[Row]) -> None:
        """Show this branch; what it shares with the one in sight stays where it is."""
        self._timer.stop()
        self._pending.clear()
        same = 0
        for old, new in zip(self._rows, rows, strict=False):
            if old.message.id != new.message.id:
                break
            same += 1
        if same == 0:
            self.beginResetModel()
            self._take(rows)
            self.endResetModel()
            return
        if same < len(self._rows):
            self.beginRemoveRows(_ROOT, same, len(self._rows) - 1)
            self._take(self._rows[:same])
            self.endRemoveRows()
        changed = [place for place in range(same) if self._rows[place] != rows[place]]
        self._take(rows[:same])
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
        if len(rows) > same:
            self.beginInsertRows(_ROOT, same, len(rows) - 1)
            self._take(rows)
            self.endInsertRows()

    def _take(self, rows: list[Row]) -> None:
        self._rows = list(rows)
        self._places = {row.message.id: place for place, row in enumerate(self._rows)}

    def put(self, message: Message) -> None:
        """Take a message's new state; views hear of it within FLUSH_MS, of its end at once."""
        self._pending[message.id] = message
        if message.state is not MessageState.WRITING:
            self.flush()
        elif self._timer.isActive():
            return
        elif not self._since_flush.isValid() or self._since_flush.elapsed() >= self._pause_ms:
            self.flush()
        else:
            self._timer.start(self._pause_ms - self._since_flush.elapsed())

    @Slot()
    def flush(self) -> None:
        """Bring what is pending into the rows now."""
        self._timer.stop()
        self._since_flush.start()
        pending, self._pending = self._pending, {}
        for number, message in pending.items():
            place = self._places.get(number)
            if place is None:
                continue
            old = self._rows[place]
            self._rows[place] = replace(old, message=message)
            index = self.index(place)
            self.dataChanged.emit(index, index)
            # A very long answer takes long to lay out; typing and scrolling come in between.
            self._pause_ms = max(FLUSH_MS, REST * self._since_flush.elapsed())
            ended = message.state is not MessageState.WRITING
            if ended and old.message.state is MessageState.WRITING:
                self.answered.emit(message.text)
