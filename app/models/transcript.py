"""The live transcript as a list model: one row a segment, in the order of speech.

Knows nothing of widgets, of files or of where segments come from.
"""

from __future__ import annotations

from bisect import bisect_left
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

if TYPE_CHECKING:
    from engine.datatypes import Segment, Translation

FLUSH_MS = 33  # at most 30 updates of the views a second, the first of a burst at once

Key = tuple[int, int]  # recording, index of the segment in it
_AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TranscriptModel(QAbstractListModel):
    """Segments with text, sorted by recording and index; empty ones have no row.

    A row's translation grows behind it, clause by clause.

    Signals:
        said(str): the confirmed text of a segment that has just become final.
    """

    said = Signal(str)

    TRANSLATION_ROLE = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recordings = 0
        self._keys: list[Key] = []
        self._segments: dict[Key, Segment] = {}
        self._translations: dict[Key, dict[int, Translation]] = {}  # by the clause's first word
        self._titles: dict[int, str] = {}  # of recordings
        self._pending: dict[Key, Segment] = {}
        self._retranslated: set[Key] = set()
        self._since_flush = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)

    def rowCount(self, parent: _AnyIndex = _ROOT) -> int:
        """Segments that have text."""
        return 0 if parent.isValid() else len(self._keys)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """DisplayRole: all text; TRANSLATION_ROLE: it in another language, empty if it is not.

        AccessibleTextRole: both, and what may change is said to be so.
        """
        if not index.isValid() or index.row() >= len(self._keys):
            return None
        segment = self.segment(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return segment.whole_text
        if role == self.TRANSLATION_ROLE:
            return self.translation(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = segment.text
            if segment.tentative:
                said = self.tr("{said} (not yet certain: {tentative})").format(
                    said=segment.text, tentative=segment.tentative
                )
            return "\n".join(text for text in (said, self.translation(index.row())) if text)
        return None

    def segment(self, row: int) -> Segment:
        """The segment of a row."""
        return self._segments[self._keys[row]]

    def key(self, row: int) -> Key:
        """Recording and index of a row's segment."""
        return self._keys[row]

    def title(self, row: int) -> str:
        """What stands above a row: of which file it is, where that begins; else nothing."""
        recording = self._keys[row][0]
        begins = row == 0 or self._keys[row - 1][0] != recording
        return self._titles.get(recording, "") if begins else ""

    def set_title(self, recording: int, title: str) -> None:
        """What shall stand above a recording of which there is no text yet."""
        self._titles[recording] = title

    def translation(self, row: int) -> str:
        """The row's clauses in another language, as far as they are translated."""
        from engine.datatypes import joined

        return joined([clause.text for clause in self._clauses(self._keys[row]) if clause.text])

    def segments(self) -> list[Segment]:
        """All segments with text, flushed first."""
        self.flush()
        return [self._segments[key] for key in self._keys]

    def translated(self) -> list[tuple[Key, Segment, tuple[Translation, ...]]]:
        """All segments with text and their translated clauses in order, flushed first."""
        self.flush()
        return [(key, self._segments[key], self._clauses(key)) for key in self._keys]

    @property
    def has_translations(self) -> bool:
        """Whether any row is translated."""
        return any(key in self._segments for key in self._translations)

    @property
    def end_s(self) -> float:
        """When the last of what is shown ends, s; 0 if nothing is."""
        return max((segment.end_s for segment in self._segments.values()), default=0.0)

    def new_recording(self) -> int:
        """The number of a recording that follows all others; none ever bears it again."""
        self._recordings += 1
        return self._recordings

    def put_translation(self, recording: int, translation: Translation) -> None:
        """Take a clause's translation so far; views hear of it within FLUSH_MS."""
        key = recording, translation.segment
        self._translations.setdefault(key, {})[translation.first] = translation
        self._retranslated.add(key)
        self._schedule()

    def _clauses(self, key: Key) -> tuple[Translation, ...]:
        clauses = self._translations.get(key, {})
        return tuple(clauses[first] for first in sorted(clauses))

    def put(self, recording: int, segment: Segment) -> None:
        """Take a segment's new state; views hear of it within FLUSH_MS."""
        self._pending[recording, segment.index] = segment
        self._schedule()

    def _schedule(self) -> None:
        if self._timer.isActive():
            return
        if not self._since_flush.isValid() or self._since_flush.elapsed() >= FLUSH_MS:
            self.flush()
        else:
            self._timer.start(FLUSH_MS - self._since_flush.elapsed())

    def settle(self, recording: int) -> None:
        """Make what is there of a recording final as it stands: nothing more will come."""
        from dataclasses import replace

        self.flush()
        for key in [key for key in self._keys if key[0] == recording]:
            segment = self._segments[key]
            if not segment.final or segment.tentative:
                self._apply(key, replace(segment, tentative="", final=True))

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._timer.stop()
        self._keys.clear()
        self._segments.clear()
        self._pending.clear()
        self._titles.clear()
        self._translations.clear()
        self._retranslated.clear()
        self.endResetModel()

    def show_all(
        self,
        segments: list[tuple[Key, Segment]],
        translations: list[tuple[Key, Translation]] | None = None,
        title: str = "",
    ) -> dict[int, int]:
        """Show a kept transcript instead of what is there, its recordings numbered anew.

        title: stands above its first one.
        Returns: what number each new number stands for.
        """
        self.beginResetModel()
        self._timer.stop()
        self._pending.clear()
        self._retranslated.clear()
        self._translations = {}
        numbers = {kept: self.new_recording() for kept in sorted({key[0] for key, _ in segments})}
        self._segments = {
            (numbers[kept], index): segment for (kept, index), segment in segments if segment.words
        }
        for (kept, index), clause in translations or []:
            if kept in numbers:
                self._translations.setdefault((numbers[kept], index), {})[clause.first] = clause
        self._keys = sorted(self._segments)
        self._titles = {self._keys[0][0]: title} if self._keys and title else {}
        self.endResetModel()
        return {number: kept for kept, number in numbers.items()}

    @Slot()
    def flush(self) -> None:
        """Bring what is pending into the rows now."""
        self._timer.stop()
        self._since_flush.start()
        pending, self._pending = self._pending, {}
        for key, segment in pending.items():
            self._apply(key, segment)
        changed, self._retranslated = self._retranslated, set()
        for key in sorted(changed & self._segments.keys()):
            index = self.index(bisect_left(self._keys, key))
            self.dataChanged.emit(index, index, [self.TRANSLATION_ROLE])

    def _apply(self, key: Key, segment: Segment) -> None:
        row = bisect_left(self._keys, key)
        known = row < len(self._keys) and self._keys[row] == key
        shown = bool(segment.words or segment.tentative)
        if not known and not shown:
            return
        was_final = known and self._segments[key].final
        if known and not shown:
            self.beginRemoveRows(_ROOT, row, row)
            del self._keys[row], self._segments[key]
            self.endRemoveRows()
        elif known:
            if self._segments[key] != segment:
                self._segments[key] = segment
                index = self.index(row)
                self.dataChanged.emit(index, index)
        else:
            self.beginInsertRows(_ROOT, row, row)
            self._keys.insert(row, key)
            self._segments[key] = segment
            self.endInsertRows()
        if segment.final and segment.words and not was_final:
            self.said.emit(segment.text)
