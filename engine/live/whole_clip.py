"""Whole clips through the live transcriber: each segment is decoded once, at its end."""

import time
from collections.abc import Iterable, Iterator
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
    return _transcribed(
        read_chunks(path), Transcriber(recogniser, use_vad=use_vad, settings=settings)
    )


def transcribe_pcm(
    pcm: Pcm, recogniser: Recogniser, *, settings: LiveSettings = WHOLE_CLIP
) -> Iterator[Segment]:
    """The same of sound that is there already, float32 [n], 16 kHz."""
    chunks = (
        AudioChunk(pcm[start : start + CHUNK_SAMPLES].copy(), start, time.monotonic())
        for start in range(0, pcm.size, CHUNK_SAMPLES)
    )
    return _transcribed(chunks, Transcriber(recogniser, settings=settings))


def _transcribed(chunks: Iterable[AudioChunk], transcriber: Transcriber) -> Iterator[Segment]:
    damage: NestlingError | None = None
    try:
        for chunk in chunks:
            for update in transcriber.feed(chunk):
                yield update.segment
    except NestlingError as error:
        damage = error
    for update in transcriber.finish():
        yield update.segment
    if damage is not None:
        raise damage
