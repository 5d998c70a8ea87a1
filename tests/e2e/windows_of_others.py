"""Windows of other programs as what is looked at: runs under X11 only (test_real_window.py)."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from app.capture.camera import CameraState
from app.capture.camera_sources import PictureSource, SourceKind
from tests.e2e.program import SOON, Program

PROGRAM = """
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle("A green window")
window.setStyleSheet("background: rgb(30, 180, 60)")
window.setGeometry(1020, 500, 240, 160)
window.show()
app.exec()
"""


@pytest.fixture
def other_program() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM])
    yield process
    process.kill()
    process.wait()


def test_a_window_is_looked_at_until_it_is_closed(
    start: Callable[..., Program], nano_folder: Path, other_program: subprocess.Popen[bytes]
) -> None:
    assert QGuiApplication.platformName() == "xcb"
    program = start(nano_folder)
    program.window.welcome.begin.click()
    # Without a compositor, the picture of a window is what lies above it: they stand side by side.
    program.window.setGeometry(0, 0, 1000, 760)
    look = program.application.looking
    found: list[PictureSource] = []

    def listed() -> bool:
        look.panel.picker.opening.emit()
        picker = look.panel.picker
        data = [picker.itemData(index) for index in range(picker.count())]
        found[:] = [
            source
            for source in data
            if isinstance(source, PictureSource) and source.label == "A green window"
        ]
        return bool(found)

    program.wait(listed, SOON)
    assert found[0].kind is SourceKind.WINDOW
    look.turn_on(found[0])
    program.wait(lambda: look.frame is not None and shows_green(look.frame.rgb), SOON)
    assert look.frame.rgb.shape == (160, 240, 3)
    assert look.mark.text == "Screen in view"
    program.wait_for_model()
    look.panel.question.setText("Is there a circle?")
    program.wait(lambda: look.panel.ask.isEnabled(), SOON)
    program.photograph("window-in-view")
    other_program.kill()
    program.wait(lambda: look.camera.state is CameraState.OFF, SOON)
    assert "not on the screen any more" in program.sentence


def shows_green(rgb) -> bool:  # type: ignore[no-untyped-def]
    return bool(abs(rgb.mean(axis=(0, 1)) - (30, 180, 60)).max() < 12)
