"""Stand-ins for what the window talks to, driven by a test."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.application import Application
from app.capture.microphone import CaptureState
from app.capture.sources import Source
from app.journal import Journal
from engine.datatypes import (
    CHUNK_SAMPLES,
    SAMPLE_RATE,
    AudioChunk,
    FinishReason,
    Languages,
    LiveMetrics,
    Modality,
    ModelInfo,
    Segment,
    SizeInfo,
    Task,
    Word,
)
from engine.protocol import (
    Ask,
    Command,
    Event,
    Finished,
    Listening,
    ListeningState,
    SegmentChanged,
    StartListening,
    StopListening,
    Token,
)

SIZES = (
    SizeInfo("small", 3_100_000, 9, 71.5, 0),
    SizeInfo("mixed", 5_900_000, 12, None, 1),
    SizeInfo("full", 7_900_000, 12, 88.5, 1),
)


def model(folder: str = "/models/one", **changes: Any) -> ModelInfo:
    values: dict[str, Any] = {
        "name": "nano",
        "folder": folder,
        "tasks": (Task.TRANSCRIBE,),
        "modalities": (Modality.TEXT, Modality.AUDIO),
        "sizes": SIZES,
        "size": "full",
        "streaming": True,
        "demonstration": True,
    }
    return ModelInfo(**(values | changes))


def segment(
    index: int,
    text: str,
    tentative: str = "",
    *,
    final: bool = False,
    at: float = 0.0,
    gap: float = 0.0,
) -> Segment:
    """Confirmed words that end half a second apart from `at` on."""
    words = tuple(
        Word(word, at + 0.5 * number, at + 0.5 * number + 0.6)
        for number, word in enumerate(text.split(), 1)
    )
    return Segment(index, at, at + 0.5 * max(1, len(words)), words, tentative, final, gap)


def metrics(lag: float = 0.4, load: float = 0.3, dropped: float = 0.0) -> LiveMetrics:
    return LiveMetrics(lag, load, dropped, 1, 10, True)


def chunk(number: int, first: int = 0) -> AudioChunk:
    """The chunk of this number of a stream that begins at sample `first`."""
    pcm = np.zeros(CHUNK_SAMPLES, np.float32)
    start = first + number * CHUNK_SAMPLES
    return AudioChunk(pcm, start, start / SAMPLE_RATE)


class FakeBridge(QObject):
    """Has the bridge's signals; writes down its calls."""

    ready = Signal(object)
    loaded = Signal(object)
    size_changed = Signal(str)
    segment_changed = Signal(int, object, float)
    translation_changed = Signal(int, object)
    translated = Signal(object)
    listening_changed = Signal(int, object)
    file_heard = Signal(object)
    metrics_changed = Signal(object)
    memory_changed = Signal(dict)
    failed = Signal(object, str)
    load_failed = Signal(object, str)
    progress = Signal(str, object)
    worker_died = Signal(str)
    worker_restarted = Signal()
    gave_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, object]] = []
        self.fed: list[AudioChunk] = []
        self.opening = False

    def start_listening(
        self, recording: int, translate_to: Languages | None = None, *, starter: bool = False
    ) -> None:
        self.calls.append(("start", recording))
        if starter:
            self.calls.append(("starter", recording))
        if translate_to is not None:
            self.calls.append(("into", translate_to.target))

    def transcribe_file(
        self,
        recording: int,
        file: Path,
        first: int = 0,
        translate_to: Languages | None = None,
        *,
        starter: bool = False,
    ) -> None:
        self.calls.append(("file", (recording, file, first)))

    def set_languages(self, recording: int, translate_to: Languages | None) -> None:
        self.calls.append(("languages", (recording, translate_to)))

    def stop_listening(self, recording: int) -> None:
        self.calls.append(("stop", recording))

    def feed(self, chunk: AudioChunk) -> None:
        self.fed.append(chunk)

    def drain(self, recording: int) -> None:
        self.listening_changed.emit(recording, ListeningState.STOPPED)


