"""Sound files into the transcript: chosen from the menu, or dropped on its page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from app.capture.picture import files_in
from app.models.live import Phase
from engine.errors import ErrorKind

if TYPE_CHECKING:
    from app.application import Application
    from app.listening import ListeningController

# What people have; whatever else holds sound is under "all files".
SOUND = ("wav", "mp3", "m4a", "flac", "ogg", "opus", "aac", "wma")
VIDEO = ("mp4", "mkv", "webm", "mov", "avi", "m4v", "mpg")


class FileIntake(QObject):
    """Asks for a file, or takes what is dropped on the page of the transcript."""

    def __init__(self, program: Application, controller: ListeningController) -> None:
        super().__init__(program)
        self._program, self._controller = program, controller
        self._state, self._window = program.state, program.window
        self._window.table["transcribe_file"].triggered.connect(self.choose)
        page = self._window.pages.holder("transcript")
        for widget in (page, *page.findChildren(QWidget)):
            widget.setAcceptDrops(True)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files; leave everything else to the widget."""
        kind = event.type()
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            assert isinstance(event, QDropEvent)
            if files := files_in(event.mimeData()):
                event.acceptProposedAction()
                if kind is QEvent.Type.Drop:
                    # Later: whoever dropped them must not wait for the answer to a question.
                    QTimer.singleShot(0, self, partial(self.take, files))
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def choose(self) -> None:
        """Ask for a sound file or a video."""
        dialog = QFileDialog(self._window, self.tr("Transcribe a file"))
        dialog.setObjectName("sound dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*.{ending}" for ending in SOUND + VIDEO)
        dialog.setNameFilters(
            [
                self.tr("Sound files and videos ({patterns})").format(patterns=patterns),
                self.tr("All files (*)"),
            ]
        )
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _chosen(self, name: str) -> None:
        self.take([Path(name)])

    def take(self, files: list[Path]) -> None:
        """Write down the file into the emptied window, or say why not."""
        refusal = self._refusal(len(files))
        if refusal:
            self._program.say(ErrorKind.BAD_AUDIO, refusal)
        elif self._program.commands.empty():
            self._window.banner.clear(ErrorKind.BAD_AUDIO)
            self._window.end_welcome()
            self._controller.start_file(files[0])

    def _refusal(self, count: int) -> str:
        """Why no file can be written down now; empty if one can."""
        if count > 1:
            return self.tr("One file at a time: drop the next one when this one is written down.")
        if self._state.can_listen:
            return ""
        if self._state.phase is Phase.READING:
            return self.tr("A file is being written down: wait for its end, or stop it first.")
        if self._state.phase is not Phase.IDLE or self._state.asking_aloud:
            return self.tr("Stop listening first; then a file can be written down.")
        return self.tr("A file can be written down once a model that transcribes is open.")
