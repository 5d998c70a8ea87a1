"""Pictures into the question: from files, pasted, or dropped anywhere on the conversation."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDropEvent, QGuiApplication, QImageReader, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from app.capture.picture import has_pictures, pictures_in, read_picture
from app.error_words import in_own_language
from engine.datatypes import Rgb
from engine.errors import ErrorKind, NestlingError


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

    def __init__(self, page: QWidget, edit: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._page, self._edit = page, edit
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
                    data = event.mimeData()
                    self._take(lambda: pictures_in(data))
                return True
        elif kind is QEvent.Type.KeyPress and watched is self._edit:
            assert isinstance(event, QKeyEvent)
            return event.matches(QKeySequence.StandardKey.Paste) and self.paste()
        return super().eventFilter(watched, event)

    def paste(self) -> bool:
        """Take what the clipboard has. Whether it had pictures and no text."""
        data = QGuiApplication.clipboard().mimeData()
        # An office program also offers a picture of the text that was copied.
        if not has_pictures(data) or (data.hasText() and not data.hasUrls()):
            return False
        self._take(lambda: pictures_in(data))
        return True

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
        """Take these files."""
        for name in names:
            self._take(partial(_read, Path(name)))

    def _take(self, pictures: Callable[[], Sequence[Rgb]]) -> None:
        try:
            for rgb in pictures():
                self.taken.emit(rgb)
        except NestlingError as error:
            self.failed.emit(error.kind, in_own_language(error.kind, error.message))
        except MemoryError:
            self.failed.emit(
                ErrorKind.BAD_PICTURE,
                self.tr("The picture is too large for the memory. Make it smaller first."),
            )


def _read(path: Path) -> Sequence[Rgb]:
    return [read_picture(path)]
