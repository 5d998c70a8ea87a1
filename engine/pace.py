"""How fast something advances, and how long the rest takes. Pure: the clock is the caller's."""

from collections import deque

_STEP_S = 0.25  # readings closer together are joined


class Pace:
    """The rate over the last seconds, of bytes or of whatever is counted.

    Args:
        window_s: so many seconds count.
        seen_s: with less than that nothing is said.
    """

    def __init__(self, window_s: float = 10.0, seen_s: float = 1.0) -> None:
        self._window_s, self._seen_s = window_s, seen_s
        self._readings: deque[tuple[float, float]] = deque()
        self._sum = 0.0

    def add(self, amount: float, now: float) -> None:
        """So much more is done."""
        if not self._readings:
            self._readings.append((now, self._sum))  # what led to the beginning does not count
        self._sum += amount
        if len(self._readings) > 1 and now - self._readings[-2][0] < _STEP_S:
            self._readings[-1] = (now, self._sum)
        else:
            self._readings.append((now, self._sum))
        # The oldest reading kept is the newest that is a whole window old.
        while len(self._readings) > 2 and now - self._readings[1][0] >= self._window_s:
            self._readings.popleft()

    def restart(self) -> None:
        """Forget the past: the time that was waited says nothing about the rest."""
        self._readings.clear()

    def rate(self, now: float) -> float:
        """How much a second; 0 while too little was seen to say."""
        if not self._readings or now - self._readings[0][0] < self._seen_s:
            return 0.0
        begin, before = self._readings[0]
        return (self._sum - before) / (now - begin)

    def seconds_left(self, amount: float, now: float) -> float | None:
        """For so much more; None while nothing advances."""
        rate = self.rate(now)
        return amount / rate if rate > 0 else None
