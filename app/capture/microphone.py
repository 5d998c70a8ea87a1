"""The capture thread: from an open microphone to 160 ms chunks. Knows no Qt.

It alone opens microphones. It reports with plain values through one callable; sentences for
people are the controller's business.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.capture.portaudio import AudioSystem, InputStream
from app.capture.recording import Level, Recording
from app.capture.ring import Block
from app.capture.sources import Source, ordered
from engine.datatypes import AudioChunk
from engine.errors import ErrorKind, NestlingError

log = logging.getLogger(__name__)

STALL_SECONDS = 1.0  # without a block: the server is frozen or the device hangs
FIRST_BLOCK_SECONDS = 3.0  # a server may need 1.8 s until the first block
GIVE_UP_SECONDS = 5.0  # of a stall, until the stream is opened anew
DRAIN_SECONDS = 0.25  # what was said before "stop" is still in the server's buffers
RETRY_SECONDS = 0.5  # until the second attempt to open; each further wait is twice as long
LONGEST_RETRY_SECONDS = 4.0  # what appears is told by the sound server, and tried at once
HOME_SECONDS = 2.0  # that the chosen microphone has to come back before another is taken
RELEASE_SECONDS = 0.5  # that closing usually needs at most (measured: 0.18)


class CaptureState(StrEnum):
    """What the microphone does."""

    STOPPED = "stopped"
    STARTING = "starting"
    LISTENING = "listening"
    PAUSED = "paused"
    RECOVERING = "recovering"  # lost or frozen; goes on by itself


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why no sound comes. detail: PortAudio's words, for the log."""

    kind: ErrorKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The microphones by PortAudio's names."""

    sources: tuple[Source, ...]


Report = AudioChunk | Level | CaptureState | Trouble | Listed


