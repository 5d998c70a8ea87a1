"""Cameras and screens as the window sees them: signals, and sentences for people."""

import contextlib
import logging
import sys
import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from app.capture import camera_sources
from app.capture.camera import Camera, CameraReport, CameraState, CameraTrouble, FrameWaits
from app.capture.camera_sources import PictureSource, SourceKind
from app.capture.picture import read_picture
from app.capture.portal import PortalRequest, Refusal
from app.capture.screen import PORTAL, ScreenGrabber
from app.error_words import in_own_language
from engine.datatypes import CameraFrame, Rgb
from engine.errors import ErrorKind, NestlingError

log = logging.getLogger(__name__)

DEVICE_FOLDER = "/dev"  # where the kernel puts a camera's node when it is plugged in
SETTLE_MS = 200  # one camera is several nodes
READ_BY_QT = (SourceKind.SCREEN, SourceKind.WINDOW, SourceKind.REGION)


class CameraController(QObject):
    """Looks through one source at a time and tells what happens to it.

    Lives in the GUI thread; nothing in it waits for a device. Nothing is looked at before `start`,
    and nothing after `stop` has returned.

    Signals:
        frame_arrived(CameraFrame): the newest frame; slower receivers miss some.
        state_changed(CameraState): what the source does now.
        cameras_changed(tuple[PictureSource, ...]): a camera was connected or unplugged.
        failed(ErrorKind, str): one sentence for people; recovery goes on by itself.
        recovered(): frames come again.
    """

    frame_arrived = Signal(object)
    state_changed = Signal(object)
    cameras_changed = Signal(tuple)
    failed = Signal(object, str)
    recovered = Signal()

    # The hops from the camera's threads and the portal's into this one.
    _reported = Signal(int, object)
    _answered = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._camera = Camera(self._reported.emit)
        self._reported.connect(self._take_report)
        self._portal: PortalRequest | None = None
        self._answered.connect(self._take_answer)
        self._screen = ScreenGrabber(self)
        self._screen.grabbed.connect(self._take_grab)
        self._screen.lost.connect(self._screen_lost)
        self._state = CameraState.OFF
        self._source: PictureSource | None = None
        self._number = self._grabs = 0
        self._cameras: tuple[PictureSource, ...] = ()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.refresh)
        self._watcher: QFileSystemWatcher | None = None
        if sys.platform == "linux":
            self._watcher = QFileSystemWatcher([DEVICE_FOLDER], self)
            self._watcher.directoryChanged.connect(self._devices_changed)
        QTimer.singleShot(0, self, self.refresh)

    @property
    def state(self) -> CameraState:
        """What the source does now."""
        return self._state

    @property
    def source(self) -> PictureSource | None:
        """What is looked at, None while it is off."""
        return self._source

    @property
    def cameras(self) -> tuple[PictureSource, ...]:
        """The cameras of this computer, as last announced."""
        return self._cameras

    def start(self, source: PictureSource) -> None:
        """Turn the source on, in the place of another that was on."""
        self._number += 1
        self._source = source
        self._grabs = 0
        self._screen.stop()
        self._give_up_portal()
        if source.kind not in READ_BY_QT:
            self._camera.start(self._number, source)
        else:
            self._camera.stop()
            if source.id == PORTAL:
                self._portal = PortalRequest(partial(self._answered.emit, self._number))
            else:
                self._screen.start(source)
        self._state = CameraState.OFF  # of the new one nothing is known yet
        self._enter(CameraState.STARTING)

    def stop(self) -> None:
        """Turn everything off: no frame comes any more."""
        self._source = None
        self._screen.stop()
        self._give_up_portal()
        self._camera.stop()
        self._enter(CameraState.OFF)

    def close(self) -> None:
        """Release everything, at most a second. Nothing is announced after it."""
        self._number += 1
        self._source = None
        self._settle.stop()
        self._screen.stop()
        self._give_up_portal()
        self._camera.close()

    @Slot()
    def refresh(self) -> None:
        """Look which cameras are connected; turns none of them on."""
        cameras = camera_sources.cameras()
        if cameras != self._cameras:
            self._cameras = cameras
            self.cameras_changed.emit(cameras)
            self._camera.note_plugged()

    @Slot(str)
    def _devices_changed(self, _folder: str) -> None:
        self._settle.start()

    # --- what the sources say --------------------------------------------------------------------

    @Slot(int, object)
    def _take_report(self, number: int, report: CameraReport) -> None:
        if number != self._number or (self._source is None and report is not CameraTrouble.HELD):
            return  # of a source that was given up
        match report:
            case FrameWaits():
                frame = self._camera.take()
                if frame is not None:
                    # Its keeper says so too, but may notice it later.
                    if self._state in (CameraState.STARTING, CameraState.RECOVERING):
                        self._enter(CameraState.ON)
                    self.frame_arrived.emit(frame)
            case CameraState():
                self._enter(report)
            case CameraTrouble():
                log.info("camera: %s", report)
                self.failed.emit(_KINDS[report], self._sentence(report))

    @Slot(object)
    def _take_grab(self, rgb: Rgb) -> None:
        self._enter(CameraState.ON)
        self._grabs += 1
        self.frame_arrived.emit(CameraFrame(rgb, self._grabs - 1, time.monotonic()))

    @Slot(int, object)
    def _take_answer(self, number: int, answer: Path | Refusal) -> None:
        """What the desktop's portal lets be seen: one picture, or nothing."""
        wanted = number == self._number and self._source is not None
        if answer is Refusal.REFUSED and wanted:
            self.stop()
        elif isinstance(answer, Path):
            try:
                if wanted:
                    self._take_grab(read_picture(answer))
                    self._enter(CameraState.ENDED)
            except NestlingError as error:
                self.stop()
                self.failed.emit(error.kind, in_own_language(error.kind, error.message))
            finally:
                with contextlib.suppress(OSError):
                    answer.unlink()  # it was made for us, and nobody asked to keep it
        elif wanted:
            self.stop()
            self.failed.emit(
                ErrorKind.NO_SCREEN,
                self.tr(
                    "This desktop (Wayland) lets programs see the screen only through its portal, "
                    "and none answers. Take a screenshot with the desktop's own key and paste it "
                    "into the question."
                ),
            )

    def _give_up_portal(self) -> None:
        if self._portal is not None:
            self._portal.give_up()
            self._portal = None

    @Slot()
    def _screen_lost(self) -> None:
        sentence = self.tr("What was looked at is not on the screen any more.")
        self.stop()
        self.failed.emit(ErrorKind.NO_SCREEN, sentence)

    def _enter(self, state: CameraState) -> None:
        before, self._state = self._state, state
        if state is CameraState.OFF:
            self._source = None
        if before is not state:
            self.state_changed.emit(state)
        if before is CameraState.RECOVERING and state is CameraState.ON:
            self.recovered.emit()

    def _sentence(self, trouble: CameraTrouble) -> str:
        file = self._source is not None and self._source.kind is SourceKind.FILE
        network = self._source is not None and self._source.kind is SourceKind.NETWORK
        match trouble:
            case CameraTrouble.NO_LIBRARY:
                return self.tr(
                    "The library OpenCV, which reads cameras, is missing or broken. Run the "
                    "set-up of Nestling again."
                )
            case CameraTrouble.NOT_OPENED if file:
                return self.tr(
                    "This file cannot be read as a video. Choose another one, or save it as MP4."
                )
            case CameraTrouble.NOT_OPENED if network:
                return self.tr(
                    "The network camera cannot be reached. Look at its address, and whether it is "
                    "on; Nestling keeps trying."
                )
            case CameraTrouble.NOT_OPENED:
                return self.tr(
                    "The camera cannot be opened. Perhaps another program uses it, or this user "
                    "may not; Nestling keeps trying."
                )
            case CameraTrouble.LOST:
                return self.tr(
                    "The camera is gone. Connect it again, and looking goes on by itself."
                )
            case CameraTrouble.HANGS:
                return self.tr(
                    "The camera sends no pictures any more. Looking goes on by itself when it does."
                )
            case CameraTrouble.HELD:
                return self.tr(
                    "The camera hangs and is not released yet, so its lamp may still be lit. "
                    "Nestling takes no picture from it any more; unplug it to be sure."
                )
            case CameraTrouble.INTERNAL:
                return self.tr("The camera stopped because of an error in Nestling.")


_KINDS = {
    CameraTrouble.NO_LIBRARY: ErrorKind.MISSING_LIBRARY,
    CameraTrouble.NOT_OPENED: ErrorKind.NO_CAMERA,
    CameraTrouble.LOST: ErrorKind.CAMERA_LOST,
    CameraTrouble.HANGS: ErrorKind.CAMERA_LOST,
    CameraTrouble.HELD: ErrorKind.CAMERA_LOST,
    CameraTrouble.INTERNAL: ErrorKind.INTERNAL,
}
