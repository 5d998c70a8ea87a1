"""Which pages of a file are in memory. Linux."""

import ctypes
import mmap
import os
from pathlib import Path

PAGE = mmap.PAGESIZE


def drop(file: Path) -> None:
    """Put the file's pages out of memory."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def resident_pages(file: Path, start: int = 0, end: int | None = None) -> int:
    """How many of the pages that hold the bytes start..end-1 are in memory, whoever read them."""
    libc = ctypes.CDLL(None, use_errno=True)
    size = file.stat().st_size
    with file.open("rb") as stream:
        mapping = mmap.mmap(stream.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    states = (ctypes.c_ubyte * (-(-size // PAGE)))()
    address = ctypes.addressof(ctypes.c_char.from_buffer(mapping))
    if libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(size), states):
        raise OSError(ctypes.get_errno(), "mincore")
    last = -(-(size if end is None else end) // PAGE)
    return sum(state & 1 for state in states[start // PAGE : last])
