"""What is kept, where and how long, and the way to delete all of it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from app import journal
from app.paths import Paths


class PrivacyPage(QWidget):
    """Stands below the privacy settings.

    Signals:
        delete_requested(): a person has confirmed that everything shall go.
    """

    delete_requested = Signal()

    def __init__(self, paths: Paths, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(8)
        self._add(layout, self.tr("What lies on this computer"), heading=True)
        self._kept = self._add(layout, "")
        self._add(
            layout,
            self.tr("Settings: {file}").format(file=paths.settings_file),
        )
        self._add(
            layout,
            self.tr("Errors of the program, without your words: {file}").format(
                file=paths.crash_file
            ),
        )
        self._add(layout, self.tr("Sound is never written to disk."))
        self._add(layout, self.tr("Network connections"), heading=True)
        self._add(
            layout,
            self.tr(
                "None. Nestling opens no network connection, neither for speech nor for updates. "
                "Two starts on this computer find each other through a local socket."
            ),
        )
        self.open_folder = QPushButton(self.tr("Show the folder"), self)
        self.open_folder.clicked.connect(self._open_folder)
        self.delete_all = QPushButton(self.tr("Delete everything…"), self)
        self.delete_all.setProperty("role", "danger")
        self.delete_all.clicked.connect(self._confirm)
        self.confirm: Callable[[], bool] = self._asked
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_folder)
        buttons.addWidget(self.delete_all)
        buttons.addStretch(1)
        layout.addSpacing(6)
        layout.addLayout(buttons)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Count what is kept now."""
        count = len(list(self._paths.journal_folder.glob("*" + journal.SUFFIX)))
        self._kept.setText(
            self.tr("Transcripts: {count} in {folder}").format(
                count=count, folder=self._paths.journal_folder
            )
        )

    def _add(self, layout: QVBoxLayout, text: str, *, heading: bool = False) -> QLabel:
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        if heading:
            label.setProperty("role", "heading")
            label.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(label)
        return label

    @Slot()
    def _open_folder(self) -> None:
        folder = self._paths.journal_folder
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def _confirm(self) -> None:
        if self.confirm():
            self.delete_requested.emit()
            self.refresh()

    def _asked(self) -> bool:
        answer = QMessageBox.question(
            self,
            self.tr("Delete everything?"),
            self.tr(
                "All transcripts, all settings and the error log of Nestling will be deleted, "
                "also what is in the window now. This cannot be undone."
            ),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer is QMessageBox.StandardButton.Yes
