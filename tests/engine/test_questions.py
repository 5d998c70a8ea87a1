"""A question that is spoken to a demonstration is put into words; every other model hears it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.datatypes import (
    CHUNK_SAMPLES,
    SAMPLE_RATE,
    AudioChunk,
    FinishReason,
    Modality,
    Role,
    SamplingParams,
    Turn,
)
from engine.errors import ErrorKind, NestlingError
from engine.protocol import Event, Finished, Heard, SegmentChanged, Token, Tower
from engine.questions import worded
from engine.session import Session
from engine.text.matformer import Size, SizeTable, write_matformer
from engine.training.sets import error_rate
from tests.checkpoints import tiny_config, write_checkpoint
from tests.reader import SAID, reading

SIZES = SizeTable((Size("full", (48,) * 12),), (48,))
GREEDY = SamplingParams(temperature=0.0, max_tokens=4)
SPOKEN = Turn(5, Role.USER, "", audio=reading())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_checkpoint(tmp_path_factory.mktemp("model"), tiny_config())
    write_matformer(folder, replace(SIZES, demonstration=True))
    return folder


@pytest.fixture
def session(folder: Path) -> Session:
    made = Session()
    list(made.load(folder))
    return made


def ask(
    session: Session,
    *turns: Turn,
    starter: bool = True,
    stop: Callable[[], bool] = lambda: False,
) -> list[Event]:
    return list(session.ask(turns, GREEDY, starter=starter, stop=stop))


def test_a_conversation_without_a_turn_has_nothing_to_answer(session: Session) -> None:
    with pytest.raises(NestlingError, match="There is nothing to answer"):
        ask(session, *worded(session.model, ()))


def answered(events: list[Event]) -> list[Event]:
    """What is told from the first word of the answer on."""
    return [event for event in events if isinstance(event, Token | Finished)]


def test_its_words_are_told_and_answered_as_if_they_were_typed(session: Session) -> None:
    events = ask(session, SPOKEN)
    (heard,) = [event for event in events if isinstance(event, Heard)]
    assert heard.turn == SPOKEN.id
    assert error_rate([SAID], [heard.text]) < 0.2
    assert session.memory()["audio"].private == 0  # no tower was loaded for it
    typed = ask(session, Turn(5, Role.USER, heard.text))
    assert answered(events) == answered(typed)


def heard_in(events: list[Event]) -> str:
    (heard,) = [event for event in events if isinstance(event, Heard)]
    return heard.text


def test_what_is_typed_stands_before_what_is_said_and_stays_as_it_is_seen(
    session: Session,
) -> None:
    said = heard_in(ask(session, SPOKEN))
    events = ask(session, replace(SPOKEN, text="Read this:"))
    assert not [event for event in events if isinstance(event, Heard)]
    assert answered(events) == answered(ask(session, Turn(5, Role.USER, f"Read this:\n\n{said}")))


def test_without_starter_ears_the_model_listens_for_itself(session: Session) -> None:
    events = ask(session, replace(SPOKEN, text="Read this:"), starter=False)
    assert any(isinstance(event, Tower) and event.modality is Modality.AUDIO for event in events)
    assert session.memory()["starter"].private == 0
    assert session.release(Modality.AUDIO), "its tower is still held"


def test_earlier_sound_becomes_words_once_and_these_stay(session: Session) -> None:
    said = heard_in(ask(session, SPOKEN))
    later = (Turn(6, Role.MODEL, "yes"), Turn(7, Role.USER, "and then"))
    # Other ears may hear something else: what was answered once is not changed by them.
    events = ask(session, SPOKEN, *later, starter=False)
    assert not [event for event in events if isinstance(event, Heard | Tower)]
    assert answered(events) == answered(ask(session, Turn(5, Role.USER, said), *later))


def test_another_model_hears_the_sound_itself(folder: Path, tmp_path: Path) -> None:
    real = write_checkpoint(tmp_path, tiny_config())
    session = Session()
    list(session.load(real))
    events = ask(session, SPOKEN)
    assert not [event for event in events if isinstance(event, Heard)]
    assert session.memory()["audio"].private > 0


def test_where_nothing_is_said_that_is_told_and_the_conversation_goes_on(
    session: Session,
) -> None:
    silent = Turn(4, Role.USER, "", audio=np.zeros(SAMPLE_RATE, np.float32))
    with pytest.raises(NestlingError, match="No words were heard") as caught:
        ask(session, silent)
    assert caught.value.kind is ErrorKind.BAD_INPUT
    session.release_ears()
    assert session.memory()["starter"].private == 0, "the ears are still held"
    assert isinstance(ask(session, silent, Turn(6, Role.MODEL, ""), SPOKEN)[-1], Finished)


def test_it_can_be_stopped_before_it_is_answered(session: Session) -> None:
    (finished,) = ask(session, SPOKEN, stop=lambda: True)
    assert finished == Finished(SPOKEN.id, FinishReason.STOPPED)


def test_a_recording_goes_on_beside_it_undisturbed(session: Session) -> None:
    """Both are heard with the starter ears, each with a segment of its own."""
    pcm = reading()
    list(session.start_listening(1, starter=True))
    events: list[Event] = []
    for start in range(0, pcm.size, CHUNK_SAMPLES):
        if start == CHUNK_SAMPLES * 15:
            assert any(isinstance(event, Heard) for event in ask(session, SPOKEN))
        chunk = AudioChunk(pcm[start : start + CHUNK_SAMPLES].copy(), start, 0.0)
        events += session.feed([chunk])
    events += session.stop_listening(1)
    segments = [event.segment for event in events if isinstance(event, SegmentChanged)]
    said = " ".join(segment.text for segment in segments if segment.final)
    assert error_rate([SAID], [said]) < 0.2
