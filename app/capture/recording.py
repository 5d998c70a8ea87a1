"""One recording: from the blocks of one or more streams to chunks on one clock. Knows no devices.

Whatever interrupts the sound, the clock goes on: what is missing is a jump in `start`.
"""

from dataclasses import dataclass

import numpy as np

from app.capture.chunker import Chunker
from app.capture.ring import Block
from engine.datatypes import AudioChunk, bounded

SETTLE_SECONDS = 0.3  # in which a thawed server delivers what it still has
LEVEL_SECONDS = 1 / 30


@dataclass(frozen=True, slots=True)
class Level:
    """The loudest sample since the last one, 0..1."""

    peak: float


class Recording:
    """Keeps the clock of a recording.

    Args:
        number: counts recordings.
        source: the chosen microphone, None for the system's default.
    """

    def __init__(self, number: int, source: str | None) -> None:
        self.number = number
        self.source = source
        self.lost_at: float | None = None  # monotonic s; None while the microphone is there
        self._chunker = Chunker()
        self._rate = 1
        self._heard_at: float | None = None  # monotonic s up to which sound was taken
        self._reopened = False
        self._stalled = False
        self._held: list[Block] = []  # after a stall, until it is known what is missing
        self._peak = 0.0
        self._level_at = 0.0

    @property
    def has_sound(self) -> bool:
        """Whether anything was heard yet."""
        return self._heard_at is not None

    def open_stream(self, rate: int) -> None:
        """What comes now is of a new stream at `rate`; the time since the last one is missing."""
        self._rate = rate
        self._chunker.set_rate(rate)
        self._held = []
        self._reopened = True

    def note_stall(self) -> None:
        """The stream is silent for too long, but it may still go on, with or without the rest."""
        self._stalled = True

    def hear(self, blocks: list[Block]) -> list[AudioChunk | Level]:
        """Take what a stream delivered, one block or more. Empty while a stall settles."""
        if self._stalled:
            # A thawed server may still have all of it, in one burst, or nothing.
            self._held += blocks
            if blocks[-1].at - self._held[0].at < SETTLE_SECONDS:
                return []
            blocks, self._held = self._held, []
            self._skip_stalled(blocks)
        elif self._reopened and self._heard_at is not None:
            begins_at = blocks[0].at - blocks[0].pcm.size / self._rate
            self._chunker.skip(begins_at - self._heard_at)
        self._stalled = self._reopened = False
        self.lost_at = None
        return [report for block in blocks for report in self._take(block)]

    def finish(self) -> list[AudioChunk | Level]:
        """End it, or pause it: what is left, and silence."""
        return [*self._chunker.finish(), Level(0.0)]

    def _skip_stalled(self, blocks: list[Block]) -> None:
        """Leave out what a stall has swallowed: the time that the burst after it does not fill."""
        delivered = sum(block.pcm.size for block in blocks) / self._rate
        missing = blocks[-1].at - (self._heard_at or blocks[0].at) - delivered
        if missing > SETTLE_SECONDS:
            self._chunker.skip(missing)
        self._heard_at = blocks[0].at

    def _take(self, block: Block) -> list[AudioChunk | Level]:
        if block.lost:
            self._chunker.skip(block.lost / self._rate)
        if block.overflowed:
            # The device does not say how much it lost; the clock does, to about one block.
            since = block.at - (self._heard_at or block.at)
            self._chunker.skip(max(0.0, since - block.pcm.size / self._rate))
        self._heard_at = block.at
        # A NaN would stay in the resampler; and drivers do deliver some.
        pcm = bounded(block.pcm)
        reports: list[AudioChunk | Level] = [*self._chunker.push(pcm, block.at)]
        self._peak = max(self._peak, float(np.abs(pcm).max(initial=0.0)))
        if block.at - self._level_at >= LEVEL_SECONDS:
            reports.append(Level(self._peak))
            self._peak, self._level_at = 0.0, block.at
        return reports
