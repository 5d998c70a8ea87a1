"""Bars of measured memory, one a part: reads the memory model, changes nothing in it."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.models.memory import EARS, MemoryModel, Presence, Usage, bytes_text
from app.theme import Theme

BAR_PX = 6
BUTTON_PX = 24  # the least that a finger or an unsteady hand meets


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
        return QSize(120, max(metrics.height(), self._theme.px(BUTTON_PX)) + BAR_PX + 8)

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
        if index.data(MemoryModel.PRESENCE_ROLE) not in (None, Presence.ABSENT):
            text.setRight(text.right() - self._theme.px(BUTTON_PX) - 4)
        amount = self._amount(index, usage)
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

    def _amount(self, index: QModelIndex | QPersistentModelIndex, usage: Usage) -> str:
        """Bytes in words, or how far a tower has come."""
        fraction = index.data(MemoryModel.FRACTION_ROLE)
        if fraction is not None:
            return self.tr("loading {percent}").format(percent=f"{round(100 * fraction)} %")
        return bytes_text(usage.total) if usage.total else self.tr("not loaded")


class _FreeButton(QToolButton):
    """Frees a tower or the starter ears: there while they are, and while they are being loaded."""

    def __init__(self, part: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.part = part
        self._theme = theme
        self._presence = Presence.ABSENT
        self.setObjectName(f"free_{part}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._draw)
        self._draw()
        self.show_presence(Presence.ABSENT)

    def show_presence(self, presence: Presence) -> None:
        """Follow the tower; a click that was obeyed may be followed by another."""
        if presence is not self._presence:
            self.setEnabled(True)
        self._presence = presence
        self.setVisible(presence is not Presence.ABSENT)
        self.retranslate()

    def note_click(self) -> None:
        """What was asked for happens now, or as soon as the tower is not in use any more."""
        self.setEnabled(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Say what a click does."""
        loading, seeing = self._presence is Presence.LOADING, self.part == "vision"
        if loading:
            name = self.tr("Stop loading seeing") if seeing else self.tr("Stop loading hearing")
        elif seeing:
            name = self.tr("Free the memory of seeing")
        elif self.part == EARS:
            name = self.tr("Free the memory of the starter ears")
        else:
            name = self.tr("Free the memory of hearing")
        self.setAccessibleName(name)
        waits = self.tr("It is freed as soon as it is not in use any more.")
        self.setToolTip(name if self.isEnabled() else waits)

    @Slot()
    def _draw(self) -> None:
        side = self._theme.px(BUTTON_PX)
        self.setFixedSize(side, side)
        self.setIcon(self._theme.icon("eject"))


class MemoryPanel(QWidget):
    """All parts, their sum, what the two kinds of bar mean; buttons that free what comes and goes.

    Signals:
        release_asked(str): a person wants the memory of this part back.
    """

    release_asked = Signal(str)

    def __init__(self, model: MemoryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._title = QLabel(self)
        self._title.setProperty("role", "heading")
        self._total = QLabel(self)
        self._total.setProperty("role", "value")
        self.list = QListView(self)
        self.list.setObjectName("memory")
        self.list.setModel(model)
        self.list.setItemDelegate(_BarDelegate(theme, self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self._free: dict[int, _FreeButton] = {}
        for row in range(model.rowCount()):
            index = model.index(row)
            if index.data(MemoryModel.PRESENCE_ROLE) is not None:
                self._add_button(index, theme)
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
        model.dataChanged.connect(self._show_presence)
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
        for button in self._free.values():
            button.retranslate()
        self._show_total()

    def free_button(self, part: str) -> QToolButton:
        """The button that frees a tower."""
        return next(button for button in self._free.values() if button.part == part)

    def _add_button(self, index: QModelIndex, theme: Theme) -> None:
        place = QWidget(self.list.viewport())
        button = _FreeButton(index.data(MemoryModel.PART_ROLE), theme, place)
        layout = QHBoxLayout(place)
        layout.setContentsMargins(0, 1, 2, 0)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self.list.setIndexWidget(index, place)
        button.clicked.connect(self._free_clicked)
        self._free[index.row()] = button

    @Slot()
    def _free_clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, _FreeButton)
        button.note_click()
        self.release_asked.emit(button.part)

    @Slot(QModelIndex, QModelIndex)
    def _show_presence(self, first: QModelIndex, last: QModelIndex) -> None:
        for row, button in self._free.items():
            if first.row() <= row <= last.row():
                presence = self._model.index(row).data(MemoryModel.PRESENCE_ROLE)
                button.show_presence(Presence(presence))  # Qt has made a plain text of it

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
