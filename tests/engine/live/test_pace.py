"""Behind real time, tentative text gives way."""

from engine.live.pace import BEHIND_STEPS, CAUGHT_UP_STEPS, Pace


def note(pace, lag_s, times):
    for _ in range(times):
        pace.note(lag_s)


def test_on_time_the_cadence_is_the_usual_one():
    pace = Pace(5120)
    note(pace, 0.1, 100)
    assert not pace.is_due(5119)
    assert pace.is_due(5120)


def test_falling_behind_widens_the_cadence_and_then_stops_tentative_text():
    pace, factors = Pace(5120), []
    for _ in range(5):
        factors.append(pace.factor)
        note(pace, 2.0, BEHIND_STEPS)
    assert factors == [1, 2, 4, None, None]
    assert not pace.is_due(10**9)


def test_one_slow_step_changes_nothing():
    pace = Pace(5120)
    for _ in range(20):
        note(pace, 2.0, BEHIND_STEPS - 1)
        note(pace, 0.1, 1)
    assert pace.factor == 1


def test_caught_up_it_returns_step_by_step():
    pace = Pace(5120)
    note(pace, 2.0, 2 * BEHIND_STEPS)
    assert pace.factor == 4
    note(pace, 0.2, CAUGHT_UP_STEPS)
    assert pace.factor == 2
    note(pace, 0.2, CAUGHT_UP_STEPS)
    assert pace.factor == 1
