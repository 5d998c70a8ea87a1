"""Whole clips through the live transcriber: each segment is decoded once, at its end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.audio.files import read_chunks
from engine.datatypes import CHUNK_SAMPLES, AudioChunk, Pcm, Segment
from engine.errors import NestlingError
from engine.live.recogniser import Recogniser
from engine.live.transcriber import LiveSettings, Transcriber

WHOLE_CLIP = LiveSettings(chunks_per_step=16, tentative=False)


def transcribe_file(
    path: Path,
    recogniser: Recogniser,
    *,
    use_vad: bool = True,
    settings: LiveSettings = WHOLE_CLIP,
) -> Iterator[Segment]:
    """Yield the segments of a file of any length as they become final; memory stays flat.

    Errors: BAD_AUDIO, after the segments that came before the damage.
    """
    transcriber = Transcriber(recogniser, use_vad=use_vad, settings=settings)
    damage: NestlingError | None = None
    try:
        for chunk in read_chunks(path):
            for update in transcriber.feed(chunk):
                yield update.segment
    except NestlingError as error:
        damage = error
    for update in transcriber.finish():
        yield update.segment
    if damage is not None:
        raise damage


def words_of(
    pcm: Pcm,
    recogniser: Recogniser,
    settings: LiveSettings = WHOLE_CLIP,
    stop: Callable[[], bool] = lambda: False,
) -> str | None:
    """All that is said in a clip, float32 [n] at 16 kHz; None if `stop`, asked for each 160 ms of
    it, says so."""
    transcriber = Transcriber(recogniser, settings=settings)
    said = []
    for start in range(0, pcm.size, CHUNK_SAMPLES):
        if stop():
            return None
        chunk = AudioChunk(pcm[start : start + CHUNK_SAMPLES].copy(), start, time.monotonic())
        said += transcriber.feed(chunk)
    said += transcriber.finish()
    return " ".join(filter(None, (update.segment.text.strip() for update in said)))
