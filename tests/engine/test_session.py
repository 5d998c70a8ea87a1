"""A session on a tiny random model: what it holds, what it lets go, what it refuses.

What is recognised is not looked at here: random weights say nothing.
"""

import json
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.datatypes import (
    CHUNK_SAMPLES,
    SAMPLE_RATE,
    AudioChunk,
    Modality,
    Role,
    SamplingParams,
    Task,
    Turn,
)
from engine.errors import ErrorKind, NestlingError
from engine.live.transcriber import Transcriber, Update
from engine.model import Gemma3n
from engine.opened import UNSUPPORTED
from engine.protocol import (
    Context,
    Event,
    Finished,
    Listening,
    ListeningState,
    Loaded,
    Metrics,
    Progress,
    SegmentChanged,
    SizeChanged,
    Token,
    Tower,
    TowerState,
)
from engine.session import IDLE_RELEASE_S, Session
from engine.text.matformer import Size, SizeTable, write_matformer
from engine.weights import Weights
from tests.checkpoints import tiny_config, write_checkpoint

SIZES = (Size("small", (24,) * 12), Size("full", (48,) * 12, score=0.5))
ASK = (Turn(0, Role.USER, "hello"),), SamplingParams(seed=1, max_tokens=2)


def write_model(folder: Path, tasks: dict[Task, str | None] | None = None) -> Path:
    write_checkpoint(folder, tiny_config(), dtype=torch.bfloat16)
    write_matformer(folder, SizeTable(SIZES, (24, 48), tasks, tasks is not None))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A general model with two sizes."""
    return write_model(tmp_path_factory.mktemp("models") / "general")


@pytest.fixture(scope="module")
def scribe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was made to transcribe only."""
    return write_model(tmp_path_factory.mktemp("models") / "scribe", {Task.TRANSCRIBE: "Write:"})


