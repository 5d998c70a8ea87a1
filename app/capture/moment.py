"""The last seconds of sound, in memory only. Knows no Qt."""

from collections import deque

import numpy as np

from engine.datatypes import SAMPLE_RATE, AudioChunk, Pcm

SECONDS = 20.0


class SoundMemory:
    """A rolling stretch of what the microphone heard while listening was on.

    State: the newest chunks, at most 20 s of them. `forget` empties it; so does a pause, since
    sound from before and after it is not one moment.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._samples = round(seconds * SAMPLE_RATE)
        self._chunks: deque[AudioChunk] = deque()

    def hear(self, chunk: AudioChunk) -> None:
        """Add the next chunk; a gap before it is kept as silence."""
        if self._chunks and chunk.start < _end(self._chunks[-1]):
            self._chunks.clear()  # another recording has begun
        self._chunks.append(chunk)
        while _end(self._chunks[0]) <= chunk.start + chunk.pcm.size - self._samples:
            self._chunks.popleft()

    def forget(self) -> None:
        """Nothing was heard."""
        self._chunks.clear()

    def sound(self) -> Pcm | None:
        """float32 [at most 320,000], the newest sample last; None if nothing was heard."""
        if not self._chunks:
            return None
        end = _end(self._chunks[-1])
        first = max(self._chunks[0].start, end - self._samples)
        pcm = np.zeros(end - first, np.float32)
        for chunk in self._chunks:
            skipped = max(0, first - chunk.start)
            place = chunk.start + skipped - first
            pcm[place : place + chunk.pcm.size - skipped] = chunk.pcm[skipped:]
        pcm.flags.writeable = False
        return pcm


def _end(chunk: AudioChunk) -> int:
    return chunk.start + chunk.pcm.size
