"""What a training says of itself, a line of JSON for every few steps."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Self

EVERY = 25  # steps


class Log:
    """Means of what the steps between two lines gave; a context.

    Args:
        path: lines are added to it; None = nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("a")
        self._given: dict[str, list[float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def take(self, step: int, stage: str, values: Mapping[str, float]) -> None:
        """What one step gave; every so many of them a line."""
        for name, value in values.items():
            self._given.setdefault(name, []).append(value)
        if step % EVERY == 0:
            means = {name: round(sum(v) / len(v), 5) for name, v in self._given.items()}
            self.write({"step": step, "stage": stage, **means})
            self._given.clear()

    def write(self, entry: Mapping[str, object]) -> None:
        """A line of its own."""
        if self._file:
            self._file.write(json.dumps(dict(entry)) + "\n")
            self._file.flush()
