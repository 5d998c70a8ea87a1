"""The camera's threads against real video: a network camera, files, and a pipe that hangs."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.capture import camera as camera_module
from app.capture.camera import Camera, CameraReport, CameraState, CameraTrouble
from app.capture.camera_sources import PictureSource, SourceKind, file_source, network_source
from engine.datatypes import CameraFrame
from tests.mjpeg_camera import MjpegCamera, plain

PATIENCE = 60.0


class Viewer:
    """A camera and all that it reports."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, CameraReport]] = []
        self.camera = Camera(lambda number, report: self.reports.append((number, report)))

    @property
    def state(self) -> CameraState:
        states = [report for _, report in self.reports if isinstance(report, CameraState)]
        return states[-1] if states else CameraState.OFF

    @property
    def troubles(self) -> list[CameraTrouble]:
        return [report for _, report in self.reports if isinstance(report, CameraTrouble)]

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain: {self.reports[-10:]}"
            time.sleep(0.005)

    def next_frame(self) -> CameraFrame:
        found: list[CameraFrame] = []

        def came() -> bool:
            frame = self.camera.take()
            if frame is not None:
                found.append(frame)
            return bool(found)

        self.wait(came)
        return found[0]

    def threads(self) -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "camera grabber"]


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    made = Viewer()
    yield made
    made.camera.close()


@pytest.fixture
def server() -> Iterator[MjpegCamera]:
    made = MjpegCamera()
    yield made
    made.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watchdog that does not let tests wait."""
    monkeypatch.setattr(camera_module, "STALL_SECONDS", 0.3)
    monkeypatch.setattr(camera_module, "FIRST_FRAME_SECONDS", 0.5)
    monkeypatch.setattr(camera_module, "GIVE_UP_SECONDS", 0.5)
    monkeypatch.setattr(camera_module, "LEAVE_SECONDS", 0.05)


def video(path: Path, frames: int = 40, fps: int = 20) -> Path:
    """A file that grows brighter from frame to frame."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (160, 120))
    for number in range(frames):
        writer.write(np.full((120, 160, 3), 5 * number % 256, np.uint8))
    writer.release()
    return path


def test_nothing_is_opened_before_it_is_asked_for(viewer: Viewer, server: MjpegCamera) -> None:
    assert viewer.camera.take() is None
    assert server.viewers == 0
    assert viewer.threads() == []
    viewer.camera.stop()
    assert viewer.reports == []


def test_a_network_camera_gives_its_pictures_in_rgb(viewer: Viewer, server: MjpegCamera) -> None:
    server.picture = plain((200, 40, 90))
    viewer.camera.start(1, network_source(server.url))
    viewer.wait(lambda: viewer.state is CameraState.ON)
    frame = viewer.next_frame()
    assert frame.rgb.shape == (480, 640, 3)
    assert not frame.rgb.flags.writeable
    assert np.abs(frame.rgb[240, 320].astype(int) - (200, 40, 90)).max() <= 4
    assert abs(time.monotonic() - frame.captured_at) < PATIENCE


def test_whoever_looks_seldom_sees_the_newest_frame(viewer: Viewer, server: MjpegCamera) -> None:
    viewer.camera.start(1, network_source(server.url))
    first = viewer.next_frame()
    before = viewer.camera.passed_over  # frames may have come and gone before the first look
    viewer.wait(lambda: viewer.camera.passed_over >= before + 20)
    passed = viewer.camera.passed_over - before
    later = viewer.next_frame()
    assert later.index >= first.index + passed
    following = viewer.next_frame()
    assert following.captured_at > later.captured_at


def test_off_is_at_once_and_lets_the_camera_go(viewer: Viewer, server: MjpegCamera) -> None:
    viewer.camera.start(1, network_source(server.url))
    viewer.next_frame()
    viewer.camera.stop()
    assert viewer.camera.take() is None
    viewer.wait(lambda: viewer.state is CameraState.OFF)
    viewer.wait(lambda: server.viewers == 0 and not viewer.threads())
    assert viewer.camera.take() is None
    assert viewer.troubles == []


