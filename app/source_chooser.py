"""What has to be asked for before it can be looked at: an address, a file, a part of the screen."""

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from app.capture import screen
from app.capture.camera_sources import PictureSource, SourceKind, file_source, network_source
from app.error_words import in_own_language
from app.theme import Theme
from app.widgets.region_picker import RegionPicker
from engine.errors import NestlingError


class SourceChooser(QObject):
    """Asks a person, and says what was chosen.

    Signals:
        chosen(PictureSource): this was chosen.
        failed(ErrorKind, str): a sentence for people.
    """

    chosen = Signal(object)
    failed = Signal(object, str)

    def __init__(self, window: QWidget, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._theme = window, theme
        self.picker: RegionPicker | None = None

    @Slot(str)
    def ask(self, kind: str) -> None:
        """Ask for a "network" address, a "file" or a "region"."""
        if kind == "network":
            self._ask_address()
        elif kind == "file":
            self._ask_file()
        elif screen.is_wayland():
            self.chosen.emit(self.portal_source())  # its own dialog offers parts and windows
        else:
            self._ask_region()

    def portal_source(self) -> PictureSource:
        """What the desktop's own dialog lets be seen."""
        label = self.tr("Screen or window (the desktop asks which)")
        return PictureSource(SourceKind.SCREEN, screen.PORTAL, label)

    def close(self) -> None:
        """Whatever is being asked: no more."""
        if self.picker is not None:
            with contextlib.suppress(RuntimeError):  # it has closed itself
                self.picker.close()
            self.picker = None

    def _ask_address(self) -> None:
        dialog = QInputDialog(self._window)
        dialog.setObjectName("address dialog")
        dialog.setWindowTitle(self.tr("Network camera"))
        dialog.setLabelText(
            self.tr(
                "The address of its video, as in its manual: http://… or rtsp://…\n"
                "Nestling connects to it, and to nothing else, while it is looked at."
            )
        )
        dialog.setTextValue("http://")
        dialog.textValueSelected.connect(self._address_given)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _address_given(self, address: str) -> None:
        try:
            self.chosen.emit(network_source(address))
        except NestlingError as error:
            self.failed.emit(error.kind, in_own_language(error.kind, error.message))

    def _ask_file(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Choose a video"))
        dialog.setObjectName("video dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                self.tr("Videos (*.mp4 *.mkv *.webm *.mov *.avi *.m4v *.mpg *.ogv)"),
                self.tr("All files (*)"),
            ]
        )
        dialog.fileSelected.connect(self._file_given)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _file_given(self, name: str) -> None:
        self.chosen.emit(file_source(Path(name)))

    def _ask_region(self) -> None:
        self.picker = RegionPicker(self._theme, self._window.screen())
        self.picker.picked.connect(self._region_given)
        self.picker.showFullScreen()
        self.picker.activateWindow()

    @Slot(QRect)
    def _region_given(self, area: QRect) -> None:
        self.chosen.emit(screen.region_source(area))
