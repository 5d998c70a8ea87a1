"""The camera's keeper: opens, watches, and opens anew what hangs or was unplugged. Knows no Qt.

Reports with plain values through one callable; sentences for people are the controller's
business. Never on before `start`, and after `stop` no frame comes, whatever the device does.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.capture.camera_sources import PictureSource, SourceKind
from app.capture.frame_slot import FrameSlot
from app.capture.grabber import Ending, Grabber
from engine.datatypes import CameraFrame

log = logging.getLogger(__name__)

STALL_SECONDS = 2.0  # without a frame: the camera hangs
FIRST_FRAME_SECONDS = 5.0  # a network camera needs up to 4 s to be opened
GIVE_UP_SECONDS = 3.0  # of hanging, until its thread is left behind and another opens the camera
RETRY_SECONDS = 0.5  # until the second attempt to open; each further wait is twice as long
LONGEST_RETRY_SECONDS = 4.0
LEFT_BEHIND = 3  # threads that hang at once; with more, the next attempt waits for one to end
LETTING_GO_SECONDS = 1.0  # what closing a camera may take before it is said
LEAVE_SECONDS = 0.5  # that a camera which works needs at most to be closed


class CameraState(StrEnum):
    """What the camera does."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    RECOVERING = "recovering"  # lost or hanging; goes on by itself
    ENDED = "ended"  # the file is over; its last frame stays


class CameraTrouble(StrEnum):
    """Why no frame comes."""

    NO_LIBRARY = "no_library"
    NOT_OPENED = "not_opened"
    LOST = "lost"
    HANGS = "hangs"
    HELD = "held"  # turned off, but a hanging call has not let go of it
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class FrameWaits:
    """A frame can be taken."""


CameraReport = FrameWaits | CameraState | CameraTrouble