def test_turned_off_while_it_is_being_opened_it_stays_off(
    viewer: Viewer, server: MjpegCamera
) -> None:
    viewer.camera.start(1, network_source(server.url))
    viewer.camera.stop()
    viewer.wait(lambda: viewer.state is CameraState.OFF)
    viewer.wait(lambda: not viewer.threads())
    assert viewer.camera.take() is None


def test_a_camera_that_goes_away_is_taken_up_again(viewer: Viewer, server: MjpegCamera) -> None:
    viewer.camera.start(1, network_source(server.url))
    last = viewer.next_frame().index
    port = server.unplug()
    viewer.wait(lambda: viewer.state is CameraState.RECOVERING)
    viewer.wait(lambda: CameraTrouble.LOST in viewer.troubles)
    server.plug_in(port)
    viewer.wait(lambda: viewer.state is CameraState.ON)
    viewer.camera.take()
    assert viewer.next_frame().index > last, "one source, one count"
    assert viewer.troubles == [CameraTrouble.LOST]


@pytest.mark.usefixtures("hasty")
def test_a_hanging_network_camera_is_said_and_taken_up_again(
    viewer: Viewer, server: MjpegCamera
) -> None:
    viewer.camera.start(1, network_source(server.url))
    viewer.next_frame()
    server.hanging = True
    viewer.wait(lambda: CameraTrouble.HANGS in viewer.troubles)
    assert viewer.state is CameraState.RECOVERING
    server.hanging = False
    viewer.wait(lambda: viewer.state is CameraState.ON)
    viewer.next_frame()


