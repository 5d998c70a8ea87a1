"""The worker as the window runs it: in a process of its own, and in a thread for debugging."""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import soundfile
import soxr

from app.bridge.host import Host, HostFactory, ProcessHost
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Pcm
from engine.protocol import (
    Event,
    Failed,
    Feed,
    Hello,
    Listening,
    ListeningState,
    Loaded,
    LoadModel,
    Memory,
    Ready,
    SegmentChanged,
    SetSize,
    SizeChanged,
    StartListening,
    StopListening,
)
from tests.thread_host import ThreadHost

TIMEOUT_S = 120.0
SENTENCES = ("what time is it", "we need some bread and milk")

_Event = TypeVar("_Event")


class Worker:
    """A host, its events in order, and its death."""

    def __init__(self, factory: HostFactory, folder: Path) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.death: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self.seen: list[Event] = []
        self.host: Host = factory(self.events.put, self.death.put)
        self.host.start()
        try:
            self.host.send(Hello())
            self.ready = self.wait_for(Ready)
            self.host.send(LoadModel(str(folder)))
            self.model = self.wait_for(Loaded).model
        except BaseException:  # its threads would keep the interpreter from ending
            self.host.close()
            raise

    def wait_for(self, kind: type[_Event]) -> _Event:
        while True:
            event = self.events.get(timeout=TIMEOUT_S)
            assert not isinstance(event, Failed), event.message  # nothing more would come
            self.seen.append(event)
            if isinstance(event, kind):
                return event

    def listen(self, pcm: Pcm, recording: int) -> list[SegmentChanged]:
        """Everything that changed while a recording was heard, to its end."""
        self.host.send(StartListening(recording))
        assert self.wait_for(Listening) == Listening(recording, ListeningState.STARTED)
        first = len(self.seen)
        for start in range(0, len(pcm), CHUNK_SAMPLES):
            chunk = pcm[start : start + CHUNK_SAMPLES].copy()
            self.host.send(Feed(AudioChunk(chunk, start, time.monotonic())))
        self.host.send(StopListening(recording))
        assert self.wait_for(Listening) == Listening(recording, ListeningState.STOPPED)
        return [event for event in self.seen[first:] if isinstance(event, SegmentChanged)]


@pytest.fixture(scope="module", params=[ProcessHost, ThreadHost], ids=["process", "thread"])
def worker(request: pytest.FixtureRequest, nano_folder: Path) -> Iterator[Worker]:
    worker = Worker(request.param, nano_folder)
    yield worker
    worker.host.close()


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Pcm:
    """Two sentences in a synthesiser's voice, a second of silence around each. 16 kHz."""
    folder = tmp_path_factory.mktemp("speech")
    silence = np.zeros(SAMPLE_RATE, np.float32)
    parts = [silence]
    for number, sentence in enumerate(SENTENCES):
        path = folder / f"{number}.wav"
        subprocess.run(
            ["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), sentence], check=True
        )
        pcm, rate = soundfile.read(path, dtype="float32")
        parts += [soxr.resample(pcm, rate, SAMPLE_RATE).astype(np.float32), silence]
    return np.concatenate(parts)


@pytest.mark.parametrize("factory", [ProcessHost, ThreadHost], ids=["process", "thread"])
def test_a_missing_model_is_told_at_once(factory: HostFactory, tmp_path: Path) -> None:
    """Waiting for what cannot come any more took two minutes, and then said nothing of why."""
    with pytest.raises(AssertionError, match="is no folder"):
        Worker(factory, tmp_path / "nowhere")


def test_a_worker_names_its_process(worker: Worker) -> None:
    here = isinstance(worker.host, ThreadHost)
    assert (worker.ready.pid == os.getpid()) is here


def test_speech_becomes_segments_that_only_grow(worker: Worker, speech: Pcm) -> None:
    changes = worker.listen(speech, recording=1)
    assert {change.recording for change in changes} == {1}
    confirmed: dict[int, tuple[str, ...]] = {}
    closed: set[int] = set()
    for change in changes:
        segment = change.segment
        words = tuple(word.text for word in segment.words)
        assert segment.index not in closed
        assert words[: len(confirmed.get(segment.index, ()))] == confirmed.get(segment.index, ())
        confirmed[segment.index] = words
        if segment.final:
            closed.add(segment.index)
    assert closed == confirmed.keys()
    said = [word for index in sorted(confirmed) for word in confirmed[index]]
    expected = " ".join(SENTENCES).split()
    assert len(set(expected) & set(said)) >= 0.7 * len(set(expected))
    assert abs(len(said) - len(expected)) <= 3


def test_a_size_is_changed_without_a_reload(worker: Worker) -> None:
    first = len(worker.seen)
    for size in reversed(worker.model.sizes):
        worker.host.send(SetSize(size.name))
        assert worker.wait_for(SizeChanged) == SizeChanged(size.name)
    worker.host.send(SetSize(worker.model.size))
    worker.wait_for(SizeChanged)
    assert not any(isinstance(event, Loaded) for event in worker.seen[first:])


def test_memory_is_told_by_part(worker: Worker) -> None:
    worker.host.send(SetSize(worker.model.size))
    parts = worker.wait_for(Memory).parts
    assert parts.keys() == {"text", "ple", "audio", "vision", "starter", "kv", "app"}
    assert parts["text"].private + parts["text"].file_backed > 0


def test_a_process_outlives_ctrl_c_and_its_terminal_and_its_killing_is_reported(
    nano_folder: Path,
) -> None:
    """Both reach the worker too; whether to end is the window's decision."""
    worker = Worker(ProcessHost, nano_folder)
    for number in (signal.SIGINT, signal.SIGHUP):
        os.kill(worker.ready.pid, number)
    worker.host.send(SetSize(worker.model.size))
    assert worker.wait_for(SizeChanged) == SizeChanged(worker.model.size)
    os.kill(worker.ready.pid, signal.SIGKILL)
    assert worker.death.get(timeout=TIMEOUT_S) == -signal.SIGKILL
    worker.host.close()


def test_closing_ends_every_thread(nano_folder: Path) -> None:
    before = set(threading.enumerate())
    worker = Worker(ThreadHost, nano_folder)
    worker.host.close()
    assert set(threading.enumerate()) <= before
    assert worker.death.empty()
