"""Whether a scene has changed enough to be worth another look. Knows no Qt, no camera, no model.

A frame becomes 64 x 48 cells. Light that changes everywhere at once (clouds, automatic exposure)
is fitted and taken out; cells that never rest (leaves, a flickering screen) must change by more
than they usually do. What remains is the share of cells that differ from the last frame asked
about.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.datatypes import CameraFrame, Rgb

CELLS = (48, 64)  # rows, columns
SAMPLES = 4  # a side, of each cell: noise of 8 levels becomes 2
LEVEL = 12.0  # by which a cell of a resting scene must differ; of 255
UNREST_FACTOR = 4.0  # of a cell's usual movement, on top of that
UNREST_MOST = 40.0  # that one look counts for: an event is no unrest
AT_REST = 4  # looks at a resting scene are assumed to have come before the first
UNREST_S = 20.0  # over which the usual movement is averaged
GAIN = (0.6, 1.6)  # of light that counts as the same scene; beyond, it is a change
OFFSET = 20.0  # of 255; the same
BRIGHTEST = 243.0  # above, noise is cut off by overexposure
FIT_STEP = 4  # every fourth cell is enough to fit the light
KEPT = int(0.7 * CELLS[0] * CELLS[1] / FIT_STEP)  # of those, the ones that fit best
SETTLE_S = 1.5  # that a scene which does not come to rest is waited for

Cells = NDArray[np.float32]


class Sensitivity(StrEnum):
    """How little is a change."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


SHARES = {Sensitivity.LOW: 0.02, Sensitivity.NORMAL: 0.006, Sensitivity.HIGH: 0.002}


def cells(rgb: Rgb) -> Cells:
    """The picture as float32 [48, 64, 3], each cell the mean of 16 samples spread over it."""
    rows = _places(rgb.shape[0], CELLS[0])
    columns = _places(rgb.shape[1], CELLS[1])
    samples = rgb.take(rows, axis=0).take(columns, axis=1).astype(np.float32)
    shape = (CELLS[0], SAMPLES, CELLS[1], SAMPLES, 3)
    small: Cells = samples.reshape(shape).mean(axis=(1, 3), dtype=np.float32)
    return small


def _places(length: int, count: int) -> NDArray[Any]:
    """Where samples are taken along a side: the middles of equal parts."""
    parts = count * SAMPLES
    return ((np.arange(parts) + 0.5) * (length / parts)).astype(np.intp)


def difference(new: Cells, old: Cells) -> Cells:
    """By how much each cell differs, [48, 64], when light that changed everywhere is taken out."""
    x, y = old.reshape(-1, 3)[::FIT_STEP], new.reshape(-1, 3)[::FIT_STEP]
    weights = np.ones_like(x)
    for _ in range(2):  # the second time without what the first could not explain
        gain, offset = _line(x, y, weights)
        rest = np.abs(y - (gain * x + offset))
        weights = (rest <= np.partition(rest, KEPT, axis=0)[KEPT]).astype(np.float32)
    expected = np.clip(gain * old + offset, 0, 255)
    rest = np.abs(new - expected)
    # What was overexposed may have been any brighter, and what is now could be.
    rest[((old > BRIGHTEST) & (new > expected)) | ((expected > BRIGHTEST) & (new > BRIGHTEST))] = 0
    left: Cells = rest.max(axis=-1)
    return left


def _line(x: Cells, y: Cells, weights: Cells) -> tuple[Cells, Cells]:
    """Gain and offset of y over x, [3] each; the gain tends to 1 where x hardly varies."""
    count = weights.sum(axis=0)
    mean_x, mean_y = (weights * x).sum(axis=0) / count, (weights * y).sum(axis=0) / count
    from_x = weights * (x - mean_x)
    prior = 25.0 * count  # as if each cell also varied by 5 levels, with gain 1
    covariance = (from_x * (y - mean_y)).sum(axis=0) + prior
    gain = np.clip(covariance / ((from_x * from_x).sum(axis=0) + prior), *GAIN)
    # Light multiplies; the offset is for black levels and haze, so it is small.
    return gain, np.clip(mean_y - gain * mean_x, -OFFSET, OFFSET)


def _spread(values: Cells) -> Cells:
    """Each cell's largest value among itself and its eight neighbours."""
    padded = np.pad(values, 1, mode="edge")
    rows = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    largest: Cells = np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
    return largest


class Verdict(StrEnum):
    """What a frame shows, compared with the last one asked about."""

    SAME = "same"
    MOVING = "moving"  # something changes; wait until it rests
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Look:
    """A frame's verdict. frame: what to ask about, if it is CHANGED; share: of changed cells."""

    verdict: Verdict
    frame: CameraFrame | None
    share: float


class SceneGate:
    """Lets a frame through when the scene has changed and come to rest.

    State: the scene last let through; what moves now. `reset` forgets it: the next frame passes.
    """

    def __init__(self, sensitivity: Sensitivity = Sensitivity.NORMAL) -> None:
        self._limit = SHARES[sensitivity]
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._reference: Cells | None = None
        self._previous: Cells | None = None
        self._previous_at, self._looks = 0.0, 0
        self._unrest: Cells = np.zeros(CELLS, np.float32)
        self._moving_since: float | None = None
        self._strongest = 0.0
        self._strongest_frame: CameraFrame | None = None

    def look(self, frame: CameraFrame) -> Look:
        """Judge the next frame."""
        now, new = frame.captured_at, cells(frame.rgb)
        if self._reference is None or self._previous is None:
            self._reference = self._previous = new
            self._previous_at = now
            return Look(Verdict.CHANGED, frame, 1.0)
        moved = difference(new, self._previous)
        level = LEVEL + UNREST_FACTOR * _spread(self._unrest)
        motion = float((moved > level).mean())
        share = float((difference(new, self._reference) > level).mean())
        self._looks += 1
        fraction = max((now - self._previous_at) / UNREST_S, 1 / (self._looks + AT_REST))
        self._unrest += min(1.0, fraction) * (np.minimum(moved, UNREST_MOST) - self._unrest)
        self._previous, self._previous_at = new, now
        return self._judge(frame, new, share, motion)

    def _judge(self, frame: CameraFrame, new: Cells, share: float, motion: float) -> Look:
        now = frame.captured_at
        if share < self._limit:
            brief, self._strongest_frame = self._strongest_frame, None
            self._moving_since, strongest, self._strongest = None, self._strongest, 0.0
            if brief is None:
                return Look(Verdict.SAME, None, share)
            # It is over, and the scene is as before: ask about its strongest moment.
            return Look(Verdict.CHANGED, brief, strongest)
        if self._moving_since is None:
            self._moving_since = now
        if motion < self._limit or now - self._moving_since >= SETTLE_S:
            self._reference = new
            self._moving_since = self._strongest_frame = None
            self._strongest = 0.0
            return Look(Verdict.CHANGED, frame, share)
        if share > self._strongest:
            self._strongest, self._strongest_frame = share, frame
        return Look(Verdict.MOVING, None, share)
