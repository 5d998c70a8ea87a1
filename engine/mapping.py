"""Files mapped into memory: nothing is read before it is used. Knows no format."""

import errno
import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Linux's value. Without it a private writable mapping counts as memory to be promised, and a
# shard larger than the machine's memory is refused. Python names the flag from 3.13 on.
_MAP_NORESERVE = 0x4000


def map_private(file: Path) -> mmap.mmap:
    """A mapping that may be written to: by the page into memory, never into the file.

    Errors: OSError; MemoryError if the process may not grow so far.
    """
    with file.open("rb") as stream, _memory_told_apart():
        if sys.platform == "linux":
            flags = mmap.MAP_PRIVATE | _MAP_NORESERVE
            return mmap.mmap(stream.fileno(), 0, flags, mmap.PROT_READ | mmap.PROT_WRITE)
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)


def map_read_only(file: Path) -> mmap.mmap:
    """A mapping to read from. Errors: as of `map_private`."""
    with file.open("rb") as stream, _memory_told_apart():
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def _memory_told_apart() -> Iterator[None]:
    """What the system says as an OSError is the same as Python's own MemoryError."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise MemoryError(error.strerror) from error
        raise
