"""A question about a video: the frames and the sound of it that the context can hold.

What it cannot is told in sentences, never dropped in silence. Knows no cache and no window.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.datatypes import SAMPLE_RATE, Pcm, Turn
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.senses import CLIP_S, clock_time
from engine.vision import video
from engine.vision.video import Glimpse

# At most, around a frame and around a clip: markers, newlines, the time before it.
_FRAME_EXTRA = 16
_CLIP_EXTRA = 40
_SOUND_SHARE = 2  # one part in so many of the room may go to sound


def with_video(
    model: Gemma3n, question: Turn, path: Path, room: int, pixels: int, *, by_scenes: bool = False
) -> tuple[Turn, tuple[str, ...]]:
    """The question with a video, and sentences about what of it was left out.

    Args:
        room: tokens that the question may grow by.
        pixels: a side of the frames.
        by_scenes: a frame where the scene changes instead of one each second.

    Errors: BAD_PICTURE; CONTEXT_FULL if there is no room for a frame.
    """
    seen = video.glimpses(path)
    pcm, notes = _sound(model, path, room // _SOUND_SHARE)
    clips = 0 if pcm is None else -(-pcm.size // (CLIP_S * SAMPLE_RATE))
    used = 0 if pcm is None else model.audio_tokens(pcm.size) + clips * _CLIP_EXTRA
    chosen, more = _chosen(model, seen, room - used, by_scenes=by_scenes)
    frames = video.read_frames(path, chosen, pixels)
    times = tuple(glimpse.time_s for glimpse in chosen)
    return replace(question, images=tuple(frames), audio=pcm, times=times), (*notes, *more)


def _chosen(
    model: Gemma3n, seen: Sequence[Glimpse], room: int, *, by_scenes: bool
) -> tuple[list[Glimpse], tuple[str, ...]]:
    """The frames for which there is room."""
    count = room // (model.config.vision_soft_tokens_per_image + _FRAME_EXTRA)
    if count < 1:
        raise NestlingError(
            ErrorKind.CONTEXT_FULL,
            "There is no room for a frame of the video: shorten the question or the answer, or "
            "begin a new conversation.",
        )
    wanted = video.scenes(seen) if by_scenes else seen
    chosen = video.spread(wanted, count)
    if len(chosen) == len(wanted):
        return chosen, ()
    kind = "scenes" if by_scenes else "seconds"
    return chosen, (
        f"{len(chosen)} of the video's {len(wanted)} {kind} are shown, spread over all of it: more "
        "do not fit the context.",
    )


def _sound(model: Gemma3n, path: Path, room: int) -> tuple[Pcm | None, tuple[str, ...]]:
    """As much of the sound as there is room for, from its beginning on."""
    program = video.sound_reader()
    if program is None:
        return None, (
            "The video's sound is left out: the program ffmpeg, which reads it, is not installed.",
        )
    if model.config.audio is None or model.sizes.demonstration:  # which answers words alone
        silent = video.read_sound(path, program, 1.0) is None
        told = "The video's sound is left out: this model does not hear it."
        return None, () if silent else (told,)
    clip = CLIP_S * SAMPLE_RATE
    clips = room // (model.audio_tokens(clip) + _CLIP_EXTRA)
    # A little more than fits, to see whether there is more.
    pcm = video.read_sound(path, program, clips * CLIP_S + 1.0)
    if pcm is None or pcm.size <= clips * clip:
        return pcm, ()
    heard = f"Only the first {clock_time(clips * CLIP_S)} of the sound are"
    note = f"{heard if clips else 'Nothing of the sound is'} heard: more does not fit the context."
    return (pcm[: clips * clip] if clips else None), (note,)
