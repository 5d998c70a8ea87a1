import datetime
import time

import pytest

from engine.training.machine import COOL_DOWN_MINUTES, cooling, deadline_of


def test_the_rate_falls_to_zero_at_the_last_step_or_at_the_deadline() -> None:
    assert cooling(0, 900, 0.0, None) == 1.0
    assert cooling(600, 900, 0.0, None) == 1.0
    assert cooling(750, 900, 0.0, None) == pytest.approx(0.5)
    assert cooling(900, 900, 0.0, None) == pytest.approx(0.0)
    assert cooling(0, 900, 0.0, 60 * COOL_DOWN_MINUTES / 2) == pytest.approx(0.5)
    assert cooling(0, 900, 10.0, 5.0) == pytest.approx(0.0)


def test_a_deadline_is_the_next_time_that_a_clock_shows_it() -> None:
    assert deadline_of(None) is None
    for minutes in (-30, 30):
        moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
        due = deadline_of(f"{moment:%H:%M}")
        assert due is not None
        assert time.time() - 60 < due < time.time() + 24 * 3600
        assert f"{datetime.datetime.fromtimestamp(due, datetime.UTC):%H:%M}" == f"{moment:%H:%M}"
