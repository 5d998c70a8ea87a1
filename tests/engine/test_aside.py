"""A question outside the conversation leaves no trace in it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.datatypes import Role, SamplingParams, Task, Turn
from engine.protocol import Ask, Envelope, Event, Finished, Token, decode, encode
from engine.questions import worded
from engine.session import Session
from tests.checkpoints import tiny_config, write_checkpoint

GREEDY = SamplingParams(temperature=0.0, max_tokens=3)
QUESTION = Turn(1, Role.USER, "hello, how are you")
ASIDE = Turn(-1, Role.USER, "is it so")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("model"), tiny_config())


@pytest.fixture
def session(folder: Path) -> Session:
    return opened(folder)


def opened(folder: Path) -> Session:
    made = Session()
    list(made.load(folder))
    return made


def text(events: list[Event]) -> str:
    return "".join(event.piece for event in events if isinstance(event, Token))


def test_it_is_answered_under_its_own_number(session: Session) -> None:
    events = list(session.ask((ASIDE,), GREEDY, aside=True))
    assert {event.turn for event in events if isinstance(event, Token)} == {-1}
    assert isinstance(events[-1], Finished)
    assert events[-1].turn == -1


def test_the_conversations_caches_stay_as_they_are(session: Session, folder: Path) -> None:
    answer = text(list(session.ask((QUESTION,), GREEDY)))
    held = session._opened.chat._held  # type: ignore[union-attr]
    assert held is not None
    before = list(held.keys)
    list(session.ask((ASIDE,), GREEDY, aside=True))
    assert held.keys == before
    following = (QUESTION, Turn(2, Role.MODEL, answer), Turn(3, Role.USER, "the quick brown fox"))
    other = opened(folder)
    assert text(list(other.ask((QUESTION,), GREEDY))) == answer
    assert text(list(session.ask(following, GREEDY))) == text(list(other.ask(following, GREEDY)))


def test_an_aside_is_answered_as_the_same_question_in_a_new_conversation(session: Session) -> None:
    aside = text(list(session.ask((ASIDE,), GREEDY, aside=True)))
    assert text(list(session.ask((ASIDE,), GREEDY))) == aside


def test_it_crosses_the_pipe() -> None:
    ask = Ask((ASIDE,), GREEDY, aside=True)
    assert decode(encode(Envelope("s", 0, ask))).body == ask


def test_a_stated_condition_is_asked_as_the_model_was_made_for(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, tiny_config(vision=True))
    condition = Turn(-1, Role.USER, "a red circle", images=(np.zeros((8, 8, 3), np.uint8),))
    session = opened(folder)
    (general,) = worded(session.model, (condition,))
    assert "Is this true now: a red circle" in general.text
    assert general.images is condition.images
    model = session._opened.model  # type: ignore[union-attr]
    made_for = replace(model.sizes, tasks={Task.SEE: "is there {condition}"})
    model.sizes = made_for
    assert worded(session.model, (condition,))[-1].text == "is there a red circle"
