"""Asks where to save something, so that a file's ending says what is in it."""

from collections.abc import Collection, Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.widgets.confirm import confirmed


class SaveDialog(QFileDialog):
    """Opened by `open`; deletes itself when it is closed.

    Args:
        filters: endings by the words that stand for them in the dialog; the first is chosen.
        place: the folder to begin with.
        name: that is suggested, without an ending.
        also: endings that may be written, too.

    Signals:
        chosen(str, str): the file, and the words of the filter.
    """

    chosen = Signal(str, str)

    def __init__(
        self,
        parent: QWidget,
        title: str,
        filters: Mapping[str, str],
        place: QStandardPaths.StandardLocation,
        name: str,
        also: Collection[str] = (),
    ) -> None:
        super().__init__(parent, title)
        self._filters, self._endings = filters, {*filters.values(), *also}
        self.confirm = confirmed
        first = next(iter(filters.values()))
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilters(list(filters))
        self.setDefaultSuffix(first)
        self.setDirectory(QStandardPaths.writableLocation(place))
        self.selectFile(f"{name}.{first}")
        self.filterSelected.connect(self._filter_chosen)
        self.fileSelected.connect(self._file_chosen)
        self.finished.connect(self.deleteLater)

    @Slot(str)
    def _filter_chosen(self, words: str) -> None:
        self.setDefaultSuffix(self._filters[words])

    @Slot(str)
    def _file_chosen(self, name: str) -> None:
        """Qt takes what stands behind any dot for an ending: "Notes 22.11"."""
        file, words = Path(name), self.selectedNameFilter()
        if file.suffix.lower().lstrip(".") not in self._endings:
            file = file.with_name(f"{file.name}.{self.defaultSuffix()}")
            if file.exists() and not self.confirm(
                self,
                self.tr("Replace the file?"),
                self.tr("{file} is there already. What is in it will be lost.").format(file=file),
            ):
                return
        self.chosen.emit(str(file), words)
