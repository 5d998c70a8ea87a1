"""A controller on a scripted worker, its file of conversations; and the page in the program."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import ModelState
from engine.datatypes import Task
from engine.protocol import Loaded
from tests.app.conversation.scripted import Parts
from tests.app.window_fakes import FakeHost, model


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "c.sqlite3"


@pytest.fixture
def parts(qtbot: QtBot, file: Path) -> Iterator[Parts]:
    made = Parts(file)
    yield made
    made.book.close()


@pytest.fixture
def chatting(
    compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot
) -> Application:
    made = compose()
    hosts[-1].say(Loaded(model(tasks=(Task.CHAT, Task.TRANSCRIBE))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    made.window.pages.show_page("conversation")
    return made
