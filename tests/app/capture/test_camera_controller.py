"""Cameras, screens and the portal as the window sees them."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.capture import camera_controller
from app.capture.camera import CameraState, CameraTrouble
from app.capture.camera_controller import CameraController
from app.capture.camera_sources import PictureSource, SourceKind, file_source, network_source
from app.capture.portal import Refusal
from app.capture.screen import PORTAL
from engine.errors import ErrorKind
from tests.mjpeg_camera import MjpegCamera, plain

SCREEN = PictureSource(SourceKind.SCREEN, PORTAL, "Screen")
PATIENCE_MS = 30_000


@pytest.fixture
def controller(qtbot: QtBot) -> Iterator[CameraController]:
    made = CameraController()
    yield made
    made.close()


class Portal:
    """Holds what a request would report."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given_up = 0
        portal = self

        class Request:
            def __init__(self, report):  # type: ignore[no-untyped-def]
                portal.report = report

            def give_up(self) -> None:
                portal.given_up += 1

        monkeypatch.setattr(camera_controller, "PortalRequest", Request)


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Portal:
    return Portal(monkeypatch)


def picture(folder: Path) -> Path:
    path = folder / "shot.png"
    cv2.imwrite(str(path), np.full((6, 8, 3), 7, np.uint8))
    return path


def test_the_portals_picture_is_one_frame_and_its_file_is_deleted(
    qtbot: QtBot, controller: CameraController, portal: Portal, tmp_path: Path
) -> None:
    controller.start(SCREEN)
    file = picture(tmp_path)
    with qtbot.waitSignal(controller.frame_arrived) as caught:
        portal.report(file)  # type: ignore[attr-defined]
    assert caught.args[0].rgb.shape == (6, 8, 3)
    qtbot.waitUntil(lambda: controller.state is CameraState.ENDED)
    assert not file.exists()


def test_a_refusal_turns_it_off_without_a_word(
    qtbot: QtBot, controller: CameraController, portal: Portal
) -> None:
    said: list[str] = []
    controller.failed.connect(lambda _kind, words: said.append(words))
    controller.start(SCREEN)
    portal.report(Refusal.REFUSED)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: controller.state is CameraState.OFF)
    assert said == []


def test_without_a_portal_a_sentence_says_what_to_do(
    qtbot: QtBot, controller: CameraController, portal: Portal
) -> None:
    controller.start(SCREEN)
    with qtbot.waitSignal(controller.failed) as caught:
        portal.report(Refusal.ABSENT)  # type: ignore[attr-defined]
    kind, words = caught.args
    assert kind is ErrorKind.NO_SCREEN
    assert "paste it into the question" in words
    assert controller.state is CameraState.OFF


def test_a_picture_that_comes_after_the_end_is_not_seen_and_not_left(
    qtbot: QtBot, controller: CameraController, portal: Portal, tmp_path: Path
) -> None:
    controller.start(SCREEN)
    controller.stop()
    assert portal.given_up == 1
    file = picture(tmp_path)
    with qtbot.assertNotEmitted(controller.frame_arrived):
        portal.report(file)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: not file.exists())


def test_a_broken_picture_of_the_portals_is_said(
    qtbot: QtBot, controller: CameraController, portal: Portal, tmp_path: Path
) -> None:
    controller.start(SCREEN)
    file = tmp_path / "shot.png"
    file.write_text("no picture")
    with qtbot.waitSignal(controller.failed) as caught:
        portal.report(file)  # type: ignore[attr-defined]
    assert caught.args[0] is ErrorKind.BAD_PICTURE
    assert controller.state is CameraState.OFF


def test_after_the_stop_nothing_of_the_camera_is_heard(
    qtbot: QtBot, controller: CameraController
) -> None:
    server = MjpegCamera(plain((9, 9, 9)))
    try:
        controller.start(network_source(server.url))
        with qtbot.waitSignal(controller.frame_arrived, timeout=PATIENCE_MS):
            pass
        with qtbot.assertNotEmitted(controller.frame_arrived):
            controller.stop()
            qtbot.waitUntil(lambda: server.viewers == 0, timeout=PATIENCE_MS)
        assert controller.source is None
    finally:
        server.close()


def test_a_camera_that_is_plugged_in_is_noticed(
    qtbot: QtBot, controller: CameraController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's node appears in /dev; here a folder stands for it."""
    camera = PictureSource(SourceKind.DEVICE, "/port/1", "Webcam")
    monkeypatch.setattr("app.capture.camera_sources.cameras", lambda: (camera,))
    monkeypatch.setattr(camera_controller, "DEVICE_FOLDER", str(tmp_path))
    plugged = CameraController()
    try:
        plugged._cameras = (camera,)
        monkeypatch.setattr("app.capture.camera_sources.cameras", lambda: ())
        with qtbot.waitSignal(plugged.cameras_changed, timeout=PATIENCE_MS) as caught:
            (tmp_path / "video0").touch()
        assert caught.args == [()]
        assert plugged.cameras == ()
    finally:
        plugged.close()


@pytest.mark.parametrize("trouble", list(CameraTrouble))
def test_every_trouble_has_a_kind_and_a_sentence(
    controller: CameraController, tmp_path: Path, trouble: CameraTrouble
) -> None:
    assert trouble in camera_controller._KINDS
    sentences = set()
    for source in (
        PictureSource(SourceKind.DEVICE, "/port/1", "Webcam"),
        network_source("http://cam.local/"),
        file_source(tmp_path / "film.mp4"),
    ):
        controller._source = source
        sentences.add(controller._sentence(trouble))
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(sentences) == (3 if trouble is CameraTrouble.NOT_OPENED else 1)


def test_who_sees_a_frame_sees_that_the_camera_is_on(
    qtbot: QtBot, controller: CameraController, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frame may come before the thread that keeps the camera has noticed it."""
    monkeypatch.setattr(controller._camera, "_watch", lambda *_: None)
    camera = MjpegCamera(plain((0, 0, 255)))
    try:
        with qtbot.waitSignal(controller.frame_arrived, timeout=PATIENCE_MS):
            controller.start(network_source(camera.url))
        assert controller.state is CameraState.ON
    finally:
        camera.close()
