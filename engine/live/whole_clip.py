"""A whole sound file through the live transcriber: each segment is decoded once, at its end."""

from collections.abc import Iterator
from pathlib import Path

from engine.audio.files import read_chunks
from engine.datatypes import Segment
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
