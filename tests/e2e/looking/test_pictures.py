"""Looking, in the real program: video files, the screen, pictures that a person brings.

The model is a tiny one with random weights that sees and hears: what it answers means nothing, so
what is asked is looked at, and that an answer comes.
"""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.capture.camera import CameraState
from app.capture.camera_sources import network_source
from tests.e2e.looking.helpers import (
    BLUE,
    GREEN,
    RED,
    ask_with_pictures,
    coloured_window,
    is_near,
    look_at,
    looking,
    mean_colour,
    messages,
    noise,
    picture_file,
    shows,
    sources,
    wait_for_answer,
)
from tests.e2e.program import SOON, Program
from tests.mjpeg_camera import MjpegCamera

# --- other sources -------------------------------------------------------------------------------


def test_a_video_file_plays_and_its_last_picture_stays(program: Program, tmp_path: Path) -> None:
    look = looking(program)
    path = tmp_path / "film.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (320, 240))
    for number in range(15):
        writer.write(np.full((240, 320, 3), 10 * number, np.uint8))
    writer.release()
    look.panel.picker.asked.emit("file")
    dialog = program.window.findChild(QFileDialog, "video dialog")
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    program.wait(lambda: look.camera.state is CameraState.ENDED, SOON)
    program.wait(lambda: look.frame is not None and int(look.frame.rgb.mean()) > 130, SOON)
    assert look.picture() is not None
    assert look.mark.text == "Video open", "no camera is on"
    program.photograph("video-file-ended")


def test_the_screen_can_be_looked_at(program: Program) -> None:
    look = looking(program)
    (screen,) = [s for s in sources(program) if s.kind == "screen"]
    look_at(program, screen)
    assert look.mark.text == "Screen in view"
    assert program.window.windowTitle().startswith("◉ Screen in view")
    wanted = QGuiApplication.primaryScreen().size()
    assert look.frame is not None
    assert look.frame.rgb.shape == (wanted.height(), wanted.width(), 3)
    program.photograph("screen-in-view")


def test_a_part_of_the_screen_is_drawn_with_the_mouse(program: Program) -> None:
    look = looking(program)
    target = coloured_window(GREEN)
    try:
        program.rest(0.3)
        look.panel.picker.asked.emit("region")
        picker = look.chooser.picker
        assert picker is not None
        QTest.qWaitForWindowExposed(picker)
        corner = picker.mapFromGlobal(target.geometry().topLeft())
        QTest.mousePress(picker, Qt.MouseButton.LeftButton, pos=corner + QPoint(10, 10))
        QTest.mouseMove(picker, corner + QPoint(90, 70))
        QTest.mouseRelease(picker, Qt.MouseButton.LeftButton, pos=corner + QPoint(90, 70))
        program.wait(lambda: look.frame is not None, SOON)
        target.raise_()
        program.wait(lambda: shows(look, GREEN), SOON)
        assert look.frame is not None
        assert look.frame.rgb.shape[:2] == (61, 81)
    finally:
        target.close()
        target.deleteLater()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_part_of_the_screen_is_chosen_with_the_keys(program: Program, key: Qt.Key) -> None:
    look = looking(program)
    look.panel.picker.asked.emit("region")
    picker = look.chooser.picker
    assert picker is not None
    before = picker.area
    QTest.keyClick(picker, Qt.Key.Key_Right)
    QTest.keyClick(picker, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert (picker.area.left(), picker.area.height()) == (before.left() + 10, before.height() + 10)
    QTest.keyClick(picker, key)
    if key == Qt.Key.Key_Return:
        program.wait(lambda: look.frame is not None, SOON)
    else:
        assert look.camera.source is None


# --- pictures by other ways ----------------------------------------------------------------------


def test_a_picture_comes_from_a_file(program: Program, tmp_path: Path) -> None:
    looking(program).actions["attach_file"].trigger()
    dialog = program.window.findChild(QFileDialog, "picture dialog")
    dialog.filesSelected.emit(
        [str(picture_file(tmp_path, GREEN)), str(picture_file(tmp_path, BLUE, "b.jpg"))]
    )
    dialog.reject()
    question = ask_with_pictures(program, "What are these?")
    assert len(question.images) == 2
    assert is_near(mean_colour(question), GREEN)
    program.photograph("pictures-from-files")


def test_what_is_no_picture_is_said(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    path.write_text("no picture")
    looking(program).intake.read([str(path)])
    assert "letter.png cannot be read as a picture" in program.sentence


def test_a_picture_is_pasted_but_text_stays_text(program: Program) -> None:
    composer = program.application.chat.page.composer
    program.window.pages.show_page("conversation")
    image = QImage(50, 40, QImage.Format.Format_RGB32)
    image.fill(0xFF1EB43C)
    QGuiApplication.clipboard().setImage(image)
    composer.edit.setFocus()
    QTest.keyClick(composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(composer.pictures) == 1
    QGuiApplication.clipboard().setText("What is it?")
    QTest.keyClick(composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert composer.edit.toPlainText() == "What is it?"
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    wait_for_answer(program)
    assert is_near(mean_colour(messages(program)[0]), GREEN)


def test_a_picture_is_dropped_on_the_conversation(program: Program, tmp_path: Path) -> None:
    program.window.pages.show_page("conversation")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture_file(tmp_path, BLUE)))])
    target = program.application.chat.page.view.viewport()
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(20, 20), copy, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(20, 20), copy, data, buttons, keys))
    question = ask_with_pictures(program, "And this?")
    assert is_near(mean_colour(question), BLUE)


def test_the_picture_that_is_seen_can_be_put_into_a_question(
    program: Program, server: MjpegCamera
) -> None:
    look_at(program, network_source(server.url))
    action = looking(program).actions["attach_frame"]
    program.wait(lambda: action.isEnabled() and looking(program).picture() is not None)
    action.trigger()
    looking(program).turn_off()
    question = ask_with_pictures(program, "What was it?")
    assert is_near(mean_colour(question), RED)


# --- what is kept --------------------------------------------------------------------------------


def test_no_picture_is_written_down_unless_it_is_kept(
    program: Program, server: MjpegCamera, tmp_path: Path
) -> None:
    look = looking(program)
    look_at(program, network_source(server.url))
    server.picture = noise
    program.rest(0.5)
    before = sum(path.stat().st_size for path in program.files)
    look.ask("What is this?")
    wait_for_answer(program)
    program.rest(0.3)
    grown = sum(path.stat().st_size for path in program.files) - before
    assert grown < 300_000, "a picture of noise has 900,000 bytes"
    look.actions["keep"].trigger()
    dialog = program.window.findChild(QFileDialog, "keep dialog")
    dialog.fileSelected.emit(str(tmp_path / "kept.png"))
    dialog.reject()
    assert cv2.imread(str(tmp_path / "kept.png")).shape == (480, 640, 3)
    assert os.listdir(tmp_path) == ["kept.png"]


def test_a_picture_that_cannot_be_kept_is_said(
    program: Program, server: MjpegCamera, tmp_path: Path
) -> None:
    look_at(program, network_source(server.url))
    looking(program).actions["keep"].trigger()
    dialog = program.window.findChild(QFileDialog, "keep dialog")
    dialog.fileSelected.emit(str(tmp_path / "no such folder" / "kept.png"))
    dialog.reject()
    assert "cannot be saved" in program.sentence
