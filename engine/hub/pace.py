"""How fast bytes arrive, and how long the rest takes. Pure: the clock is the caller's."""

from collections import deque

WINDOW_S = 10.0
_SEEN_S = 1.0
_STEP_S = 0.25  # readings closer together are joined


class Pace:
    """The rate over the last seconds of what came through the network, and of nothing else."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, int]] = deque()
        self._sum = 0

    def add(self, nbytes: int, now: float) -> None:
        """So many bytes have arrived."""
        if not self._readings:
            self._readings.append((now, self._sum))  # what led to the first byte does not count
        self._sum += nbytes
        if len(self._readings) > 1 and now - self._readings[-2][0] < _STEP_S:
            self._readings[-1] = (now, self._sum)
        else:
            self._readings.append((now, self._sum))
        # The oldest reading kept is the newest that is a whole window old.
        while len(self._readings) > 2 and now - self._readings[1][0] >= WINDOW_S:
            self._readings.popleft()

    def restart(self) -> None:
        """Forget the past: the time that was waited says nothing about the line."""
        self._readings.clear()

    def rate(self, now: float) -> float:
        """Bytes a second; 0 while too little was seen to say."""
        if not self._readings or now - self._readings[0][0] < _SEEN_S:
            return 0.0
        begin, before = self._readings[0]
        return (self._sum - before) / (now - begin)

    def seconds_left(self, nbytes: int, now: float) -> float | None:
        """For so many bytes more; None while nothing arrives."""
        rate = self.rate(now)
        return nbytes / rate if rate > 0 else None
