"""Small videos with known pictures and sounds, written by ffmpeg."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.datatypes import Rgb


def film(
    path: Path,
    frames: Sequence[Rgb],
    *,
    rate: float = 5.0,
    tone_s: float | None = None,
    turned: int = 0,
) -> Path:
    """A video of the frames without loss, and with a tone of 440 Hz.

    rate: frames a second. turned: degrees by which a player shall turn it.
    """
    height, width = frames[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate)]
    turn = ["-metadata:s:v:0", f"rotate={turned}"] if turned else []
    command = ["ffmpeg", "-v", "error", "-y", *raw, "-i", "-"]
    if tone_s is not None:
        command += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={tone_s}"]
    lossless = ["-c:v", "libx264rgb", "-qp", "0", "-preset", "ultrafast", "-c:a", "aac"]
    data = b"".join(np.ascontiguousarray(frame).tobytes() for frame in frames)
    straight = path.with_name("straight " + path.name) if turn else path
    subprocess.run([*command, *lossless, str(straight)], input=data, check=True)
    if turn:
        again = ["ffmpeg", "-v", "error", "-y", "-i", str(straight), "-c", "copy", *turn, str(path)]
        subprocess.run(again, check=True)
    return path


def plain(level: int, height: int = 48, width: int = 64) -> Rgb:
    """A picture of one colour."""
    return np.full((height, width, 3), level, np.uint8)
