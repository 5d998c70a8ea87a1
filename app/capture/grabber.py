"""One opening of a camera: a thread that reads as fast as frames come. Knows no Qt.

cv2 is imported here, in the thread. Neither opening nor reading can be interrupted, so whoever
waits for this thread may have to go on without it: `leave` takes effect when the call returns.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from app.capture import camera_sources
from app.capture.camera_sources import PictureSource, SourceKind
from app.capture.frame_slot import FrameSlot

log = logging.getLogger(__name__)

# Under the watchdog's patience: an orderly end is better than a thread left behind.
TIMEOUT_MS = 4_000
SIZE = (1280, 720)  # asked of a camera; it gives the nearest that it has
LATE_S = 0.5  # behind its own clock, a file goes on from now instead of catching up
AHEAD_S = 10.0  # no picture stands so long: the file's clock has jumped, and it goes on from now


class Ending(StrEnum):
    """Why a grabber has ended."""

    NO_LIBRARY = "no_library"
    NOT_OPENED = "not_opened"
    LOST = "lost"  # it gave frames and then none
    AT_END = "at_end"  # of the file
    LEFT = "left"  # it was told to


class Grabber:
    """Reads one source until it ends or is told to leave.

    Args:
        source: a camera, an address or a file.
        slot: takes the frames; the grabber must be its owner to be heard.
        wake: called in the grabber's thread with the first frame and at the end.
        found: called in the grabber's thread when a frame waits that nobody knows of.
    """

    def __init__(
        self,
        source: PictureSource,
        slot: FrameSlot,
        wake: Callable[[], None],
        found: Callable[[], None],
    ) -> None:
        self._source, self._slot = source, slot
        self._wake, self._found = wake, found
        self._leave = threading.Event()
        self.frames = 0
        self.alive_at = time.monotonic()  # the last sign of life
        self.ending: Ending | None = None
        self._thread = threading.Thread(target=self._run, name="camera grabber", daemon=True)

    def start(self) -> None:
        """Begin to open the source."""
        self._thread.start()

    def leave(self) -> None:
        """Let go of the source as soon as the running call returns."""
        self._leave.set()

    def is_holding(self) -> bool:
        """Whether the thread still runs, and with it perhaps holds the camera."""
        return self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for the end, not longer than this."""
        self._thread.join(seconds)

    def _run(self) -> None:
        ending = Ending.LOST
        try:
            ending = self._grab()
        except Exception:  # a thread's border
            log.exception("the grabber ended")
        finally:
            self.ending = ending
            self._wake()

    def _grab(self) -> Ending:
        try:
            cv2 = _library()
        except (ImportError, OSError) as error:
            log.warning("OpenCV cannot be loaded: %r", error)
            return Ending.NO_LIBRARY
        capture = _opened(cv2, self._source)
        try:
            if capture is None or not capture.isOpened():
                return Ending.NOT_OPENED
            return self._read(cv2, capture)
        finally:
            if capture is not None:
                capture.release()

    def _read(self, cv2: ModuleType, capture: Any) -> Ending:
        file = self._source.kind is SourceKind.FILE
        clock = _FileClock()
        while not self._leave.is_set():
            read, bgr = capture.read()
            if not read:
                return Ending.AT_END if file and self.frames else Ending.LOST
            if file:
                wait_s = clock.wait_s(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
                self.alive_at = time.monotonic() + wait_s  # a slow file is no hanging one
                self._leave.wait(wait_s)
            self.alive_at = time.monotonic()
            rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
            if self._slot.put(self, rgb, self.alive_at):
                self._found()
            self.frames += 1
            if self.frames == 1:
                self._wake()
        return Ending.LEFT


class _FileClock:
    """When each frame of a file is due: files come as fast as they are read."""

    def __init__(self) -> None:
        self._zero: float | None = None

    def wait_s(self, position_s: float) -> float:
        """Until the frame of this time in the file is to be shown, s."""
        now = time.monotonic()
        if self._zero is None or not -AHEAD_S < now - self._zero - position_s < LATE_S:
            self._zero = now - position_s
        return max(0.0, self._zero + position_s - now)


def _library() -> ModuleType:
    """OpenCV, without its words on stderr and with one thread: decoding needs no more."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET; it may print addresses
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    cv2.setNumThreads(1)
    return cv2


def _opened(cv2: ModuleType, source: PictureSource) -> Any:
    """An OpenCV capture of the source; None if a camera is not connected or a file not there."""
    if source.kind is SourceKind.DEVICE:
        number = camera_sources.node(source.id)
        if number is None:
            return None
        capture = cv2.VideoCapture(number)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE[1])
        return capture
    if source.kind is SourceKind.FILE:
        return cv2.VideoCapture(source.id, cv2.CAP_FFMPEG) if Path(source.id).exists() else None
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC]
    return cv2.VideoCapture(source.id, cv2.CAP_FFMPEG, [*limits, TIMEOUT_MS])
