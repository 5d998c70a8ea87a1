"""Earlier transcripts: look for one, look at it in the window, delete it."""

import re
from collections.abc import Callable, Set
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.journal import TranscriptFile, newest_names, summary
from app.moments import when_text
from app.theme import Theme
from app.widgets.confirm import confirmed
from app.widgets.sized_dialog import SizedDialog

SLICE_MS = 8  # of reading, between two looks at what a person does
SEARCH_MS = 150  # after the last key
EXCERPT_LETTERS = 160  # of a row; what does not fit is left out
BEFORE_FOUND = 24  # letters before what was looked for

_KEPT = Qt.ItemDataRole.UserRole


class _Narrow(QStyledItemDelegate):
    """Rows no wider than the list: each of their lines is elided."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The height of the lines."""
        return QSize(0, super().sizeHint(option, index).height())


class HistoryDialog(SizedDialog):
    """Lists the kept transcripts, newest first. They are read bit by bit: there may be thousands.

    Args:
        folder: where they lie.
        growing: what is written to now; neither opened nor deleted.

    State: what has been read, and how much of it is listed.

    Signals:
        open_requested(object): show the transcript of this path in the window.
    """

    open_requested = Signal(object)

    def __init__(self, folder: Path, growing: Set[Path], theme: Theme, parent: QWidget) -> None:
        super().__init__(QSize(560, 520), theme, parent)
        self._folder = folder
        self._unread = [path for path in newest_names(folder) if path not in growing][::-1]
        self._kept: list[TranscriptFile] = []
        self._listed = 0
        self.confirm: Callable[[str], bool] = self._confirmed
        self.field = QLineEdit(self)
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._typed)
        self.hint = QLabel(self)
        self.hint.setProperty("role", "muted")
        self.fault = QLabel(self)
        self.fault.setProperty("role", "danger")
        self.fault.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setObjectName("kept")
        self.list.setItemDelegate(_Narrow(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        layout.addWidget(self.field)
        layout.addWidget(self.hint)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.fault)
        layout.addWidget(buttons)
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._pause.timeout.connect(self._list_anew)
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self._list_some)
        self.fault.hide()
        self.retranslate()
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes on from the words that are looked for to what was found."""
        if event.key() == Qt.Key.Key_Down and self.field.hasFocus():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Earlier transcripts"))
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find in earlier transcripts"))
        self.list.setAccessibleName(self.tr("Earlier transcripts"))
        self.show_button.setText(self.tr("Show in the window"))
        self.delete_button.setText(self.tr("Delete"))
        self._list_anew()

    @property
    def reading(self) -> bool:
        """Whether more rows may come."""
        return self._idle.isActive() or self._pause.isActive()

    @Slot()
    def _typed(self) -> None:
        self._pause.start()

    @Slot()
    def _list_anew(self) -> None:
        self.list.clear()
        self._listed = 0
        self._list_some()

    @Slot()
    def _list_some(self) -> None:
        """List what has been read, and read on, for a while."""
        until = perf_counter() + SLICE_MS / 1000
        while self._listed < len(self._kept) or self._unread:
            if self._listed < len(self._kept):
                self._add(self._kept[self._listed])
                self._listed += 1
            elif (kept := summary(self._unread.pop())) is not None:
                self._kept.append(kept)
            if perf_counter() > until:
                self._idle.start()
                break
        self._show_state()

    def _add(self, kept: TranscriptFile) -> None:
        """Put a transcript at its place, if it has what is looked for."""
        sought = self.field.text().strip()
        words = self.tr("%Ln words", "", kept.words)
        head = " · ".join(filter(None, (when_text(kept.started), kept.file, words)))
        found = re.search(re.escape(sought), kept.text, re.IGNORECASE)
        if found is None and sought.casefold() not in head.casefold():
            return
        text = _excerpt(kept.text, found.start() if found else 0)
        item = QListWidgetItem(f"{head}\n{text}" if text else head)
        item.setData(_KEPT, kept)
        # Names are only nearly in order: the right place is at the end, or not far from it.
        row = self.list.count()
        while row and self._at(row - 1).started.timestamp() < kept.started.timestamp():
            row -= 1
        self.list.insertItem(row, item)
        if self.list.count() == 1:
            self.list.setCurrentRow(0)

    def _at(self, row: int) -> TranscriptFile:
        kept: TranscriptFile = self.list.item(row).data(_KEPT)
        return kept

    def _show_state(self) -> None:
        any_kept = bool(self._kept or self._unread)
        nothing = self.list.count() == 0 and not self.reading
        self.hint.setText(
            self.tr("Nothing was found")
            if any_kept
            else self.tr("There are no earlier transcripts.")
        )
        self.hint.setVisible(nothing)
        self.field.setVisible(any_kept)
        self.list.setVisible(not nothing)
        self._selected(self.list.currentRow())

    @Slot(int)
    def _selected(self, row: int) -> None:
        self.show_button.setEnabled(row >= 0)
        self.delete_button.setEnabled(row >= 0)

    @Slot()
    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.open_requested.emit(item.data(_KEPT).path)
            self.accept()

    @Slot()
    def _delete(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        kept: TranscriptFile = item.data(_KEPT)
        text = self.tr("“{transcript}” will be deleted from this computer.")
        if not self.confirm(text.format(transcript=item.text().partition("\n")[0])):
            return
        try:
            kept.path.unlink(missing_ok=True)
        except OSError as error:
            self.fault.setText(
                self.tr("The transcript could not be deleted ({reason}); look at {folder}.").format(
                    reason=error.strerror, folder=self._folder
                )
            )
            self.fault.show()
            return
        self.fault.hide()
        self._listed -= self._kept.index(kept) < self._listed
        self._kept.remove(kept)
        row = self.list.row(item)
        self.list.takeItem(row)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._show_state()

    def _confirmed(self, text: str) -> bool:
        return confirmed(
            self,
            self.tr("Delete the transcript?"),
            text,
        )


def _excerpt(text: str, place: int) -> str:
    """The words from a little before a place on."""
    start = place - BEFORE_FOUND
    start = (text.find(" ", start, place) + 1 or place) if start > 0 else 0
    return ("… " if start else "") + text[start : start + EXCERPT_LETTERS]
