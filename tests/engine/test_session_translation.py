"""A session that translates while it listens, on a tiny random model; speech is scripted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.datatypes import (
    CHUNK_SAMPLES,
    AudioChunk,
    Languages,
    Segment,
    Task,
    Translation,
    Word,
)
from engine.errors import ErrorKind, NestlingError
from engine.live.transcriber import Transcriber, Update
from engine.opened import UNSUPPORTED
from engine.protocol import (
    Event,
    Failed,
    Listening,
    ListeningState,
    Loaded,
    Metrics,
    SegmentChanged,
    Translated,
    TranslationChanged,
)
from engine.session import Session
from engine.text.matformer import Size, SizeTable, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint

GERMAN = Languages("German", "English")
SIZES = (Size("small", (24,) * 12), Size("full", (48,) * 12))
SAID = "hello world. how are you today? fine thank you"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A general model with two sizes."""
    folder = tmp_path_factory.mktemp("models") / "general"
    write_checkpoint(folder, tiny_config(max_position_embeddings=2048))
    write_matformer(folder, SizeTable(SIZES, (24, 48), None, False))
    return folder


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    made = Session()
    list(made.load(folder))
    yield made
    made.close()


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bool], None]:
    """Let the transcriber hear whatever is said next, one segment."""
    waiting: list[Update] = []
    count = iter(range(1000))

    def say(text: str, final: bool = True) -> None:
        words = tuple(Word(word, 1.0, 1.0) for word in text.split())
        waiting.append(Update(Segment(next(count), 0.0, 1.0, words, "", final), 1.0))

    def feed(self: Transcriber, chunk: AudioChunk, *, more: bool = False) -> list[Update]:
        updates, waiting[:] = list(waiting), []
        return updates

    monkeypatch.setattr(Transcriber, "feed", feed)
    return say


def sound() -> list[AudioChunk]:
    return [AudioChunk(np.zeros(CHUNK_SAMPLES, np.float32), 0, 0.0)]


def worked(session: Session) -> list[Event]:
    """Every slice until nothing is left."""
    events: list[Event] = []
    while session.translating:
        events += session.translate_slice()
    return events


def translations(events: list[Event]) -> list[Translation]:
    return [event.translation for event in events if isinstance(event, TranslationChanged)]


def test_each_clause_is_translated_in_order_and_only_grows(
    session: Session, speaking: Callable[[str, bool], None]
) -> None:
    list(session.start_listening(1, translate_to=GERMAN))
    speaking(SAID, True)
    heard = list(session.feed(sound()))
    assert not translations(heard)  # the text does not wait for its translation
    assert session.translating
    found = translations(worked(session))
    finals = [t for t in found if t.final]
    assert [(t.segment, t.first, t.end, t.target) for t in finals] == [
        (0, 0, 2, "German"),
        (0, 2, 6, "German"),
        (0, 6, 9, "German"),
    ]
    for clause in finals:
        texts = [t.text for t in found if t.first == clause.first]
        assert all(after.startswith(before) for before, after in zip(texts, texts[1:]))  # noqa: B905


def test_without_a_language_nothing_is_translated(
    session: Session, speaking: Callable[[str, bool], None]
) -> None:
    list(session.start_listening(1))
    speaking(SAID, True)
    list(session.feed(sound()))
    assert not session.translating


def test_a_recording_ends_when_its_last_clause_is_translated(
    session: Session, speaking: Callable[[str, bool], None]
) -> None:
    list(session.start_listening(1, translate_to=GERMAN))
    speaking(SAID, True)
    list(session.feed(sound()))
    stopped = Listening(1, ListeningState.STOPPED)
    ending = list(session.stop_listening(1))
    assert stopped not in ending
    assert any(isinstance(event, Metrics) for event in ending)
    list(session.start_listening(2))  # nobody has to wait to listen again
    assert worked(session)[-1] == stopped
    assert list(session.stop_listening(2))[-1] == Listening(2, ListeningState.STOPPED)


def test_another_language_holds_from_the_next_clause(
    session: Session, speaking: Callable[[str, bool], None]
) -> None:
    list(session.start_listening(1, translate_to=GERMAN))
    speaking("one two.", False)
    list(session.feed(sound()))
    session.set_languages(1, Languages("French"))
    assert not session.translating  # what waited for the old one is given up
    speaking("three four.", True)
    list(session.feed(sound()))
    assert {t.target for t in translations(worked(session))} == {"French"}
    session.set_languages(1, None)
    speaking("five six.", True)
    list(session.feed(sound()))
    assert not session.translating


def test_a_text_is_translated_by_itself(session: Session) -> None:
    session.translate(7, "hello world", GERMAN)
    events = worked(session)
    assert all(isinstance(event, Translated) and event.id == 7 for event in events)
    assert isinstance(events[-1], Translated)
    assert events[-1].final


def test_what_waits_is_done_before_another_model_takes_over(
    session: Session, folder: Path, speaking: Callable[[str, bool], None]
) -> None:
    list(session.start_listening(1, translate_to=GERMAN))
    speaking(SAID, True)
    list(session.feed(sound()))
    events = list(session.load(folder))
    assert len([t for t in translations(events) if t.final]) == 3
    kinds = [type(event) for event in events]
    assert kinds.index(Loaded) > kinds.index(TranslationChanged)
    assert Listening(1, ListeningState.STOPPED) in events


