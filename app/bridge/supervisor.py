"""When a dead worker is started again, and what ended it. Pure; knows no Qt, no process."""

import signal

STEADY_SECONDS = 600.0  # a worker that lived this long has paid for its earlier deaths
RETRY_DELAYS = (0.0, 5.0)  # s before the first and the second new start; then none


class Supervisor:
    """Counts deaths. At once, then after 5 s, then not."""

    def __init__(self) -> None:
        self._deaths = 0
        self._started_at = 0.0

    def note_start(self, now: float) -> None:
        """A worker was started at `now` (monotonic s)."""
        self._started_at = now

    def note_death(self, now: float) -> float | None:
        """A worker died at `now`: seconds to wait before the next, None for no other."""
        if now - self._started_at >= STEADY_SECONDS:
            self._deaths = 0
        self._deaths += 1
        if self._deaths > len(RETRY_DELAYS):
            return None
        return RETRY_DELAYS[self._deaths - 1]

    def forgive(self) -> None:
        """A person asked for another try."""
        self._deaths = 0


def killed_by(exit_code: int | None) -> signal.Signals | None:
    """The signal that ended a process, None if it ended by itself."""
    if exit_code is None or exit_code >= 0:
        return None
    try:
        return signal.Signals(-exit_code)
    except ValueError:
        return None
