"""An answer and a live recording share a model, step by step, and change nothing in each other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.chat import FINE_TOKENS
from engine.datatypes import (
    CHUNK_SAMPLES,
    SAMPLE_RATE,
    AudioChunk,
    FinishReason,
    Modality,
    Role,
    SamplingParams,
    Seeing,
    Turn,
)
from engine.protocol import Event, Finished, SegmentChanged, Token, Tower, TowerState
from engine.session import Session
from tests.checkpoints import tiny_config, write_checkpoint

CHUNKS = 40
ANSWER = SamplingParams(temperature=0.0, max_tokens=12)
SEEING = Seeing(pixels=256)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tiny_config(vision=True, max_position_embeddings=2048)
    return write_checkpoint(tmp_path_factory.mktemp("general"), raw, seed=5)


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    session = Session()
    list(session.load(folder))
    yield session
    session.close()


@pytest.fixture(scope="module")
def question() -> tuple[Turn, ...]:
    """With a picture, five seconds of sound, and a text longer than a piece of the prompt."""
    noise = np.random.default_rng(1)
    picture = noise.integers(0, 256, (60, 80, 3), np.uint8)
    sound = noise.uniform(-0.3, 0.3, 5 * SAMPLE_RATE).astype(np.float32)
    return (Turn(1, Role.USER, "the quick brown fox " * 40, sound, (picture,)),)


def speech() -> list[AudioChunk]:
    pcm = np.random.default_rng(0).uniform(-0.4, 0.4, CHUNKS * CHUNK_SAMPLES).astype(np.float32)
    cuts = np.split(pcm, CHUNKS)
    return [AudioChunk(cut, place * CHUNK_SAMPLES, 0.0) for place, cut in enumerate(cuts)]


def heard(events: list[Event]) -> list[SegmentChanged]:
    return [event for event in events if isinstance(event, SegmentChanged)]


def written(events: list[Event]) -> list[int]:
    return [event.id for event in events if isinstance(event, Token)]


def begin(session: Session) -> None:
    list(session.start_listening(1, use_vad=False))


def listener(session: Session, into: list[Event]) -> Callable[[], bool]:
    """Feeds a chunk at every step of an answer, as the worker's loop does."""
    chunks = iter(speech())

    def between() -> bool:
        chunk = next(chunks, None)
        if chunk is not None:
            into.extend(session.feed([chunk]))
        return False

    return between


def test_an_answer_beside_a_recording_is_the_same_and_so_is_what_was_heard(
    session: Session, question: tuple[Turn, ...]
) -> None:
    alone = list(session.ask(question, ANSWER, aside=True, seeing=SEEING))
    begin(session)
    before = [event for chunk in speech() for event in session.feed([chunk])]
    before += session.stop_listening(1)
    begin(session)
    beside: list[Event] = []
    stop = listener(session, beside)
    shared = list(session.ask(question, ANSWER, aside=True, seeing=SEEING, stop=stop))
    while not stop() and len(heard(beside)) < len(heard(before)) - 1:
        pass
    beside += session.stop_listening(1)
    assert written(shared) == written(alone)
    assert [e.segment for e in heard(beside)] == [e.segment for e in heard(before)]


def test_eyes_ears_and_prompt_are_read_in_small_steps(
    session: Session, question: tuple[Turn, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is heard meanwhile never waits for a whole picture, sound or prompt."""
    read: list[int] = []
    assert session._opened is not None
    model = session._opened.model
    text, forward = model.text, model.text.forward

    def counted(embeds, *args, **kwargs):  # type: ignore[no-untyped-def]
        read.append(embeds.shape[1])
        return forward(embeds, *args, **kwargs)

    steps: list[int] = []

    def stop() -> bool:
        steps.append(len(read))
        return False

    list(session.ask(question, ANSWER, seeing=SEEING, stop=stop))
    monkeypatch.setattr(text, "forward", counted)
    list(session.ask(question, ANSWER, aside=True, seeing=SEEING, stop=stop))
    assert max(read) == model.prefill_tokens > FINE_TOKENS, "nobody listens: in large pieces"
    read.clear()
    steps.clear()
    begin(session)
    list(session.ask(question, ANSWER, aside=True, seeing=SEEING, stop=stop))
    assert max(read) == FINE_TOKENS
    assert steps.count(0) > 3 + 8, "three pieces of sound, and the blocks of the eyes"
    assert set(steps) >= set(range(len(read) - 1)), "asked before every piece and token"


def test_a_release_while_a_picture_is_looked_at_waits_for_it(
    session: Session, question: tuple[Turn, ...]
) -> None:
    """And a recording keeps its tower when the question is done with it."""
    begin(session)
    said: list[Event] = []
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += not session.starting  # it may be asked any number of times while a tower comes
        if calls == 4 and not session.starting:
            for modality in (Modality.VISION, Modality.AUDIO):
                said.extend(session.release(modality))
            assert not said, "both are in use"
        return False

    events = session.ask(question, ANSWER, seeing=SEEING, stop=stop)
    for event in events:
        if isinstance(event, Token):
            said.extend(session.release_idle())
            break
    assert said == [Tower(Modality.VISION, TowerState.ABSENT)]
    assert list(events)[-1] == Finished(1, FinishReason.MAX_TOKENS)
    assert heard([e for chunk in speech() for e in session.feed([chunk])])
    list(session.stop_listening(1))
    assert session.release_idle() == [Tower(Modality.AUDIO, TowerState.ABSENT)]
