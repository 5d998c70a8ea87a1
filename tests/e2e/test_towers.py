"""Hearing comes with the first sound and goes on one click, and the system has its memory back."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.models.memory import PARTS, MemoryModel, Usage
from tests.checkpoints import tiny_config, write_checkpoint
from tests.e2e.chatting import Chatting
from tests.e2e.program import SOON, Program
from tests.tower_memory import write_towers

TOWER_BYTES = 450_000_000  # of two layers of the published width, float32
RETURNED = 0.95


@pytest.fixture(scope="module")
def program(start: Callable[..., Program], tmp_path_factory: pytest.TempPathFactory) -> Program:
    """With a model whose ear is large; what it writes means nothing."""
    folder = tmp_path_factory.mktemp("large-ear") / "model"
    program = start(write_towers(folder, audio_layers=2, vision=False, dtype=torch.float32))
    program.wait_for_model()
    if program.window.welcome.isVisible():
        program.window.welcome.begin.click()
    return program


def bar(program: Program, part: str = "audio") -> Usage:
    """What the panel's bar of a tower shows."""
    index = program.application.memory.index(list(PARTS).index(part))
    usage = index.data(MemoryModel.USAGE_ROLE)
    assert isinstance(usage, Usage)
    return usage


def worker(program: Program) -> psutil.Process:
    """The process with the model."""
    processes = psutil.Process().children(recursive=True)
    return max(processes, key=lambda process: process.memory_info().rss)


def free_button(program: Program, part: str = "audio") -> QToolButton:
    return program.window.memory.free_button(part)


def test_the_bar_rises_when_listening_starts_and_falls_after_the_click(program: Program) -> None:
    process = worker(program)
    before = process.memory_info().rss
    assert bar(program) == Usage()
    assert not free_button(program).isVisible()
    program.listen()
    program.wait(lambda: bar(program).total >= TOWER_BYTES)
    loaded = process.memory_info().rss
    assert loaded - before >= TOWER_BYTES
    assert bar(program).file_backed > bar(program).private
    program.photograph("hearing-loaded")
    program.stop()
    QTest.mouseClick(free_button(program), Qt.MouseButton.LeftButton)
    program.wait(lambda: bar(program) == Usage(), SOON)
    assert not free_button(program).isVisible()
    assert process.memory_info().rss <= loaded - RETURNED * (loaded - before)
    program.photograph("hearing-freed")


def test_a_click_while_it_listens_waits_until_it_does_not(program: Program) -> None:
    program.listen()
    program.wait(lambda: bar(program).total >= TOWER_BYTES)
    free_button(program).click()
    assert not free_button(program).isEnabled()
    program.rest(2.0)
    assert bar(program).total >= TOWER_BYTES
    program.stop()
    program.wait(lambda: bar(program) == Usage(), SOON)


def test_seeing_comes_with_a_picture_and_goes_while_the_conversation_goes_on(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    chat = Chatting(start(write_checkpoint(tmp_path / "model", tiny_config(vision=True), seed=3)))
    seeing = chat.program.window.memory.free_button("vision")
    chat.ask("hello")
    assert bar(chat.program, "vision") == Usage()
    noise = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    chat.controller.ask("what is this?", images=(noise,))
    chat.wait(lambda: bar(chat.program, "vision").total > 0)
    assert chat.answered().text
    assert bar(chat.program) == Usage()  # hearing stayed away
    QTest.mouseClick(seeing, Qt.MouseButton.LeftButton)
    chat.wait(lambda: bar(chat.program, "vision") == Usage())
    assert chat.ask("and now?").text  # what was seen is known without the tower
    assert bar(chat.program, "vision") == Usage()
    assert not seeing.isVisible()


def test_hearing_that_idles_frees_itself_after_the_time_that_is_set(program: Program) -> None:
    program.application.settings.change(idle_release_s=1)
    program.listen()
    program.wait(lambda: bar(program).total >= TOWER_BYTES)
    program.stop()
    program.wait(lambda: bar(program) == Usage(), SOON)
