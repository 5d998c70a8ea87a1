"""The bridge with a real spawned process behind it that only speaks the protocol."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.bridge.bridge import EngineBridge
from app.bridge.host import ProcessHost, Target
from engine.datatypes import (
    CHUNK_SAMPLES,
    AudioChunk,
    FinishReason,
    Modality,
    ModelInfo,
    Role,
    SamplingParams,
    Turn,
)
from engine.errors import ErrorKind
from engine.protocol import (
    Event,
    Finished,
    ListeningState,
    LoadModel,
    Ready,
    Tower,
    TowerState,
)
from tests.app.window_fakes import FakeHost

FAKE = Target("tests.app.bridge.fake_engine", "run")
QUESTION = (Turn(7, Role.USER, "well?"),)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bridge(qapp: object) -> Iterator[EngineBridge]:
    bridge = EngineBridge(partial(ProcessHost, target=FAKE))
    yield bridge
    bridge.shutdown()


def started(qtbot: QtBot, bridge: EngineBridge, folder: str = "good") -> Ready:
    with qtbot.waitSignal(bridge.ready, timeout=60_000) as ready:
        bridge.load_model(folder)
    return ready.args[0]


def loaded(qtbot: QtBot, bridge: EngineBridge, folder: str = "good") -> int:
    """Start, load, and the process's id."""
    pids: list[int] = []
    bridge.ready.connect(lambda ready: pids.append(ready.pid))
    with qtbot.waitSignal(bridge.loaded, timeout=60_000):
        bridge.load_model(folder)
    return pids[-1]


def test_the_worker_has_neither_qt_nor_the_window_in_it(qtbot: QtBot, bridge: EngineBridge) -> None:
    assert started(qtbot, bridge).device == "cpu"


