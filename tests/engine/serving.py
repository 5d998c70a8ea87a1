"""A session that only records what it is asked, and the other end of the worker's pipe."""

import ctypes
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from engine.datatypes import (
    AudioChunk,
    FinishReason,
    Languages,
    Modality,
    PartMemory,
    Role,
    SamplingParams,
    SizeFigures,
    Turn,
)
from engine.protocol import (
    Ask,
    Command,
    Envelope,
    Event,
    Finished,
    Handled,
    Hello,
    Listening,
    ListeningState,
    Memory,
    Progress,
    Ready,
    Shutdown,
    SizeChanged,
    SizesMeasured,
    Token,
    Tower,
    TowerState,
    Translated,
    decode,
    encode,
)
from engine.serve import serve
from engine.weights import Weights

TIMEOUT_S = 30.0
ASK = Ask((Turn(7, Role.USER, "hello"),), SamplingParams())


def chunk(start: int) -> AudioChunk:
    return AudioChunk(np.zeros(2560, np.float32), start, 0.0)


class RecordingSession:
    """Stands in for Session. `hold` keeps the first batch of sound until it is set, `hold_load`
    a model that is being opened, `hold_gone` it again when a tower of the old one has gone."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.released: list[Modality] = []
        self.closed = False
        self.error: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.hold_load = threading.Event()
        self.hold_load.set()
        self.gone: list[Modality] = []  # towers of the old model, each time
        self.hold_gone = threading.Event()
        self.models = 0  # that have been opened
        self.fed_to: list[int] = []  # the how manieth
        self.languages_to: list[int] = []  # the same
        self.idle_seconds = -1.0
        self.idle_due: float | None = None
        self.slices = 0
        self.slice_error: Exception | None = None
        self.measure_due: float | None = None
        self.postponed = 0
        self.starting = False
        self.model = SimpleNamespace(large=False)
        self.steps = 0  # of answers
        self.asked: list[dict[str, object]] = []  # how, each time
        self.fed_after: list[int] = []  # so many steps

    def load(
        self, folder: str, size: str | None, weights: Weights, *, small_ears: bool
    ) -> Iterator[Event]:
        assert self.hold_load.wait(TIMEOUT_S)
        yield Progress(folder, None)
        if self.error:
            raise self.error
        for modality in self.gone:
            yield Tower(modality, TowerState.ABSENT)
            assert self.hold_gone.wait(TIMEOUT_S)
        self.models += 1

    def set_size(self, name: str) -> Iterator[Event]:
        yield SizeChanged(name)

    def start_listening(
        self, recording: int, *, use_vad: bool, translate_to: Languages | None, starter: bool
    ) -> Iterator[Event]:
        yield Listening(recording, ListeningState.STARTED)

    def feed(self, chunks: Sequence[AudioChunk]) -> Iterator[Event]:
        self.batches.append(len(chunks))
        self.fed_to.append(self.models)
        self.fed_after.append(self.steps)
        yield Progress("fed", None)
        assert self.hold.wait(TIMEOUT_S)
        if self.error:
            raise self.error

    def stop_listening(self, recording: int) -> Iterator[Event]:
        yield Listening(recording, ListeningState.STOPPED)

    def abandon_listening(self) -> Iterator[Event]:
        yield Listening(99, ListeningState.STOPPED)

    def set_languages(self, recording: int, languages: Languages | None) -> None:
        self.languages_to.append(self.models)
        self.slices = 0 if languages is None else recording

    def translate(self, number: int, text: str, languages: Languages) -> None:
        self.slices += number

    @property
    def translating(self) -> bool:
        return self.slices > 0

    def translate_slice(self) -> Iterator[Event]:
        self.slices -= 1
        if self.slice_error:
            raise self.slice_error
        yield Translated(1, "", self.slices == 0)

    def abandon_translation(self) -> Iterator[Event]:
        self.slices = 0
        yield Listening(98, ListeningState.STOPPED)

    def ask(
        self,
        turns: tuple[Turn, ...],
        params: SamplingParams,
        *,
        stop: Callable[[], bool],
        **how: object,
    ) -> Iterator[Event]:
        self.asked.append(how)
        if self.error:
            raise self.error
        for index in range(10**9):
            self.steps += 1
            if stop():
                yield Finished(turns[-1].id, FinishReason.STOPPED)
                return
            yield Token(turns[-1].id, index, 5, "x")

    def release(self, modality: Modality) -> Sequence[Event]:
        self.released.append(modality)
        self.hold.set()
        return [Tower(modality, TowerState.ABSENT)]

    def set_idle_release(self, seconds: float) -> None:
        self.idle_seconds = seconds

    def release_idle(self) -> Sequence[Event]:
        due, self.idle_due = self.idle_due, None
        return [] if due is None else [Tower(Modality.VISION, TowerState.ABSENT)]

    def idle_release_due(self) -> float | None:
        return self.idle_due

    def measure_sizes(self, record: Path, *, at_once: bool) -> Iterator[Event]:
        self.measure_due = time.monotonic()
        yield Progress(str(record), float(at_once))

    def measuring_due(self) -> float | None:
        return self.measure_due

    def postpone_measuring(self) -> None:
        self.postponed += 1

    def measure_slice(self) -> Iterator[Event]:
        if self.measure_due is not None:
            self.measure_due = None
            yield SizesMeasured((SizeFigures("full", 1, 2.0, 3.0, None),))

    def memory(self) -> dict[str, PartMemory]:
        return {"text": PartMemory(1, 2)}

    def close(self) -> None:
        self.closed = True


class Window:
    """The other end of the pipe."""

    def __init__(self, session: RecordingSession) -> None:
        self.connection, theirs = Pipe()
        self.stop_through = ctypes.c_int64(-1)
        self.thread = threading.Thread(target=serve, args=(theirs, self.stop_through, session))
        self.thread.start()
        self.seq = 0
        self.received: list[Envelope] = []

    def send(self, command: Command, session: str = "me") -> None:
        self.connection.send_bytes(encode(Envelope(session, self.seq, command)))
        self.seq += 1

    def stop(self, through: int | None = None) -> None:
        """End all that has been asked so far, or with commands up to that number."""
        self.stop_through.value = self.seq - 1 if through is None else through

    def next(self) -> Event:
        """The next event, Memory and Handled left out."""
        while True:
            assert self.connection.poll(TIMEOUT_S), "no event came"
            envelope = decode(self.connection.recv_bytes())
            self.received.append(envelope)
            if not isinstance(envelope.body, Memory | Handled):
                return envelope.body

    def hello(self) -> "Window":
        self.send(Hello())
        assert isinstance(self.next(), Ready)
        return self

    def end(self) -> None:
        self.send(Shutdown())
        self.thread.join(TIMEOUT_S)
        assert not self.thread.is_alive()