def test_texts_keep_no_other_model_waiting(session: Session, folder: Path) -> None:
    for number in range(7, 27):
        session.translate(number, "hello world", GERMAN)
    list(session.translate_slice())
    events = list(session.load(folder))
    told = [event for event in events if isinstance(event, Translated)]
    assert told == [Translated(number, "", final=True) for number in range(7, 27)]
    assert isinstance(events[-1], Loaded)


def test_what_is_said_is_translated_before_texts_that_wait(
    session: Session, speaking: Callable[[str, bool], None]
) -> None:
    for number in (7, 8, 9):
        session.translate(number, "hello world", GERMAN)
    list(session.translate_slice())  # the first is under way
    list(session.start_listening(1, translate_to=GERMAN))
    speaking(SAID, True)
    list(session.feed(sound()))
    done = [
        event.id if isinstance(event, Translated) else "said"
        for event in worked(session)
        if (isinstance(event, Translated) and event.final)
        or (isinstance(event, TranslationChanged) and event.translation.final)
    ]
    assert done == [7, "said", "said", "said", 8, 9]


def test_giving_up_ends_what_waits_to_end(
    session: Session, speaking: Callable[[str, bool], None]
) -> None:
    list(session.start_listening(1, translate_to=GERMAN))
    speaking(SAID, True)
    list(session.feed(sound()))
    list(session.stop_listening(1))
    assert list(session.abandon_translation()) == [Listening(1, ListeningState.STOPPED)]
    assert not session.translating


def test_giving_up_tells_of_every_text_that_waits(session: Session) -> None:
    for number in (7, 8):
        session.translate(number, "hello world", GERMAN)
    list(session.translate_slice())  # the first is under way
    assert list(session.abandon_translation()) == [
        Translated(7, "", final=True),
        Translated(8, "", final=True),
    ]
    assert not session.translating


def test_of_texts_only_the_one_that_is_too_long_is_given_up(session: Session) -> None:
    """Those behind it would else wait for ever: it comes first whenever they are asked for."""
    session.translate(7, "fox " * 3000, GERMAN)
    session.translate(8, "hello world", GERMAN)
    events = worked(session)
    failed = [event for event in events if isinstance(event, Failed)]
    assert [event.kind for event in failed] == [ErrorKind.CONTEXT_FULL]
    assert Translated(7, "", final=True) in events
    assert isinstance(events[-1], Translated)
    assert (events[-1].id, events[-1].final) == (8, True)
    assert events[-1].text


def test_a_model_made_for_something_else_refuses(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    write_matformer(tmp_path, SizeTable(SIZES, (24, 48), {Task.TRANSCRIBE: "Write:"}, False))
    session = Session()
    list(session.load(tmp_path))
    for refused in (
        lambda: list(session.start_listening(1, translate_to=GERMAN)),
        lambda: session.translate(1, "hello", GERMAN),
        lambda: session.set_languages(1, GERMAN),
    ):
        with pytest.raises(NestlingError) as caught:
            refused()
        assert caught.value.kind is ErrorKind.UNSUPPORTED_TASK
        assert caught.value.message == UNSUPPORTED[Task.TRANSLATE]


def test_a_model_of_two_languages_refuses_a_third_and_names_them(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    tasks = {Task.TRANSCRIBE: "Write:", Task.TRANSLATE: "Into {target}:"}
    table = SizeTable(SIZES, (24, 48), tasks, languages=("Spanish", "Chinese"))
    write_matformer(tmp_path, table)
    session = Session()
    list(session.load(tmp_path))
    for refused in (
        lambda: list(session.start_listening(1, translate_to=GERMAN)),
        lambda: session.translate(1, "hello", GERMAN),
        lambda: session.set_languages(1, GERMAN),
    ):
        with pytest.raises(NestlingError, match="into German, only into Spanish and Chinese") as no:
            refused()
        assert no.value.kind is ErrorKind.UNSUPPORTED_TASK
    session.translate(1, "hello", Languages("Spanish"))
    assert any(isinstance(event, Translated) for event in worked(session))


def loud(count: int) -> list[AudioChunk]:
    random = np.random.default_rng(3)
    return [
        AudioChunk(random.normal(0, 0.1, CHUNK_SAMPLES).astype(np.float32), n * CHUNK_SAMPLES, 0.0)
        for n in range(count)
    ]


@pytest.mark.parametrize("from_sound", [False, True])
def test_translating_changes_no_word_of_the_transcript(folder: Path, from_sound: bool) -> None:
    """Real hearing of noise, with slices of translation between the chunks."""
    heard: dict[bool, list[Segment]] = {}
    for translating in (False, True):
        session = Session()
        list(session.load(folder))
        languages = Languages("German", from_sound=from_sound) if translating else None
        list(session.start_listening(1, use_vad=False, translate_to=languages))
        events: list[Event] = []
        for chunk in loud(30):
            events += session.feed([chunk])
            events += session.translate_slice()
        events += session.stop_listening(1)
        events += worked(session)
        heard[translating] = [e.segment for e in events if isinstance(e, SegmentChanged)]
        assert bool(translations(events)) == translating
        session.close()
    assert [s.words for s in heard[True]] == [s.words for s in heard[False]]
