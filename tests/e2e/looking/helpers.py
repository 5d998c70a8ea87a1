"""What tests of looking do with the running program and ask of it."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.capture.camera_sources import PictureSource
from app.conversation.tree import Message
from app.looking import Looking
from tests.e2e.program import SOON, Program
from tests.mjpeg_camera import plain

RED, GREEN, BLUE = (200, 30, 30), (30, 180, 60), (30, 60, 200)


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
    """Until some of it is written, the rest is not waited for; or until it ended without a word."""
    conversation = program.application.conversation
    program.wait(
        lambda: (
            len(messages(program)) > 1
            and (bool(messages(program)[-1].text) or not conversation.answering)
        )
    )
    conversation.stop()
    return messages(program)[-1]


def ask_aloud(program: Program, text: str) -> None:
    """Hold the microphone's key in the conversation while something is said."""
    program.window.pages.show_page("conversation")
    spoken = program.application.chat.spoken
    spoken.press()
    program.wait(lambda: spoken.hearing, SOON)
    program.wait(lambda: program.application.capture.state == "listening", SOON)
    player = program.say(text)
    program.wait(lambda: player.poll() is not None, SOON)
    spoken.let_go()


def mean_colour(message: Message) -> list[int]:
    return [round(float(level)) for level in message.images[0].reshape(-1, 3).mean(axis=0)]


def is_near(colour: list[int], wanted: tuple[int, int, int]) -> bool:
    return max(abs(one - other) for one, other in zip(colour, wanted, strict=True)) <= 6


def look_blue(program: Program) -> bool:
    frame = looking(program).frame
    return frame is not None and int(frame.rgb[..., 2].mean()) > 150


def box(colour: tuple[int, int, int]) -> Callable[[int], np.ndarray]:  # type: ignore[type-arg]
    """Something of a colour in the room that was red."""
    picture = plain(RED)(0).copy()
    picture[180:330, 220:420] = colour if colour != RED else (250, 250, 250)
    return lambda _number: picture


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


def noise(number: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(number).integers(0, 256, (480, 640, 3), np.uint8)
