"""A spoken question: the microphone is open as long as it takes, and no longer."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.capture.microphone import CaptureState
from app.conversation import speaking
from app.conversation.speaking import LONGEST_S, SpokenQuestion
from app.models.live import LiveState, Phase
from app.settings.store import SettingsStore
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE
from tests.app.window_fakes import FakeCapture, chunk, model


class Parts:
    def __init__(self, settings: SettingsStore) -> None:
        self.capture, self.state = FakeCapture(), LiveState()
        self.state.set_model(model())
        self.spoken = SpokenQuestion(self.capture, self.state, settings)  # type: ignore[arg-type]
        self.heard: list[np.ndarray] = []
        self.missed: list[bool] = []
        self.spoken.heard.connect(self.heard.append)
        self.spoken.missed.connect(lambda: self.missed.append(True))

    def say(self, chunks: int) -> None:
        for number in range(chunks):
            self.capture.chunk_captured.emit(chunk(number))


@pytest.fixture
def parts(qtbot: QtBot, settings: SettingsStore) -> Parts:
    return Parts(settings)


def test_holding_and_letting_go(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "TAP_S", 0.0)
    parts.spoken.press()
    assert parts.capture.state is CaptureState.LISTENING
    assert parts.state.asking_aloud
    assert not parts.state.can_listen  # one use of the microphone at a time
    parts.say(3)
    assert parts.spoken.seconds == 3 * CHUNK_SAMPLES / SAMPLE_RATE
    parts.spoken.let_go()
    assert parts.capture.state is CaptureState.STOPPED
    assert [sound.size for sound in parts.heard] == [3 * CHUNK_SAMPLES]
    assert not parts.state.asking_aloud
    assert parts.state.can_listen


def test_a_tap_begins_and_another_ends(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "TAP_S", 60.0)
    parts.spoken.press()
    parts.spoken.let_go()
    assert parts.spoken.hearing
    parts.say(1)
    parts.spoken.press()
    parts.spoken.let_go()
    assert len(parts.heard) == 1
    parts.spoken.toggle()
    assert parts.spoken.hearing
    parts.spoken.toggle()
    assert parts.missed == [True]


def test_a_microphone_that_listens_already_goes_on_listening(parts: Parts) -> None:
    parts.state.set_phase(Phase.LISTENING)
    parts.capture.start(None)
    parts.spoken.begin()
    parts.say(2)
    parts.spoken.end()
    assert parts.capture.state is CaptureState.LISTENING
    assert [sound.size for sound in parts.heard] == [2 * CHUNK_SAMPLES]


def test_nothing_begins_while_the_last_words_are_on_their_way(parts: Parts) -> None:
    parts.state.set_phase(Phase.STOPPING)
    parts.spoken.begin()
    assert not parts.spoken.hearing


def test_it_is_known_when_nothing_can_begin(parts: Parts) -> None:
    told: list[bool] = []
    parts.spoken.changed.connect(lambda: told.append(parts.spoken.possible))
    parts.state.set_phase(Phase.LISTENING)
    parts.capture.start(None)
    parts.state.set_phase(Phase.PAUSED)
    parts.capture.pause()
    assert told[-1] is False
    parts.spoken.begin()
    assert not parts.spoken.hearing
    parts.state.set_phase(Phase.IDLE)
    parts.capture.stop()
    assert told[-1] is True
    parts.spoken.begin()
    assert parts.spoken.hearing


def test_a_question_ends_by_itself_at_the_longest(parts: Parts) -> None:
    parts.spoken.begin()
    parts.say(round(LONGEST_S * SAMPLE_RATE / CHUNK_SAMPLES) + 2)
    assert not parts.spoken.hearing
    assert [sound.size for sound in parts.heard] == [round(LONGEST_S * SAMPLE_RATE)]


def test_what_is_cancelled_is_not_asked(parts: Parts) -> None:
    parts.spoken.begin()
    parts.say(2)
    parts.spoken.cancel()
    assert parts.heard == []
    assert parts.missed == []
    assert parts.capture.state is CaptureState.STOPPED
    assert not parts.state.asking_aloud
