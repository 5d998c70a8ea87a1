"""The bundled nano asked about what the camera sees, in the real program: its answers are read.

The pictures are drawn as those were that it learnt from, at numbers it never saw.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.capture.camera_sources import network_source
from app.conversation.tree import Message
from engine.training.pictures.drawing import draw
from engine.training.pictures.scene import Item, Kind, Scene
from tests.e2e.looking.helpers import ask_aloud, look_at, looking, messages
from tests.e2e.program import SOON, Program
from tests.mjpeg_camera import MjpegCamera

CIRCLE = Item("circle", "red", 0.3, 0.5, 0.45)
STAR = Item("star", "blue", 0.72, 0.5, 0.4)


def card(*items: Item) -> Callable[[int], np.ndarray]:  # type: ignore[type-arg]
    rgb = draw(Scene(Kind.SHAPES, items), np.random.default_rng(4), (240, 320), ()).rgb
    return lambda _number: rgb


@pytest.fixture(scope="module")
def one_program(start: Callable[..., Program]) -> Program:
    program = start()
    program.window.welcome.begin.click()
    return program


@pytest.fixture
def server() -> Iterator[MjpegCamera]:
    made = MjpegCamera(card(CIRCLE, STAR))
    yield made
    made.close()


def answered(program: Program, count: int) -> Message:
    """The last message, once so many are there and it is written whole."""
    conversation = program.application.conversation
    program.wait(lambda: len(messages(program)) == count and not conversation.answering, SOON)
    return messages(program)[-1]


def in_sight(program: Program, rgb: np.ndarray) -> bool:  # type: ignore[type-arg]
    """Whether the frame that would be asked about is this picture."""
    frame = looking(program).frame
    return frame is not None and bool(np.abs(frame.rgb.astype(int) - rgb).mean() < 8)


def test_it_answers_what_is_typed_about_the_picture(program: Program, server: MjpegCamera) -> None:
    look_at(program, network_source(server.url))
    program.window.pages.show_page("conversation")
    edit = program.application.chat.page.composer.edit
    QTest.keyClicks(edit, "What colour is the circle?")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert answered(program, 2).text == "Red."
    QTest.keyClicks(edit, "is there a blue star")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert answered(program, 4).text == "Yes."
    program.photograph("nano-sees")


def test_it_reads_a_sign(program: Program, server: MjpegCamera) -> None:
    """One number, and words in either case that no training picture showed."""
    rng = np.random.default_rng(11)
    look_at(program, network_source(server.url))
    program.window.pages.show_page("conversation")
    edit = program.application.chat.page.composer.edit
    for text in ("PARK", "hand", "42"):
        program.application.chat.book.new()
        rgb = draw(Scene(Kind.SIGN, text=text), rng, (240, 320), ("sans",)).rgb
        server.picture = lambda _number, rgb=rgb: rgb
        program.wait(lambda rgb=rgb: in_sight(program, rgb), SOON)
        QTest.keyClicks(edit, "What does the sign say?")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        assert answered(program, 2).text == text.lower()
    program.photograph("nano-reads")


def test_it_answers_what_is_asked_aloud_about_the_picture(
    program: Program, server: MjpegCamera
) -> None:
    look_at(program, network_source(server.url))
    ask_aloud(program, "what colour is the circle")
    assert answered(program, 2).text == "Red."
    # Both spellings sound the same, and both are taught.
    assert messages(program)[0].text.replace("color ", "colour ") == "what colour is the circle"


def test_it_tells_when_something_is_seen_and_when_it_is_gone(
    program: Program, server: MjpegCamera
) -> None:
    server.picture = card(STAR)
    look_at(program, network_source(server.url))
    look = looking(program)
    look.tell_when("a red circle")
    program.wait(lambda: look.watch.counts.asked == 1 and look.watch._asking is None, SOON)
    assert look.sightings.rowCount() == 0
    server.picture = card(CIRCLE, STAR)
    program.wait(lambda: look.sightings.rowCount() == 1, SOON)
    server.picture = card(STAR)
    program.wait(lambda: look.sightings.rowCount() == 2, SOON)
    program.photograph("nano-tells")
