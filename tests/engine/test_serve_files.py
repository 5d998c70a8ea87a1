"""A sound file in the worker's loop: heard while nothing else is asked for, and to its end."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Languages
from engine.errors import ErrorKind
from engine.file_hearing import MOMENT_S
from engine.protocol import (
    Event,
    Failed,
    FileHeard,
    Finished,
    Listening,
    ListeningState,
    SetLanguages,
    SetSize,
    SizeChanged,
    StopListening,
    Token,
    TranscribeFile,
)
from tests.engine.serving import ASK, TIMEOUT_S, RecordingSession, Window

CHUNKS = 12


class HearingSession(RecordingSession):
    """Knows which recording it hears; takes its time, and waits for `hold` behind one chunk."""

    hearing: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.translated_at: list[int] = []  # after so many chunks, each slice

    def translate_slice(self) -> Iterator[Event]:
        self.translated_at.append(len(self.batches))
        yield from super().translate_slice()

    def start_listening(self, recording: int, **how: object) -> Iterator[Event]:  # type: ignore[override]
        self.hearing = recording
        yield Listening(recording, ListeningState.STARTED)

    def feed(self, chunks: Sequence[AudioChunk]) -> Iterator[Event]:
        self.batches.append(len(chunks))
        time.sleep(MOMENT_S / 2)
        if len(self.batches) > 1:
            assert self.hold.wait(TIMEOUT_S)
        if self.error:
            raise self.error
        yield from ()

    def stop_listening(self, recording: int) -> Iterator[Event]:
        if self.hearing == recording:
            self.hearing = None
            yield Listening(recording, ListeningState.STOPPED)

    def abandon_listening(self) -> Iterator[Event]:
        number, self.hearing = self.hearing, None
        if number is not None:
            yield Listening(number, ListeningState.STOPPED)


@pytest.fixture
def session() -> HearingSession:
    return HearingSession()


@pytest.fixture
def window(session: HearingSession) -> Iterator[Window]:
    window = Window(session)
    yield window.hello()
    session.hold.set()
    window.stop()
    window.connection.close()
    window.thread.join(TIMEOUT_S)
    assert not window.thread.is_alive()


@pytest.fixture
def talk(tmp_path: Path) -> TranscribeFile:
    path = tmp_path / "talk.wav"
    soundfile.write(path, np.zeros(CHUNKS * CHUNK_SAMPLES), SAMPLE_RATE)
    return TranscribeFile(1, str(path))


STARTED = Listening(1, ListeningState.STARTED)
STOPPED = Listening(1, ListeningState.STOPPED)


def until(window: Window, last: Event) -> list[Event]:
    events = [window.next()]
    while events[-1] != last:
        events.append(window.next())
    return events


def test_a_file_is_heard_to_its_end(
    window: Window, session: HearingSession, talk: TranscribeFile
) -> None:
    window.send(talk)
    started, begun, *_, ended, _ = until(window, STOPPED)
    length_s = CHUNKS * CHUNK_SAMPLES / SAMPLE_RATE
    assert started == STARTED
    assert begun == FileHeard(1, 0.0, length_s, None, False)
    assert ended == FileHeard(1, length_s, length_s, None, True)
    assert session.batches == [1] * CHUNKS


def test_what_is_no_sound_ends_before_it_begins(window: Window, tmp_path: Path) -> None:
    window.send(TranscribeFile(1, str(tmp_path / "gone.wav")))
    failed, stopped = window.next(), window.next()
    assert isinstance(failed, Failed)
    assert failed.kind is ErrorKind.BAD_AUDIO
    assert stopped == STOPPED


def test_a_stop_ends_it(window: Window, session: HearingSession, talk: TranscribeFile) -> None:
    session.hold.clear()
    window.send(talk)
    assert until(window, STARTED)
    window.send(StopListening(1))
    session.hold.set()
    assert until(window, STOPPED)
    window.send(SetSize("small"))
    assert until(window, SizeChanged("small")) == [SizeChanged("small")]
    assert len(session.batches) < CHUNKS


def test_what_cannot_be_heard_ends_it_with_a_sentence(
    window: Window, session: HearingSession, talk: TranscribeFile
) -> None:
    session.error = RuntimeError("broken")
    window.send(talk)
    events = until(window, STOPPED)
    assert isinstance(events[-2], Failed)
    assert session.batches == [1]


def test_a_question_is_answered_first(
    window: Window, session: HearingSession, talk: TranscribeFile
) -> None:
    """Nobody misses what waits in a file; the same words come later."""
    session.hold.clear()
    window.send(talk)
    assert until(window, STARTED)
    window.send(ASK)
    session.hold.set()
    event = window.next()
    while not isinstance(event, Token):
        event = window.next()
    heard = len(session.batches)
    for _ in range(20):
        assert isinstance(window.next(), Token)
    assert len(session.batches) == heard < CHUNKS
    window.stop()
    events = until(window, STOPPED)
    assert any(isinstance(event, Finished) for event in events)
    assert session.batches == [1] * CHUNKS


def test_it_waits_for_the_translation_of_what_was_heard(
    window: Window, session: HearingSession, talk: TranscribeFile
) -> None:
    session.hold.clear()
    window.send(talk)
    assert until(window, STARTED)
    window.send(SetLanguages(300, Languages("German")))  # so many slices
    session.hold.set()
    until(window, STOPPED)
    (heard,) = set(session.translated_at)
    assert heard < CHUNKS
    assert len(session.translated_at) == 300
    assert session.batches == [1] * CHUNKS
