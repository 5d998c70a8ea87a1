"""What "tell me when …" has seen, newest first, in memory only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from app.moments import exact_text

if TYPE_CHECKING:
    from app.watching import Sighting
    from engine.datatypes import Rgb

MOST = 500  # lines
WHOLE_PICTURES = 50  # of the newest lines; older ones keep their small picture
THUMBNAIL_PX = 192

_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class _Line:
    at: float
    words: str
    small: QIcon
    picture: Rgb | None


class SightingModel(QAbstractListModel):
    """The log of a watch: when, what, and the frame that was asked about."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []

    def put(self, sighting: Sighting, words: str) -> None:
        """Add a line at the top."""
        line = _Line(sighting.at, words, _small(sighting.picture), sighting.picture)
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._lines.insert(0, line)
        self.endInsertRows()
        if len(self._lines) > WHOLE_PICTURES:
            self._lines[WHOLE_PICTURES].picture = None
        if len(self._lines) > MOST:
            self.beginRemoveRows(QModelIndex(), MOST, MOST)
            del self._lines[MOST:]
            self.endRemoveRows()

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._lines.clear()
        self.endResetModel()

    def picture(self, row: int) -> Rgb | None:
        """The frame of a line, uint8[H, W, 3], if it is still kept whole."""
        return self._lines[row].picture

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A line's words and picture."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{exact_text(line.at)}  {line.words}"
        if role == Qt.ItemDataRole.DecorationRole:
            return line.small
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.words
        return None


def _small(rgb: Rgb) -> QIcon:
    height, width, _ = rgb.shape
    whole = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    small = whole.scaled(
        THUMBNAIL_PX,
        THUMBNAIL_PX,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    return QIcon(QPixmap.fromImage(small))