@pytest.fixture(scope="module")
def text_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text-only export without sizes."""
    return write_checkpoint(tmp_path_factory.mktemp("models") / "mute", tiny_config(text_only=True))


class Clock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(clock: Clock) -> Session:
    return Session(clock=clock)


@pytest.fixture
def open_session(session: Session, folder: Path) -> Session:
    drain(session.load(folder))
    return session


def drain(events: Iterator[Event]) -> list[Event]:
    return list(events)


def noise(count: int, first: int = 0) -> list[AudioChunk]:
    """Loud noise in order, beginning with chunk number `first`."""
    random = np.random.default_rng(first)
    return [
        AudioChunk(
            random.normal(0, 0.1, CHUNK_SAMPLES).astype(np.float32),
            (first + n) * CHUNK_SAMPLES,
            100.0,
        )
        for n in range(count)
    ]


def listen(session: Session, recording: int = 1) -> None:
    """Every sound counts as speech."""
    drain(session.start_listening(recording, use_vad=False))


# --- the model ------------------------------------------------------------------------------------


def test_an_opened_model_says_what_it_can(session: Session, folder: Path) -> None:
    *_, loaded = drain(session.load(folder))
    assert isinstance(loaded, Loaded)
    model = loaded.model
    assert (model.name, model.folder) == ("general", str(folder))
    assert model.tasks == (Task.CHAT, Task.TRANSCRIBE, Task.TRANSLATE)
    assert model.modalities == (Modality.TEXT, Modality.AUDIO)
    assert [(size.name, size.layers, size.score) for size in model.sizes] == [
        ("small", 12, None),
        ("full", 12, 0.5),
    ]
    assert model.sizes[0].effective_params < model.sizes[1].effective_params
    assert model.sizes[0].kv_class != model.sizes[1].kv_class
    assert model.size == "full"
    assert model.streaming
    assert not model.demonstration


def test_a_folder_whose_name_is_no_text_is_shown_by_one(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / os.fsdecode(b"mod\xe8le"), tiny_config())
    *_, loaded = drain(Session().load(folder))
    assert isinstance(loaded, Loaded)
    assert (loaded.model.name, loaded.model.folder) == (
        "mod\N{REPLACEMENT CHARACTER}le",
        str(folder),
    )


def test_a_model_with_tasks_of_its_own_does_nothing_else(session: Session, scribe: Path) -> None:
    *_, loaded = drain(session.load(scribe))
    assert isinstance(loaded, Loaded)
    assert loaded.model.tasks == (Task.TRANSCRIBE,)
    assert loaded.model.demonstration
    with pytest.raises(NestlingError) as caught:
        drain(session.ask(*ASK))
    assert caught.value.kind is ErrorKind.UNSUPPORTED_TASK
    assert caught.value.message == UNSUPPORTED[Task.CHAT]


def test_a_text_only_model_does_not_listen(session: Session, text_only: Path) -> None:
    *_, loaded = drain(session.load(text_only))
    assert isinstance(loaded, Loaded)
    assert (loaded.model.tasks, loaded.model.streaming) == ((Task.CHAT, Task.TRANSLATE), False)
    with pytest.raises(NestlingError) as caught:
        drain(session.start_listening(1))
    assert caught.value.kind is ErrorKind.UNSUPPORTED_TASK
    assert caught.value.message == UNSUPPORTED[Task.TRANSCRIBE]


def test_a_size_that_is_not_there_is_said_before_weights_are_prepared(
    session: Session, tmp_path: Path
) -> None:
    folder = write_model(tmp_path / "general")
    files = sorted(folder.iterdir())
    with pytest.raises(NestlingError, match="small, full"):
        drain(session.load(folder, "huge", Weights.INT4))
    assert sorted(folder.iterdir()) == files


def test_a_model_can_be_opened_at_a_size(session: Session, folder: Path) -> None:
    *_, loaded = drain(session.load(folder, "small"))
    assert isinstance(loaded, Loaded)
    assert loaded.model.size == "small"


@pytest.mark.parametrize(
    ("broken", "size", "kind"),
    [(True, None, ErrorKind.BAD_MODEL), (False, "huge", ErrorKind.BAD_INPUT)],
    ids=["folder", "size"],
)
def test_the_old_model_stays_where_another_cannot_be_opened(
    open_session: Session,
    folder: Path,
    tmp_path: Path,
    broken: bool,
    size: str | None,
    kind: ErrorKind,
) -> None:
    listen(open_session)
    with pytest.raises(NestlingError) as caught:
        drain(open_session.load(tmp_path if broken else folder, size))
    assert caught.value.kind is kind
    assert drain(open_session.stop_listening(1))[-1] == Listening(1, ListeningState.STOPPED)
    assert isinstance(drain(open_session.ask(*ASK))[-1], Finished)


def test_another_model_drains_the_recording_first(open_session: Session, scribe: Path) -> None:
    listen(open_session)
    drain(open_session.feed(noise(3)))
    events = drain(open_session.load(scribe))
    told = [event for event in events if isinstance(event, Progress)]
    assert told == [Progress("model", None)] * 2, "a share of nothing that is prepared"
    assert events[-3] == Listening(1, ListeningState.STOPPED)
    assert events[-2] == Tower(Modality.AUDIO, TowerState.ABSENT)
    assert isinstance(events[-1], Loaded)


def test_what_came_while_another_model_opened_is_heard_before_it_takes_over(
    open_session: Session, scribe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, ready = Gemma3n.opening, []

    def noted(*args: Any, **options: Any) -> Generator[float, None, Gemma3n]:
        model = yield from opening(*args, **options)
        ready.append(model)
        return model

    monkeypatch.setattr(Gemma3n, "opening", noted)
    listen(open_session)
    drain(open_session.feed(noise(3)))
    events: list[Event] = []
    for event in open_session.load(scribe):
        events.append(event)
        if isinstance(event, Progress) and ready:
            drain(open_session.feed(noise(2, first=3)))
    last = next(event for event in events if isinstance(event, SegmentChanged))
    assert last.segment.end_s == 5 * CHUNK_SAMPLES / SAMPLE_RATE


@pytest.mark.parametrize("action", ["ask", "listen", "size"])
def test_without_a_model_everything_is_refused(session: Session, action: str) -> None:
    actions = {
        "ask": lambda: session.ask(*ASK),
        "listen": lambda: session.start_listening(1),
        "size": lambda: session.set_size("full"),
    }
    with pytest.raises(NestlingError) as caught:
        drain(actions[action]())
    assert caught.value.kind is ErrorKind.BAD_INPUT


# --- sizes ----------------------------------------------------------------------------------------


def test_a_size_is_taken_at_once_between_utterances(open_session: Session) -> None:
    assert drain(open_session.set_size("small")) == [SizeChanged("small")]
    listen(open_session)
    assert drain(open_session.set_size("full")) == [SizeChanged("full")]


def test_an_unknown_size_is_refused_with_the_known_ones(open_session: Session) -> None:
    with pytest.raises(NestlingError, match="small, full") as caught:
        drain(open_session.set_size("huge"))
    assert caught.value.kind is ErrorKind.BAD_INPUT


def test_within_an_utterance_a_size_waits_for_its_end(open_session: Session) -> None:
    listen(open_session)
    drain(open_session.feed(noise(4)))
    assert drain(open_session.set_size("small")) == []
    assert SizeChanged("small") not in drain(open_session.feed(noise(2, first=4)))
    resumed = drain(open_session.feed(noise(1, first=20)))  # a gap ends the utterance
    assert SizeChanged("small") in resumed


def test_a_size_that_waits_is_taken_when_listening_stops(open_session: Session) -> None:
    listen(open_session)
    drain(open_session.feed(noise(4)))
    assert drain(open_session.set_size("small")) == []
    events = drain(open_session.stop_listening(1))
    assert events.count(SizeChanged("small")) == 1


# --- listening ------------------------------------------------------------------------------------


def test_listening_starts_and_stops_with_metrics_in_between(open_session: Session) -> None:
    assert drain(open_session.start_listening(5))[-1] == Listening(5, ListeningState.STARTED)
    fed = drain(open_session.feed(noise(1)))
    assert [type(event) for event in fed if not isinstance(event, SegmentChanged)] == [Metrics]
    stopped = drain(open_session.stop_listening(5))
    assert stopped[-1] == Listening(5, ListeningState.STOPPED)
    assert isinstance(stopped[-2], Metrics)


def test_steps_are_logged_only_where_a_path_is_given(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "steps.jsonl"
    session = Session(live_log=path)
    drain(session.load(folder))
    listen(session)
    drain(session.feed(noise(2)))
    drain(session.stop_listening(1))
    steps = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {"step"} <= {step["kind"] for step in steps} <= {"step", "segment"}
    listen(session)
    session.close()  # ends the recording and closes its log


def test_metrics_come_twice_a_second(open_session: Session, clock: Clock) -> None:
    listen(open_session)
    told = []
    for number in range(12):
        clock.now += CHUNK_SAMPLES / SAMPLE_RATE
        events = drain(open_session.feed(noise(1, first=number)))
        told += [event for event in events if isinstance(event, Metrics)]
    assert len(told) == 3


class Scripted(Transcriber):
    """Tells which chunks came, and that further ones wait."""

    fed: list[tuple[int, bool]]

    def feed(self, chunk: AudioChunk, *, more: bool = False) -> list[Update]:
        self.fed.append((chunk.start // CHUNK_SAMPLES, more))
        return super().feed(chunk, more=more)


class Hearing(Transcriber):
    """Tells the samples that came."""

    samples: list[float]

    def feed(self, chunk: AudioChunk, *, more: bool = False) -> list[Update]:
        self.samples += chunk.pcm.tolist()
        return []


def test_samples_out_of_range_never_reach_the_transcriber(
    open_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One NaN made the rest of the recording, and its voice gate, deaf."""
    monkeypatch.setattr(Hearing, "samples", [], raising=False)
    monkeypatch.setattr("engine.session.Transcriber", Hearing)
    listen(open_session)
    pcm = np.array([0.5, np.nan, np.inf, -np.inf, -3.0], np.float32)
    drain(open_session.feed([AudioChunk(pcm, 0, 0.0)]))
    assert Hearing.samples == [0.5, 0.0, 1.0, -1.0, -1.0]


