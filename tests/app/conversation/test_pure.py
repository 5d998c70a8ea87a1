"""Sampling, export and heights of rows: no window, no database."""

import json

import pytest

from app.conversation.export import ChatFormat, Headings, export
from app.conversation.sampling import STEPS, USUAL, Sampling, step_of, unpacked
from app.conversation.store import Conversation
from app.conversation.tree import Message, MessageState, Tree
from app.widgets.row_heights import RowHeights
from engine.datatypes import Role


def test_five_steps_from_steady_to_lively() -> None:
    temperatures = [step.temperature for step in STEPS]
    assert temperatures == sorted(temperatures)
    assert temperatures[0] == 0.0
    assert STEPS[2] == USUAL
    for place, step in enumerate(STEPS):
        assert step_of(step) == place
        assert step.params().temperature == step.temperature
    assert step_of(Sampling(temperature=0.77)) is None
    assert step_of(Sampling(max_tokens=5, seed=3)) == 2


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"temperature": -1}', '{"other": 1}', "3"])
def test_numbers_that_cannot_be_read_are_the_usual_ones(text: str) -> None:
    assert unpacked(text) == USUAL


def test_numbers_come_back() -> None:
    mine = Sampling(0.7, 10, 0.5, 99, 7)
    assert unpacked(mine.packed()) == mine


@pytest.fixture
def talk() -> tuple[Conversation, Tree]:
    tree = Tree(
        [
            Message(1, None, Role.USER, "Hello\n", created=0.0, pictures=1, sound_s=1.25),
            Message(2, 1, Role.MODEL, "Hi **you**", MessageState.STOPPED, 1.0, "nano · full"),
            Message(3, 1, Role.MODEL, "Hey", MessageState.WRITING, 2.0),
        ]
    )
    return Conversation(1, "Greeting", True, "be\nbrief", "", 2, 0.0, 2.0), tree


WORDS = Headings(
    "Ich",
    "Modell",
    "{count} Bild(er)",
    "{seconds:.1f} s Ton",
    {MessageState.STOPPED: "angehalten", MessageState.CUT: "abgebrochen"},
)


def test_markdown_is_the_branch_in_sight(talk: tuple[Conversation, Tree]) -> None:
    assert export(*talk, ChatFormat.MARKDOWN, 2, WORDS) == (
        "# Greeting\n\n> be\n> brief\n\n## Ich\n\n*(1 Bild(er))*\n\n*(1.2 s Ton)*\n\n"
        "Hello\n\n## nano · full\n\nHi **you**\n\n*(angehalten)*\n"
    )


def test_json_is_every_branch(talk: tuple[Conversation, Tree]) -> None:
    found = json.loads(export(*talk, ChatFormat.JSON, 2, WORDS))
    assert found["title"] == "Greeting"
    assert [m["shown"] for m in found["messages"]] == [True, True, False]
    assert [m["parent"] for m in found["messages"]] == [None, 1, 1]
    assert found["messages"][2]["state"] == "cut"
    assert found["created"] == "1970-01-01T00:00:00+00:00"


def test_rows_stand_one_below_the_other() -> None:
    rows = RowHeights()
    assert (rows.total, rows.at(0), len(rows)) == (0, None, 0)
    rows.set_all([10, 20, 30])
    assert [rows.top(row) for row in range(4)] == [0, 10, 30, 60]
    assert [rows.at(y) for y in (-1, 0, 9, 10, 29, 30, 59, 60)] == [
        *(None, 0, 0, 1, 1, 2, 2, None),
    ]
    assert rows.change(1, 25) == 5
    assert rows.change(1, 25) == 0
    assert (rows.height(1), rows.top(2), rows.total) == (25, 35, 65)
