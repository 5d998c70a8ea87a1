""" "Tell me when …" with a worker whose answers the test decides."""

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.bridge.bridge import EngineBridge
from app.bridge.host import Host
from app.watching import Answer, Counts, Sighting, Watch, answer_of
from engine.datatypes import CameraFrame, FinishReason
from engine.errors import ErrorKind
from engine.protocol import Ask, Failed, Finished, Loaded, Token
from tests.app.window_fakes import FakeHost, model

EMPTY = np.full((90, 160, 3), 120, np.uint8)


def with_box(left: int, level: int = 250) -> np.ndarray:  # type: ignore[type-arg]
    picture = EMPTY.copy()
    picture[30:60, left : left + 30] = level
    return picture


class Bench:
    """A watch, its worker, and a camera of one picture a second."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.hosts: list[FakeHost] = []
        self.bridge = EngineBridge(self._make)
        self.bridge.start()
        self.watch = Watch(self.bridge)
        self.sightings: list[Sighting] = []
        self.watch.sighted.connect(self.sightings.append)
        self.second = 100.0
        self.index = 0

    def _make(self, on_event: Callable[..., None], on_death: Callable[..., None]) -> Host:
        self.hosts.append(FakeHost(on_event, on_death))
        return self.hosts[-1]

    def see(self, picture: np.ndarray, times: int = 1) -> None:  # type: ignore[type-arg]
        for _ in range(times):
            self.second += 1.0
            self.watch.look(CameraFrame(picture.copy(), self.index, self.second))
            self.index += 1

    @property
    def asks(self) -> list[Ask]:
        return [ask for host in self.hosts for ask in host.sent(Ask)]

    def answer(self, text: str, reason: FinishReason = FinishReason.STOP_TOKEN) -> None:
        turn = self.asks[-1].turns[-1].id
        for number, piece in enumerate(text.split(" ")):
            self.hosts[-1].say(Token(turn, number, number, piece))
        self.hosts[-1].say(Finished(turn, reason))
        self.qtbot.waitUntil(
            lambda: self.watch._asking is None or self.asks[-1].turns[-1].id != turn
        )

    @property
    def told(self) -> list[Answer]:
        return [sighting.answer for sighting in self.sightings]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_nothing_is_asked_before_it_is_started(bench: Bench) -> None:
    bench.see(EMPTY, 3)
    assert bench.asks == []
    assert bench.watch.counts == Counts()


def test_the_first_frame_is_asked_about_outside_the_conversation(bench: Bench) -> None:
    bench.watch.start("  a box is there ")
    bench.see(EMPTY)
    (ask,) = bench.asks
    assert ask.aside
    (turn,) = ask.turns
    assert turn.id < 0, "the conversation counts upwards"
    assert "a box is there" in turn.text
    assert np.array_equal(turn.images[0], EMPTY)
    assert ask.params.temperature == 0.0


def test_an_unchanged_scene_is_not_asked_about_again(bench: Bench) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.answer("no")
    bench.see(EMPTY, 30)
    assert len(bench.asks) == 1
    assert bench.watch.counts == Counts(seen=31, asked=1, late=0)
    assert bench.watch.counts.skipped == 30
    assert bench.told == [], "that it is not so is no news"


def test_what_happens_is_told_once_and_when_it_ends(bench: Bench) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.answer("No .")
    bench.see(with_box(40), 3)
    bench.answer("Yes")
    bench.see(with_box(90), 3)
    bench.answer("yes ,")
    bench.see(EMPTY, 3)
    bench.answer("No")
    assert bench.told == [Answer.YES, Answer.NO]
    assert np.array_equal(bench.sightings[0].picture, with_box(40)), "the frame asked about"
    assert len(bench.asks) == 4


def test_an_answer_that_is_neither_is_told_once_and_changes_nothing(bench: Bench) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.answer("Yes")
    bench.see(with_box(20), 3)
    bench.answer("I can not say")
    bench.see(with_box(70), 3)
    bench.answer("maybe")
    bench.see(with_box(110), 3)
    bench.answer("yes")
    assert bench.told == [Answer.YES, Answer.UNCLEAR]
    bench.see(EMPTY, 3)
    bench.answer("no")
    assert bench.told[-1] is Answer.NO


def test_while_an_answer_is_awaited_the_newest_change_waits_and_older_ones_are_counted(
    bench: Bench,
) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    for left in (10, 50, 90):
        bench.see(with_box(left), 3)
    assert len(bench.asks) == 1
    assert bench.watch.counts.late == 2
    bench.answer("no")
    assert len(bench.asks) == 2
    assert np.array_equal(bench.asks[-1].turns[0].images[0], with_box(90))
    counts = bench.watch.counts
    assert counts.seen == counts.asked + counts.late + counts.skipped


def test_a_fast_camera_is_looked_at_five_times_a_second(bench: Bench) -> None:
    bench.watch.start("a box is there")
    for number in range(60):
        bench.watch.look(CameraFrame(EMPTY.copy(), number, 100 + number / 60))
    assert bench.watch.counts.seen == 5


def test_after_the_stop_no_answer_is_heard(bench: Bench) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    turn = bench.asks[-1].turns[-1].id
    bench.watch.stop()
    bench.hosts[-1].say(Token(turn, 0, 0, "yes"))
    bench.hosts[-1].say(Finished(turn, FinishReason.STOP_TOKEN))
    bench.watch.start("something else")
    bench.see(EMPTY)
    bench.answer("no")
    assert bench.told == []
    assert "something else" in bench.asks[-1].turns[0].text


def test_a_stopped_question_is_asked_again(bench: Bench) -> None:
    """Stopping the conversation's answer stops whatever the worker is at."""
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.answer("", FinishReason.STOPPED)
    assert len(bench.asks) == 2
    bench.answer("yes")
    assert bench.told == [Answer.YES]


