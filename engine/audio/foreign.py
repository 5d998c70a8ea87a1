"""Sound that libsndfile does not read, such as that of videos: by the program ffmpeg.

Comes through a pipe, so that memory does not grow with the file. Connects to nothing, whatever a
file names. Knows nothing of recognition.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.datatypes import SAMPLE_RATE, Pcm, bounded

BLOCK_SAMPLES = SAMPLE_RATE // 2
_LOCAL = ("-protocol_whitelist", "file")  # a playlist may name addresses


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file says of itself. length_s: None if it does not say."""

    has_sound: bool
    length_s: float | None


def sound_reader() -> str | None:
    """The program that reads the sound of videos, None if it is not installed."""
    return shutil.which("ffmpeg")


def is_installed() -> bool:
    """Whether files can be probed and read."""
    return sound_reader() is not None and shutil.which("ffprobe") is not None


def probe(path: Path) -> Probed | None:
    """What is in a file; None if nothing that is known, or nothing can be read at all."""
    program = shutil.which("ffprobe")
    if program is None or sound_reader() is None:
        return None
    asked = ["-show_entries", "stream=codec_type:format=duration", "-of", "json"]
    command = [program, "-v", "quiet", *_LOCAL, *asked, f"file:{path}"]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        return None
    found = json.loads(done.stdout)
    kinds = [stream.get("codec_type") for stream in found.get("streams", ())]
    if not kinds:
        return None
    length = found.get("format", {}).get("duration")
    return Probed("audio" in kinds, None if length is None else float(length))


def read(path: Path) -> Iterator[Pcm]:
    """Yield the sound of a file that was probed: float32 [n], mono, 16 kHz, n > 0."""
    program = sound_reader()
    assert program is not None
    with subprocess.Popen(
        pcm_command(program, path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            while raw := process.stdout.read(4 * BLOCK_SAMPLES):
                block = np.frombuffer(raw, "<f4", len(raw) // 4).astype(np.float32)
                if block.size:
                    yield bounded(block)
        finally:
            process.kill()  # whoever hears no further does not wait for its end


def pcm_command(program: str, path: Path, seconds: float | None = None) -> list[str]:
    """How ffmpeg is called to write a file's sound, or its beginning: float32, mono, 16 kHz.

    Where the sound begins later than a video, or has gaps, there is silence.
    """
    form = ["-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "-"]
    begin = [] if seconds is None else ["-t", f"{seconds:.3f}"]
    filled = ["-af", "aresample=async=1:first_pts=0", *begin]
    given = ["-v", "quiet", "-nostdin", *_LOCAL, "-i", f"file:{path}", "-vn"]
    return [program, *given, *filled, *form]
