"""Sound files to chunks: WAV, FLAC, OGG, MP3 of any length, sample rate and channel count.

The sound of videos and other files comes by `engine.audio.foreign`. Reads in blocks, so that
memory does not grow with the file. Knows nothing of recognition.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from engine.audio import foreign
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Pcm, bounded
from engine.errors import ErrorKind, NestlingError

BLOCK_S = 0.05  # where a file is damaged, libsndfile keeps the whole block in which it is
MAX_RATE_HZ = 768_000  # no converter samples faster; a larger number is a broken header
UNKNOWN_FRAMES = 1 << 62  # libsndfile's largest number, where a file does not say how long it is


class _Forward(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """A file that is only read onwards.

    WORKAROUND: soundfile 0.14.0 seeks to where it already is after every read of a seekable file
    (`_cdata_io`), and each seek costs an MP3 the bits its next frame has in store: 50 ms of sound
    are lost once a block. Re-check with the next release.
    """

    def seekable(self) -> bool:
        return False


def read_pcm(path: Path) -> Iterator[Pcm]:
    """Yield a file's sound in blocks of float32 [n], mono (the mean of its channels), 16 kHz.

    What follows a damaged place is not read: an error tells it after the sound before it.

    Errors: BAD_AUDIO if there is no such file, it holds no sound, or it is damaged.
    """
    file = _opened(path)
    if file is None:
        _probed(path)
        yield from _heard(foreign.read(path), path)
    else:
        yield from _heard(_read(file, path), path)


def length_s(path: Path) -> float | None:
    """How long a file's sound is, as far as it says so itself; None: it does not.

    Errors: BAD_AUDIO if there is no such file, or it is none with sound.
    """
    file = _opened(path)
    if file is None:
        return _probed(path).length_s
    with file:
        frames = int(file.frames)
        return frames / file.samplerate if 0 < frames < UNKNOWN_FRAMES else None


def _heard(blocks: Iterator[Pcm], path: Path) -> Iterator[Pcm]:
    """The same blocks. Errors: BAD_AUDIO if there is none."""
    empty = True
    for block in blocks:
        empty = False
        yield block
    if empty:
        raise _bad(path, "holds no sound", "choose a file with sound in it")


def _read(opened: "_Forward", path: Path) -> Iterator[Pcm]:
    with opened as file:
        resampler = (
            None
            if file.samplerate == SAMPLE_RATE
            else soxr.ResampleStream(file.samplerate, SAMPLE_RATE, 1, dtype="float32")
        )
        read, last = 0, False
        while not last:
            try:
                block = _block(file, path, read)
            except NestlingError:
                if resampler is not None:  # what it holds back was sound
                    yield bounded(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
                raise
            read, last = read + len(block), not len(block)
            # float64, since the sum of two channels may exceed float32. Bounded before the
            # resampler, whose memory one bad sample would fill.
            mono = bounded(block.mean(axis=1, dtype=np.float64).astype(np.float32))
            pcm = mono if resampler is None else resampler.resample_chunk(mono, last=last)
            if len(pcm):
                yield bounded(pcm)  # resampling overshoots


def read_chunks(path: Path) -> Iterator[AudioChunk]:
    """Yield a file as a stream of 160 ms chunks, the last one shorter; captured as they are read.

    Errors: as `read_pcm`.
    """
    rest: Pcm = np.zeros(0, np.float32)
    start = 0
    damage: NestlingError | None = None
    blocks = read_pcm(path)
    while True:
        try:
            block = next(blocks, None)
        except NestlingError as error:
            damage, block = error, None
        if block is None:
            break
        sound = np.concatenate([rest, block])
        whole = sound.size // CHUNK_SAMPLES * CHUNK_SAMPLES
        for first in range(0, whole, CHUNK_SAMPLES):
            # A copy: a view would keep the whole block in memory as long as one of its chunks.
            pcm = sound[first : first + CHUNK_SAMPLES].copy()
            yield AudioChunk(pcm, start + first, time.monotonic())
        start, rest = start + whole, sound[whole:]
    if rest.size:
        yield AudioChunk(rest.copy(), start, time.monotonic())
    if damage is not None:
        raise damage


def _opened(path: Path) -> _Forward | None:
    """The file as libsndfile reads it; None if it does not."""
    try:
        if not path.is_file():
            found = (
                "is a folder"
                if path.is_dir()
                else "is no regular file"
                if path.exists()
                else "does not exist"
            )
            raise _bad(path, found, "give the path of a sound file")
        with path.open("rb") as whole:  # libsndfile does not say why
            if not whole.read(1):
                raise _bad(path, "is empty", "copy it again from where it came")
        # As bytes: soundfile refuses names that are no UTF-8.
        file = _Forward(os.fsencode(path) if os.name == "posix" else path)
    except PermissionError as error:
        raise _bad(path, "may not be read", "give yourself the right to read it") from error
    except OSError as error:
        raise _bad(path, "cannot be read", "look after the disk that it lies on") from error
    except (soundfile.LibsndfileError, TypeError):
        return None
    if not 0 < file.samplerate <= MAX_RATE_HZ:
        raise _bad(path, f"claims {file.samplerate} samples a second", "its header is damaged")
    return file


def _probed(path: Path) -> foreign.Probed:
    """What ffmpeg finds in a file that libsndfile does not read."""
    found = foreign.probe(path)
    if found is None:
        advice = "expected WAV, FLAC, OGG or MP3; convert it to one of them"
        if not foreign.is_installed():
            advice += ", or install ffmpeg, which reads others and videos"
        raise _bad(path, "cannot be read as sound", advice)
    if not found.has_sound:
        raise _bad(path, "has no sound track", "choose a file with sound in it")
    return found


def _block(file: _Forward, path: Path, read: int) -> npt.NDArray[np.float32]:
    """The next block as [n, channels]; empty at the end. read: samples before it."""
    try:
        block: npt.NDArray[np.float32] = file.read(
            int(BLOCK_S * file.samplerate), dtype="float32", always_2d=True
        )
        return block
    except soundfile.LibsndfileError as error:
        raise _bad(
            path,
            f"is damaged after {read / file.samplerate:.0f} s",
            "copy it again from where it came",
        ) from error


def _bad(path: Path, found: str, advice: str) -> NestlingError:
    return NestlingError(ErrorKind.BAD_AUDIO, f"{path} {found}: {advice}.")
