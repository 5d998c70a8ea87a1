"""Who hears: the starter ears in place of a demonstration model, every other model for itself."""

from pathlib import Path

import numpy as np
import pytest

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Modality, Task
from engine.errors import ErrorKind, NestlingError
from engine.protocol import Listening, ListeningState, Loaded, Memory, SegmentChanged, Tower
from engine.session import Session
from engine.text.matformer import Size, SizeTable, write_matformer
from engine.training.sets import error_rate
from tests.checkpoints import tiny_config, write_checkpoint
from tests.reader import SAID, reading

TASKS: dict[Task, str | None] = {Task.TRANSCRIBE: None}


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def write(folder: Path, *, demonstration: bool) -> Path:
    write_checkpoint(folder, tiny_config())
    sizes = (Size("full", (48,) * 12),)
    write_matformer(folder, SizeTable(sizes, (48,), TASKS, demonstration))
    return folder


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("models") / "demonstration", demonstration=True)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("models") / "real", demonstration=False)


def opened(folder: Path, clock: Clock) -> Session:
    session = Session(clock=clock, idle_release_s=60)
    (loaded,) = [event for event in session.load(folder) if isinstance(event, Loaded)]
    assert loaded.model.starter_ears is loaded.model.demonstration
    return session


def hear(session: Session, pcm: np.ndarray) -> str:
    """All that is confirmed of a recording."""
    events = []
    for start in range(0, pcm.size, CHUNK_SAMPLES):
        events += session.feed(
            [AudioChunk(pcm[start : start + CHUNK_SAMPLES].copy(), start, 100.0)]
        )
    events += session.stop_listening(1)
    segments = [event.segment for event in events if isinstance(event, SegmentChanged)]
    return " ".join(segment.text for segment in segments if segment.final)


def test_a_demonstration_hears_with_them_and_they_go_when_they_idle(demonstration: Path) -> None:
    clock = Clock()
    session = opened(demonstration, clock)
    assert session.memory()["starter"].private == 0
    events = list(session.start_listening(1, starter=True))
    assert events == [Listening(1, ListeningState.STARTED)]  # no tower is loaded for it
    assert session.memory()["starter"].private > 20_000_000
    assert session.idle_release_due() is None
    assert error_rate([SAID], [hear(session, reading())]) < 0.2
    assert session.idle_release_due() == clock.now + 60
    assert session.release_idle() == []
    clock.now += 60
    (told,) = session.release_idle()
    assert isinstance(told, Memory)
    assert told.parts["starter"].private == 0
    assert session.idle_release_due() is None
    list(session.start_listening(2, starter=True))
    # Given up while they hear, they go with the end of it.
    (told,) = session.release_ears()
    assert isinstance(told, Memory)
    assert told.parts["starter"].private > 0
    list(session.stop_listening(2))
    assert session.memory()["starter"].private == 0
    session.close()


def test_unless_asked_for_a_model_hears_for_itself(demonstration: Path) -> None:
    session = opened(demonstration, Clock())
    events = list(session.start_listening(1))
    assert any(isinstance(event, Tower) and event.modality is Modality.AUDIO for event in events)
    assert session.memory()["starter"].private == 0
    session.close()


def test_a_real_model_takes_their_place(demonstration: Path, real: Path) -> None:
    session = opened(demonstration, Clock())
    list(session.start_listening(1, starter=True))
    list(session.load(real))
    assert session.memory()["starter"].private == 0
    events = list(session.start_listening(2, starter=True))
    assert any(isinstance(event, Tower) and event.modality is Modality.AUDIO for event in events)
    session.close()


def test_without_the_package_nobody_is_offered_them(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.live.moonshine.PACKAGE", "no_such_package")
    session = Session()
    (loaded,) = [event for event in session.load(demonstration) if isinstance(event, Loaded)]
    assert not loaded.model.starter_ears
    session.close()


def test_a_broken_package_is_said_and_the_next_try_may_do_without(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(demonstration, Clock())
    monkeypatch.setattr("engine.live.starter.weights_folder", lambda: Path("nowhere"))
    with pytest.raises(NestlingError, match="switch them off") as caught:
        list(session.start_listening(1, starter=True))
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
    assert Listening(2, ListeningState.STARTED) in list(session.start_listening(2))
    session.close()


def test_a_file_is_written_down_by_them(demonstration: Path, tmp_path: Path) -> None:
    import soundfile

    soundfile.write(tmp_path / "said.wav", reading(), SAMPLE_RATE)
    session = opened(demonstration, Clock())
    segments = list(session.transcribe(tmp_path / "said.wav", starter=True))
    assert error_rate([SAID], [" ".join(segment.text for segment in segments)]) < 0.2
    session.close()


def test_a_file_that_is_no_sound_does_not_keep_them_in_memory(
    demonstration: Path, tmp_path: Path
) -> None:
    (tmp_path / "said.wav").write_text("no sound at all")
    clock = Clock()
    session = opened(demonstration, clock)
    with pytest.raises(NestlingError) as caught:
        list(session.transcribe(tmp_path / "said.wav", starter=True))
    assert caught.value.kind is ErrorKind.BAD_AUDIO
    assert session.idle_release_due() == clock.now + 60
    session.close()
