"""What PortAudio can do to us but no virtual server provokes: through a stand-in for it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.capture.controller import CaptureController
from app.capture.microphone import CaptureState
from app.capture.portaudio import InputStream, PortAudio, _Arrived
from app.capture.ring import Ring
from app.capture.sources import Source
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk
from engine.errors import ErrorKind, NestlingError

LONG = 60_000
ROOT = Path(__file__).resolve().parents[3]


class FakeStream:
    """A microphone that hears what a test writes into its ring."""

    def __init__(self, rate: int, wake: Callable[[], None]) -> None:
        self.rate, self.wake = rate, wake
        self.ring = Ring(rate)
        self.ended = threading.Event()
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()

    def hear(self, seconds: float, overflowed: bool = False) -> None:
        samples = np.full((round(seconds * self.rate), 1), 0.25, np.float32)
        arrived = _Arrived(self.ring, self.wake)
        arrived(samples, len(samples), None, SimpleNamespace(input_overflow=overflowed))


class FakeAudio:
    """PortAudio with one microphone, or with what went wrong with it."""

    def __init__(self, rate: int = SAMPLE_RATE, error: NestlingError | None = None) -> None:
        self.rate, self.error = rate, error
        self.streams: list[FakeStream] = []

    def refresh(self) -> None: ...

    def sources(self) -> list[Source]:
        return [Source("line in", "line in", False, True)]

    def open(self, source: str | None, wake: Callable[[], None]) -> InputStream:
        if self.error is not None:
            raise self.error
        self.streams.append(FakeStream(self.rate, wake))
        return self.streams[-1]

    def forget(self) -> None: ...


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[CaptureController]]:
    """Controllers to be closed; none of them asks a sound server."""
    monkeypatch.setattr("app.capture.sources.ServerWatcher.library", staticmethod(lambda: None))
    made: list[CaptureController] = []
    yield made
    for capture in made:
        capture.close()


def opened(
    qtbot: QtBot, made: list[CaptureController], audio: FakeAudio
) -> tuple[CaptureController, FakeStream, list[AudioChunk]]:
    capture = CaptureController(audio=audio)
    made.append(capture)
    chunks: list[AudioChunk] = []
    capture.chunk_captured.connect(chunks.append)
    capture.start()
    qtbot.waitUntil(lambda: bool(audio.streams), timeout=LONG)
    return capture, audio.streams[0], chunks


def test_an_overflow_of_the_device_is_a_gap(
    qtbot: QtBot, made: list[CaptureController], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("app.capture.portaudio.time", SimpleNamespace(monotonic=lambda: clock[0]))
    _, stream, chunks = opened(qtbot, made, FakeAudio())
    stream.hear(0.16)
    clock[0] = 102.16  # 0.16 s of sound after 2.16 s: two seconds are lost
    stream.hear(0.16, overflowed=True)
    qtbot.waitUntil(lambda: len(chunks) == 2, timeout=LONG)
    assert chunks[1].start == CHUNK_SAMPLES + 2 * SAMPLE_RATE


def test_sound_that_nobody_fetched_in_time_is_a_gap(
    qtbot: QtBot, made: list[CaptureController]
) -> None:
    capture, stream, chunks = opened(qtbot, made, FakeAudio())
    stream.ring.write(np.zeros(3 * SAMPLE_RATE, np.float32), time.monotonic(), False)
    stream.wake()
    qtbot.waitUntil(lambda: len(chunks) == 6, timeout=LONG)
    assert chunks[0].start == 2 * SAMPLE_RATE  # the ring of this stream holds one second
    assert capture.state is CaptureState.LISTENING


def test_a_device_with_a_rate_of_its_own_is_resampled(
    qtbot: QtBot, made: list[CaptureController]
) -> None:
    capture, stream, chunks = opened(qtbot, made, FakeAudio(48_000))
    for _ in range(20):
        stream.hear(0.05)
    capture.stop()
    qtbot.waitUntil(lambda: capture.state is CaptureState.STOPPED, timeout=LONG)
    heard = sum(chunk.pcm.size for chunk in chunks)
    assert abs(heard - SAMPLE_RATE) <= 2
    assert stream.closed.is_set()


def test_a_recording_may_begin_before_the_last_one_has_quite_ended(
    qtbot: QtBot, made: list[CaptureController]
) -> None:
    audio = FakeAudio()
    capture, _, chunks = opened(qtbot, made, audio)
    states: list[CaptureState] = []
    capture.stop()
    capture.start()
    capture.state_changed.connect(states.append)
    qtbot.waitUntil(lambda: len(audio.streams) == 2, timeout=LONG)
    audio.streams[1].hear(0.16)
    qtbot.waitUntil(lambda: len(chunks) == 1, timeout=LONG)
    assert CaptureState.STOPPED not in states
    assert capture.state is CaptureState.LISTENING


@pytest.mark.parametrize("late", [CaptureState.STARTING, CaptureState.LISTENING])
def test_news_on_the_way_does_not_keep_stopping_waiting(
    qtbot: QtBot, made: list[CaptureController], late: CaptureState
) -> None:
    """Said before the capture thread hangs, and heard after the person has stopped."""
    opening, thawed = threading.Event(), threading.Event()

    class Hanging(FakeAudio):
        def open(self, source: str | None, wake: Callable[[], None]) -> InputStream:
            opening.set()
            thawed.wait()
            return super().open(source, wake)

    capture = CaptureController(audio=Hanging())
    made.append(capture)
    capture.start()
    qtbot.waitUntil(opening.is_set, timeout=LONG)
    try:
        capture.stop()
        capture._reported.emit(capture._number, late)
        qtbot.waitUntil(lambda: capture.state is CaptureState.STOPPED, timeout=LONG)
    finally:
        thawed.set()


def test_a_missing_library_is_one_sentence_with_the_packages_name(
    qtbot: QtBot, made: list[CaptureController]
) -> None:
    error = NestlingError(ErrorKind.MISSING_LIBRARY, "not there")
    capture = CaptureController(audio=FakeAudio(error=error))
    made.append(capture)
    with qtbot.waitSignal(
        capture.failed, timeout=LONG, check_params_cb=lambda _, text: "libportaudio2" in text
    ):
        capture.start()
    qtbot.waitUntil(lambda: capture.state is CaptureState.STOPPED, timeout=LONG)


def test_a_bug_in_the_capture_thread_is_told(
    qtbot: QtBot, made: list[CaptureController], monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = FakeAudio()
    capture = CaptureController(audio=audio)
    made.append(capture)
    with monkeypatch.context() as broken:
        broken.setattr(audio, "refresh", lambda: 1 / 0)
        with qtbot.waitSignal(
            capture.failed, timeout=LONG, check_params_cb=lambda kind, _: kind is ErrorKind.INTERNAL
        ):
            capture.start()
        qtbot.waitUntil(lambda: capture.state is CaptureState.STOPPED, timeout=LONG)
    # "Stop and start it again", it says; and that helps.
    capture.start()
    qtbot.waitUntil(lambda: bool(audio.streams), timeout=LONG)
    audio.streams[0].hear(0.16)
    qtbot.waitUntil(lambda: capture.state is CaptureState.LISTENING, timeout=LONG)


def test_without_a_sound_server_portaudios_own_names_are_listed(
    qtbot: QtBot, made: list[CaptureController]
) -> None:
    capture = CaptureController(audio=FakeAudio())
    made.append(capture)
    qtbot.waitUntil(lambda: bool(capture.sources), timeout=LONG)
    assert capture.sources == (Source("line in", "line in", False, True),)


def test_the_library_is_missing_for_real() -> None:
    """A fresh interpreter in which the C library cannot be found."""
    code = (
        "import ctypes.util\n"
        "ctypes.util.find_library = lambda name: None\n"
        "from app.capture.portaudio import PortAudio\n"
        "from engine.errors import NestlingError\n"
        "try:\n    PortAudio().refresh()\n"
        "except NestlingError as error:\n    print(error.kind, error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("missing_library ")
    assert "libportaudio2" in done.stdout


def test_a_system_without_any_device_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    audio = PortAudio()
    audio.refresh()
    with pytest.raises(NestlingError) as caught:
        audio.open(None, lambda: None)
    assert caught.value.kind is ErrorKind.NO_MICROPHONE


class PortAudioError(Exception):
    """sounddevice's own, which is no OSError."""


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """sounddevice, already imported, with one microphone."""
    line = {"name": "line", "index": 0, "max_input_channels": 1}
    library = SimpleNamespace(
        PortAudioError=PortAudioError,
        _terminate=lambda: None,
        _initialize=lambda: None,
        default=SimpleNamespace(device=(0, 0)),
        query_devices=lambda: [line],
    )
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    return library


