"""A controller on a scripted worker, and the file that it keeps conversations in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.app.conversation.scripted import Parts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "c.sqlite3"


@pytest.fixture
def parts(qtbot: QtBot, file: Path) -> Iterator[Parts]:
    made = Parts(file)
    yield made
    made.book.close()
