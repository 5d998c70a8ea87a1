"""Towers come in the background and go when nobody needs them; a question is never broken by it.

Tiny random towers whose reading stands still where a test wants it to.
"""

import gc
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import residency
from engine.datatypes import FinishReason, Modality, Role, SamplingParams, Turn
from engine.protocol import (
    Ask,
    Context,
    Event,
    Finished,
    Handled,
    Hello,
    Listening,
    ListeningState,
    LoadModel,
    Memory,
    Release,
    SetIdleRelease,
    StartListening,
    Token,
    Tower,
    TowerState,
)
from engine.session import Session
from tests.checkpoints import tiny_config, write_checkpoint
from tests.thread_host import ThreadHost

TIMEOUT_S = 30.0
PARAMS = SamplingParams(temperature=0.0, max_tokens=4)
ABSENT = Tower(Modality.AUDIO, TowerState.ABSENT)
LOADED = Tower(Modality.AUDIO, TowerState.LOADED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("towers"), tiny_config())


@pytest.fixture
def session(folder: Path) -> Session:
    session = Session()
    list(session.load(folder))
    return session


class Gate:
    """Lets some weights of towers be read, then none until it is opened."""

    def __init__(self, weights: int) -> None:
        self._left, self._touch = weights, residency.touch
        self._open = threading.Event()
        self.reached = threading.Event()
        self.touched = 0
        self.error: Exception | None = None

    def __call__(self, tensor: torch.Tensor) -> None:
        if self.touched >= self._left:
            self.reached.set()
            assert self._open.wait(TIMEOUT_S)
            if self.error:
                raise self.error
        self._touch(tensor)
        self.touched += 1

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Closed behind the tenth weight."""
    gate = Gate(10)
    monkeypatch.setattr(residency, "touch", gate)
    yield gate
    gate.open()


def heard(number: int = 0, seed: int = 0, text: str = "what was said?") -> Turn:
    """A question about a second of noise."""
    pcm = np.random.default_rng(seed).normal(0, 0.1, 16_000).astype(np.float32)
    return Turn(number, Role.USER, text, pcm)


def answer(session: Session, *turns: Turn) -> list[Event]:
    return list(session.ask(turns, PARAMS))


def states(events: list[Event]) -> list[TowerState]:
    """The states that towers went through, each once."""
    told = [event.state for event in events if isinstance(event, Tower)]
    return list(dict.fromkeys(told))


def until(events: Iterator[Event], reached: Callable[[], bool]) -> list[Event]:
    """What happens until something holds."""
    seen = []
    while not reached():
        seen.append(next(events))
    return seen


def test_a_tower_comes_with_its_first_question_and_tells_how_far_it_is(session: Session) -> None:
    events = answer(session, heard())
    assert states(events) == [TowerState.LOADING, TowerState.LOADED]
    fractions = [event.fraction for event in events if isinstance(event, Tower)][:-1]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert isinstance(events[-1], Finished)
    assert states(answer(session, heard(seed=1))) == []


def test_text_alone_loads_no_tower(session: Session) -> None:
    events = answer(session, Turn(0, Role.USER, "hello"))
    assert states(events) == []
    assert session.memory()["audio"].private == 0


def test_while_a_tower_comes_the_memory_shows_it_and_other_things_happen(
    session: Session, gate: Gate
) -> None:
    events = session.ask((heard(),), PARAMS)
    seen = until(events, gate.reached.is_set)
    assert states(seen) == [TowerState.LOADING]
    assert next(events) != LOADED  # it goes on telling
    partly = session.memory()["audio"]
    assert partly.private + partly.file_backed > 0
    gate.open()
    rest = list(events)
    assert states(rest)[-1] is TowerState.LOADED
    assert isinstance(rest[-1], Finished)
    whole = session.memory()["audio"]
    assert whole.private + whole.file_backed > partly.private + partly.file_backed


def test_a_release_while_it_comes_gives_it_up_and_the_question_ends(
    session: Session, gate: Gate
) -> None:
    events = session.ask((heard(7),), PARAMS)
    until(events, gate.reached.is_set)
    assert list(session.release(Modality.AUDIO)) == []
    gate.open()
    assert list(events)[-2:] == [ABSENT, Finished(7, FinishReason.STOPPED)]
    assert gate.touched == 11  # the weight that was being read, and no more
    assert session.memory()["audio"].private == 0
    assert states(answer(session, heard(8))) == [TowerState.LOADING, TowerState.LOADED]


def test_a_stop_while_it_comes_ends_the_question(session: Session, gate: Gate) -> None:
    stopped = threading.Event()
    events = session.ask((heard(7),), PARAMS, stop=stopped.is_set)
    until(events, gate.reached.is_set)
    stopped.set()
    next(events)
    gate.open()
    assert list(events)[-2:] == [ABSENT, Finished(7, FinishReason.STOPPED)]


def test_listening_ends_before_it_begins_if_its_tower_is_given_up(
    session: Session, gate: Gate
) -> None:
    events = session.start_listening(3)
    until(events, gate.reached.is_set)
    session.release(Modality.AUDIO)
    gate.open()
    assert list(events)[-2:] == [ABSENT, Listening(3, ListeningState.STOPPED)]
    assert list(session.stop_listening(3)) == []


def test_a_question_nobody_waits_for_leaves_no_thread_and_no_tower(
    session: Session, gate: Gate
) -> None:
    """As when the worker is to end while a tower comes."""
    before = set(threading.enumerate())
    events = session.ask((heard(),), PARAMS)
    until(events, gate.reached.is_set)
    assert set(threading.enumerate()) > before
    threading.Timer(0, gate.open).start()
    events.close()
    assert not [t for t in threading.enumerate() if t.name == "audio tower"]
    assert session.memory()["audio"].private == 0


def test_what_goes_wrong_while_it_comes_is_raised_where_it_is_waited_for(
    session: Session, gate: Gate
) -> None:
    events = session.ask((heard(),), PARAMS)
    until(events, gate.reached.is_set)
    gate.error = MemoryError("full")
    gate.open()
    seen = []
    with pytest.raises(MemoryError, match="full"):
        seen += until(events, lambda: False)
    assert session.memory()["audio"].private == 0


def test_a_release_between_two_words_does_not_break_the_answer(
    session: Session, folder: Path
) -> None:
    undisturbed = [event for event in answer(session, heard()) if isinstance(event, Token)]
    assert len(undisturbed) == PARAMS.max_tokens
    list(session.load(folder))
    events = session.ask((heard(),), PARAMS)
    tokens = [next(event for event in events if isinstance(event, Token))]
    assert list(session.release(Modality.AUDIO)) == [ABSENT]
    tokens += [event for event in events if isinstance(event, Token)]
    assert tokens == undisturbed


def test_a_known_sound_needs_no_tower_any_more(session: Session) -> None:
    first = heard()
    events = answer(session, first)
    text = "".join(event.piece for event in events if isinstance(event, Token))
    assert list(session.release(Modality.AUDIO)) == [ABSENT]
    turns = (first, Turn(1, Role.MODEL, text), Turn(2, Role.USER, "and then?"))
    assert states(answer(session, *turns)) == []
    assert session.memory()["audio"].private == 0
    assert session.memory()["audio"].file_backed == 0


def test_a_released_tower_leaves_nothing_for_the_garbage_collector(session: Session) -> None:
    """What waits for the collector is still in memory; it may wait for minutes."""
    gc.collect()
    gc.disable()
    try:
        answer(session, heard())
        alive = {id(o) for o in gc.get_objects() if type(o).__name__ == "AudioEncoder"}
        assert alive
        session.release(Modality.AUDIO)
        left = {id(o) for o in gc.get_objects() if type(o).__name__ == "AudioEncoder"}
        assert not alive & left
    finally:
        gc.enable()


def test_the_worker_answers_while_a_tower_comes(folder: Path, gate: Gate) -> None:
    """The whole loop over a real pipe: memory, a setting, a release; then the question is over."""
    told: queue.SimpleQueue[Event] = queue.SimpleQueue()
    host = ThreadHost(told.put, lambda _code: None)

    def next_of(kind: type[Event], that: Callable[[Any], bool] = lambda _event: True) -> Event:
        while True:
            event = told.get(timeout=TIMEOUT_S)
            if isinstance(event, kind) and that(event):
                return event

    host.start()
    try:
        for command in (Hello(), LoadModel(str(folder)), Ask((heard(5),), PARAMS)):
            host.send(command)
        next_of(Tower, lambda tower: tower.state is TowerState.LOADING)
        assert gate.reached.wait(TIMEOUT_S)
        next_of(Memory, lambda memory: memory.parts["audio"].file_backed > 0)
        host.send(SetIdleRelease(5))
        host.send(Release(Modality.AUDIO))
        next_of(Handled, lambda handled: handled.seq == 4)
        next_of(Tower)  # behind it the release has been done
        gate.open()
        assert next_of(Tower, lambda tower: tower.state is not TowerState.LOADING) == ABSENT
        assert next_of(Finished) == Finished(5, FinishReason.STOPPED)
        host.send(Ask((heard(6),), PARAMS))
        next_of(Tower, lambda tower: tower.state is TowerState.LOADED)
        assert next_of(Finished).turn == 6
    finally:
        host.close()


def test_a_worker_that_is_to_end_gives_a_coming_tower_up(folder: Path, gate: Gate) -> None:
    told: queue.SimpleQueue[Event] = queue.SimpleQueue()
    host = ThreadHost(told.put, lambda _code: None)
    host.start()
    for command in (Hello(), LoadModel(str(folder)), StartListening(1)):
        host.send(command)
    assert gate.reached.wait(TIMEOUT_S)
    threading.Timer(0.2, gate.open).start()
    host.close()  # waits for its threads, and asserts that they end
    assert not [thread for thread in threading.enumerate() if thread.name == "audio tower"]


def test_opening_another_model_leaves_no_tower(session: Session, folder: Path) -> None:
    answer(session, heard())
    assert ABSENT in list(session.load(folder))
    assert session.memory()["audio"].private == 0
    assert Context in {type(event) for event in answer(session, heard())}
