"""Behind real time, tentative text gives way."""

from engine.live.pace import (
    BEHIND_STEPS,
    CAUGHT_UP_STEPS,
    RECENT_DECODINGS,
    RECENT_SAMPLES,
    SUSTAINED,
    Pace,
)


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
    for _ in range(6):
        factors.append(pace.factor)
        note(pace, 2.0, BEHIND_STEPS)
    assert factors == [1, 2, 4, 6, None, None]
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


def renewals(pace, compute_s, times=RECENT_DECODINGS):
    for _ in range(times):
        pace.note_renewal(compute_s)


def settled(decoding_s, hearing):
    """The cadence of a machine on which a decoding and each second of hearing take so long."""
    pace = Pace(5120, load=SUSTAINED)
    for _ in range(100):
        pace.note_hearing(hearing * 0.16, 2560)
        note(pace, 0.1, 1)
        renewals(pace, decoding_s)
    return pace.every_s


def test_a_machine_keeps_the_shortest_cadence_that_it_sustains():
    assert settled(0.05, 0.1) == 0.32
    assert settled(0.3, 0.1) == 0.64  # 0.3 / 0.64 + 0.1 is 0.57
    assert settled(0.3, 0.35) == 1.28  # 0.3 / 0.64 + 0.35 would be 0.82
    assert settled(1.0, 0.2) == 1.92
    assert settled(2.0, 0.2) is None


def test_without_a_load_only_falling_behind_counts():
    pace = Pace(5120)
    renewals(pace, 10.0)
    assert pace.every_s == 0.32


def test_one_costly_renewal_is_not_yet_a_machine_that_is_too_slow():
    pace = Pace(5120, load=SUSTAINED)
    renewals(pace, 0.05)
    renewals(pace, 0.5, 1)
    assert pace.factor == 1


def test_what_hearing_cost_long_ago_is_forgotten():
    pace = Pace(5120, load=SUSTAINED)
    pace.note_hearing(100.0, 2560)
    pace.note_hearing(0.5, RECENT_SAMPLES)
    renewals(pace, 0.05)
    assert pace.factor == 1


def test_a_machine_that_got_faster_is_used():
    pace = Pace(5120, load=SUSTAINED)
    renewals(pace, 0.3)
    assert pace.factor == 2
    renewals(pace, 0.1)
    note(pace, 0.1, CAUGHT_UP_STEPS)
    assert pace.factor == 1


def test_a_cadence_that_did_not_last_is_tried_again_after_twice_the_time():
    pace = Pace(5120, load=SUSTAINED)
    for patience in (CAUGHT_UP_STEPS, 2 * CAUGHT_UP_STEPS, 4 * CAUGHT_UP_STEPS):
        renewals(pace, 0.3)  # at 0.32 s too much
        assert pace.factor == 2
        renewals(pace, 0.2)  # at 0.64 s so little that 0.32 s seems possible
        note(pace, 0.1, patience - 1)
        assert pace.factor == 2
        note(pace, 0.1, 1)
        assert pace.factor == 1
