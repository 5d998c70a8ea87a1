"""Sound files into the transcript: chosen from the menu, or dropped on its page.

Several are written down one after the other, each as a transcript of its own.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from app.capture.picture import files_in
from app.models.live import Phase
from app.recordings import shown_name
from engine.errors import ErrorKind

if TYPE_CHECKING:
    from app.application import Application
    from app.listening import ListeningController

# What people have; whatever else holds sound is under "all files".
SOUND = ("wav", "mp3", "m4a", "flac", "ogg", "opus", "aac", "wma")
VIDEO = ("mp4", "mkv", "webm", "mov", "avi", "m4v", "mpg")


class FileIntake(QObject):
    """Asks for files, or takes what is dropped on the page of the transcript.

    State: the files that wait for their turn, and how many were begun since the window was idle.
    """

    def __init__(self, program: Application, controller: ListeningController) -> None:
        super().__init__(program)
        self._program, self._controller = program, controller
        self._state, self._window = program.state, program.window
        self._waiting: list[Path] = []
        self._begun = 0
        self._goes_on = False  # the file that is heard ended by itself
        controller.file_ended.connect(self._file_ended)
        # Later: whoever says so is still at it.
        self._state.phase_changed.connect(self._next, Qt.ConnectionType.QueuedConnection)
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
        """Ask for sound files or videos."""
        dialog = QFileDialog(self._window, self.tr("Transcribe a file"))
        dialog.setObjectName("sound dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        patterns = " ".join(f"*.{ending}" for ending in SOUND + VIDEO)
        dialog.setNameFilters(
            [
                self.tr("Sound files and videos ({patterns})").format(patterns=patterns),
                self.tr("All files (*)"),
            ]
        )
        dialog.filesSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(list)
    def _chosen(self, names: list[str]) -> None:
        self.take([Path(name) for name in names])

    def take(self, files: list[Path]) -> None:
        """Write down the files into the emptied window, one after the other, or say why not."""
        refusal = self._refusal(len(files))
        if refusal:
            self._program.say(ErrorKind.BAD_AUDIO, refusal)
        elif self._state.phase is Phase.READING:
            self._wait([*self._waiting, *files])
        elif self._program.commands.empty():
            self._window.banner.clear(ErrorKind.BAD_AUDIO)
            self._window.end_welcome()
            self._wait(files[1:])
            self._begun = 0
            self._begin(files[0])

    def _begin(self, file: Path) -> None:
        self._begun += 1
        self._goes_on = False
        self._controller.start_file(file)

    def _wait(self, files: list[Path]) -> None:
        self._waiting = files
        self._state.set_files_waiting(len(files))

    @Slot()
    def _file_ended(self) -> None:
        self._goes_on = True

    @Slot()
    def _next(self) -> None:
        """Once idle, go on with the next file, unless somebody stopped the one before."""
        if self._state.phase is not Phase.IDLE or self._state.asking_aloud:
            return
        goes_on, self._goes_on = self._goes_on, False
        waiting, begun = self._waiting, self._begun
        if not goes_on:
            self._wait([])
        elif not waiting and begun > 1:
            self._window.banner.show_message(
                None,
                self.tr("{count} files were heard; each has a transcript of its own.").format(
                    count=begun
                ),
                self.tr("Earlier transcripts"),
                self._program.commands.show_history,
            )
        elif waiting and (not self._state.can_listen or self._program.commands.unsaved()):
            self._wait([])
            words = self.tr("These files were not written down: {names}.")
            names = ", ".join(shown_name(file) for file in waiting)
            self._program.say(ErrorKind.BAD_AUDIO, words.format(names=names))
        elif waiting and self._program.commands.empty(unseen=True):
            self._wait(waiting[1:])
            self._begin(waiting[0])

    def _refusal(self, count: int) -> str:
        """Why no file can be written down now; empty if one can."""
        reading = self._state.phase is Phase.READING
        if (reading or count > 1) and not self._program.settings.values.keep_transcripts:
            return self.tr(
                "One file at a time, since transcripts are not kept: drop the next one when this "
                "one is written down."
            )
        if self._state.can_listen or reading:
            return ""
        if self._state.phase is not Phase.IDLE or self._state.asking_aloud:
            return self.tr("Stop listening first; then a file can be written down.")
        return self.tr("A file can be written down once a model that transcribes is open.")