def test_when_no_frame_comes_any_more_it_stops_after_the_answers_on_their_way(bench: Bench) -> None:
    bench.watch.start("a box is there")
    bench.watch.finish()
    assert not bench.watch.running, "nothing is asked"
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.see(with_box(40), 3)
    bench.watch.finish()
    bench.answer("no")
    assert bench.watch.running
    bench.answer("yes")
    assert not bench.watch.running
    assert bench.told == [Answer.YES]
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.answer("no")
    assert bench.watch.running, "another watch ends by itself no more than the first"


def test_when_no_frame_comes_any_more_a_failed_question_ends_it(bench: Bench, qtbot: QtBot) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.watch.finish()
    turn = bench.asks[-1].turns[-1].id
    bench.hosts[-1].say(Failed(ErrorKind.INTERNAL, "It went wrong.", turn))
    qtbot.waitUntil(lambda: not bench.watch.running)


def test_a_failed_question_waits_for_the_next_change(bench: Bench, qtbot: QtBot) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    turn = bench.asks[-1].turns[-1].id
    bench.hosts[-1].say(Failed(ErrorKind.INTERNAL, "It went wrong.", turn))
    qtbot.waitUntil(lambda: bench.watch._asking is None)
    bench.see(EMPTY, 5)
    assert len(bench.asks) == 1, "it would fail again, and again"
    bench.see(with_box(40), 3)
    assert len(bench.asks) == 2


def test_another_worker_is_asked_what_the_dead_one_left_open(bench: Bench, qtbot: QtBot) -> None:
    bench.watch.start("a box is there")
    bench.see(EMPTY)
    bench.hosts[-1].die(-9)
    qtbot.waitUntil(lambda: len(bench.hosts) == 2)
    bench.hosts[-1].say(Loaded(model()))
    qtbot.waitUntil(lambda: len(bench.asks) == 2)
    bench.answer("yes")
    assert bench.told == [Answer.YES]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes", Answer.YES),
        (" **yes**, it is", Answer.YES),
        ("NO.", Answer.NO),
        ("not yet", Answer.UNCLEAR),
        ("nobody", Answer.UNCLEAR),
        ("", Answer.UNCLEAR),
        ("Well, no", Answer.NO),
    ],
)
def test_the_first_of_the_two_words_counts(text: str, answer: Answer) -> None:
    assert answer_of(text) is answer