class FakeCapture(QObject):
    """Has the capture controller's signals; answers as the real one does, at once."""

    chunk_captured = Signal(object)
    level_changed = Signal(float)
    sources_changed = Signal(list)
    source_changed = Signal(object, object)
    failed = Signal(object, str)
    state_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.state = CaptureState.STOPPED
        self.source: str | None = None
        self.slow = False  # keeps the test in charge of when it answers

    def enter(self, state: CaptureState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def start(self, source: str | None) -> None:
        self.source = source
        self.enter(CaptureState.STARTING)
        self.enter(CaptureState.LISTENING)

    def stop(self) -> None:
        if not self.slow:
            self.enter(CaptureState.STOPPED)

    def pause(self) -> None:
        if not self.slow:
            self.enter(CaptureState.PAUSED)

    def resume(self) -> None:
        if self.state is CaptureState.PAUSED:
            self.enter(CaptureState.LISTENING)


class FakeHost:
    """A worker that answers nothing by itself but "stopped"."""

    def __init__(
        self, on_event: Callable[[Event], None], on_death: Callable[[int | None], None]
    ) -> None:
        self.say, self.die = on_event, on_death
        self.commands: list[Command] = []
        self.answers_stop = True
        self.closed = False

    def start(self) -> None: ...

    def send(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(command, StopListening) and self.answers_stop:
            self.say(Listening(command.recording, ListeningState.STOPPED))

    def sent(self, kind: type[Command]) -> list[Any]:
        return [command for command in self.commands if isinstance(command, kind)]

    def stop_answer(self) -> None: ...

    def terminate(self) -> None: ...

    def close(self) -> None:
        self.closed = True


class FakeAudio:
    """A sound system whose microphone opens and hears nothing."""

    def refresh(self) -> None: ...

    def sources(self) -> list[Source]:
        return [Source("line", "Line in", False, True)]

    def open(self, source: str | None, wake: Callable[[], None]) -> Any:
        from threading import Event
        from types import SimpleNamespace

        from app.capture.ring import Ring

        return SimpleNamespace(
            rate=SAMPLE_RATE, ring=Ring(SAMPLE_RATE), ended=Event(), close=lambda: None
        )

    def forget(self) -> None: ...


def say(program: Application, text: str, tentative: str = "", **more: object) -> None:
    host: FakeHost = program.bridge._host  # type: ignore[assignment]
    host.say(SegmentChanged(1, segment(0, text, tentative, **more), 0.0))  # type: ignore[arg-type]


def words(program: Application) -> str:
    return program.window.view.toPlainText()


def answer(
    program: Application,
    host: FakeHost,
    qtbot: QtBot,
    *pieces: str,
    reason: FinishReason = FinishReason.STOP_TOKEN,
) -> None:
    """Answer what was asked last."""
    turn = host.sent(Ask)[-1].turns[-1].id
    for number, piece in enumerate(pieces):
        host.say(Token(turn, number, 7, piece))
    host.say(Finished(turn, reason))
    qtbot.waitUntil(lambda: not program.conversation.answering)


def kept(program: Application, text: str, *, whole: bool, at: datetime | None = None) -> Path:
    """A transcript in the profile's folder that says this; not whole: as a crash leaves it."""
    made = Journal(program.paths.journal_folder, at or datetime.now().astimezone(), {})
    made.record((1, 0), segment(0, text, final=True))
    if whole:
        made.close()
    return made.path


def age(path: Path, days: float) -> None:
    """Make a file one that was last written so long ago."""
    then = time.time() - days * 24 * 60 * 60
    os.utime(path, (then, then))


def listen(program: Application, host: FakeHost, text: str) -> int:
    """Begin to listen, and hear this; the recording's number."""
    program.window.table["listen"].trigger()
    number: int = host.sent(StartListening)[-1].recording
    host.say(SegmentChanged(number, segment(0, text, final=True), 0.0))
    return number
