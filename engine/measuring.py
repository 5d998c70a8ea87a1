"""Measuring what sizes cost, a step at a time, when a machine has nothing else to do."""

from collections.abc import Callable
from pathlib import Path

from engine import residency, size_record
from engine.datatypes import SizeFigures
from engine.model import Gemma3n
from engine.size_bench import SizeBench
from engine.text.matformer import Size

QUIET_S = 15.0  # without a command: nobody waits for anything


class Measuring:
    """A measurement that is to be made.

    State: how far it is, and when it may go on.

    Args:
        model: to be measured.
        size: in force.
        record: where the figures are kept.
        at_once: whether it waits for nothing.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        model: Gemma3n,
        size: Size,
        record: Path,
        *,
        at_once: bool,
        clock: Callable[[], float],
    ) -> None:
        self._model, self._record, self._clock = model, record, clock
        self._bench = SizeBench(model, size)
        self._steps = self._bench.steps()
        self._at_once = at_once
        self.due = clock()
        self.postpone()

    def take_size(self, size: Size) -> None:
        """Another size is in force."""
        self._bench.size = size

    def postpone(self) -> None:
        """Something else was to be done."""
        if not self._at_once:
            self.due = self._clock() + QUIET_S

    def step(self) -> tuple[SizeFigures, ...] | None:
        """Compute for a moment; the figures, once there are all."""
        self._model.files.check()
        if next(self._steps, self) is not self:
            return None
        residency.trim()  # what caches and work memory took
        figures = self._bench.figures()
        size_record.keep(self._record, self._model, figures)
        return figures
