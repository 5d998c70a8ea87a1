"""A sound file becomes chunks for the session: all of them, a moment at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk
from engine.errors import ErrorKind, NestlingError
from engine.file_hearing import MOMENT_S, FileHearing
from engine.protocol import Event, FileHeard, Listening, ListeningState, TranscribeFile
from engine.session import Session


class Hearer:
    """A session that keeps what it hears; each chunk takes it a third of a moment."""

    def __init__(self) -> None:
        self.hearing: int | None = None
        self.how: list[dict[str, object]] = []
        self.chunks: list[AudioChunk] = []
        self.now = 0.0
        self.given_up = False  # the tower that it needs

    def start_listening(self, recording: int, **how: object) -> Iterator[Event]:
        self.how.append(how)
        if self.given_up:
            yield Listening(recording, ListeningState.STOPPED)
            return
        self.hearing = recording
        yield Listening(recording, ListeningState.STARTED)

    def feed(self, chunks: Sequence[AudioChunk]) -> Iterator[Event]:
        self.chunks += chunks
        self.now += MOMENT_S / 3
        yield from ()

    def stop_listening(self, recording: int) -> Iterator[Event]:
        self.hearing = None
        yield Listening(recording, ListeningState.STOPPED)


@pytest.fixture
def hearer() -> Hearer:
    return Hearer()


@pytest.fixture
def hearing(hearer: Hearer) -> FileHearing:
    return FileHearing(cast(Session, hearer), lambda: hearer.now)


def written(path: Path, seconds: float) -> Path:
    random = np.random.default_rng(0)
    soundfile.write(path, 0.1 * random.standard_normal(round(seconds * SAMPLE_RATE)), SAMPLE_RATE)
    return path


def run(hearing: FileHearing) -> list[Event]:
    events: list[Event] = []
    while hearing.running:
        events += hearing.step()
    return events


def test_all_of_a_file_is_heard_in_order(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    path = written(tmp_path / "talk.wav", 3.21)
    events = [*hearing.start(TranscribeFile(7, str(path), starter=True))]
    assert events == [Listening(7, ListeningState.STARTED), FileHeard(7, 0.0, 3.21, None, False)]
    assert hearer.how == [{"translate_to": None, "starter": True, "whole_clip": True}]
    *told, ended, stopped = run(hearing)
    assert (ended, stopped) == (
        FileHeard(7, 3.21, 3.21, None, True),
        Listening(7, ListeningState.STOPPED),
    )
    shares = [event.heard_s for event in told if isinstance(event, FileHeard)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 3.21
    pcm, _ = soundfile.read(path, dtype="float32")
    np.testing.assert_array_equal(np.concatenate([chunk.pcm for chunk in hearer.chunks]), pcm)
    starts = [chunk.start for chunk in hearer.chunks]
    assert starts == [number * CHUNK_SAMPLES for number in range(len(starts))]


def test_how_long_it_will_take_yet_is_told_once_it_shows(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    """Chunks of 0.16 s take a thirtieth of a second each: 4.8 s of sound a second."""
    list(hearing.start(TranscribeFile(7, str(written(tmp_path / "talk.wav", 40)))))
    *told, ended = [event for event in run(hearing) if isinstance(event, FileHeard)]
    assert {event.left_s for event in told if event.heard_s < 19} == {None}
    shown = [event for event in told if event.heard_s > 20]
    assert len(shown) > 5
    assert [event.left_s for event in shown] == [
        pytest.approx((40 - event.heard_s) / 4.8, rel=0.02) for event in shown
    ]
    assert ended.left_s is None


def test_what_waits_is_looked_at_after_every_moment(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    list(hearing.start(TranscribeFile(7, str(written(tmp_path / "talk.wav", 3)))))
    assert hearer.chunks == []
    list(hearing.step())
    assert len(hearer.chunks) == 3


def test_it_goes_on_in_the_middle_on_a_clock_that_begins_there(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    path, first = written(tmp_path / "talk.wav", 3), 5 * CHUNK_SAMPLES
    _, told = hearing.start(TranscribeFile(8, str(path), first))
    assert told == FileHeard(8, 0.8, 3.0, None, False)
    *_, ended, _ = run(hearing)
    assert isinstance(ended, FileHeard)
    assert ended.heard_s == pytest.approx(3.0)
    pcm, _ = soundfile.read(path, dtype="float32")
    np.testing.assert_array_equal(
        np.concatenate([chunk.pcm for chunk in hearer.chunks]), pcm[first:]
    )
    assert hearer.chunks[0].start == 0


def test_a_recording_that_somebody_ended_is_heard_no_further(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    list(hearing.start(TranscribeFile(7, str(written(tmp_path / "talk.wav", 3)))))
    hearer.hearing = None
    assert not hearing.running
    assert [*hearing.step()] == []
    assert hearer.chunks == []


def test_without_ears_nothing_is_read(hearing: FileHearing, hearer: Hearer, tmp_path: Path) -> None:
    hearer.given_up = True
    (stopped,) = hearing.start(TranscribeFile(7, str(written(tmp_path / "talk.wav", 3))))
    assert stopped == Listening(7, ListeningState.STOPPED)
    assert not hearing.running


def test_what_is_no_sound_is_told_before_anything_is_loaded(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(NestlingError) as caught:
        list(hearing.start(TranscribeFile(7, str(path))))
    assert caught.value.kind is ErrorKind.BAD_AUDIO
    assert hearer.how == []
    assert not hearing.running


def test_a_damaged_place_is_told_after_what_came_before_it(
    hearing: FileHearing, hearer: Hearer, tmp_path: Path
) -> None:
    path = written(tmp_path / "talk.flac", 10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    list(hearing.start(TranscribeFile(7, str(path))))
    with pytest.raises(NestlingError, match="damaged"):
        run(hearing)
    assert hearer.hearing is None  # it was ended in order
    assert sum(chunk.pcm.size for chunk in hearer.chunks) > 3 * SAMPLE_RATE
    assert not hearing.running
