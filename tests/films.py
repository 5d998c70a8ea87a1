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
    sound: Path | None = None,
    turned: int = 0,
) -> Path:
    """A video of the frames without loss, and with a tone of 440 Hz or the sound of a file.

    rate: frames a second. turned: degrees by which a player shall turn it.
    """
    height, width = frames[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate)]
    turn = ["-metadata:s:v:0", f"rotate={turned}"] if turned else []
    command = ["ffmpeg", "-v", "error", "-y", *raw, "-i", "-"]
    if tone_s is not None:
        command += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={tone_s}"]
    if sound is not None:
        command += ["-i", str(sound)]
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


def sunrise(seconds: float, rate: float = 5.0, height: int = 180, width: int = 320) -> list[Rgb]:
    """Frames of a scene that moves: a sun that climbs over the sea."""
    rows, columns = np.mgrid[:height, :width]
    horizon = height * 2 // 3
    sky = np.where(rows < horizon, 230 - rows // 2, 60)
    frames = []
    for count in range(round(seconds * rate)):
        middle = horizon - (horizon - 30) * count / (seconds * rate)
        sun = (rows - middle) ** 2 + (columns - width / 2) ** 2 < 20**2
        sun &= rows < horizon
        red, green = np.where(sun, 255, sky - 70), np.where(sun, 190, sky - 30)
        blue = np.where(sun, 40, sky)
        frames.append(np.clip(np.stack([red, green, blue], axis=2), 0, 255).astype(np.uint8))
    return frames
