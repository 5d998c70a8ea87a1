"""Capture through the real PortAudio from a real sound server."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from app.capture.controller import CaptureController, SourceReason
from app.capture.microphone import CaptureState
from app.capture.sources import COMPUTER_SOUND, ServerWatcher, SoundServer, Source, _Indices
from app.conversation.speaking import SpokenQuestion
from app.models.live import LiveState
from app.settings.store import SettingsStore
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Pcm
from engine.errors import ErrorKind
from tests.virtual_audio import VirtualAudio

LONG = 60_000  # ms; more than any of this takes on a busy machine


class Listener:
    """Collects what a controller says."""

    def __init__(self, capture: CaptureController) -> None:
        self.capture = capture
        self.chunks: list[AudioChunk] = []
        self.levels: list[float] = []
        self.sources: list[list[Source]] = []
        self.moves: list[tuple[str, SourceReason]] = []
        self.failures: list[tuple[ErrorKind, str]] = []
        capture.chunk_captured.connect(self.chunks.append)
        capture.level_changed.connect(self.levels.append)
        capture.sources_changed.connect(self.sources.append)
        capture.source_changed.connect(lambda source, why: self.moves.append((source.id, why)))
        capture.failed.connect(lambda kind, text: self.failures.append((kind, text)))

    @property
    def gaps(self) -> list[int]:
        """Missing samples between consecutive chunks."""
        ends = [chunk.start + chunk.pcm.size for chunk in self.chunks]
        jumps = [after.start - end for after, end in zip(self.chunks[1:], ends, strict=False)]
        return [jump for jump in jumps if jump]

    @property
    def kinds(self) -> list[ErrorKind]:
        return [kind for kind, _ in self.failures]


@pytest.fixture
def listener(qtbot: QtBot, sound_server: VirtualAudio) -> Iterator[Listener]:
    """A controller that has seen the server's microphones, and does not listen yet."""
    capture = CaptureController()
    listener = Listener(capture)
    qtbot.waitUntil(lambda: len(capture.sources) >= 3, timeout=LONG)
    yield listener
    capture.close()


def hear(qtbot: QtBot, listener: Listener, more: int = 1) -> None:
    """Wait for so many chunks from now on."""
    wanted = len(listener.chunks) + more
    qtbot.waitUntil(lambda: len(listener.chunks) >= wanted, timeout=LONG)


def reach(qtbot: QtBot, listener: Listener, state: CaptureState) -> None:
    qtbot.waitUntil(lambda: listener.capture.state is state, timeout=LONG)


def wait_for_opening(qtbot: QtBot, listener: Listener) -> None:
    """Until the capture thread asks the server for the microphone."""
    qtbot.waitUntil(lambda: listener.capture._microphone._retry_at > 0.0, timeout=LONG)


def noise(folder: Path, seconds: float) -> tuple[Path, Pcm]:
    """Pink-ish noise: unlike a sine it matches itself at one place only."""
    rng = np.random.default_rng(5)
    sound = np.convolve(rng.standard_normal(int(seconds * SAMPLE_RATE)), np.ones(4) / 4, "same")
    sound = (0.4 * sound / np.abs(sound).max()).astype(np.float32)
    path = folder / "noise.wav"
    soundfile.write(path, sound, SAMPLE_RATE, subtype="FLOAT")
    return path, sound


def likeness(recorded: Pcm, played: Pcm) -> float:
    """Normalised cross-correlation at the best place, 1.0 for the same sound."""
    size = recorded.size + played.size
    spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(played, size))
    place = int(np.argmax(np.fft.irfft(spectrum, size)[: recorded.size]))
    found = recorded[place : place + played.size]
    found = np.pad(found, (0, played.size - found.size))
    return float(found @ played / np.sqrt((found @ found) * (played @ played)))


