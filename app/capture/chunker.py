"""Cut what a device delivers into the engine's 160 ms chunks. Knows nothing of devices or Qt."""

import numpy as np
import soxr

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Pcm


class Chunker:
    """Resamples to 16 kHz if need be and numbers the samples of one recording.

    State: the samples of the unfinished chunk, the resampler's memory and the position; they live
    as long as the recording, across changes of device.

    Args:
        rate: samples a second of what is pushed.
    """

    def __init__(self, rate: int = SAMPLE_RATE) -> None:
        self._partial = np.empty(CHUNK_SAMPLES, np.float32)
        self._filled = 0
        self._position = 0
        self._captured_at = 0.0
        self.set_rate(rate)

    @property
    def position(self) -> int:
        """Index of the next sample at 16 kHz, counted from the start of the recording."""
        return self._position

    def set_rate(self, rate: int) -> None:
        """Go on with another device's rate; what the resampler still holds is given up."""
        self._rate = rate
        self._resampler = (
            None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32")
        )

    def push(self, pcm: Pcm, captured_at: float) -> list[AudioChunk]:
        """Add samples [n] at the set rate; the chunks that became full."""
        if self._resampler is not None:
            pcm = self._resampler.resample_chunk(pcm)
        return self._cut(pcm, captured_at)

    def skip(self, seconds: float) -> None:
        """Note that sound is missing here: the next chunk starts that much later.

        The unfinished chunk is given up with it: a chunk is whole or the last of its recording.
        """
        self.set_rate(self._rate)
        self._filled = 0
        self._position += max(0, round(seconds * SAMPLE_RATE))

    def finish(self) -> list[AudioChunk]:
        """End the recording: what is left, as a last shorter chunk."""
        chunks: list[AudioChunk] = []
        if self._resampler is not None:
            tail = self._resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            chunks = self._cut(tail, self._captured_at)
            self.set_rate(self._rate)
        if self._filled:
            chunks.append(self._chunk(self._captured_at))
        return chunks

    def _cut(self, pcm: Pcm, captured_at: float) -> list[AudioChunk]:
        chunks: list[AudioChunk] = []
        self._captured_at = captured_at
        while pcm.size:
            taken = min(pcm.size, CHUNK_SAMPLES - self._filled)
            self._partial[self._filled : self._filled + taken] = pcm[:taken]
            self._filled += taken
            self._position += taken
            pcm = pcm[taken:]
            if self._filled == CHUNK_SAMPLES:
                chunks.append(self._chunk(captured_at))
        return chunks

    def _chunk(self, captured_at: float) -> AudioChunk:
        pcm = self._partial[: self._filled].copy()
        start = self._position - self._filled
        self._filled = 0
        return AudioChunk(pcm, start, captured_at)
