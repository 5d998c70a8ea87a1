"""The buffer between the audio callback and the capture thread. Knows nothing of PortAudio or Qt.

One writer, one reader, no lock: the callback must never wait. Each side only advances its own
counters; the reader looks again after copying and gives up what was overwritten meanwhile.
"""

from dataclasses import dataclass

import numpy as np

from engine.datatypes import Pcm

RING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Block:
    """Samples as one callback delivered them.

    pcm: float32 [n_samples] at the device's rate; a copy of the reader's own.
    at: monotonic seconds of the callback that delivered the last sample.
    lost: samples overwritten unread right before this block.
    overflowed: the device itself lost sound before this block, an unknown amount.
    """

    pcm: Pcm
    at: float
    lost: int
    overflowed: bool


class Ring:
    """The last `capacity` samples with the times of their delivery; the oldest give way.

    Args:
        capacity: samples kept.
        marks: deliveries whose times are kept; past that, blocks merge and lose no sample.
    """

    def __init__(self, capacity: int, marks: int = 4096) -> None:
        self._data = np.zeros(capacity, np.float32)
        self._ends = np.zeros(marks, np.int64)
        self._times = np.zeros(marks, np.float64)
        self._overflows = np.zeros(marks, np.bool_)
        # Counted up before and after the copy: what lies between the two is being overwritten.
        self._reserved = 0
        self._written = 0
        self._marks_written = 0
        self._read = 0
        self._marks_read = 0
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Samples overwritten before they were read, since the beginning."""
        return self._dropped

    def write(self, samples: Pcm, at: float, overflowed: bool = False) -> None:
        """Append samples [n]. Thread: the audio callback only. No array is made, nothing waits."""
        size, capacity = samples.shape[0], self._data.shape[0]
        end = self._written + size
        self._reserved = end
        kept = min(size, capacity)
        place = (end - kept) % capacity
        head = min(kept, capacity - place)
        self._data[place : place + head] = samples[size - kept : size - kept + head]
        self._data[: kept - head] = samples[size - kept + head :]
        mark = self._marks_written % self._ends.shape[0]
        self._ends[mark] = end
        self._times[mark] = at
        self._overflows[mark] = overflowed
        self._written = end
        self._marks_written += 1

    def read(self) -> list[Block]:
        """Take everything written since the last call. Thread: the one reader."""
        known = self._ends.shape[0]
        newest = self._marks_written
        # The slot of the oldest mark may be in the writer's hands just now.
        oldest = max(self._marks_read, newest - known + 1)
        self._marks_read = newest
        slots = np.arange(oldest, newest) % known
        blocks: list[Block] = []
        lost = 0
        for end, at, overflowed in zip(
            self._ends[slots].tolist(),
            self._times[slots].tolist(),
            self._overflows[slots].tolist(),
            strict=True,
        ):
            pcm, missed = self._copy(end)
            lost += missed
            if pcm.size:
                blocks.append(Block(pcm, at, lost, overflowed))
                lost = 0
        # Nothing may follow a loss at once: the next block then starts behind the read position.
        self._read -= lost
        self._dropped -= lost
        return blocks

    def _copy(self, end: int) -> tuple[Pcm, int]:
        """Copy from the read position to `end`; how many of these were already overwritten."""
        capacity = self._data.shape[0]
        begin = min(end, max(self._read, self._reserved - capacity))
        place = begin % capacity
        pcm = np.empty(end - begin, np.float32)
        head = min(pcm.size, capacity - place)
        pcm[:head] = self._data[place : place + head]
        pcm[head:] = self._data[: pcm.size - head]
        torn = max(0, min(end, self._reserved - capacity) - begin)
        missed = begin - self._read + torn
        self._read = end
        self._dropped += missed
        return pcm[torn:], missed