def refuse(*_: object) -> None:
    raise PortAudioError("it went wrong", -9999)


def test_what_portaudio_refuses_is_a_microphone_that_is_not_there(
    library: SimpleNamespace,
) -> None:
    audio = PortAudio()
    audio.refresh()
    library._initialize = library.query_devices = refuse
    for asked in (audio.refresh, audio.sources):
        with pytest.raises(NestlingError, match="it went wrong") as caught:
            asked()
        assert caught.value.kind is ErrorKind.NO_MICROPHONE


def test_portaudio_that_could_not_be_initialised_is_initialised_again(
    library: SimpleNamespace,
) -> None:
    """After a failure there is nothing to terminate, which PortAudio calls an error."""
    initialised: list[bool] = []
    library._terminate = refuse
    library._initialize = lambda: initialised.append(True)
    PortAudio().refresh()
    assert initialised == [True]


def test_portaudio_that_fails_while_it_is_imported_is_imported_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = tmp_path / "sounddevice.py"
    module.write_text(
        "class PortAudioError(Exception): ...\nraise PortAudioError('it went wrong')\n"
    )
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the second text is as old as the first
    monkeypatch.setitem(sys.modules, "sounddevice", None)  # so that the real one comes back
    monkeypatch.delitem(sys.modules, "sounddevice")
    monkeypatch.syspath_prepend(tmp_path)
    audio = PortAudio()
    with pytest.raises(NestlingError, match="it went wrong") as caught:
        audio.refresh()
    assert caught.value.kind is ErrorKind.NO_MICROPHONE
    module.write_text("class PortAudioError(Exception): ...\n")
    audio.refresh()