def test_of_piled_up_sound_only_the_last_chunk_brings_tentative_text(
    open_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scripted, "fed", [], raising=False)
    monkeypatch.setattr("engine.session.Transcriber", Scripted)
    listen(open_session)
    drain(open_session.feed(noise(3)))
    assert Scripted.fed == [(0, True), (1, True), (2, False)]


def test_sound_of_an_ended_recording_is_ignored(open_session: Session) -> None:
    listen(open_session)
    drain(open_session.abandon_listening())
    assert drain(open_session.feed(noise(1))) == []
    assert drain(open_session.stop_listening(1)) == []
    assert drain(open_session.abandon_listening()) == []


def test_a_new_recording_drains_the_one_before(open_session: Session) -> None:
    listen(open_session, 1)
    events = drain(open_session.start_listening(2))
    states = [event for event in events if isinstance(event, Listening)]
    assert states == [Listening(1, ListeningState.STOPPED), Listening(2, ListeningState.STARTED)]


# --- answering ------------------------------------------------------------------------------------


def test_an_answer_streams_tokens_and_can_be_stopped(open_session: Session) -> None:
    begun, *tokens, full, finished = drain(open_session.ask(*ASK))
    assert isinstance(begun, Context)
    assert isinstance(full, Context)
    assert full.used == begun.used + len(tokens)
    assert all(isinstance(token, Token) for token in tokens)
    assert isinstance(finished, Finished)
    assert len(drain(open_session.ask(*ASK, stop=lambda: True))) == 1


