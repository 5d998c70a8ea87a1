"""Windows with and without voice become segments."""

import numpy as np
import pytest

from engine.live.segments import Gate, GateSettings, History, Opened, Paused, quietest
from engine.live.voice import WINDOW_SAMPLES, Window


def windows(probabilities, first=0):
    return [
        Window((first + n + 1) * WINDOW_SAMPLES, probability)
        for n, probability in enumerate(probabilities)
    ]


def feed(gate, following):
    return [event for window in following if (event := gate.follow(window)) is not None]


def test_one_loud_window_opens_nothing():
    gate = Gate(GateSettings())
    assert feed(gate, windows([0.0, 0.9, 0.0, 0.9, 0.0])) == []
    assert not gate.open


def test_speech_opens_with_pre_roll_and_closes_after_the_pause():
    gate = Gate(GateSettings())
    happened = feed(gate, windows([0.0] * 20 + [0.9] * 10 + [0.0] * 30))
    assert happened == [
        Opened(20 * WINDOW_SAMPLES - 4800),
        Paused(49 * WINDOW_SAMPLES, 30 * WINDOW_SAMPLES),
    ]
    assert gate.voice_s == pytest.approx(10 * 0.032)


def test_the_longer_a_segment_the_shorter_the_pause_that_closes_it():
    settings = GateSettings()
    pauses = [settings.closing_pause_s(length_s) for length_s in (0, 6, 10, 14, 28)]
    assert pauses == pytest.approx([0.6, 0.6, 0.425, 0.25, 0.25])

    def closed(voice_windows, silent_windows):
        gate = Gate(settings)
        happened = feed(gate, windows([1.0] * voice_windows + [0.0] * silent_windows))
        return isinstance(happened[-1], Paused)

    assert not closed(100, 9)
    assert closed(500, 9)


def test_doubtful_windows_are_hardly_voice():
    gate = Gate(GateSettings())
    feed(gate, windows([0.0] * 20 + [0.58, 0.63, 0.59, 0.42, 0.41, 0.37]))  # a chord, measured
    assert gate.voice_s == pytest.approx(6 * 0.032)
    assert gate.certain_s < 0.03


def test_every_segment_counts_its_own_voice():
    gate = Gate(GateSettings())
    feed(gate, windows([1.0] * 10 + [0.0] * 30 + [1.0] * 3))
    assert gate.certain_s == gate.voice_s == pytest.approx(3 * 0.032)


def test_pre_roll_does_not_reach_before_the_stream():
    gate = Gate(GateSettings())
    assert feed(gate, windows([0.9, 0.9])) == [Opened(0)]


def test_a_weak_window_inside_speech_is_no_pause():
    gate = Gate(GateSettings())
    happened = feed(gate, windows([0.9] * 5 + [0.4] * 40))
    assert happened == [Opened(0)]
    assert gate.voice


def test_after_a_restart_positions_count_from_the_new_origin():
    gate = Gate(GateSettings())
    feed(gate, windows([0.9] * 3))
    gate.restart(100_000)
    assert not gate.open
    assert feed(gate, windows([0.0] * 20 + [0.9] * 2)) == [
        Opened(100_000 + 20 * WINDOW_SAMPLES - 4800)
    ]


def test_the_quietest_tenth_of_a_second_is_found():
    pcm = np.full(48_000, 0.5, np.float32)
    pcm[20_000:21_600] = 0.01
    assert abs(quietest(pcm) - 20_800) <= 160


def test_history_hands_out_what_it_keeps_and_nothing_older():
    history = History(1000)
    history.restart(5000)
    for first in range(0, 5000, 500):
        history.append(np.arange(first, first + 500, dtype=np.float32))
    assert history.end == 10_000
    np.testing.assert_array_equal(history.between(9000, 9003), [4000, 4001, 4002])
    with pytest.raises(AssertionError, match="no longer kept"):
        history.between(5000, 5100)
