"""A table of all sizes and what each costs here. Knows nothing of how that is measured."""

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.models.live import LiveState
from app.models.memory import bytes_text
from app.theme import Theme
from app.widgets.sized_dialog import SizedDialog

UNKNOWN = "–"


class SizesDialog(SizedDialog):
    """One row for each size, the smallest first.

    Signals:
        chosen(str): take the size of this name.
        measure_asked(): measure anew.
    """

    chosen = Signal(str)
    measure_asked = Signal()

    def __init__(self, state: LiveState, theme: Theme, parent: QWidget) -> None:
        super().__init__(QSize(720, 560), theme, parent)
        self._state = state
        self.setObjectName("sizes dialog")
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.table = QTableWidget(0, 5, self)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.cellActivated.connect(self._use)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.use = QPushButton(self)
        self.measure = QPushButton(self)
        self.buttons.addButton(self.use, QDialogButtonBox.ButtonRole.ApplyRole)
        self.buttons.addButton(self.measure, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter is for the row
        self.use.clicked.connect(self._use)
        self.measure.clicked.connect(self.measure_asked)
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(self.table)
        layout.addWidget(self.buttons)
        state.model_changed.connect(self._show)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Sizes of the model"))
        self.table.setAccessibleName(self.tr("Sizes of the model"))
        self.use.setText(self.tr("&Use this size"))
        self.measure.setText(self.tr("&Measure again"))
        self._show()

    @Slot()
    def _show(self) -> None:
        model = self._state.model
        sizes = model.sizes if model else ()
        demonstration = model is not None and model.demonstration
        score = self.tr("Score") if demonstration else self.tr("MMLU")
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Size"),
                self.tr("Memory"),
                self.tr("Tokens a second"),
                score,
                self.tr("To change to it"),
            ]
        )
        chosen = self._selected() or self._state.wanted_size
        self.table.setRowCount(len(sizes))
        for row, size in enumerate(sizes):
            figures = self._state.figures.get(size.name)
            known = QLocale().toString(size.score, "f", 1) if size.score is not None else UNKNOWN
            memory = speed = UNKNOWN
            if figures is not None:
                memory = bytes_text(figures.memory)
                speed = QLocale().toString(figures.tokens_per_s, "f", 1)
            for column, text in enumerate(
                (size.name, memory, speed, known, self._state.switch_sentence(size))
            ):
                item = QTableWidgetItem(text)
                if 0 < column < 4:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
            if size.name == chosen:
                self.table.selectRow(row)
        self.note.setText(
            self.tr("Measured on this machine; between what was measured, worked out.")
            if self._state.figures
            else self.tr(
                "Not measured yet. It takes about ten seconds, when nothing else is to be done."
            )
        )
        self._enable()

    def _selected(self) -> str:
        rows = self.table.selectionModel().selectedRows()
        item = self.table.item(rows[0].row(), 0) if rows else None
        return item.text() if item is not None else ""

    @Slot()
    def _enable(self) -> None:
        other = self._selected() not in ("", self._state.wanted_size)
        self.use.setEnabled(other and not self._state.automatic)
        self.measure.setEnabled(self._state.model is not None)

    @Slot()
    def _use(self) -> None:
        if self.use.isEnabled():
            self.chosen.emit(self._selected())
