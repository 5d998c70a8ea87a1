"""The starter ears of a worker: they come with the first sound, are held, idle, and go again.

Knows no recording and no pipe. Which model they stand in for is `engine.opened`'s decision.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine import residency
from engine.live.starter import StarterRecogniser


class Ears:
    """Moonshine tiny in memory, or not.

    State: the network, who uses it, when it was used last, whether it shall go then.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._recogniser: StarterRecogniser | None = None
        self._held: list[StarterRecogniser] = []
        self._unwanted = False
        self._used_at = -math.inf

    @property
    def nbytes(self) -> int:
        """Measured private bytes: weights and work memory."""
        return 0 if self._recogniser is None else self._recogniser.nbytes

    def hold(self) -> StarterRecogniser:
        """A recogniser, in use from now on; the network is loaded if need be, within a second.

        Each holder gets one of its own: a question is heard beside a recording.

        Errors: MISSING_LIBRARY.
        """
        if self._recogniser is None:
            self._recogniser = StarterRecogniser(residency.private_bytes)
        self._held.append(self._recogniser.beside())
        return self._held[-1]

    def unhold(self, recogniser: StarterRecogniser) -> None:
        """Its use is over: idle time begins with the last one's."""
        self._held = [held for held in self._held if held is not recogniser]
        self._used_at = self._clock()
        if self._unwanted and not self._held:
            self.release()

    @contextmanager
    def held(self) -> Iterator[StarterRecogniser]:
        """`hold` for the length of a block, however it ends."""
        recogniser = self.hold()
        try:
            yield recogniser
        finally:
            self.unhold(recogniser)

    def give_up(self) -> None:
        """Give the memory back now, or at the end of the use."""
        if self._held:
            self._unwanted = True
        else:
            self.release()

    def due(self, idle_s: float) -> float | None:
        """When the memory shall be given back, on the clock; None = never."""
        if self._recogniser is None or self._held or math.isinf(idle_s):
            return None
        return self._used_at + idle_s

    def release(self) -> None:
        """Give the memory back; whoever still has the recogniser may not use it any more."""
        recogniser, self._recogniser = self._recogniser, None
        self._held, self._unwanted = [], False
        if recogniser is not None:
            recogniser.close()
            residency.trim()