class Camera:
    """Owns the keeper's thread. Every method may be called from the GUI thread and returns at once.

    Args:
        report: called in threads of the camera's with the number given to `start` and what
            happened.
    """

    def __init__(self, report: Callable[[int, CameraReport], None]) -> None:
        self._report = report
        self._slot = FrameSlot()
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._number = self._era = 0
        self._source: PictureSource | None = None
        self._grabber: Grabber | None = None
        self._left: list[Grabber] = []
        self._retry_at = 0.0
        self._retry_seconds = RETRY_SECONDS
        self._let_go_by: float | None = None
        self._state = CameraState.OFF
        self._announced: CameraTrouble | None = None

    @property
    def passed_over(self) -> int:
        """Frames that came while an older one still waited."""
        return self._slot.passed_over

    def start(self, number: int, source: PictureSource) -> None:
        """Turn it on, or go over to another source."""
        era = self._slot.shut()
        self._order(lambda: self._start(number, source, era))

    def stop(self) -> None:
        """Turn it off: from now on no frame comes, and the device is let go."""
        self._slot.shut()
        if self._thread.ident is not None:
            self._order(self._stop)

    def note_plugged(self) -> None:
        """Something was connected or unplugged: opening is worth while at once."""
        if self._thread.ident is not None:
            self._order(self._retry_now)

    def take(self) -> CameraFrame | None:
        """The newest frame, once."""
        return self._slot.take()

    def close(self) -> None:
        """End the threads and let go of the device; waits at most a second."""
        self._slot.shut()
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(2 * LEAVE_SECONDS)

    def _order(self, order: Callable[[], None]) -> None:
        if self._thread.ident is None:
            self._thread.start()
        self._orders.put(order)
        self._wake.set()

    # --- the keeper's thread ---------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._closing:
                self._wake.wait(self._patience())
                self._wake.clear()
                try:
                    with contextlib.suppress(queue.Empty):
                        while True:
                            self._orders.get_nowait()()
                    self._step()
                except Exception:  # a bug of ours turns the camera off, and ends no thread
                    log.exception("looking failed")
                    self._give_up()
        finally:
            self._leave()

    def _give_up(self) -> None:
        """Turn it off; what is ordered next begins anew."""
        self._source = None
        self._say(CameraTrouble.INTERNAL)
        self._set_state(CameraState.OFF)
        self._leave()
        self._wake.set()  # other orders may wait behind the one that failed

    def _patience(self) -> float | None:
        """How long there is surely nothing to do, s; None for ever."""
        if self._grabber is not None:
            return STALL_SECONDS / 4
        retry_at = None if self._source is None else self._retry_at
        due = [moment for moment in (self._let_go_by, retry_at) if moment is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _step(self) -> None:
        self._left = [grabber for grabber in self._left if grabber.is_holding()]
        now = time.monotonic()
        if self._let_go_by is not None and now >= self._let_go_by:
            self._let_go_by = None
            if self._left:
                self._say(CameraTrouble.HELD)
        if self._grabber is not None:
            self._watch(self._grabber, now)
        elif self._source is not None and now >= self._retry_at:
            self._open(self._source)

    def _start(self, number: int, source: PictureSource, era: int) -> None:
        self._leave()
        self._number, self._source, self._era = number, source, era
        self._announced = self._let_go_by = None
        self._state = CameraState.OFF
        self._retry_now()
        self._set_state(CameraState.STARTING)

    def _stop(self) -> None:
        self._source = None
        self._leave()
        self._let_go_by = time.monotonic() + LETTING_GO_SECONDS
        self._set_state(CameraState.OFF)

    def _retry_now(self) -> None:
        self._retry_at, self._retry_seconds = 0.0, RETRY_SECONDS

    def _open(self, source: PictureSource) -> None:
        now = time.monotonic()
        self._retry_at = now + self._retry_seconds
        self._retry_seconds = min(2 * self._retry_seconds, LONGEST_RETRY_SECONDS)
        if len(self._left) >= LEFT_BEHIND:
            self._trouble(CameraTrouble.HANGS)
            return
        number = self._number
        grabber = Grabber(
            source, self._slot, self._wake.set, lambda: self._tell(number, FrameWaits())
        )
        self._slot.open(grabber, self._era)
        grabber.start()
        self._grabber = grabber  # what could not start cannot be left either

    def _watch(self, grabber: Grabber, now: float) -> None:
        """Notice frames, their absence, and the end."""
        silent = now - grabber.alive_at
        limit = STALL_SECONDS if grabber.frames else FIRST_FRAME_SECONDS
        if grabber.ending is not None:
            self._grabber = None
            self._end(grabber, grabber.ending)
        elif grabber.frames and silent <= limit:
            self._announced = None
            self._retry_now()
            self._set_state(CameraState.ON)
        elif silent > limit + GIVE_UP_SECONDS:
            log.warning("the camera hangs; its thread is left behind")
            self._leave()
        elif silent > limit:
            self._trouble(CameraTrouble.HANGS)

    def _end(self, grabber: Grabber, ending: Ending) -> None:
        """A grabber has ended by itself."""
        if ending is Ending.AT_END:
            self._source = None
            self._set_state(CameraState.ENDED)
        elif ending is Ending.NO_LIBRARY:
            self._source = None
            self._trouble(CameraTrouble.NO_LIBRARY)
            self._set_state(CameraState.OFF)
        elif grabber.frames:
            self._retry_now()
            self._trouble(CameraTrouble.LOST)
        else:
            lost = self._announced in (CameraTrouble.LOST, CameraTrouble.HANGS)
            self._trouble(CameraTrouble.LOST if lost else CameraTrouble.NOT_OPENED)
            if self._source is not None and self._source.kind is SourceKind.FILE:
                self._source = None  # what is no video now will be none later
                self._set_state(CameraState.OFF)

    def _leave(self) -> None:
        """Let go of the running grabber; one that hangs is left behind."""
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.leave()
            grabber.join(LEAVE_SECONDS)
            self._left.append(grabber)

    def _trouble(self, trouble: CameraTrouble) -> None:
        """Say a trouble once, however often it is met until frames come again."""
        self._set_state(CameraState.RECOVERING)
        if self._announced is not trouble:
            self._announced = trouble
            self._say(trouble)

    def _set_state(self, state: CameraState) -> None:
        if state is not self._state:
            self._state = state
            self._say(state)

    def _say(self, report: CameraReport) -> None:
        self._tell(self._number, report)

    def _tell(self, number: int, report: CameraReport) -> None:
        """Thread: any of the camera's."""
        if not self._closing:
            self._report(number, report)
