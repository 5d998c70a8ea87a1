"""A file that is arriving: its bytes, their checksum so far, and how many surely lie on the disk.

Knows no network.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.hub.server import RemoteFile

PART = ".part"
SYNCED = ".synced"
SYNC_BYTES = 16 << 20
SYNC_S = 2.0
_READ_BYTES = 4 << 20
_DIGITS = 20


class Part:
    """`NAME.part` beside `NAME.synced`; a context manager.

    What was written before the last word in `NAME.synced` outlives a power cut; the rest may be
    zeros or missing after one, so it is cut off when the download goes on.

    State: `done` bytes are in the file and in the checksum.
    Errors: OSError of the disk.
    """

    def __init__(self, folder: Path, file: RemoteFile) -> None:
        self.done = 0
        self.file = file
        self._path = folder / file.name
        self._part = folder / (file.name + PART)
        self._marks = folder / (file.name + SYNCED)
        self._digest = _digest(file)
        self._synced_at = time.monotonic()
        self._synced = 0
        self._proved = False

    def __enter__(self) -> Self:
        flags = os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._handle = os.open(self._part, os.O_RDWR | flags, 0o644)
        self._mark = os.open(self._marks, os.O_RDWR | flags, 0o644)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)
        os.close(self._mark)
        if self._proved:
            os.replace(self._part, self._path)
            self._marks.unlink(missing_ok=True)

    def take_up(self) -> Iterator[int]:
        """Read what an earlier run left into the checksum. Yields: bytes read so far."""
        kept = min(_marked(self._mark), os.fstat(self._handle).st_size, self.file.size)
        self._synced = kept  # before the cut, which writes down how much is safe
        self._cut(kept)
        while self.done < kept:
            piece = os.read(self._handle, min(_READ_BYTES, kept - self.done))
            if not piece:
                self._cut(self.done)
                return
            self._digest.update(piece)
            self.done += len(piece)
            yield self.done

    def write(self, piece: bytes) -> None:
        """Append. Bytes beyond the announced size count too: the checksum will tell."""
        view = memoryview(piece)
        while view:
            view = view[os.write(self._handle, view) :]
        self._digest.update(piece)
        self.done += len(piece)
        now = time.monotonic()
        if self.done - self._synced >= SYNC_BYTES or now - self._synced_at >= SYNC_S:
            self.sync()

    def sync(self) -> None:
        """Put everything onto the disk, then say how much that is."""
        getattr(os, "fdatasync", os.fsync)(self._handle)
        self._note(self.done)
        self._synced_at = time.monotonic()

    def restart(self) -> None:
        """From the first byte again."""
        self._cut(0)
        self._digest = _digest(self.file)
        self.done = 0

    @property
    def whole(self) -> bool:
        """Whether as many bytes are here as were announced, or more."""
        return self.done >= self.file.size

    def prove(self) -> bool:
        """Whether all is as announced; then, and only then, closing gives the file its name."""
        expected = self.file.sha256 or self.file.git_sha1
        if self.done == self.file.size and self._digest.hexdigest() == expected:
            self.sync()
            self._proved = True
        return self._proved

    def _cut(self, length: int) -> None:
        if os.fstat(self._handle).st_size != length:
            self._note(min(length, self._synced))
            os.ftruncate(self._handle, length)
        os.lseek(self._handle, 0, os.SEEK_SET)

    def _note(self, synced: int) -> None:
        # One write inside one sector: it is there, or the older one is, which is as good.
        os.lseek(self._mark, 0, os.SEEK_SET)
        os.write(self._mark, b"%0*d" % (_DIGITS, synced))
        self._synced = synced


def bytes_here(folder: Path, file: RemoteFile) -> int:
    """What of a file need not be fetched again."""
    try:
        if (folder / file.name).stat().st_size == file.size:
            return file.size
    except OSError:
        pass
    try:
        with (folder / (file.name + SYNCED)).open("rb") as marks:
            return min(_marked(marks.fileno()), (folder / (file.name + PART)).stat().st_size)
    except OSError:
        return 0


def _marked(handle: int) -> int:
    text = os.read(handle, _DIGITS)
    return int(text) if len(text) == _DIGITS and text.isdigit() else 0


def _digest(file: RemoteFile) -> Any:
    """The checksum that the Hub gives: of the bytes, or, for small files, of git's blob."""
    if file.sha256:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
