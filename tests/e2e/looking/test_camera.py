"""Looking, in the real program: a real network camera, and real speech.

The model is a tiny one with random weights that sees and hears: what it answers means nothing, so
what is asked is looked at, and that an answer comes.
"""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from app.capture.camera import CameraState
from app.capture.camera_sources import network_source
from engine.datatypes import SAMPLE_RATE, Role
from tests.e2e.looking.helpers import (
    BLUE,
    GREEN,
    RED,
    ask_aloud,
    box,
    is_near,
    look_at,
    look_blue,
    looking,
    mean_colour,
    messages,
    wait_for_answer,
)
from tests.e2e.program import SOON, Program
from tests.e2e.speech import MORNING
from tests.mjpeg_camera import MjpegCamera, plain

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
    ask_aloud(program, "what is this")
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
    program.wait(lambda: look.watch.counts.asked >= 1, SOON)
    program.wait(lambda: look.watch.counts.seen >= 5 and look.watch._asking is None)
    asked, seen = look.watch.counts.asked, look.watch.counts.seen
    program.wait(lambda: look.watch.counts.seen >= seen + 10, SOON)
    assert look.watch.counts.asked == asked, "the scene is the same"
    for number, colour in enumerate((GREEN, BLUE, RED), asked + 1):
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