@pytest.mark.usefixtures("hasty")
def test_a_read_that_never_returns_is_left_behind(viewer: Viewer, tmp_path: Path) -> None:
    """A pipe blocks in the kernel: no timeout of FFmpeg's reaches it."""
    whole = video(tmp_path / "whole.avi", frames=60).read_bytes()
    pipe = tmp_path / "pipe.avi"
    os.mkfifo(pipe)
    viewer.camera.start(1, file_source(pipe))
    feed = os.open(pipe, os.O_WRONLY)
    os.write(feed, whole[: len(whole) // 2])
    viewer.wait(lambda: CameraTrouble.HANGS in viewer.troubles)
    # Its thread hangs; another one opens the pipe and reads what comes now.
    viewer.wait(lambda: len(viewer.threads()) >= 2)
    assert len(viewer.threads()) <= camera_module.LEFT_BEHIND + 1
    viewer.camera.stop()
    viewer.wait(lambda: CameraTrouble.HELD in viewer.troubles)
    os.close(feed)

    def all_gone() -> bool:
        with contextlib.suppress(OSError):  # nobody waits for a writer any more
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return not viewer.threads()

    viewer.wait(all_gone)
    assert viewer.camera.take() is None, "late frames of threads left behind are nobody's"


def test_a_file_plays_in_its_own_time_and_ends(viewer: Viewer, tmp_path: Path) -> None:
    path = video(tmp_path / "film.avi", frames=20, fps=20)
    viewer.camera.start(1, file_source(path))
    first = viewer.next_frame()
    viewer.wait(lambda: viewer.state is CameraState.ENDED)
    last = viewer.next_frame()
    assert last.index == 19
    assert last.captured_at - first.captured_at > 0.5, "files are read a hundred times faster"
    assert int(last.rgb.mean()) == pytest.approx(95, abs=3)


def test_a_file_whose_clock_jumps_ahead_plays_on(viewer: Viewer, tmp_path: Path) -> None:
    """As in recordings of television that were cut, or of a camera that slept."""
    path, encode = tmp_path / "cut.ts", ["-c:v", "mpeg2video", "-f", "mpegts"]
    source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1"]
    with path.open("wb") as joined:
        for offset in ("0", "7200"):
            command = ["ffmpeg", "-v", "error", *source, *encode, "-output_ts_offset", offset, "-"]
            subprocess.run(command, check=True, stdout=joined)
    viewer.camera.start(1, file_source(path))
    viewer.wait(lambda: viewer.state is CameraState.ENDED)
    assert viewer.next_frame().index >= 15


@pytest.mark.parametrize("content", [None, b"", b"no video at all"])
def test_what_is_no_video_is_said_once(
    viewer: Viewer, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    viewer.camera.start(3, file_source(path))
    viewer.wait(lambda: (3, CameraState.OFF) in viewer.reports)
    assert viewer.troubles == [CameraTrouble.NOT_OPENED]


def test_a_camera_that_is_not_there_yet_begins_when_it_comes(
    viewer: Viewer, server: MjpegCamera
) -> None:
    port = server.unplug()
    viewer.camera.start(1, network_source(f"http://127.0.0.1:{port}/cam.mjpg"))
    viewer.wait(lambda: viewer.troubles == [CameraTrouble.NOT_OPENED])
    server.plug_in(port)
    viewer.camera.note_plugged()
    viewer.wait(lambda: viewer.state is CameraState.ON)


def test_a_camera_that_is_unplugged_cannot_be_opened(viewer: Viewer) -> None:
    viewer.camera.start(1, PictureSource(SourceKind.DEVICE, "/no/such/port", "gone"))
    viewer.wait(lambda: viewer.troubles == [CameraTrouble.NOT_OPENED])


def test_without_opencv_it_says_so_and_stays_off(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    viewer.camera.start(1, network_source("http://127.0.0.1:9/"))
    viewer.wait(lambda: viewer.troubles == [CameraTrouble.NO_LIBRARY])
    viewer.wait(lambda: viewer.state is CameraState.OFF)


def test_another_source_takes_the_place_of_the_first(
    viewer: Viewer, server: MjpegCamera, tmp_path: Path
) -> None:
    viewer.camera.start(1, network_source(server.url))
    viewer.next_frame()
    viewer.camera.start(2, file_source(video(tmp_path / "film.avi")))
    assert viewer.next_frame().rgb.shape == (120, 160, 3)
    viewer.wait(lambda: server.viewers == 0)


def test_closing_ends_every_thread(server: MjpegCamera) -> None:
    viewer = Viewer()
    viewer.camera.start(1, network_source(server.url))
    viewer.next_frame()
    viewer.camera.close()
    assert viewer.threads() == []
    count = len(viewer.reports)
    viewer.wait(lambda: server.viewers == 0)
    assert len(viewer.reports) == count


def test_after_a_bug_in_the_keepers_thread_it_can_be_turned_on_again(
    viewer: Viewer, server: MjpegCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(camera_module, "Grabber", lambda *_: 1 / 0)
        viewer.camera.start(1, network_source(server.url))
        viewer.wait(lambda: viewer.troubles == [CameraTrouble.INTERNAL])
        viewer.wait(lambda: viewer.state is CameraState.OFF)
    viewer.camera.start(2, network_source(server.url))
    viewer.wait(lambda: (2, CameraState.ON) in viewer.reports)
    viewer.next_frame()


def test_a_grabber_that_cannot_be_started_is_told(
    viewer: Viewer, server: MjpegCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the system has no thread left."""

    def refuse(_grabber: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as broken:
        broken.setattr(camera_module.Grabber, "start", refuse)
        viewer.camera.start(1, network_source(server.url))
        viewer.wait(lambda: viewer.troubles == [CameraTrouble.INTERNAL])
        viewer.wait(lambda: viewer.reports[-1] == (1, CameraState.OFF))
    viewer.camera.start(2, network_source(server.url))
    viewer.wait(lambda: (2, CameraState.ON) in viewer.reports)
