"""Looking, in the real program: a real network camera, real video files, real speech, a screen.

The model is a tiny one with random weights that sees and hears: what it answers means nothing, so
what is asked is looked at, and that an answer comes.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QWidget

from app.capture.camera import CameraState
from app.capture.camera_sources import PictureSource, network_source
from app.conversation.tree import Message
from app.looking import Looking
from engine.datatypes import SAMPLE_RATE, Role
from tests.checkpoints import tiny_config, write_checkpoint
from tests.e2e.program import SOON, Program
from tests.e2e.speech import MORNING
from tests.mjpeg_camera import MjpegCamera, plain

# What the offscreen platform says of dialogs and of raising windows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

RED, GREEN, BLUE = (200, 30, 30), (30, 180, 60), (30, 60, 200)


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sees, hears and answers, in tiny."""
    raw = tiny_config(vision=True, max_position_embeddings=4096)
    return write_checkpoint(tmp_path_factory.mktemp("model") / "general", raw)


@pytest.fixture(scope="module")
def one_program(start: Callable[..., Program], general: Path) -> Program:
    program = start(general)
    program.window.welcome.begin.click()
    return program


@pytest.fixture
def server() -> Iterator[MjpegCamera]:
    made = MjpegCamera(plain(RED))
    yield made
    made.close()


@pytest.fixture
def program(one_program: Program) -> Iterator[Program]:
    """With a model, in an empty conversation, looking at nothing."""
    one_program.wait_for_model()
    yield one_program
    looking(one_program).turn_off()
    one_program.application.conversation.stop()
    one_program.wait(lambda: not one_program.application.conversation.answering, SOON)
    if one_program.phase != "idle":
        one_program.stop()
    one_program.window.banner.clear(*[m for m in list(one_program.window.banner._messages)])
    one_program.application.chat.actions["new"].trigger()


def looking(program: Program) -> Looking:
    found: Looking = program.application.looking
    return found


def look_at(program: Program, source: PictureSource) -> None:
    looking(program).turn_on(source)
    program.wait(lambda: looking(program).frame is not None, SOON)


def messages(program: Program) -> list[Message]:
    path: list[Message] = program.application.chat.book.path
    return path


def wait_for_answer(program: Program) -> Message:
    """Until some of it is written; the rest is not waited for."""
    program.wait(lambda: bool(messages(program)) and bool(messages(program)[-1].text))
    program.application.conversation.stop()
    return messages(program)[-1]


def mean_colour(message: Message) -> list[int]:
    return [round(float(level)) for level in message.images[0].reshape(-1, 3).mean(axis=0)]


def is_near(colour: list[int], wanted: tuple[int, int, int]) -> bool:
    return max(abs(one - other) for one, other in zip(colour, wanted, strict=True)) <= 6


# --- on and off ----------------------------------------------------------------------------------


def test_nothing_is_looked_at_before_a_person_asks(program: Program, server: MjpegCamera) -> None:
    look = looking(program)
    assert look.camera.state is CameraState.OFF
    look.actions["panel"].trigger()
    assert look.panel.isVisible(), "the place can be opened without turning anything on"
    look.panel.picker.set_current(network_source(server.url))
    program.rest(0.5)
    assert server.viewers == 0
    assert look.mark.text == ""
    assert program.window.windowTitle() == "Nestling"
    program.photograph("camera-off")


