"""Earlier transcripts: look at one in the window, save it, delete it."""

from collections.abc import Callable, Set
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDateTime, QEvent, QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.journal import TranscriptFile
from app.widgets.confirm import confirmed


class HistoryDialog(QDialog):
    """Lists the kept transcripts, newest first.

    Args:
        folder: where they lie.
        kept: what lies there; hours of speech are not read again at each look.
        growing: what is written to now; neither opened nor deleted.

    Signals:
        open_requested(object): show the transcript of this path in the window.
    """

    open_requested = Signal(object)

    def __init__(
        self,
        folder: Path,
        kept: list[TranscriptFile],
        growing: Callable[[], Set[Path]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._folder, self._kept, self._growing = folder, kept, growing
        self.confirm: Callable[[str], bool] = self._confirmed
        self.setMinimumSize(380, 320)
        self.resize(480, 440)
        self._hint = QLabel(self)
        self._hint.setProperty("role", "muted")
        self.fault = QLabel(self)
        self.fault.setProperty("role", "danger")
        self.fault.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setObjectName("kept")
        self.list.itemActivated.connect(self._open)
        self.list.currentRowChanged.connect(self._selected)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.show_button = QPushButton(self)
        self.show_button.setProperty("role", "primary")
        self.show_button.clicked.connect(self._open)
        self.delete_button = QPushButton(self)
        self.delete_button.setProperty("role", "danger")
        self.delete_button.clicked.connect(self._delete)
        buttons.addButton(self.show_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.delete_button, QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.rejected.connect(self.reject)
        for button in buttons.findChildren(QPushButton):
            button.setAutoDefault(button is self.show_button)
        self.show_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._hint)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.fault)
        layout.addWidget(buttons)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Earlier transcripts"))
        self._hint.setText(self.tr("There are no earlier transcripts."))
        self.list.setAccessibleName(self.tr("Earlier transcripts"))
        self.show_button.setText(self.tr("Show in the window"))
        self.delete_button.setText(self.tr("Delete"))
        self.refresh()

    def refresh(self) -> None:
        """Show what is kept; the place in the list stays."""
        row = max(0, self.list.currentRow())
        self.list.clear()
        self.fault.hide()
        growing = self._growing()
        for kept in self._kept:
            if kept.path in growing:
                continue
            text = self.tr("{when} · {words} words").format(
                when=when_text(kept.started), words=kept.words
            )
            item = QListWidgetItem(text, self.list)
            item.setData(Qt.ItemDataRole.UserRole, kept.path)
        empty = self.list.count() == 0
        self._hint.setVisible(empty)
        self.list.setVisible(not empty)
        if not empty:
            self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._selected(self.list.currentRow())

    @Slot(int)
    def _selected(self, row: int) -> None:
        self.show_button.setEnabled(row >= 0)
        self.delete_button.setEnabled(row >= 0)

    @Slot()
    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.open_requested.emit(item.data(Qt.ItemDataRole.UserRole))
            self.accept()

    @Slot()
    def _delete(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        path: Path = item.data(Qt.ItemDataRole.UserRole)
        text = self.tr("“{transcript}” will be deleted from this computer.")
        if not self.confirm(text.format(transcript=item.text())):
            return
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            self.fault.setText(
                self.tr("The transcript could not be deleted ({reason}); look at {folder}.").format(
                    reason=error.strerror, folder=self._folder
                )
            )
            self.fault.show()
            return
        self._kept = [kept for kept in self._kept if kept.path != path]
        self.refresh()

    def _confirmed(self, text: str) -> bool:
        return confirmed(
            self,
            self.tr("Delete the transcript?"),
            text,
        )


def when_text(moment: datetime) -> str:
    """A moment in the user's own way of writing dates."""
    when = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)
