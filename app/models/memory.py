"""Measured memory by part, as a list model. Knows nothing of how it is measured or drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from PySide6 import QtCore
from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

# PySide's own hint says "object"; lupdate finds the texts by this name.
QT_TRANSLATE_NOOP = cast("Callable[[str, str], str]", QtCore.QT_TRANSLATE_NOOP)

_AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

# The keys of engine.protocol.Memory, in the order they are shown.
PARTS = {
    "text": QT_TRANSLATE_NOOP("MemoryModel", "Text model"),
    "ple": QT_TRANSLATE_NOOP("MemoryModel", "Per-layer embeddings"),
    "audio": QT_TRANSLATE_NOOP("MemoryModel", "Hearing"),
    "vision": QT_TRANSLATE_NOOP("MemoryModel", "Seeing"),
    "starter": QT_TRANSLATE_NOOP("MemoryModel", "Starter ears"),
    "kv": QT_TRANSLATE_NOOP("MemoryModel", "Working memory (KV cache)"),
    "app": QT_TRANSLATE_NOOP("MemoryModel", "The program itself"),
}


TOWERS = ("audio", "vision")  # the parts that come and go
EARS = "starter"  # comes and goes, too, and is there where it takes memory


class Presence(StrEnum):
    """Whether a tower is in memory; the values of engine.protocol.TowerState."""

    ABSENT = "absent"
    LOADING = "loading"
    LOADED = "loaded"


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes of one part: private memory, and pages of files that the system may drop."""

    private: int = 0
    file_backed: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.private + self.file_backed


class MemoryModel(QAbstractListModel):
    """One row for each part of PARTS; a part that is not loaded has zero bytes."""

    USAGE_ROLE = Qt.ItemDataRole.UserRole
    LARGEST_ROLE = Qt.ItemDataRole.UserRole + 1  # of all parts, for a common scale
    PART_ROLE = Qt.ItemDataRole.UserRole + 2  # key of PARTS
    PRESENCE_ROLE = Qt.ItemDataRole.UserRole + 3  # of what comes and goes; None for other parts
    FRACTION_ROLE = Qt.ItemDataRole.UserRole + 4  # 0..1 of a tower that is being loaded, or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._usage = dict.fromkeys(PARTS, Usage())
        self._presence = dict.fromkeys((*TOWERS, EARS), Presence.ABSENT)
        self._fractions: dict[str, float | None] = {}

    def rowCount(self, parent: _AnyIndex = _ROOT) -> int:
        """Always the number of parts."""
        return 0 if parent.isValid() else len(PARTS)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """DisplayRole: the part's name; ToolTipRole and AccessibleTextRole: name and bytes."""
        if not index.isValid() or index.row() >= len(PARTS):
            return None
        part = list(PARTS)[index.row()]
        name = QCoreApplication.translate("MemoryModel", PARTS[part])
        usage = self._usage[part]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            fraction = self._fractions.get(part)
            if fraction is not None:
                name = self.tr("{part}, {percent} loaded").format(
                    part=name, percent=f"{round(100 * fraction)} %"
                )
            return self.tr("{part}: {private} own memory, {mapped} read from files").format(
                part=name, private=bytes_text(usage.private), mapped=bytes_text(usage.file_backed)
            )
        if role == self.USAGE_ROLE:
            return usage
        if role == self.PART_ROLE:
            return part
        if role == self.PRESENCE_ROLE:
            return self._presence.get(part)
        if role == self.FRACTION_ROLE:
            return self._fractions.get(part)
        if role == self.LARGEST_ROLE:
            return max(each.total for each in self._usage.values())
        return None

    def set_presence(self, part: str, presence: Presence, fraction: float | None = None) -> None:
        """A tower is there, is not, or so much of it is there. part: of TOWERS, or EARS."""
        if (presence, fraction) != (self._presence[part], self._fractions.get(part)):
            self._presence[part], self._fractions[part] = presence, fraction
            index = self.index(list(PARTS).index(part))
            self.dataChanged.emit(index, index)

    @property
    def total(self) -> Usage:
        """All parts together."""
        return Usage(
            sum(each.private for each in self._usage.values()),
            sum(each.file_backed for each in self._usage.values()),
        )

    def put(self, usage: dict[str, Usage]) -> None:
        """Take new readings; parts that are not named have none."""
        new = {part: usage.get(part, Usage()) for part in PARTS}
        if new != self._usage:
            self._usage = new
            # One scale for all rows: a change of the largest part repaints the others too.
            self.dataChanged.emit(self.index(0), self.index(len(PARTS) - 1))
        here = new[EARS].total > 0
        self.set_presence(EARS, Presence.LOADED if here else Presence.ABSENT)


def bytes_text(count: int) -> str:
    """Bytes for people, in the user's own number format."""
    return QLocale().formattedDataSize(
        count, 0 if count < 10**8 else 1, QLocale.DataSizeFormat.DataSizeSIFormat
    )