def test_inference_mode_does_not_leak_between_events(open_session: Session) -> None:
    events = open_session.ask(*ASK)
    next(events)
    assert not torch.is_inference_mode_enabled()


# --- memory ---------------------------------------------------------------------------------------


def private(session: Session, part: str) -> int:
    return session.memory()[part].private


def test_every_part_is_measured(open_session: Session) -> None:
    assert open_session.memory().keys() == {
        "text",
        "ple",
        "audio",
        "vision",
        "starter",
        "kv",
        "app",
    }
    assert open_session.memory()["audio"].private == 0
    assert private(open_session, "text") > 0  # bfloat16, widened to compute in float32
    assert private(open_session, "kv") == 0
    drain(open_session.ask(*ASK))
    assert private(open_session, "kv") > 0
    listen(open_session)
    assert private(open_session, "audio") > 0
    open_session.close()
    assert all(private(open_session, part) == 0 for part in ("text", "audio", "kv"))


def test_an_idle_tower_is_released_after_its_time(open_session: Session, clock: Clock) -> None:
    assert open_session.idle_release_due() is None
    listen(open_session)
    assert open_session.idle_release_due() is None
    drain(open_session.stop_listening(1))
    assert open_session.idle_release_due() == clock.now + IDLE_RELEASE_S
    clock.now += IDLE_RELEASE_S - 1
    assert not open_session.release_idle()
    assert private(open_session, "audio") > 0
    clock.now += 1
    assert open_session.release_idle() == [Tower(Modality.AUDIO, TowerState.ABSENT)]
    assert private(open_session, "audio") == 0
    assert open_session.idle_release_due() is None
    listen(open_session)
    assert private(open_session, "audio") > 0


def test_a_tower_in_use_is_not_released(open_session: Session) -> None:
    listen(open_session)
    assert not open_session.release(Modality.AUDIO)
    assert not open_session.release_idle()
    assert private(open_session, "audio") > 0
    drain(open_session.stop_listening(1))
    assert open_session.release_idle() == [Tower(Modality.AUDIO, TowerState.ABSENT)]
    assert private(open_session, "audio") == 0


def test_towers_stay_for_ever_if_so_wished(open_session: Session, clock: Clock) -> None:
    open_session.set_idle_release(0)
    listen(open_session)
    drain(open_session.stop_listening(1))
    clock.now += 1e6
    assert open_session.idle_release_due() is None
    assert not open_session.release_idle()
    open_session.set_idle_release(5)
    assert open_session.release_idle()


def test_listening_again_keeps_the_tower(open_session: Session, clock: Clock) -> None:
    listen(open_session, 1)
    drain(open_session.stop_listening(1))
    listen(open_session, 2)
    clock.now += 2 * IDLE_RELEASE_S
    assert not open_session.release_idle()