class Microphone:
    """Owns the capture thread. Every method may be called from the GUI thread and returns at once.

    Args:
        audio: PortAudio.
        report: called in the capture thread with the recording's number and what happened.
    """

    def __init__(self, audio: AudioSystem, report: Callable[[int, Report], None]) -> None:
        self._audio = audio
        self._report = report
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = False
        # Held while there is nothing to do; whoever has news releases it, which never waits.
        self._wake = threading.Lock()
        self._wake.acquire()
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)
        self._present: frozenset[str] | None = None
        self._recording: Recording | None = None
        self._stream: InputStream | None = None
        self._releasing: threading.Thread | None = None
        self._retry_at = 0.0
        self._retry_seconds = RETRY_SECONDS
        self._block_at = 0.0  # when the newest block came, or the stream was opened
        self._state = CaptureState.STOPPED
        self._announced: ErrorKind | None = None

    def start(self, number: int, source: str | None) -> None:
        """Begin a recording from a source, None for the system's default."""
        self._order(lambda: self._start(number, source))

    def stop(self) -> None:
        """End the recording, after what was said before this call."""
        self._order(self._stop)

    def pause(self) -> None:
        """Release the microphone, keep the recording."""
        self._order(self._pause)

    def resume(self) -> None:
        """Go on with a paused recording; the pause is a gap in it."""
        self._order(self._resume)

    def choose(self, source: str | None) -> None:
        """Go on from another source."""
        self._order(lambda: self._choose(source))

    def note_present(self, sources: frozenset[str] | None) -> None:
        """What the sound server has now, None if it cannot be asked; a retry is worth while."""
        self._order(lambda: self._note_present(sources))

    def list_sources(self) -> None:
        """Report `Listed`: PortAudio's own names, unless a recording keeps its list as it is."""
        self._order(self._list_sources)

    def close(self) -> None:
        """End the thread and release the microphone; waits at most half a second."""
        self._closing = True
        self._audio.forget()
        self._rouse()
        if self._thread.is_alive():
            self._thread.join(RELEASE_SECONDS)

    def _order(self, order: Callable[[], None]) -> None:
        if self._thread.ident is None:
            self._thread.start()
        self._orders.put(order)
        self._rouse()

    def _rouse(self) -> None:
        """Wake the thread. Thread: any, the audio callback included."""
        if self._wake.locked():
            with contextlib.suppress(RuntimeError):  # another has just done it
                self._wake.release()

    # --- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._closing:
                self._wake.acquire(timeout=self._patience())
                try:
                    with contextlib.suppress(queue.Empty):
                        while True:
                            self._orders.get_nowait()()
                    self._step()
                except Exception as error:  # a bug of ours ends the recording, not the thread
                    log.exception("recording failed")
                    self._give_up(error)
        finally:
            self._release()

    def _give_up(self, error: Exception) -> None:
        """End the recording; what is ordered next begins anew."""
        self._say(Trouble(ErrorKind.INTERNAL, repr(error)))
        self._set_state(CaptureState.STOPPED)
        self._recording = None
        self._release()
        self._rouse()  # other orders may wait behind the one that failed

    def _patience(self) -> float:
        """How long there is surely nothing to do, s; -1 for ever."""
        if self._stream is not None:
            return STALL_SECONDS / 4
        if self._recording is not None and self._state is not CaptureState.PAUSED:
            return max(0.0, self._retry_at - time.monotonic())
        return -1.0

    def _step(self) -> None:
        if self._stream is not None:
            self._pump(self._stream)
        elif (
            self._recording is not None
            and self._state is not CaptureState.PAUSED
            and time.monotonic() >= self._retry_at
        ):
            self._open(self._recording)

    def _start(self, number: int, source: str | None) -> None:
        self._recording = Recording(number, source)
        self._announced = None
        self._retry_now()
        self._set_state(CaptureState.STARTING)

    def _stop(self) -> None:
        if self._recording is None:
            return
        self._finish(self._recording)
        self._set_state(CaptureState.STOPPED)
        self._recording = None

    def _pause(self) -> None:
        if self._recording is None or self._state is CaptureState.PAUSED:
            return
        self._finish(self._recording)
        self._set_state(CaptureState.PAUSED)

    def _resume(self) -> None:
        if self._recording is not None and self._state is CaptureState.PAUSED:
            self._retry_now()
            self._set_state(CaptureState.STARTING)

    def _choose(self, source: str | None) -> None:
        if self._recording is None:
            return
        self._recording.source = source
        if self._stream is not None:
            self._release()
            self._retry_now()
            self._set_state(CaptureState.STARTING)

    def _note_present(self, sources: frozenset[str] | None) -> None:
        appeared = sources is not None and (self._present is None or sources - self._present)
        self._present = sources
        if appeared:
            self._retry_now()

    def _list_sources(self) -> None:
        if self._stream is not None or self._is_releasing():
            return
        try:
            self._audio.refresh()
            self._say(Listed(ordered(self._audio.sources())))
        except NestlingError as error:
            self._say(Trouble(error.kind, error.message))

    def _open(self, recording: Recording) -> None:
        self._retry_at = time.monotonic() + self._retry_seconds
        self._retry_seconds = min(2 * self._retry_seconds, LONGEST_RETRY_SECONDS)
        if self._is_releasing():
            self._trouble(ErrorKind.AUDIO_SERVER)
            return
        try:
            self._audio.refresh()
            self._stream = self._audio.open(self._best_source(recording), self._rouse)
        except NestlingError as error:
            self._recover(recording, error)
            return
        self._block_at = time.monotonic() + FIRST_BLOCK_SECONDS - STALL_SECONDS
        recording.open_stream(self._stream.rate)

    def _retry_now(self) -> None:
        """Something has changed: opening is worth while at once."""
        self._retry_at, self._retry_seconds = 0.0, RETRY_SECONDS

    def _best_source(self, recording: Recording) -> str | None:
        """The chosen source; the system's default while that is away."""
        if self._present is None or recording.source in self._present:
            return recording.source
        waiting = recording.lost_at and time.monotonic() < recording.lost_at + HOME_SECONDS
        return recording.source if waiting else None

    def _recover(self, recording: Recording, error: NestlingError) -> None:
        """Opening failed: say why and try again, unless nothing can help."""
        if error.kind is ErrorKind.MISSING_LIBRARY:
            self._trouble(error.kind, error.message)
            self._set_state(CaptureState.STOPPED)
            self._recording = None
            return
        kind = ErrorKind.MICROPHONE_LOST if recording.has_sound else error.kind
        self._trouble(kind, error.message)

    def _pump(self, stream: InputStream) -> None:
        """Pass on what has arrived; notice when nothing arrives."""
        recording = self._recording
        assert recording is not None
        blocks = stream.ring.read()
        now = time.monotonic()
        if blocks:
            self._block_at = now
            self._listen(recording, blocks)
        if stream.ended.is_set():
            log.info("PortAudio ended the stream")
            recording.lost_at = now
            self._release()
            self._retry_now()
            self._set_state(CaptureState.RECOVERING)
        elif now - self._block_at > GIVE_UP_SECONDS:
            self._release()
        elif now - self._block_at > STALL_SECONDS:
            recording.note_stall()
            self._trouble(ErrorKind.AUDIO_SERVER)

    def _listen(self, recording: Recording, blocks: list[Block]) -> None:
        reports = recording.hear(blocks)
        for report in reports:
            self._say(report)
        if reports:
            self._announced = None
            self._set_state(CaptureState.LISTENING)

    def _finish(self, recording: Recording) -> None:
        """Let go of the microphone, and pass on all that it heard until now."""
        self._drain()
        self._release()
        for report in recording.finish():
            self._say(report)

    def _drain(self) -> None:
        """Take what was said up to now and is still on its way."""
        until = time.monotonic() + DRAIN_SECONDS
        while self._stream is not None:
            self._pump(self._stream)
            left = until - time.monotonic()
            if left <= 0 or self._state is not CaptureState.LISTENING:
                return
            self._wake.acquire(timeout=left)

    def _release(self) -> None:
        """Close the microphone in a thread of its own: a frozen server would keep this one."""
        if self._stream is None:
            return
        self._releasing = threading.Thread(
            target=self._stream.close, name="microphone release", daemon=True
        )
        self._stream = None
        self._releasing.start()
        self._releasing.join(RELEASE_SECONDS)
        if self._releasing.is_alive():
            log.warning("the sound server does not let go of the microphone yet")
            self._audio.forget()

    def _is_releasing(self) -> bool:
        return self._releasing is not None and self._releasing.is_alive()

    def _trouble(self, kind: ErrorKind, detail: str = "") -> None:
        """Say a trouble once, however often it is met until sound comes again."""
        self._set_state(CaptureState.RECOVERING)
        if self._announced is not kind:
            self._announced = kind
            self._say(Trouble(kind, detail))

    def _set_state(self, state: CaptureState) -> None:
        if state is not self._state:
            self._state = state
            self._say(state)

    def _say(self, report: Report) -> None:
        if not self._closing:
            self._report(self._recording.number if self._recording else 0, report)
