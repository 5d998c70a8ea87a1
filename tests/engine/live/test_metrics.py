"""Figures computed online."""

import json

import pytest

from engine.datatypes import SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError
from engine.live.metrics import RealTimeFactor, StepLog, average_lagging


def test_an_ideal_writer_does_not_lag():
    assert average_lagging([0.0, 1.0, 2.0, 3.0], 4.0) == 0.0


def test_waiting_for_the_end_lags_by_the_whole_segment():
    assert average_lagging([4.0] * 4, 4.0) == 4.0


def test_a_constant_delay_is_the_lag():
    assert average_lagging([0.5, 1.5, 2.5, 3.5], 4.0) == pytest.approx(0.5)


def test_no_words_do_not_lag():
    assert average_lagging([], 4.0) == 0.0


def test_the_real_time_factor_forgets_what_is_older_than_ten_seconds():
    factor = RealTimeFactor()
    assert factor.value == 0.0
    factor.note(SAMPLE_RATE, 5.0)
    assert factor.value == pytest.approx(5.0)
    for _ in range(10):
        factor.note(SAMPLE_RATE, 0.25)
    assert factor.value == pytest.approx(0.25)


def test_the_log_appends_lines(tmp_path):
    path = tmp_path / "log.jsonl"
    for number in range(2):
        with StepLog(path) as log:
            log.write("step", number=number, value=0.123456, text="né")
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"kind": "step", "number": number, "value": 0.1235, "text": "né"} for number in range(2)
    ]


def test_a_log_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(NestlingError, match="cannot be written") as caught:
        StepLog(tmp_path)
    assert caught.value.kind is ErrorKind.DISK
