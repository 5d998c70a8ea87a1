"""A stretch of sound on its way to the worker, and what the next worker has to hear of it again.

Knows no Qt.
"""

import os
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.journal import Journal
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Segment

REPLAY_CHUNKS = 30 * SAMPLE_RATE // CHUNK_SAMPLES  # sound kept for a worker that must start anew


@dataclass(slots=True)
class Recording:
    """One stretch of sound that the worker transcribes without interruption.

    asked_at: when a person wanted it, monotonic s.
    shift_s, journal_shift_s: from its own clock to the window's and to the journal's.
    first: `start` of its first chunk, or the sample of a file; the worker's clock begins there.
    recent: the sound that a new worker or model would need again.
    begun: the worker knows of it. ended: no more sound will come.
    file: is heard instead of a microphone; the worker reads it. whole: it has read all of it.
    confirmed_s: its text is confirmed up to there. heard_s: the worker has heard so far.
    """

    number: int
    journal: Journal | None
    asked_at: float
    shift_s: float
    journal_shift_s: float
    first: int | None = None
    recent: deque[AudioChunk] = field(default_factory=lambda: deque(maxlen=REPLAY_CHUNKS))
    begun: bool = False
    ended: bool = False
    confirmed_s: float = 0.0
    heard_s: float = 0.0
    file: Path | None = None
    whole: bool = False

    def take(self, chunk: AudioChunk) -> AudioChunk:
        """Hold a chunk of the microphone's. Returns: the same on this recording's clock."""
        if self.first is None:
            self.first = chunk.start
            # The clock begins with the sound, which may come long after it was asked for.
            begins_at = chunk.captured_at - chunk.pcm.size / SAMPLE_RATE
            waited_s = max(0.0, begins_at - self.asked_at)
            self.shift_s += waited_s
            self.journal_shift_s += waited_s
        chunk = replace(chunk, start=chunk.start - self.first)
        self.recent.append(chunk)
        return chunk

    def note_segment(self, segment: Segment) -> None:
        """Text came: what it was made of need not be heard again."""
        if segment.final:
            self.confirmed_s = max(self.confirmed_s, segment.end_s)
        elif segment.words:
            self.confirmed_s = max(self.confirmed_s, segment.words[-1].heard_s)
        self.heard_s = max(self.heard_s, self.confirmed_s)

    def note_lag(self, lag_s: float) -> None:
        """The worker is behind the newest sound by this much: silence it has heard as well."""
        if self.recent:
            self.heard_s = max(self.heard_s, _end(self.recent[-1]) / SAMPLE_RATE - lag_s)

    def renewed(self, number: int) -> "Recording":
        """What comes in its place for another worker or model: the sound behind its last words."""
        again = [c for c in self.recent if _end(c) / SAMPLE_RATE > self.confirmed_s]
        if self.file is not None:
            begin = int(self.confirmed_s * SAMPLE_RATE) // CHUNK_SAMPLES * CHUNK_SAMPLES
        elif again:
            # Sound in between that nobody heard and nobody holds any more shows as a gap.
            begin = min(again[0].start, round(self.heard_s * SAMPLE_RATE))
        else:
            begin = _end(self.recent[-1]) if self.recent else 0
        made = Recording(
            number,
            self.journal,
            self.asked_at,
            self.shift_s + begin / SAMPLE_RATE,
            self.journal_shift_s + begin / SAMPLE_RATE,
            first=None if self.first is None else self.first + begin,
            ended=self.ended,
            file=self.file,
        )
        made.recent.extend(replace(chunk, start=chunk.start - begin) for chunk in again)
        return made


def shifted(segment: Segment, seconds: float) -> Segment:
    """The segment on a clock that began `seconds` earlier."""
    return replace(
        segment,
        start_s=segment.start_s + seconds,
        end_s=segment.end_s + seconds,
        words=tuple(
            replace(word, heard_s=word.heard_s + seconds, confirmed_s=word.confirmed_s + seconds)
            for word in segment.words
        ),
    )


def shown_name(file: Path) -> str:
    """A file's name as it is shown and kept: names need not be text."""
    return os.fsencode(file.name).decode("utf-8", "replace")


def _end(chunk: AudioChunk) -> int:
    return chunk.start + chunk.pcm.size
