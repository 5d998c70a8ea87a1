"""A picture to a file, when a person asks for it: the only way that one is written down."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QWidget

from app.capture.picture import image_of
from app.whole_file import written_whole
from app.widgets.save_dialog import SaveDialog
from engine.datatypes import Rgb
from engine.errors import ErrorKind

JPEG_QUALITY = 92


class PictureKeeping(QObject):
    """Asks where, and saves.

    Signals:
        told(object, str): how it went: an ErrorKind or None, and a sentence for people.
    """

    told = Signal(object, str)

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._picture: Rgb | None = None

    def ask(self, rgb: Rgb) -> None:
        """Ask where this picture shall be kept."""
        dialog = SaveDialog(
            self._window,
            self.tr("Keep the picture"),
            {self.tr("PNG picture (*.png)"): "png", self.tr("JPEG picture (*.jpg)"): "jpg"},
            QStandardPaths.StandardLocation.PicturesLocation,
            f"nestling-{datetime.now():%Y-%m-%d-%H%M%S}",
            also=("jpeg",),
        )
        dialog.setObjectName("keep dialog")
        self._picture = rgb
        dialog.chosen.connect(self._save)
        dialog.finished.connect(self._forget)
        dialog.open()

    @Slot(str)
    def _save(self, name: str) -> None:
        if self._picture is None:
            return
        try:
            save_picture(self._picture, Path(name))
        except OSError as error:
            self.told.emit(
                ErrorKind.DISK,
                self.tr(
                    "The picture cannot be saved as {file} ({reason}). Choose another folder or "
                    "make room."
                ).format(file=name, reason=error.strerror or str(error)),
            )
        else:
            self.told.emit(None, self.tr("Saved as {file}.").format(file=name))

    @Slot()
    def _forget(self) -> None:
        self._picture = None


def save_picture(rgb: Rgb, file: Path) -> None:
    """Write a picture whole or not at all; the ending says as what.

    Errors: OSError if it cannot be written.
    """
    jpeg = file.suffix.lower() in (".jpg", ".jpeg")
    with written_whole(file) as temporary:
        temporary.touch()  # says why not: no such folder, no right
        writer = QImageWriter(str(temporary), QByteArray(b"jpeg" if jpeg else b"png"))
        if jpeg:
            writer.setQuality(JPEG_QUALITY)
        if not writer.write(image_of(rgb)):
            raise OSError(writer.errorString())
