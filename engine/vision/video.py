"""Video files to frames with their times, and to sound. Knows no model and no prompt.

Frames are read twice: once small, to choose some, and again those that were chosen, so that memory
holds no more than is asked about.
"""

import math
import os
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.audio.foreign import pcm_command
from engine.audio.foreign import sound_reader as sound_reader
from engine.datatypes import Pcm, Rgb, bounded
from engine.errors import ErrorKind, NestlingError
from engine.vision.opencv import cv2
from engine.vision.preprocess import resized

FRAME_EVERY_S = 1.0
# Mean difference of brightness, of 255, from the last key frame: people who talk stay below 8, cuts
# are above 25.
SCENE_LEVELS = 16.0

_SMALL = (32, 32)
_ROUNDING = 1e-3  # of times, in seconds
_RATES, _USUAL_RATE = (0.1, 1000.0), 25.0  # frames a second that can be, and where none is told
_RESTART_S = 1.0  # a jump back by more: recordings were joined, and the clock began anew


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A frame of the first reading. index: counts the file's frames; small: brightness [32, 32]."""

    index: int
    time_s: float
    small: npt.NDArray[np.int16]


def glimpses(path: Path) -> list[Glimpse]:
    """A frame of every second, the first one included.

    Errors: BAD_PICTURE if there is no such file or no frame in it.
    """
    seen: list[Glimpse] = []
    due_s = 0.0
    with _opened(path) as capture:
        for index, time_s in _frames(capture):
            if time_s < due_s:
                continue
            read, bgr = capture.retrieve()
            if read:
                # The next whole second, also where a file begins late or has gaps.
                due_s = (math.floor(time_s / FRAME_EVERY_S + _ROUNDING) + 1) * FRAME_EVERY_S
                due_s -= _ROUNDING
                grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
                small = cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA)
                seen.append(Glimpse(index, time_s, small.astype(np.int16)))
    if not seen:
        raise _bad(path, "holds no frame that can be read", "convert it to MP4 with H.264")
    return seen


def scenes(seen: Sequence[Glimpse]) -> list[Glimpse]:
    """Those that begin another scene: unlike the last one that did."""
    kept = [seen[0]]
    for glimpse in seen[1:]:
        if np.abs(glimpse.small - kept[-1].small).mean() > SCENE_LEVELS:
            kept.append(glimpse)
    return kept


def spread(seen: Sequence[Glimpse], count: int) -> list[Glimpse]:
    """At most `count` of them, evenly from the first to the last."""
    if len(seen) <= count:
        return list(seen)
    places = np.linspace(0, len(seen) - 1, count).round().astype(int)
    return [seen[place] for place in places]


def read_frames(path: Path, chosen: Collection[Glimpse], pixels: int) -> list[Rgb]:
    """The chosen frames as squares uint8 [pixels, pixels, 3], as the tower would make them.

    Errors: BAD_PICTURE if the file has become another one.
    """
    wanted = {glimpse.index for glimpse in chosen}
    frames: list[Rgb] = []
    with _opened(path) as capture:
        for index, _ in _frames(capture):
            if index not in wanted:
                continue
            read, bgr = capture.retrieve()
            if read:
                rgb = np.asarray(bgr[:, :, ::-1], np.uint8)
                frames.append(resized(rgb, pixels).numpy())
            if len(frames) == len(wanted):
                return frames
    raise _bad(path, f"gives {len(frames)} of {len(wanted)} frames", "it changed meanwhile: retry")


def read_sound(path: Path, program: str, seconds: float) -> Pcm | None:
    """The beginning of a video's sound: float32 [n], mono, 16 kHz; None if it has none.

    By the program ffmpeg: libsndfile reads no video, and OpenCV no sound.
    """
    command = pcm_command(program, path, seconds)
    raw = subprocess.run(command, capture_output=True, check=False).stdout
    pcm = np.frombuffer(raw, "<f4", len(raw) // 4).astype(np.float32)
    return bounded(pcm) if pcm.size else None


@contextmanager
def _opened(path: Path) -> Iterator[cv2.VideoCapture]:
    if not os.path.isfile(path):
        raise _bad(path, "is no file that may be read", "give the path of a video")
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # OpenCV would end the process
        raise _bad(path, "has a name that is not UTF-8", "rename it") from error
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        if not capture.isOpened():
            raise _bad(
                path, "cannot be read as a video", "expected MP4, MKV or WebM; convert it to one"
            )
        yield capture
    finally:
        capture.release()


def _frames(capture: cv2.VideoCapture) -> Iterator[tuple[int, float]]:
    """Go through the frames without converting them: each one's number and its second."""
    index, last_s, offset_s = 0, 0.0, 0.0
    rate = capture.get(cv2.CAP_PROP_FPS)
    frame_s = 1 / rate if _RATES[0] <= rate <= _RATES[1] else 1 / _USUAL_RATE
    while capture.grab():
        told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        time_s = max(0.0, told_s) + offset_s
        if index and told_s <= 0:  # as in bare H.264, and in part of MPEG's program streams
            time_s = last_s + frame_s
        elif time_s < last_s - _RESTART_S:
            offset_s += last_s - time_s
            time_s = last_s
        yield index, time_s
        index, last_s = index + 1, time_s


def _bad(path: Path, found: str, advice: str) -> NestlingError:
    return NestlingError(ErrorKind.BAD_PICTURE, f"{path.name} {found}: {advice}.")
