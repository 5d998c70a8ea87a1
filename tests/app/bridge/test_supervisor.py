"""At once, then after five seconds, then not."""

import signal

from app.bridge.supervisor import STEADY_SECONDS, Supervisor, killed_by


def test_a_worker_is_started_at_once_then_after_a_while_then_not() -> None:
    supervisor = Supervisor()
    delays = []
    for now in (10.0, 20.0, 30.0, 40.0):
        supervisor.note_start(now)
        delays.append(supervisor.note_death(now + 1))
    assert delays == [0.0, 5.0, None, None]


def test_a_long_life_pays_for_earlier_deaths() -> None:
    supervisor = Supervisor()
    for now in (0.0, 10.0):
        supervisor.note_start(now)
        supervisor.note_death(now + 1)
    supervisor.note_start(20.0)
    assert supervisor.note_death(20.0 + STEADY_SECONDS) == 0.0


def test_a_person_may_ask_again() -> None:
    supervisor = Supervisor()
    for _ in range(3):
        supervisor.note_death(1.0)
    supervisor.forgive()
    assert supervisor.note_death(2.0) == 0.0


def test_a_negative_exit_code_names_its_signal() -> None:
    assert killed_by(-9) is signal.SIGKILL
    assert killed_by(-11) is signal.SIGSEGV
    assert killed_by(-4000) is None
    assert killed_by(1) is None
    assert killed_by(None) is None
