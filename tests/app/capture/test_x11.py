"""The windows of a real X server, without a window manager and with the hints of one."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.capture.x11 import Window, windows
from tests.e2e.display import VirtualDisplay

PROGRAM = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
shown, hidden = QWidget(), QWidget()
shown.setWindowTitle("Garten · 花园")
hidden.setWindowTitle("not in sight")
shown.show()
hidden.winId()
app.processEvents()
print(int(shown.winId()), flush=True)
app.exec()
"""


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    made = VirtualDisplay()
    yield made
    made.close()


@pytest.fixture
def other_program(display: VirtualDisplay) -> Iterator[int]:
    """The number of another program's window."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **display.environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    yield int(program.stdout.readline())
    program.kill()
    program.wait()
    program.stdout.close()


def test_windows_in_sight_are_listed_by_their_titles(
    display: VirtualDisplay, other_program: int
) -> None:
    assert windows(display.name) == (Window(other_program, "Garten · 花园"),)


def test_an_empty_desktop_has_none(display: VirtualDisplay) -> None:
    assert windows(display.name) == ()


def test_without_a_server_there_are_none() -> None:
    assert windows(":97531") == ()
