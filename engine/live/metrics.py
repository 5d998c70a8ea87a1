"""Health of live transcription: what can be computed online, without a reference text.

Knows nothing of models or windows. The step log is written only where a path is given: it holds
what was said.
"""

import json
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from engine.datatypes import SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError

RECENT_SAMPLES = 10 * SAMPLE_RATE  # the real-time factor is taken over the last 10 s of sound


def average_lagging(delays_s: Sequence[float], duration_s: float) -> float:
    """Return how far words come behind an ideal writer, seconds.

    The ideal writer spreads the words evenly over the sound. With the text itself in place of a
    reference this is LAAL (Papi et al. 2022, arXiv:2206.05807); words after the first one that
    waited for the whole sound do not count.

    Args:
        delays_s: when each word was confirmed, from the segment's start.
        duration_s: of the segment.
    """
    lags = []
    for index, delay_s in enumerate(delays_s):
        lags.append(delay_s - index * duration_s / len(delays_s))
        if delay_s >= duration_s:
            break
    return sum(lags) / len(lags) if lags else 0.0


class RealTimeFactor:
    """Compute seconds per second of sound, over the last 10 s of sound."""

    def __init__(self) -> None:
        self._steps: deque[tuple[int, float]] = deque()
        self._samples = 0
        self._compute_s = 0.0

    def note(self, samples: int, compute_s: float) -> None:
        """Take one step."""
        self._steps.append((samples, compute_s))
        self._samples += samples
        self._compute_s += compute_s
        while self._samples - self._steps[0][0] >= RECENT_SAMPLES:
            old_samples, old_compute_s = self._steps.popleft()
            self._samples -= old_samples
            self._compute_s -= old_compute_s

    @property
    def value(self) -> float:
        """The factor; above 1 the machine falls behind."""
        return max(0.0, self._compute_s) * SAMPLE_RATE / self._samples if self._samples else 0.0


class StepLog:
    """Appends one JSON object a line to a file.

    Fields are those of the call; floats are rounded to 0.1 ms. Close it, or use it as a context.

    Errors: DISK if the file cannot be opened for writing.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise NestlingError(
                ErrorKind.DISK,
                f"The log {path} cannot be written ({error.strerror}): "
                "choose a file in a folder that you may write to.",
            ) from error

    def write(self, kind: str, **fields: Any) -> None:
        """Append a line of this kind."""
        rounded = {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in fields.items()
        }
        self._file.write(json.dumps({"kind": kind, **rounded}, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close on leaving the context."""
        self.close()
