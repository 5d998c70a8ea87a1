"""What is kept, where and how long, and the way to delete all of it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app import journal
from app.paths import Paths
from app.widgets.confirm import confirmed
from app.widgets.flow_layout import FlowLayout


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
        self._labels = [self._add(layout, heading=heading) for heading, _ in self._lines()]
        self.open_folder = QPushButton(self)
        self.open_folder.clicked.connect(self._open_folder)
        self.delete_all = QPushButton(self)
        self.delete_all.setProperty("role", "danger")
        self.delete_all.clicked.connect(self._confirm)
        self.confirm: Callable[[], bool] = self._asked
        buttons = FlowLayout()
        buttons.addWidget(self.open_folder)
        buttons.addWidget(self.delete_all)
        layout.addSpacing(6)
        layout.addLayout(buttons)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.open_folder.setText(self.tr("Show the folder"))
        self.delete_all.setText(self.tr("Delete everything…"))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Count what is kept now."""
        for label, (_, text) in zip(self._labels, self._lines(), strict=True):
            label.setText(text)

    def _lines(self) -> list[tuple[bool, str]]:
        """What the page says; whether it is a heading, and its words."""
        paths = self._paths
        count = len(list(paths.journal_folder.glob("*" + journal.SUFFIX)))
        return [
            (True, self.tr("What lies on this computer")),
            (
                False,
                self.tr("Transcripts: {count} in {folder}").format(
                    count=count, folder=paths.journal_folder
                ),
            ),
            (
                False,
                self.tr(
                    "Conversations, their text, and the pictures and sound that you asked to "
                    "keep: {file}"
                ).format(file=paths.conversations_file),
            ),
            (False, self.tr("Settings: {file}").format(file=paths.settings_file)),
            (
                False,
                self.tr("Downloaded models, which stay: {folder}").format(
                    folder=paths.models_folder
                ),
            ),
            (
                False,
                self.tr("How fast the sizes of models are here: {file}").format(
                    file=paths.sizes_file
                ),
            ),
            (
                False,
                self.tr("Errors of the program, without your words: {file}").format(
                    file=paths.crash_file
                ),
            ),
            (False, self.tr("Other sound and other pictures are never written to disk.")),
            (True, self.tr("Network connections")),
            (
                False,
                self.tr(
                    "None by itself, neither for speech nor for updates: only to download a model "
                    "when you ask for it, and to a network camera, if you give the address of "
                    "one. The page “Connections” lists all of them."
                ),
            ),
        ]

    def _add(self, layout: QVBoxLayout, *, heading: bool) -> QLabel:
        label = QLabel(self)
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
        return confirmed(
            self,
            self.tr("Delete everything?"),
            self.tr(
                "All transcripts, all conversations, all settings and the error log of Nestling "
                "will be deleted, also what is in the window now. This cannot be undone."
            ),
        )
