"""Changing the size: what is given back, that nothing else changes, that nothing is left behind."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine import footprint, residency
from engine.datatypes import CHUNK_SAMPLES, AudioChunk, Languages, Role, SamplingParams, Turn
from engine.protocol import SizeChanged, Token
from engine.session import Session
from engine.text.matformer import Size, SizeTable, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint
from tests.elastic import write_elastic

GREEDY = SamplingParams(temperature=0.0, max_tokens=3)
QUESTION = (Turn(1, Role.USER, "hello, how are you today?"),)
KEPT = 0.95  # of what a size does not use is whole pages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_elastic(tmp_path_factory.mktemp("models") / "elastic")


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    session = Session()
    list(session.load(folder))
    yield session
    session.close()


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Session]:
    """A model that hears, in two sizes."""
    wide, layers = 1024, 12
    config = tiny_config(hidden=128, widths=[wide] * layers, max_position_embeddings=2048)
    write_checkpoint(tmp_path, config)
    sizes = (Size("small", (wide // 2,) * layers), Size("full", (wide,) * layers))
    write_matformer(tmp_path, SizeTable(sizes, (wide // 2, wide)))
    session = Session()
    list(session.load(tmp_path))
    yield session
    session.close()


def noise(count: int, first: int = 0) -> list[AudioChunk]:
    """Loud noise in order, beginning with chunk number `first`."""
    pcm = np.random.default_rng(first).normal(0, 0.1, (count, CHUNK_SAMPLES)).astype(np.float32)
    return [AudioChunk(part, (first + n) * CHUNK_SAMPLES, 0.0) for n, part in enumerate(pcm)]


def take(session: Session, size: str) -> None:
    list(session.set_size(size))


def answer(session: Session, turns: tuple[Turn, ...] = QUESTION) -> list[int]:
    return [event.id for event in session.ask(turns, GREEDY) if isinstance(event, Token)]


def resident(session: Session) -> int:
    text = session.memory()["text"]
    assert text.private < 1_000_000  # all of it is pages of the file
    return text.file_backed


def test_a_smaller_size_gives_back_what_it_does_not_use(session: Session) -> None:
    whole = answer(session)
    before = resident(session)
    model = session._opened.model
    idle = sum(
        weight.nbytes for weight in footprint.idle_weights(model.text, model.sizes.size("E2B"))
    )
    take(session, "E2B")
    after = resident(session)
    assert idle > before / 3
    assert before - after > KEPT * idle
    answer(session)
    assert resident(session) < after + 0.05 * idle  # and it stays so while it is used
    take(session, "E4B")
    assert answer(session) == whole
    assert resident(session) > 0.99 * before


def test_an_utterance_heard_to_its_end_gives_the_larger_size_back(hearing: Session) -> None:
    list(hearing.start_listening(1, use_vad=False))
    list(hearing.feed(noise(4)))
    before = resident(hearing)
    assert list(hearing.set_size("small")) == []
    assert SizeChanged("small") in list(hearing.feed(noise(1, first=60)))  # a gap ends it
    after = resident(hearing)
    assert after < 0.75 * before
    list(hearing.feed(noise(2, first=61)))
    list(hearing.stop_listening(1))
    assert resident(hearing) < 1.02 * after


def test_stopping_in_an_utterance_gives_the_larger_size_back(hearing: Session) -> None:
    list(hearing.start_listening(1, use_vad=False))
    list(hearing.feed(noise(4)))
    before = resident(hearing)
    assert list(hearing.set_size("small")) == []
    list(hearing.stop_listening(1))
    assert resident(hearing) < 0.75 * before


def test_a_translation_done_to_its_end_gives_the_larger_size_back(hearing: Session) -> None:
    hearing.translate(1, "hello world, how are you today?", Languages("German", "English"))
    list(hearing.translate_slice())
    list(hearing.translate_slice())
    before = resident(hearing)
    list(hearing.set_size("small"))
    list(hearing.translate_slice())
    assert resident(hearing) > 0.95 * before  # it goes on as it began
    while hearing.translating:
        list(hearing.translate_slice())
    assert resident(hearing) < 0.75 * before


def test_a_translation_that_is_given_up_gives_the_larger_size_back(hearing: Session) -> None:
    hearing.translate(1, "hello world, how are you today?", Languages("German", "English"))
    list(hearing.translate_slice())
    list(hearing.translate_slice())
    before = resident(hearing)
    list(hearing.set_size("small"))
    list(hearing.translate_slice())
    list(hearing.abandon_translation())
    hearing.release_idle()
    assert resident(hearing) < 0.75 * before


def test_the_bytes_of_a_size_are_what_it_brings_into_memory(folder: Path) -> None:
    for size in ("E2B", "E2.98B-block", "E4B"):
        session = Session()
        list(session.load(folder, size))
        answer(session)
        model = session._opened.model
        predicted = footprint.weights_bytes(model.text, model.sizes.size(size))
        assert resident(session) == pytest.approx(predicted, rel=0.05)
        session.close()


def test_every_size_answers_as_one_opened_at_it(session: Session, folder: Path) -> None:
    for name in ("E2B", "E3.18B-layer", "E2.54B-layer"):
        take(session, "E4B")
        answer(session)
        take(session, name)
        fresh = Session()
        list(fresh.load(folder, name))
        assert answer(session) == answer(fresh)
        fresh.close()


def test_switching_two_hundred_times_leaves_nothing_behind(tmp_path: Path) -> None:
    """Sizes of one class of caches and of others, in one conversation."""
    write_checkpoint(tmp_path, tiny_config(layers=6, shared=3, audio=False), seed=3)
    sizes = {"full": [48] * 6, "tail": [48] * 3 + [24] * 3, "small": [24] * 6}
    table = tuple(Size(name, tuple(widths)) for name, widths in sizes.items())
    write_matformer(tmp_path, SizeTable(table, (24, 48)))
    session, one = Session(), SamplingParams(temperature=0.0, max_tokens=1)
    list(session.load(tmp_path))
    longer = (*QUESTION, Turn(2, Role.MODEL, "fine"), Turn(3, Role.USER, "and now?"))

    def switch(times: int) -> int:
        for number in range(times):
            take(session, list(sizes)[number % 3])
            list(session.ask(longer if number % 2 else QUESTION, one))
        gc.collect()
        residency.trim()
        return residency.private_bytes()

    kept, cache_bytes = switch(30), session._opened.kv_bytes()
    assert switch(200) - kept < 2_000_000
    assert session._opened.kv_bytes() == cache_bytes
    session.close()
