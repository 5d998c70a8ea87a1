"""The microphone as the window sees it: signals, and sentences for people."""

import logging
import sys
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.capture.microphone import CaptureState, Listed, Microphone, Report, Trouble
from app.capture.portaudio import AudioSystem, PortAudio
from app.capture.recording import Level
from app.capture.sources import ServerWatcher, SoundServer, Source
from engine.datatypes import AudioChunk
from engine.errors import ErrorKind

log = logging.getLogger(__name__)

ANSWER_MS = 3000  # what opening may take before it is called frozen
STOP_MS = 1500  # what stopping may take before it is called done without the server


class SourceReason(StrEnum):
    """Why sound comes from another source now."""

    OPENED = "opened"  # the one that was asked for
    MOVED = "moved"  # the sound server went on with another one
    RETURNED = "returned"  # back to the one that was asked for


class CaptureController(QObject):
    """Records from one microphone and tells what happens to it.

    Lives in the GUI thread; nothing in it waits for a device. Listens only between `start` and
    `stop`, and holds no microphone while stopped or paused.

    Signals:
        chunk_captured(AudioChunk): sound, in order; a gap is a jump in `start`.
        level_changed(float): loudest sample since the last one, 0..1, at most 30 a second.
        sources_changed(list[Source]): what can be recorded from, microphones first.
        source_changed(Source, SourceReason): where the sound comes from now.
        failed(ErrorKind, str): one sentence for people; recovery goes on by itself.
        state_changed(CaptureState): STOPPED comes after the last chunk.
    """

    chunk_captured = Signal(object)
    level_changed = Signal(float)
    sources_changed = Signal(list)
    source_changed = Signal(object, object)
    failed = Signal(object, str)
    state_changed = Signal(object)

    # The hops from the capture and watcher threads into this one.
    _reported = Signal(int, object)
    _server_seen = Signal(object)

    def __init__(self, parent: QObject | None = None, audio: AudioSystem | None = None) -> None:
        super().__init__(parent)
        self._microphone = Microphone(audio or PortAudio(), self._reported.emit)
        self._watcher = ServerWatcher(self._server_seen.emit)
        self._reported.connect(self._take_report)
        self._server_seen.connect(self._take_server)
        self._state = CaptureState.STOPPED
        self._stopping = False  # asked to, and STOPPED is yet to come
        self._closed = False
        self._number = 0
        self._chosen: str | None = None
        self._in_use: str | None = None
        self._server = SoundServer(reachable=False)
        self._server_gone = False  # it was there before
        self._sources: tuple[Source, ...] = ()
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._lose_patience)
        # After the first turn of the event loop: the window comes first.
        QTimer.singleShot(0, self, self._watch)

    @property
    def state(self) -> CaptureState:
        """What the microphone does now."""
        return self._state

    @property
    def sources(self) -> tuple[Source, ...]:
        """What can be recorded from, as last announced."""
        return self._sources

    @property
    def source(self) -> Source | None:
        """Where the sound comes from, None if it is not known."""
        return next((source for source in self._sources if source.id == self._in_use), None)

    def start(self, source: str | None = None) -> None:
        """Begin a recording; only when stopped, or told to stop: that one is heard no more.

        None: the system's default microphone.
        """
        if self._state is not CaptureState.STOPPED and not self._stopping:
            return
        self._stopping = False
        self._number += 1
        self._remember(source)
        self._microphone.start(self._number, source)
        self._enter(CaptureState.STARTING)

    def stop(self) -> None:
        """End the recording; its last chunk and STOPPED follow."""
        if self._state is not CaptureState.STOPPED and not self._stopping:
            self._stopping = True
            self._microphone.stop()
            self._patience.start(STOP_MS)

    def pause(self) -> None:
        """Release the microphone and keep the recording."""
        if self._state not in (CaptureState.STOPPED, CaptureState.PAUSED):
            self._microphone.pause()

    def resume(self) -> None:
        """Go on after a pause, which stays a gap in the recording."""
        if self._state is CaptureState.PAUSED:
            self._microphone.resume()
            self._enter(CaptureState.STARTING)

    def choose(self, source: str | None) -> None:
        """Take another microphone, at once if one is open."""
        if self._state is not CaptureState.STOPPED:
            self._remember(source)
            self._microphone.choose(source)

    def refresh_sources(self) -> None:
        """Look for microphones anew where no sound server tells of them by itself."""
        if not self._server.reachable:
            self._microphone.list_sources()

    def close(self) -> None:
        """Release everything, at most a second. Nothing is announced after it."""
        self._patience.stop()
        self._closed = True
        self._microphone.close()
        self._watcher.close()

    def _remember(self, source: str | None) -> None:
        self._chosen, self._in_use = source, None
        self._watcher.follow(source)

    def _enter(self, state: CaptureState) -> None:
        if state is CaptureState.STOPPED:
            self._stopping = False
        if not self._stopping:  # else it was said before: the patience with stopping goes on
            if state is CaptureState.STARTING:
                self._patience.start(ANSWER_MS)
            else:
                self._patience.stop()
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot()
    def _watch(self) -> None:
        if self._closed:
            return
        if sys.platform == "linux":
            self._watcher.start()
        else:
            self._microphone.list_sources()

    @Slot(int, object)
    def _take_report(self, number: int, report: Report) -> None:
        if self._closed or number not in (0, self._number):
            return  # of a recording that was given up
        match report:
            case AudioChunk():
                if self._state is not CaptureState.STOPPED:
                    self.chunk_captured.emit(report)
            case Level(peak):
                self.level_changed.emit(peak)
            case CaptureState():
                self._enter(report)
            case Trouble(kind, detail):
                log.info("%s: %s", kind, detail)
                if kind is ErrorKind.MICROPHONE_LOST and self._server_gone:
                    kind = ErrorKind.AUDIO_SERVER
                self.failed.emit(kind, self._sentence(kind))
            case Listed(sources):
                if not self._server.reachable:
                    self._announce(sources)

    @Slot(object)
    def _take_server(self, server: SoundServer) -> None:
        if self._closed:
            return
        before, self._server = self._server, server
        self._server_gone = not server.reachable and (before.reachable or self._server_gone)
        if server.reachable:
            self._announce(server.sources)
            self._microphone.note_present(frozenset(source.id for source in server.sources))
            self._follow(server)
            return
        self._microphone.note_present(None)
        if before.reachable and self._state not in (CaptureState.STOPPED, CaptureState.PAUSED):
            self.failed.emit(ErrorKind.AUDIO_SERVER, self._sentence(ErrorKind.AUDIO_SERVER))
        if before.reachable:
            self._announce(())
        self._microphone.list_sources()

    def _announce(self, sources: tuple[Source, ...]) -> None:
        if sources != self._sources:
            self._sources = sources
            self.sources_changed.emit(list(sources))

    def _follow(self, server: SoundServer) -> None:
        """Tell where our stream records from, if that has changed."""
        source = server.find(server.ours)
        if source is None or source.id == self._in_use:
            return
        first = self._in_use is None
        if first and source.id != self._chosen and server.find(self._chosen):
            return  # the stream that is being closed, or a new one that is yet to be moved
        self._in_use = source.id
        if first and self._chosen in (None, source.id):
            self._chosen = source.id
            self.source_changed.emit(source, SourceReason.OPENED)
        elif source.id == self._chosen:
            self.source_changed.emit(source, SourceReason.RETURNED)
        else:
            self.source_changed.emit(source, SourceReason.MOVED)
            self.failed.emit(
                ErrorKind.MICROPHONE_MOVED,
                self.tr("The sound now comes from another microphone: {}.").format(source.label),
            )

    @Slot()
    def _lose_patience(self) -> None:
        """The capture thread hangs in the sound server; the window must not."""
        if self._stopping:
            self._number += 1  # what still comes of this recording is not heard any more
            self._enter(CaptureState.STOPPED)
        else:
            self.failed.emit(ErrorKind.AUDIO_SERVER, self._sentence(ErrorKind.AUDIO_SERVER))
            self._enter(CaptureState.RECOVERING)

    def _sentence(self, kind: ErrorKind) -> str:
        match kind:
            case ErrorKind.MISSING_LIBRARY:
                return self.tr(
                    "The sound library PortAudio is missing. On Debian and Ubuntu install the "
                    "package libportaudio2, then start Nestling again."
                )
            case ErrorKind.NO_MICROPHONE:
                return self.tr(
                    "No microphone was found. Connect one, and listening begins by itself."
                )
            case ErrorKind.MICROPHONE_LOST:
                return self.tr(
                    "The microphone is gone. Connect it again, and listening goes on by itself."
                )
            case ErrorKind.AUDIO_SERVER:
                return self.tr(
                    "The sound server does not answer. Listening goes on by itself when it does."
                )
            case _:
                return self.tr("Recording failed. Stop and start it again.")