def test_all_sound_arrives_although_more_is_sent_than_may_be_under_way(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    loaded(qtbot, bridge)
    heard: list[float] = []
    bridge.progress.connect(lambda _, samples: heard.append(samples))
    with qtbot.waitSignal(
        bridge.listening_changed,
        timeout=60_000,
        check_params_cb=lambda number, state: (number, state) == (5, ListeningState.STOPPED),
    ):
        bridge.start_listening(5)
        for number in range(150):
            pcm = np.full(CHUNK_SAMPLES, 0.5, np.float32)
            bridge.feed(AudioChunk(pcm, number * CHUNK_SAMPLES, 1.0))
        bridge.stop_listening(5)
    assert heard == [150 * CHUNK_SAMPLES]
    assert bridge.dropped_samples == 0


def test_a_tower_is_released_and_its_state_told(qtbot: QtBot, bridge: EngineBridge) -> None:
    loaded(qtbot, bridge)
    with qtbot.waitSignal(bridge.tower_changed, timeout=60_000) as changed:
        bridge.release(Modality.AUDIO)
    assert changed.args == [Tower(Modality.AUDIO, TowerState.ABSENT)]
    with qtbot.waitSignal(bridge.progress, timeout=60_000) as idle:
        bridge.set_idle_release(90)
    assert idle.args == ["idle", 90.0]


def test_a_killed_worker_is_replaced_at_once_with_its_model_and_size(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    pid = loaded(qtbot, bridge)
    with qtbot.waitSignal(bridge.size_changed, timeout=60_000):
        bridge.set_size("small")
    with (
        qtbot.waitSignal(bridge.worker_died, timeout=60_000) as died,
        qtbot.waitSignal(bridge.worker_restarted, timeout=60_000),
        qtbot.waitSignal(bridge.loaded, timeout=60_000) as again,
    ):
        os.kill(pid, signal.SIGKILL)
    assert "memory ran out or it was killed" in died.args[0]
    assert "starts again." in died.args[0]
    model: ModelInfo = again.args[0]
    assert (model.folder, model.size) == ("good", "small")


def test_a_file_cut_short_while_it_is_read_is_told_apart(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    """The system ends who reads a mapped file behind its new end with SIGBUS."""
    pid = loaded(qtbot, bridge)
    with (
        qtbot.waitSignal(bridge.worker_died, timeout=60_000) as died,
        qtbot.waitSignal(bridge.loaded, timeout=60_000),
    ):
        os.kill(pid, signal.SIGBUS)
    assert "its files became shorter" in died.args[0]
    assert "starts again." in died.args[0]


def test_a_model_that_kills_the_worker_is_not_tried_for_ever(
    qtbot: QtBot, bridge: EngineBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bridge.supervisor.RETRY_DELAYS", (0.0, 0.1))
    sentences: list[str] = []
    bridge.worker_died.connect(sentences.append)
    with qtbot.waitSignal(bridge.gave_up, timeout=60_000):
        bridge.load_model("dies")
    assert len(sentences) == 3
    assert "exit code 3" in sentences[0]
    assert "open a model to try again" in sentences[-1]
    # Asked for another, it begins anew.
    loaded(qtbot, bridge, "good")


def test_after_a_model_that_kills_the_worker_the_one_before_is_opened_again(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    loaded(qtbot, bridge)
    sentences: list[str] = []
    bridge.worker_died.connect(sentences.append)
    with qtbot.waitSignal(bridge.loaded, timeout=60_000) as again:
        bridge.load_model("dies")
    assert again.args[0].folder == "good"
    (sentence,) = sentences
    assert sentence.endswith("the model before it is opened again.")


def test_what_is_opened_again_is_what_was_open(qtbot: QtBot, bridge: EngineBridge) -> None:
    """With the size that it came in and the weights that it was opened with."""
    loaded(qtbot, bridge)
    assert bridge._wanted == bridge._good  # no other model is "the one before"
    bridge.weights = "int8"  # of the next model
    with qtbot.waitSignal(bridge.loaded, timeout=60_000):
        bridge.load_model("dies")
    assert bridge._wanted == bridge._good
    assert bridge._good is not None
    assert (bridge._good.folder, bridge._good.weights) == ("good", "auto")


def test_a_folder_without_a_model_is_told_and_the_old_one_stays(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    pid = loaded(qtbot, bridge)
    with qtbot.waitSignal(bridge.load_failed, timeout=60_000) as failed:
        bridge.load_model("missing")
        assert bridge.opening
    assert failed.args == [ErrorKind.BAD_MODEL, "There is no model here."]
    assert not bridge.opening
    with qtbot.waitSignal(bridge.loaded, timeout=60_000) as again:
        os.kill(pid, signal.SIGKILL)
    assert again.args[0].folder == "good"


def test_a_worker_that_cannot_be_understood_is_replaced(qtbot: QtBot, bridge: EngineBridge) -> None:
    with qtbot.waitSignal(bridge.worker_died, timeout=60_000):
        bridge.load_model("babbles")


def test_stop_is_a_flag_and_the_worker_lives_on(qtbot: QtBot, bridge: EngineBridge) -> None:
    pid = loaded(qtbot, bridge)
    for _ in range(2):  # the flag of the first answer does not end the second
        bridge.ask(QUESTION, SamplingParams(max_tokens=100))
        with qtbot.waitSignal(bridge.finished, timeout=60_000) as finished:
            bridge.stop_answer()
        assert finished.args[0] == Finished(7, FinishReason.STOPPED)
    assert psutil.pid_exists(pid)


def test_an_answer_that_does_not_stop_is_ended_with_its_worker(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    loaded(qtbot, bridge)
    bridge.ask(QUESTION, SamplingParams(max_tokens=1))
    with (
        qtbot.waitSignal(bridge.finished, timeout=60_000) as finished,
        qtbot.waitSignal(bridge.loaded, timeout=60_000),
    ):
        bridge.stop_answer()
    assert finished.args[0] == Finished(7, FinishReason.STOPPED)


def test_an_answer_may_stop_late_while_a_tower_is_loaded(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    """A recording that begins beside it loads the ears; the worker was ended in the middle."""
    pid = loaded(qtbot, bridge)
    bridge._patience.setInterval(500)
    bridge.ask(QUESTION, SamplingParams(max_tokens=2))
    with qtbot.waitSignal(bridge.finished, timeout=60_000) as finished:
        bridge.stop_answer()
    assert finished.args[0] == Finished(7, FinishReason.STOPPED)
    assert not bridge._patience.isActive()
    with qtbot.waitSignal(bridge.size_changed, timeout=60_000):
        bridge.set_size("small")
    assert psutil.pid_exists(pid)


def test_an_answer_ends_with_its_worker(qtbot: QtBot, bridge: EngineBridge) -> None:
    pid = loaded(qtbot, bridge)
    bridge.ask(QUESTION, SamplingParams(max_tokens=100))
    with qtbot.waitSignal(bridge.finished, timeout=60_000) as finished:
        os.kill(pid, signal.SIGSEGV)
    assert finished.args[0] == Finished(7, FinishReason.FAILED)


@pytest.mark.parametrize("folder", ["good", "sleeps"])
def test_shutdown_leaves_no_process_even_if_the_worker_does_not_listen(
    qtbot: QtBot, bridge: EngineBridge, folder: str
) -> None:
    pid = started(qtbot, bridge, folder).pid
    other = EngineBridge(partial(ProcessHost, target=FAKE))
    process = psutil.Process(pid)
    # Once more on a bridge that never started, which must be harmless.
    other.shutdown()
    bridge.shutdown()
    assert not process.is_running()


def test_importing_the_bridge_brings_no_torch_and_no_worker_code() -> None:
    code = (
        "import sys, app.bridge.bridge, app.capture.controller;"
        "print({'torch', 'engine.serve', 'engine.session', 'sounddevice', 'pulsectl'}"
        " & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_a_bridge_never_called_is_silent(qtbot: QtBot, bridge: EngineBridge) -> None:
    """Commands without a worker are lost without harm: whoever sent them hears of the next one."""
    calls: tuple[Callable[[], None], ...] = (
        lambda: bridge.set_size("small"),
        lambda: bridge.stop_listening(1),
        bridge.stop_answer,
    )
    for call in calls:
        call()


class Machine:
    """Starts a worker only while it has room for one."""

    def __init__(self) -> None:
        self.hosts: list[FakeHost] = []
        self.full = False

    def make_host(
        self, on_event: Callable[[Event], None], on_death: Callable[[int | None], None]
    ) -> FakeHost:
        host = FakeHost(on_event, on_death)
        if self.full:
            host.start = self._refuse  # type: ignore[method-assign]
        self.hosts.append(host)
        return host

    def _refuse(self) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr("app.bridge.supervisor.RETRY_DELAYS", (0.0, 0.1))
    return Machine()


def test_a_worker_that_cannot_be_started_is_tried_again(
    qtbot: QtBot, qapp: object, machine: Machine
) -> None:
    bridge = EngineBridge(machine.make_host)
    sentences: list[str] = []
    bridge.worker_died.connect(sentences.append)
    bridge.load_model("good")
    machine.full = True
    machine.hosts[0].die(-9)
    qtbot.waitUntil(lambda: len(machine.hosts) == 2)
    machine.full = False
    qtbot.waitUntil(lambda: len(machine.hosts) == 3)
    assert [command.folder for command in machine.hosts[2].sent(LoadModel)] == ["good"]
    assert "could not be started (Resource temporarily unavailable)" in sentences[1]
    bridge.shutdown()


def test_a_worker_that_can_never_be_started_is_given_up_until_asked_for(
    qtbot: QtBot, qapp: object, machine: Machine
) -> None:
    bridge = EngineBridge(machine.make_host)
    machine.full = True
    with qtbot.waitSignal(bridge.gave_up):
        bridge.load_model("good")
    machine.full = False
    bridge.load_model("good")
    assert len(machine.hosts[-1].sent(LoadModel)) == 1
    bridge.shutdown()


def test_a_host_without_a_thread_left_leaves_no_process(qtbot: QtBot) -> None:
    def refuse() -> None:
        raise RuntimeError("can't start new thread")

    deaths: list[int | None] = []
    host = ProcessHost(lambda _: None, deaths.append, FAKE)
    host._writer.start = refuse  # type: ignore[method-assign]
    with pytest.raises(OSError, match="can't start new thread"):
        host.start()
    host._reader.join(60)
    assert not host._process.is_alive()
    assert deaths == []
