"""What is on its way to the worker. Pure; knows no Qt, no process.

The worker acknowledges each command as it takes it off the pipe. With as many under way as the
protocol allows, the rest waits here; sound that waits too long gives way to newer sound, which
the worker sees as a jump in `start`.
"""

from collections import deque

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE
from engine.protocol import MAX_OUTSTANDING, Command, Feed

MAX_WAITING_FEEDS = 30 * SAMPLE_RATE // CHUNK_SAMPLES  # 30 s of sound, like the ring


class Outbox:
    """Commands that wait, and the count of those under way."""

    def __init__(self) -> None:
        self._waiting: deque[Command] = deque()
        self._waiting_feeds = 0
        self._sent = 0
        self._handled = 0
        self._dropped_samples = 0

    @property
    def outstanding(self) -> int:
        """Commands sent and not yet acknowledged."""
        return self._sent - self._handled

    @property
    def dropped_samples(self) -> int:
        """Sound given up because the worker did not keep pace."""
        return self._dropped_samples

    def put(self, command: Command) -> None:
        """Add a command behind the others."""
        self._waiting.append(command)
        if isinstance(command, Feed):
            self._waiting_feeds += 1
            if self._waiting_feeds > MAX_WAITING_FEEDS:
                self._drop_oldest_feed()

    def take(self) -> list[Command]:
        """The commands that may be sent now; they count as sent."""
        room = MAX_OUTSTANDING - self.outstanding
        taken = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
        self._sent += len(taken)
        self._waiting_feeds -= sum(isinstance(command, Feed) for command in taken)
        return taken

    def acknowledge(self, seq: int) -> None:
        """Everything up to the command numbered `seq` has been taken by the worker."""
        self._handled = max(self._handled, min(seq + 1, self._sent))

    def clear(self) -> None:
        """Begin anew with another worker: nothing waits, nothing is under way."""
        self._waiting.clear()
        self._waiting_feeds = self._sent = self._handled = 0

    def _drop_oldest_feed(self) -> None:
        for place, command in enumerate(self._waiting):
            if isinstance(command, Feed):
                del self._waiting[place]
                self._waiting_feeds -= 1
                self._dropped_samples += command.chunk.pcm.size
                return
