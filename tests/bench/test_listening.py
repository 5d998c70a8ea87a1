"""The live bench's figures, on a recogniser that knows what was said and when."""

import json

import numpy as np
import pytest

from engine.datatypes import SAMPLE_RATE, LiveMetrics, Segment, Word
from engine.live.recogniser import Hypothesis
from tests.bench.listening import (
    Heard,
    Shown,
    confirmed_s,
    erased_confirmed,
    first_shown_s,
    listen,
    lost_at_the_end,
    matched,
    missed_share,
    paint_delays_s,
    word_error_rate,
)
from tests.bench.material import Clip, Said, noises, spoken, utterances


class Knowing:
    """Finds the sound it is fed in the clip, and writes the words that end in it."""

    def __init__(self, clip):
        self.clip = clip
        self.raw = clip.pcm.tobytes()
        self.reset()

    def reset(self):
        self.heard = np.zeros(0, np.float32)

    def feed(self, pcm, *, final=False):
        self.heard = np.concatenate([self.heard, pcm])

    def mark(self):
        return self.heard.size

    def rewind(self, mark):
        self.heard = self.heard[:mark]

    def decode(self, committed):
        sounding = np.flatnonzero(self.heard)
        if sounding.size < 600:
            return Hypothesis(())
        first = int(sounding[500])
        start = self.raw.find(self.heard[first : first + 64].tobytes()) // 4 - first
        start_s, end_s = start / SAMPLE_RATE, (start + self.heard.size) / SAMPLE_RATE
        return Hypothesis(
            tuple(w.text for w in self.clip.words if start_s - 0.05 <= w.start_s < end_s - 0.1)
        )


class Instant:
    """Time in which computing takes none."""

    def __init__(self):
        self.moment_s = 0.0

    def now(self):
        return self.moment_s

    def wait_until(self, moment_s):
        self.moment_s = max(self.moment_s, moment_s)


NO_METRICS = LiveMetrics(0.0, 0.0, 0.0, 0, 0, voice=False)


def segment(words, tentative="", *, final=False, end_s=5.0):
    return Segment(0, 0.0, end_s, tuple(Word(w, 0.0, 0.0) for w in words), tentative, final)


def heard(*steps):
    return Heard(tuple(Shown(at, at, what) for at, what in steps), NO_METRICS)


def test_a_perfect_recogniser_has_no_error_and_small_delays():
    clip = spoken(10, seed=3, unbroken=False)
    live = listen(Knowing(clip), clip.pcm, Instant())
    right, wrong = matched(live, clip.words)
    assert wrong == []
    assert word_error_rate([clip], [live]) == 0.0
    assert erased_confirmed(live) == 0
    assert max(first_shown_s(live, right)) < 1.0
    assert max(confirmed_s(live, right)) < 2.0


def test_a_passage_without_a_pause_is_longer_than_a_segment_may_be():
    clip = spoken(20, seed=3)
    pauses = [b.start_s - a.end_s for a, b in zip(clip.words, clip.words[1:], strict=False)]
    ends = [word.end_s for word, pause in zip(clip.words, pauses, strict=False) if pause > 0.6]
    longest = max(b - a for a, b in zip([0.0, *ends], [*ends, clip.seconds], strict=True))
    assert longest > 30.0


def test_stopping_right_at_the_end_of_a_word_keeps_it():
    for clip in utterances(3, seed=5):
        live = listen(Knowing(clip), clip.pcm, Instant())
        assert live.words == [word.text for word in clip.words]


def test_a_word_counts_from_the_first_text_it_stands_in():
    said = [Said("red", 0.0, 1.0), Said("door", 1.0, 2.0)]
    live = heard(
        (1.5, segment([], "read")),
        (2.0, segment([], "red do")),
        (2.5, segment(["red"], "door")),
        (4.0, segment(["red", "door"], final=True)),
    )
    right, wrong = matched(live, said)
    assert wrong == []
    assert first_shown_s(live, right) == pytest.approx([1.0, 0.5])
    assert confirmed_s(live, right) == pytest.approx([1.5, 2.0])


def test_a_word_never_written_is_among_the_wrong_ones():
    live = heard((4.0, segment(["red"], final=True)))
    said = [Said("red", 0.0, 1.0), Said("door", 1.0, 2.0), Said("late", 8.0, 9.0)]
    assert {word.text for word in matched(live, said)[1]} == {"door", "late"}


def test_confirmed_words_that_change_are_counted():
    live = heard(
        (1.0, segment(["a", "b", "c"])),
        (2.0, segment(["a", "x", "c"])),
        (3.0, segment(["a"], final=True)),
    )
    assert erased_confirmed(live) == 2 + 2


def test_only_words_behind_the_last_common_one_are_lost_at_the_end():
    assert lost_at_the_end(["a", "b", "c"], ["a", "b", "c", "d", "e"]) == 2
    assert lost_at_the_end(["a", "x", "c"], ["a", "b", "c"]) == 0
    assert lost_at_the_end([], ["a"]) == 1


def test_words_that_cannot_be_heard_are_missed():
    clip = spoken(10, seed=3, unbroken=False)
    mute = Clip(np.zeros_like(clip.pcm), clip.words)
    assert missed_share(clip) < 0.01
    assert missed_share(mute) == 1.0


def test_the_windows_own_delays_are_read(tmp_path):
    path = tmp_path / "paint.jsonl"
    lines = [{"captured_at": 10.0, "painted_at": 10.08}, {"captured_at": 11.0, "painted_at": 11.1}]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert paint_delays_s(path) == pytest.approx([0.08, 0.1])


def test_noises_are_the_same_every_time_and_never_clip():
    first, second = noises(2.0), noises(2.0)
    for name, pcm in first.items():
        np.testing.assert_array_equal(pcm, second[name])
        assert pcm.size == 2 * SAMPLE_RATE
        assert np.abs(pcm).max() < 1.0
