"""The whole program killed with signal 9 in the middle of an answer, as another process."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conversation.store import Store
from app.conversation.tree import Message, MessageState
from engine.datatypes import Role
from tests.checkpoints import tiny_config, write_checkpoint
from tests.e2e.display import VirtualDisplay
from tests.e2e.outside import Outside
from tests.virtual_audio import VirtualAudio


@pytest.fixture
def outside(sound: VirtualAudio, tmp_path: Path) -> Iterator[Outside]:
    """The program on a screen of its own, with a model that answers at length."""
    config = tiny_config(max_position_embeddings=100_000)
    model = write_checkpoint(tmp_path / "tiny", config, seed=3)
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "settings.toml").write_text(
        '[window]\nwelcomed = true\npage = "conversation"\n'
    )
    display = VirtualDisplay()
    environment = {**os.environ, **sound.environment, **display.environment}
    started = Outside(environment, model, tmp_path / "profile")
    yield started
    started.close()
    display.close()


def kept(outside: Outside) -> list[Message]:
    """What the next start finds."""
    store = Store(outside.profile / "conversations.sqlite3")
    try:
        return store.messages(store.conversations()[0].id)
    finally:
        store.close()


def counted(outside: Outside, what: str) -> int:
    """A number out of the file while the program writes to it."""
    file = outside.profile / "conversations.sqlite3"
    if not file.exists():
        return 0
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
    except sqlite3.OperationalError:  # just being made
        return 0
    finally:
        connection.close()


def pieces(outside: Outside) -> int:
    """How many pieces of an answer lie on the disk."""
    return counted(outside, "piece")


def ended(outside: Outside) -> bool:
    """Whether there are answers, and all have come to their end."""
    answers = "message WHERE role = 'model'"
    writing = counted(outside, f"{answers} AND state = 'writing'")
    return counted(outside, answers) > 0 and writing == 0


def ask(outside: Outside, window: str) -> None:
    """Write a question and send it as soon as the program takes one.

    Written anew each time: what was typed before the field was there is lost.
    """
    questions = "message WHERE role = 'user'"
    before = counted(outside, questions)

    def sent() -> bool:
        for keys in ("ctrl+a", "h", "i", "Return"):
            outside.press(window, keys)
        return counted(outside, questions) > before

    outside.wait(sent)


def test_killing_the_program_keeps_the_answer_so_far(outside: Outside) -> None:
    window = outside.wait_for_window()
    outside.wait(lambda: outside.has_worker)  # the pages are there before the worker is
    before = 0
    for _ in range(20):  # a random model's answer may end too soon to be killed
        ask(outside, window)
        outside.wait(lambda: pieces(outside) >= 5 or ended(outside))
        before = pieces(outside)
        if before >= 5:
            break
    outside.process.kill()
    outside.process.wait()
    *_, question, answer = kept(outside)
    assert (question.role, question.text) == (Role.USER, "hi")
    assert answer.state is MessageState.CUT
    assert len(answer.text) >= before  # a piece is a letter or more
