"""Pictures into the question: from files, pasted, or dropped anywhere on the conversation."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QDropEvent, QImageReader
from PySide6.QtWidgets import QFileDialog, QWidget

from app.capture.picture import files_in, has_pictures, picture_in, read_picture
from app.error_words import in_own_language
from app.widgets.composer import QuestionEdit
from engine.datatypes import Rgb
from engine.errors import ErrorKind, NestlingError

MOST_NAMES = 6  # of files, in one sentence


class PictureIntake(QObject):
    """Watches the widgets that a picture may be dropped on or pasted into.

    Args:
        page: pictures may be dropped on any part of it.
        edit: what is pasted into it as text stays text.

    Signals:
        taken(Rgb): uint8[H, W, 3], one after the other.
        failed(ErrorKind, str): a sentence for people.
    """

    taken = Signal(object)
    failed = Signal(object, str)

    def __init__(self, page: QWidget, edit: QuestionEdit, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        edit.is_other = _is_pasted_picture
        edit.other_pasted.connect(self._take_in)
        for widget in (page, *page.findChildren(QWidget)):
            widget.setAcceptDrops(True)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take pictures; leave everything else to the widget."""
        kind = event.type()
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            assert isinstance(event, QDropEvent)
            if has_pictures(event.mimeData()):
                event.acceptProposedAction()
                if kind is QEvent.Type.Drop:
                    self._take_in(event.mimeData())
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def choose(self) -> None:
        """Ask for picture files."""
        dialog = QFileDialog(self._page, self.tr("Choose pictures"))
        dialog.setObjectName("picture dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        kinds = sorted(bytes(k.data()).decode() for k in QImageReader.supportedImageFormats())
        patterns = " ".join(f"*.{kind}" for kind in kinds)
        dialog.setNameFilters(
            [self.tr("Pictures ({patterns})").format(patterns=patterns), self.tr("All files (*)")]
        )
        dialog.filesSelected.connect(self.read)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(list)
    def read(self, names: list[str]) -> None:
        """Take these files; of those that are no pictures it is said."""
        refused: list[tuple[str, NestlingError]] = []
        for name in names:
            try:
                self._take(partial(read_picture, Path(name)))
            except NestlingError as error:
                refused.append((Path(name).name, error))
        if len(refused) == 1:
            found = refused[0][1]
            self.failed.emit(found.kind, in_own_language(found.kind, found.message))
        elif refused:
            shown = [name for name, _ in refused[:MOST_NAMES]]
            shown += ["…"] if len(refused) > MOST_NAMES else []
            words = self.tr("These files cannot be read as pictures: {names}.")
            self.failed.emit(ErrorKind.BAD_PICTURE, words.format(names=", ".join(shown)))

    @Slot(object)
    def _take_in(self, data: QMimeData) -> None:
        """What was dropped or pasted: files, else a picture itself."""
        files = files_in(data)
        if files:
            self.read([str(file) for file in files])
        else:
            self._take(partial(picture_in, data))

    def _take(self, picture: Callable[[], Rgb | None]) -> None:
        try:
            rgb = picture()
        except MemoryError:
            self.failed.emit(
                ErrorKind.BAD_PICTURE,
                self.tr("The picture is too large for the memory. Make it smaller first."),
            )
            return
        if rgb is not None:
            self.taken.emit(rgb)


def _is_pasted_picture(data: QMimeData) -> bool:
    """An office program also offers a picture of the text that was copied: that stays text."""
    return has_pictures(data) and (data.hasUrls() or not data.hasText())