def test_on_is_seen_in_preview_window_and_title_and_one_key_ends_it(
    program: Program, server: MjpegCamera
) -> None:
    look = looking(program)
    look.panel.picker.set_current(network_source(server.url))
    look.actions["camera"].trigger()
    program.wait(lambda: look.camera.state is CameraState.ON, SOON)
    program.wait(lambda: look.frame is not None, SOON)
    assert look.mark.text == "Camera on"
    assert program.window.windowTitle().startswith("◉ Camera on")
    edge = look.panel.preview.grab().toImage().pixelColor(2, look.panel.preview.height() // 2)
    assert edge.name() == program.application.theme.tones.listening
    program.photograph("camera-on")
    program.press(Qt.Key.Key_F12)
    assert look.frame is None, "at once, not with the next frame"
    assert look.mark.text == ""
    assert program.window.windowTitle() == "Nestling"
    program.wait(lambda: server.viewers == 0, SOON)


def test_a_network_camera_is_given_by_its_address(program: Program, server: MjpegCamera) -> None:
    look = looking(program)
    look.panel.picker.asked.emit("network")
    dialog = program.window.findChild(QInputDialog, "address dialog")
    dialog.setTextValue(server.url)
    dialog.accept()
    program.wait(lambda: look.frame is not None, SOON)
    assert look.panel.picker.currentText().startswith("127.0.0.1:")


def test_what_is_no_address_is_said(program: Program) -> None:
    looking(program).chooser._address_given("my camera")
    assert "is no address of a camera" in program.sentence


# --- questions -----------------------------------------------------------------------------------


def test_a_typed_question_takes_the_picture_that_is_seen(
    program: Program, server: MjpegCamera
) -> None:
    look_at(program, network_source(server.url))
    program.window.pages.show_page("conversation")
    composer = program.application.chat.page.composer
    program.wait(composer.live.isVisible, SOON)
    server.picture = plain(BLUE)
    program.wait(lambda: bool(look_blue(program)), SOON)
    composer.edit.setFocus()
    QTest.keyClicks(composer.edit, "What colour is this?")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    answer = wait_for_answer(program)
    question = messages(program)[0]
    assert question.text == "What colour is this?"
    assert is_near(mean_colour(question), BLUE), "the newest frame, not the first"
    assert answer.role is Role.MODEL
    server.picture = plain(GREEN)
    program.rest(0.3)
    assert is_near(mean_colour(messages(program)[0]), BLUE), "the frame that was used stays"
    program.photograph("camera-question")


def look_blue(program: Program) -> bool:
    frame = looking(program).frame
    return frame is not None and int(frame.rgb[..., 2].mean()) > 150


def test_the_cameras_own_line_asks_too(program: Program, server: MjpegCamera) -> None:
    look_at(program, network_source(server.url))
    look = looking(program)
    look.actions["ask"].trigger()
    QTest.keyClicks(look.panel.question, "What is this?")
    QTest.keyClick(look.panel.question, Qt.Key.Key_Return)
    wait_for_answer(program)
    assert is_near(mean_colour(messages(program)[0]), RED)
    assert program.window.pages.page == "conversation"


def test_a_spoken_question_takes_the_picture_along(program: Program, server: MjpegCamera) -> None:
    look_at(program, network_source(server.url))
    program.window.pages.show_page("conversation")
    spoken = program.application.chat.spoken
    spoken.press()
    program.wait(lambda: spoken.hearing, SOON)
    program.wait(lambda: program.application.capture.state == "listening", SOON)
    player = program.say("what is this")
    program.wait(lambda: player.poll() is not None, SOON)
    spoken.let_go()
    wait_for_answer(program)
    question = messages(program)[0]
    assert question.audio is not None
    assert float(np.abs(question.audio).max()) > 0.05
    assert is_near(mean_colour(question), RED)


def test_the_moment_is_sound_picture_and_marked_text_in_one_question(
    program: Program, server: MjpegCamera
) -> None:
    look_at(program, network_source(server.url))
    program.window.pages.show_page("transcript")
    program.listen()
    program.hear(MORNING)
    look = looking(program)
    program.wait(lambda: look.sound.sound() is not None, SOON)
    composer = program.application.chat.page.composer
    composer.edit.setPlainText("the meeting")
    composer.edit.selectAll()
    program.window.pages.show_page("conversation")
    composer.edit.setFocus()
    program.press(Qt.Key.Key_F6)
    wait_for_answer(program)
    question = messages(program)[0]
    assert question.text == "the meeting"
    assert question.audio is not None
    assert 1.0 < question.audio.size / SAMPLE_RATE <= 20.0
    assert float(np.abs(question.audio).max()) > 0.05
    assert is_near(mean_colour(question), RED)
    program.photograph("ask-the-moment")
    program.stop()
    program.wait(lambda: look.sound.sound() is None, SOON)


def test_marked_words_go_into_the_moment(program: Program, server: MjpegCamera) -> None:
    look_at(program, network_source(server.url))
    look = looking(program)
    look.panel.question.setText("the red thing on the left")
    look.panel.question.setFocus()
    look.panel.question.selectAll()
    program.press(Qt.Key.Key_F6)
    wait_for_answer(program)
    assert "> the red thing on the left" in messages(program)[0].text
    assert messages(program)[0].audio is None, "nothing is heard while listening is off"


def test_without_anything_to_ask_about_the_moment_says_so(program: Program) -> None:
    looking(program).panel.question.clear()
    program.press(Qt.Key.Key_F6)
    assert "nothing to ask about" in program.sentence
    assert messages(program) == []


# --- tell me when --------------------------------------------------------------------------------


def test_the_watch_asks_again_only_when_the_scene_changes(
    program: Program, server: MjpegCamera
) -> None:
    look = looking(program)
    look_at(program, network_source(server.url))
    QTest.keyClicks(look.panel.question, "something is green")
    look.panel.watch.click()
    program.wait(lambda: look.watch.counts.asked == 1, SOON)
    program.wait(lambda: look.watch.counts.seen >= 10, SOON)
    assert look.watch.counts.asked == 1, "the scene is the same"
    program.wait(lambda: look.watch._asking is None)
    for number, colour in enumerate((GREEN, BLUE, RED), 2):
        server.picture = box(colour)
        program.wait(lambda count=number: look.watch.counts.asked == count, SOON)  # type: ignore[misc]
        program.wait(lambda: look.watch._asking is None)
    counts = look.watch.counts
    assert counts.seen == counts.asked + counts.skipped + counts.late
    assert f"{counts.asked} asked about" in look.panel.counts.text()
    assert look.sightings.rowCount() >= 1, "the random model gives no clear answer, and it is said"
    assert messages(program) == [], "the conversation is not touched"
    program.photograph("tell-me-when")
    program.press(Qt.Key.Key_F12)
    assert not look.watch.running


def box(colour: tuple[int, int, int]) -> Callable[[int], np.ndarray]:  # type: ignore[type-arg]
    """Something of a colour in the room that was red."""
    picture = plain(RED)(0).copy()
    picture[180:330, 220:420] = colour if colour != RED else (250, 250, 250)
    return lambda _number: picture


# --- troubles ------------------------------------------------------------------------------------


def test_an_unplugged_camera_is_said_and_comes_back(program: Program, server: MjpegCamera) -> None:
    look = looking(program)
    look_at(program, network_source(server.url))
    port = server.unplug()
    program.wait(lambda: "camera is gone" in program.sentence, SOON)
    assert look.picture() is None, "an old picture is not asked about as if it were new"
    assert look.mark.text == "Camera on", "it would go on by itself: that must be seen"
    program.photograph("camera-unplugged")
    server.plug_in(port)
    program.wait(lambda: look.camera.state is CameraState.ON, SOON)
    program.wait(lambda: program.sentence == "", SOON)


def test_a_hanging_camera_is_said_and_comes_back_and_blocks_nothing(
    program: Program, server: MjpegCamera
) -> None:
    look = looking(program)
    look_at(program, network_source(server.url))
    server.hanging = True
    program.wait(lambda: "no pictures any more" in program.sentence, SOON)
    assert look.camera.state is CameraState.RECOVERING
    program.photograph("camera-hangs")
    server.hanging = False
    program.wait(lambda: look.camera.state is CameraState.ON, SOON)
    program.wait(lambda: program.sentence == "", SOON)


def test_a_camera_turned_off_while_it_hangs_is_off_at_once(
    program: Program, server: MjpegCamera
) -> None:
    look_at(program, network_source(server.url))
    server.hanging = True
    program.rest(0.2)
    program.press(Qt.Key.Key_F12)
    assert looking(program).camera.state is CameraState.OFF
    assert looking(program).frame is None
    server.hanging = False
    program.wait(lambda: server.viewers == 0, SOON)
    assert looking(program).frame is None


def test_a_killed_worker_does_not_end_the_watch(program: Program, server: MjpegCamera) -> None:
    look = looking(program)
    look_at(program, network_source(server.url))
    look.tell_when("something is green")
    program.wait(lambda: look.watch.counts.asked == 1 and look.watch._asking is None)
    host = program.application.bridge._host
    host.terminate()  # type: ignore[union-attr]
    server.picture = box(GREEN)
    program.wait(lambda: look.watch.counts.asked == 2, SOON)
    program.wait_for_model()
    program.wait(lambda: look.watch._asking is None and look.watch._waiting is None)
    assert look.watch.running


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


def sources(program: Program) -> list[PictureSource]:
    look = looking(program)
    look.panel.picker.opening.emit()
    picker = look.panel.picker
    data = [picker.itemData(index) for index in range(picker.count())]
    return [source for source in data if isinstance(source, PictureSource)]


def coloured_window(colour: tuple[int, int, int]) -> QWidget:
    window = QWidget()
    window.setStyleSheet(f"background: rgb{colour};")
    window.setGeometry(40, 40, 200, 150)
    window.show()
    QTest.qWaitForWindowExposed(window)
    return window


def shows(look: Looking, colour: tuple[int, int, int]) -> bool:
    frame = look.frame
    return frame is not None and bool(
        np.abs(frame.rgb[20:50, 20:60].mean(axis=(0, 1)) - colour).max() < 12
    )


# --- pictures by other ways ----------------------------------------------------------------------


def picture_file(folder: Path, colour: tuple[int, int, int], name: str = "photo.png") -> Path:
    path = folder / name
    cv2.imwrite(str(path), np.full((60, 80, 3), colour[::-1], np.uint8))
    return path


def ask_with_pictures(program: Program, text: str) -> Message:
    composer = program.application.chat.page.composer
    QTest.keyClicks(composer.edit, text)
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    wait_for_answer(program)
    return messages(program)[0]


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
    looking(program).actions["attach_frame"].trigger()
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


def noise(number: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(number).integers(0, 256, (480, 640, 3), np.uint8)


def test_a_picture_that_cannot_be_kept_is_said(
    program: Program, server: MjpegCamera, tmp_path: Path
) -> None:
    look_at(program, network_source(server.url))
    looking(program).actions["keep"].trigger()
    dialog = program.window.findChild(QFileDialog, "keep dialog")
    dialog.fileSelected.emit(str(tmp_path / "no such folder" / "kept.png"))
    dialog.reject()
    assert "cannot be saved" in program.sentence
