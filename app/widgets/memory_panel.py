"""Bars of measured memory, one a part: reads the memory model, changes nothing in it."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.models.memory import MemoryModel, Usage, bytes_text
from app.theme import Theme

BAR_PX = 6


class _BarDelegate(QStyledItemDelegate):
    """Name and bytes above a bar: private memory solid, pages of files hatched."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A line of text and the bar."""
        metrics = option.fontMetrics
        return QSize(120, metrics.height() + BAR_PX + 10)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one part."""
        tones = self._theme.tones
        area = QRectF(option.rect).adjusted(2, 1, -2, -1)
        usage: Usage = index.data(MemoryModel.USAGE_ROLE)
        largest = max(1, index.data(MemoryModel.LARGEST_ROLE))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = QRectF(area.left(), area.top(), area.width(), area.height() - BAR_PX - 4)
        amount = bytes_text(usage.total) if usage.total else self.tr("not loaded")
        painter.setPen(QColor(tones.muted))
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, amount)
        room = text.width() - painter.fontMetrics().horizontalAdvance(amount) - 8
        name = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideRight, round(room)
        )
        painter.setPen(QColor(tones.text))
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        groove = QRectF(area.left(), area.bottom() - BAR_PX - 2, area.width(), BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.sunken))
        painter.drawRoundedRect(groove, 3, 3)
        private = groove.width() * usage.private / largest
        mapped = groove.width() * usage.file_backed / largest
        if usage.private:
            painter.setBrush(QColor(tones.accent))
            painter.drawRoundedRect(
                QRectF(groove.left(), groove.top(), max(4, private), BAR_PX), 3, 3
            )
        if usage.file_backed:
            rest = QRectF(groove.left() + private, groove.top(), max(4, mapped), BAR_PX)
            painter.setBrush(QColor(tones.surface))
            painter.setPen(QColor(tones.accent))
            painter.drawRoundedRect(rest.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.restore()


class MemoryPanel(QWidget):
    """All parts, their sum, and what the two kinds of bar mean."""

    def __init__(self, model: MemoryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._title = QLabel(self)
        self._title.setProperty("role", "heading")
        self._total = QLabel(self)
        self._total.setProperty("role", "value")
        self.list = QListView(self)
        self.list.setModel(model)
        self.list.setItemDelegate(_BarDelegate(theme, self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self._legend = QLabel(self)
        self._legend.setProperty("role", "muted")
        self._legend.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._total)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.list)
        layout.addWidget(self._legend)
        model.dataChanged.connect(self._show_total)
        theme.changed.connect(self._repaint)
        self._fit()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self._title.setText(self.tr("Memory"))
        self.list.setAccessibleName(self.tr("Memory of each part"))
        self._legend.setText(
            self.tr(
                "Filled: memory of its own. Outlined: pages of files, which the system may drop."
            )
        )
        self.list.viewport().update()
        self._show_total()

    @Slot()
    def _show_total(self) -> None:
        total = self._model.total
        self._total.setText(bytes_text(total.total) if total.total else "–")

    @Slot()
    def _repaint(self) -> None:
        self._fit()
        self.list.viewport().update()

    def _fit(self) -> None:
        """As high as its rows, so that it never scrolls by itself."""
        rows = self._model.rowCount()
        self.list.setFixedHeight(rows * max(1, self.list.sizeHintForRow(0)) + 6)
