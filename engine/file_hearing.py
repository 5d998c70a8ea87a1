"""A sound file through the live transcription: as fast as it is computed, and all of it.

The session hears its chunks as it hears a microphone's; whoever owns the loop decides when a
moment of it is heard, and so what goes before it. Knows no pipe.
"""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.audio.files import length_s, read_chunks
from engine.datatypes import SAMPLE_RATE, AudioChunk
from engine.errors import NestlingError
from engine.pace import Pace
from engine.protocol import Event, FileHeard, TranscribeFile
from engine.session import Session

MOMENT_S = 0.1  # of hearing, before what waits meanwhile is looked at
TOLD_EVERY_S = 0.25
# What counts for the time that is left. Within a window come segments with many words and with few.
_WINDOW_S, _SEEN_S = 60.0, 4.0


@dataclass(slots=True)
class _Running:
    """A file that is being heard: the chunks that are left of it, the samples before them.

    pace: in seconds of sound a second.
    """

    recording: int
    chunks: Generator[AudioChunk, None, None]
    heard: int
    length_s: float | None
    tell_at: float
    pace: Pace


class FileHearing:
    """Hears one file at a time.

    State: what is left of the file; nothing once its recording has ended, whoever ended it.

    Args:
        session: hears the sound.
        clock: monotonic seconds.
    """

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session, self._clock = session, clock
        self._running: _Running | None = None

    @property
    def running(self) -> bool:
        """Whether `step` has something to do."""
        if self._running is not None and self._running.recording != self._session.hearing:
            self.close()
        return self._running is not None

    def start(self, asked: TranscribeFile) -> Iterator[Event]:
        """Begin with a file; nothing of it is heard yet.

        Errors: BAD_AUDIO for what is no file with sound; as `Session.start_listening`.
        """
        self.close()
        path = Path(asked.path)
        length = length_s(path)
        yield from self._session.start_listening(
            asked.recording,
            translate_to=asked.translate_to,
            starter=asked.starter,
            whole_clip=True,
        )
        if self._session.hearing == asked.recording:
            chunks = _from(asked.first, read_chunks(path))
            self._running = _Running(
                asked.recording,
                chunks,
                asked.first,
                length,
                self._clock(),
                Pace(_WINDOW_S, _SEEN_S),
            )
            yield self._told(self._running)

    def step(self) -> Iterator[Event]:
        """Hear on for a moment; at the file's end the recording ends.

        Errors: BAD_AUDIO for a damaged place; what came before it is text by then.
        """
        running = self._running
        if running is None:
            return
        until, damage = self._clock() + MOMENT_S, None
        while self._clock() < until:
            try:
                chunk = next(running.chunks, None)
            except NestlingError as error:
                damage, chunk = error, None
            if chunk is None:
                self.close()
                yield self._told(running, ended=True)
                yield from self._session.stop_listening(running.recording)
                break
            running.heard += chunk.pcm.size
            yield from self._session.feed([chunk])
            running.pace.add(chunk.pcm.size / SAMPLE_RATE, self._clock())
        if damage is not None:
            raise damage
        if self._running is not None and self._clock() >= running.tell_at:
            yield self._told(running)

    def close(self) -> None:
        """Let go of the file."""
        running, self._running = self._running, None
        if running is not None:
            running.chunks.close()

    def _told(self, running: _Running, *, ended: bool = False) -> FileHeard:
        heard_s, now = running.heard / SAMPLE_RATE, self._clock()
        running.tell_at = now + TOLD_EVERY_S
        left_s = None
        if running.length_s is not None and not ended:
            left_s = running.pace.seconds_left(max(0.0, running.length_s - heard_s), now)
        return FileHeard(running.recording, heard_s, running.length_s, left_s, ended)


def _from(first: int, chunks: Iterator[AudioChunk]) -> Generator[AudioChunk, None, None]:
    """What begins at a sample or behind it, on a clock that begins there."""
    for chunk in chunks:
        if chunk.start >= first:
            yield replace(chunk, start=chunk.start - first)