def test_nothing_is_recorded_before_it_is_asked_for(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    assert listener.capture.state is CaptureState.STOPPED
    assert sound_server.recorders() == []
    assert listener.chunks == []


def test_what_is_played_is_what_is_recorded(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio, tmp_path: Path
) -> None:
    wav, played = noise(tmp_path, 4.0)
    listener.capture.start()
    hear(qtbot, listener)
    player = sound_server.play(wav)
    qtbot.waitUntil(lambda: player.poll() is not None, timeout=LONG)
    hear(qtbot, listener, 3)  # a busy server is behind by more than stopping waits for
    listener.capture.stop()
    reach(qtbot, listener, CaptureState.STOPPED)
    recorded = np.concatenate([chunk.pcm for chunk in listener.chunks])
    assert likeness(recorded, played) > 0.999
    assert listener.gaps == []
    assert {chunk.pcm.size for chunk in listener.chunks[:-1]} == {CHUNK_SAMPLES}
    assert max(listener.levels) == pytest.approx(np.abs(played).max(), rel=0.01)
    assert listener.levels[-1] == 0.0
    assert sound_server.recorders() == []  # released


def test_a_pause_releases_the_microphone_and_is_a_gap(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start()
    hear(qtbot, listener)
    listener.capture.pause()
    reach(qtbot, listener, CaptureState.PAUSED)
    assert sound_server.recorders() == []
    listener.capture.resume()
    hear(qtbot, listener)
    assert len(listener.gaps) == 1
    assert listener.gaps[0] > 0
    listener.capture.pause()
    listener.capture.stop()
    reach(qtbot, listener, CaptureState.STOPPED)


def test_the_chosen_microphone_is_recorded(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio, tmp_path: Path
) -> None:
    wav, played = noise(tmp_path, 1.0)
    listener.capture.start("desk.monitor")
    hear(qtbot, listener)
    player = sound_server.play(wav, "desk")
    qtbot.waitUntil(lambda: player.poll() is not None, timeout=LONG)
    hear(qtbot, listener)
    assert likeness(np.concatenate([chunk.pcm for chunk in listener.chunks]), played) > 0.999
    assert listener.moves == [("desk.monitor", SourceReason.OPENED)]
    assert listener.capture.source is not None
    assert listener.capture.source.id == "desk.monitor"
    # Another may be taken while listening.
    listener.capture.choose("mic.monitor")
    qtbot.waitUntil(
        lambda: listener.moves[-1] == ("mic.monitor", SourceReason.OPENED), timeout=LONG
    )
    hear(qtbot, listener)
    assert len(listener.gaps) == 1


def test_the_list_follows_plugging_and_unplugging(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    module = sound_server.plug("usb", "desk")
    qtbot.waitUntil(lambda: len(listener.sources[-1]) == 4, timeout=LONG)
    assert [source.id for source in listener.sources[-1]] == [
        "usb",
        COMPUTER_SOUND,
        "desk.monitor",
        "mic.monitor",
    ]
    assert [source.monitor for source in listener.sources[-1]] == [False, True, True, True]
    assert listener.sources[-1][0].label == "usb"
    sound_server.unplug(module)
    qtbot.waitUntil(lambda: len(listener.sources[-1]) == 3, timeout=LONG)


def test_the_computer_s_own_sound_is_heard_on_whatever_output_plays_it(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio, tmp_path: Path
) -> None:
    listener.capture.start(COMPUTER_SOUND)
    hear(qtbot, listener)
    assert listener.moves == [(COMPUTER_SOUND, SourceReason.OPENED)]
    assert listener.capture.source is not None
    assert listener.capture.source.label == "Monitor of mic"
    wav, played = noise(tmp_path, 1.0)
    player = sound_server.play(wav)
    qtbot.waitUntil(lambda: player.poll() is not None, timeout=LONG)
    hear(qtbot, listener)
    assert likeness(np.concatenate([chunk.pcm for chunk in listener.chunks]), played) > 0.999
    # The person plugs in headphones: the output is another, and it is followed.
    before = len(listener.chunks)
    sound_server.control("set-default-sink", "desk")
    desk = sound_server.control("list", "short", "sources").splitlines()
    number = next(line.split("\t")[0] for line in desk if "desk.monitor" in line)
    qtbot.waitUntil(lambda: sound_server.recorders() == [number], timeout=LONG)
    player = sound_server.play(wav, "desk")
    qtbot.waitUntil(lambda: player.poll() is not None, timeout=LONG)
    hear(qtbot, listener)
    heard = np.concatenate([chunk.pcm for chunk in listener.chunks[before:]])
    assert likeness(heard, played) > 0.999
    assert listener.kinds == []
    sound_server.control("set-default-sink", "mic")


def test_a_silent_move_is_told_and_the_chosen_microphone_comes_back(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    module = sound_server.plug("usb", "desk")
    listener.capture.start("usb")
    hear(qtbot, listener)
    sound_server.unplug(module)
    qtbot.waitUntil(lambda: ErrorKind.MICROPHONE_MOVED in listener.kinds, timeout=LONG)
    moved_to, why = listener.moves[-1]
    assert (moved_to != "usb", why) == (True, SourceReason.MOVED)
    hear(qtbot, listener)
    sound_server.plug("usb", "desk")
    qtbot.waitUntil(lambda: listener.moves[-1] == ("usb", SourceReason.RETURNED), timeout=LONG)
    hear(qtbot, listener)


def test_a_stream_that_a_person_moves_in_the_mixer_stays_there(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start()
    hear(qtbot, listener)
    (stream,) = sound_server.control("list", "short", "source-outputs").splitlines()
    sound_server.control("move-source-output", stream.split("\t")[0], "desk.monitor")
    qtbot.waitUntil(
        lambda: listener.moves[-1] == ("desk.monitor", SourceReason.MOVED), timeout=LONG
    )
    # Whatever else happens at the server, it is not brought back.
    module = sound_server.plug("usb", "desk")
    qtbot.waitUntil(lambda: len(listener.sources[-1]) == 4, timeout=LONG)
    sound_server.unplug(module)
    qtbot.waitUntil(lambda: len(listener.sources[-1]) == 3, timeout=LONG)
    assert listener.moves[-1] == ("desk.monitor", SourceReason.MOVED)
    assert listener.gaps == []


def test_the_only_microphone_is_lost_and_comes_back(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start()
    hear(qtbot, listener)
    for module in sound_server.control("list", "short", "modules").splitlines():
        number, name, *_ = module.split("\t")
        if name == "module-null-sink":
            sound_server.unplug(number)
    qtbot.waitUntil(lambda: ErrorKind.MICROPHONE_LOST in listener.kinds, timeout=LONG)
    assert listener.capture.state is CaptureState.RECOVERING
    sound_server.plug_in("mic")
    reach(qtbot, listener, CaptureState.LISTENING)
    hear(qtbot, listener)
    assert len(listener.gaps) == 1


def test_a_server_that_died_is_found_again(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start("desk.monitor")
    hear(qtbot, listener)
    sound_server.kill()
    qtbot.waitUntil(lambda: ErrorKind.AUDIO_SERVER in listener.kinds, timeout=LONG)
    reach(qtbot, listener, CaptureState.RECOVERING)
    sound_server.start()
    reach(qtbot, listener, CaptureState.LISTENING)
    hear(qtbot, listener)
    assert len(listener.gaps) == 1
    assert listener.gaps[0] > 0
    qtbot.waitUntil(
        lambda: (
            listener.capture.source is not None and listener.capture.source.id == "desk.monitor"
        ),
        timeout=LONG,
    )


def test_a_frozen_server_is_told_and_thaws(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start()
    hear(qtbot, listener)
    sound_server.freeze()
    qtbot.waitUntil(lambda: ErrorKind.AUDIO_SERVER in listener.kinds, timeout=LONG)
    assert listener.capture.state is CaptureState.RECOVERING
    sound_server.thaw()
    reach(qtbot, listener, CaptureState.LISTENING)
    hear(qtbot, listener)
    assert set(listener.kinds) == {ErrorKind.AUDIO_SERVER}


def test_a_frozen_server_keeps_nobody_from_stopping(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    """The server thaws only after all of this: whatever waited for it would never get so far."""
    capture = listener.capture
    capture.start()
    hear(qtbot, listener)
    sound_server.freeze()
    capture.stop()
    reach(qtbot, listener, CaptureState.STOPPED)
    heard = len(listener.chunks)
    capture.start()
    qtbot.waitUntil(lambda: ErrorKind.AUDIO_SERVER in listener.kinds, timeout=LONG)
    assert len(listener.chunks) == heard
    sound_server.thaw()
    hear(qtbot, listener)
    assert listener.chunks[heard].start == 0


def test_stopping_counts_while_a_frozen_server_is_still_opening(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    capture = listener.capture
    sound_server.freeze()
    capture.start()
    wait_for_opening(qtbot, listener)
    capture.stop()
    reach(qtbot, listener, CaptureState.STOPPED)
    listener.failures.clear()
    capture.start()
    qtbot.waitUntil(lambda: ErrorKind.AUDIO_SERVER in listener.kinds, timeout=LONG)
    states: list[CaptureState] = []
    capture.state_changed.connect(states.append)
    sound_server.thaw()  # what is left of the first recording ends nothing of the second
    hear(qtbot, listener, 3)
    assert CaptureState.STOPPED not in states
    assert listener.chunks[0].start == 0


def test_a_spoken_question_ends_though_the_server_is_frozen(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio, settings: SettingsStore
) -> None:
    state = LiveState()
    spoken = SpokenQuestion(listener.capture, state, settings)
    sound_server.freeze()
    spoken.begin()
    wait_for_opening(qtbot, listener)
    with qtbot.waitSignal(spoken.missed, timeout=LONG):
        spoken.end()
    assert not spoken.hearing
    assert not state.asking_aloud


def test_closing_while_the_server_is_frozen_returns(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start()
    hear(qtbot, listener)
    sound_server.freeze()
    listener.capture.close()
    said = len(listener.chunks)
    sound_server.thaw()
    qtbot.waitUntil(lambda: sound_server.recorders() == [], timeout=LONG)
    assert len(listener.chunks) == said


def test_without_a_server_one_sentence_says_so_and_it_is_waited_for(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    sound_server.kill()
    qtbot.waitUntil(lambda: listener.capture.sources == (), timeout=LONG)
    listener.capture.start()
    qtbot.waitUntil(lambda: ErrorKind.NO_MICROPHONE in listener.kinds, timeout=LONG)
    assert listener.capture.state is CaptureState.RECOVERING
    sound_server.start()
    reach(qtbot, listener, CaptureState.LISTENING)


def test_a_chosen_microphone_that_is_not_there_is_replaced_and_told(
    qtbot: QtBot, listener: Listener, sound_server: VirtualAudio
) -> None:
    listener.capture.start("usb")
    hear(qtbot, listener)
    qtbot.waitUntil(lambda: listener.kinds == [ErrorKind.MICROPHONE_MOVED], timeout=LONG)
    sound_server.plug("usb", "mic")
    qtbot.waitUntil(lambda: listener.moves[-1] == ("usb", SourceReason.RETURNED), timeout=LONG)


class Moves:
    """Stands for the sound server: writes down what it is asked to move."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def source_output_move(self, stream: int, source: int) -> None:
        self.asked.append((stream, source))


def test_a_look_between_choosing_and_opening_leaves_the_choice_alone() -> None:
    """The old stream was taken for one that a person had moved, and the new one moved back."""
    watcher, pulse = ServerWatcher(lambda _: None), Moves()
    numbers = {"desk": 1, "mic": 2}

    def look(known: _Indices, stream: int, at: str) -> _Indices:
        found = _Indices(stream, at, None, numbers, frozenset({stream}))
        watcher._bring_home(pulse, known, SoundServer(True, (), at), found)
        return found

    watcher.follow("desk")
    known = look(_Indices(None, None, None, {}, frozenset()), 7, "desk")
    watcher.follow("mic")
    known = look(known, 7, "desk")  # something else has changed; the old stream is still open
    known = look(known, 8, "mic")
    assert pulse.asked == []
    known = look(known, 8, "desk")  # by a person, in the system's mixer
    look(known, 9, "mic")  # a stream opened anew goes where the person wanted it
    assert pulse.asked == [(9, 1)]
