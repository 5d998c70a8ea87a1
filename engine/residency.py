"""What is in memory, measured: private bytes and file-backed pages of each part, and giving back.

Sizes on paper say nothing here: mapped weights are resident only where they were touched, so the
page table is asked. Linux only; elsewhere the parts' sizes are scaled into the process's memory.
"""

import ctypes
import mmap
import os
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import torch
from torch import Tensor

from engine.datatypes import PartMemory

OUT_OF_MEMORY = (
    "There is not enough memory for this. Close other programs or choose a smaller size."
)
APP = "app"  # whatever no part accounts for: interpreter, libraries, work memory

_PAGEMAP = Path("/proc/self/pagemap")
_STATUS = Path("/proc/self/status")
_MAPS = Path("/proc/self/maps")
# Linux, Documentation/admin-guide/mm/pagemap.rst: one 64-bit entry for each page.
# Bit 63: in memory; bit 61: of a file, or shared.
_PRIVATE = np.uint64(1 << 63)
_OF_FILE = np.uint64(1 << 63 | 1 << 61)
_KIND = _OF_FILE
_PAGE = mmap.PAGESIZE
_M_ARENA_MAX = -8  # glibc, malloc.h
_STEP = 1 << 30  # bytes of address space asked at once: 2 MB of page table


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of one tensor in this process's address space."""

    address: int
    nbytes: int


def measure(
    parts: Mapping[str, Iterable[Extent]], held: Mapping[str, int]
) -> dict[str, PartMemory]:
    """Split the process's resident memory by part.

    Args:
        parts: where each part's tensors lie.
        held: private bytes of parts that count themselves (KV cache, memory of a device).

    Returns:
        Every part of both arguments, and `app`: the rest of the process.
    """
    parts = {name: list(extents) for name, extents in parts.items()}
    try:
        measured = {name: _resident(extents) for name, extents in parts.items()}
        whole = _whole_process()
    except OSError:  # another system, or a sandbox that keeps its page tables to itself
        whole = PartMemory(psutil.Process().memory_info().rss, 0)
        measured = _scaled(
            {name: sum(extent.nbytes for extent in extents) for name, extents in parts.items()},
            whole.private,
        )
    for name, nbytes in held.items():
        known = measured.get(name, PartMemory(0, 0))
        measured[name] = PartMemory(known.private + nbytes, known.file_backed)
    private = whole.private - sum(part.private for part in measured.values())
    file_backed = whole.file_backed - sum(part.file_backed for part in measured.values())
    return measured | {APP: PartMemory(max(0, private), max(0, file_backed))}


def private_bytes() -> int:
    """Resident bytes of this process that belong to no file; elsewhere than on Linux, all."""
    try:
        return _whole_process().private
    except OSError:
        return int(psutil.Process().memory_info().rss)


def share_one_heap() -> None:
    """Let all threads allocate from one heap (glibc). Call it before there are others.

    `trim` cannot give back the end of a heap that another thread began: 50 MB of a tower that was
    loaded in the background stayed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def trim() -> None:
    """Give freed heap pages back to the system where the C library keeps them (glibc).

    Blocks of 0.25 to 1 MB, as the weights of one layer, otherwise stay with the process.
    """
    if sys.platform == "linux":
        malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if malloc_trim is not None:
            malloc_trim(0)


def drop_pages(extent: Extent) -> None:
    """Give back the whole pages inside an extent that nothing will read again (Linux).

    For a tensor of a mapping that lives on: its pages would stay as long as the mapping does.
    """
    first = -(-extent.address // _PAGE) * _PAGE
    length = (extent.address + extent.nbytes) // _PAGE * _PAGE - first
    if sys.platform == "linux" and length > 0:
        libc = ctypes.CDLL(None)
        libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(length), mmap.MADV_DONTNEED)


def drop_mapped(extents: Iterable[Extent]) -> None:
    """Give back the whole pages of extents that are unchanged pages of files; others stay.

    Whoever reads them again gets them from the file.
    """
    for extent in _within(extents, _file_ranges()):
        drop_pages(extent)


def mapped_bytes(extents: Iterable[Extent]) -> int:
    """How much `drop_mapped` can give back: whole pages that belong to files."""
    total = 0
    for extent in _within(extents, _file_ranges()):
        first = -(-extent.address // _PAGE) * _PAGE
        total += max(0, (extent.address + extent.nbytes) // _PAGE * _PAGE - first)
    return total


def _file_ranges() -> list[tuple[int, int]]:
    """[start, end) of every mapping of a file, in order; none where the system does not tell."""
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    ranges = []
    for line in lines:
        place, _, _, _, inode, *_ = line.split()
        if inode != "0":
            start, end = (int(address, 16) for address in place.split("-"))
            ranges.append((start, end))
    return ranges


def _within(extents: Iterable[Extent], ranges: list[tuple[int, int]]) -> Iterator[Extent]:
    """The parts of the extents inside the ranges."""
    starts = [start for start, _ in ranges]
    for extent in extents:
        end = extent.address + extent.nbytes
        for first, last in ranges[max(0, bisect_right(starts, extent.address) - 1) :]:
            if first >= end:
                break
            begin, stop = max(first, extent.address), min(last, end)
            if begin < stop:
                yield Extent(begin, stop - begin)


def touch(tensor: Tensor) -> None:
    """Bring the pages of a contiguous tensor into memory, as using it would."""
    if tensor.nbytes:
        tensor.view(-1).view(torch.uint8)[::_PAGE].max()


def is_out_of_memory(error: Exception) -> bool:
    """Whether Python, or torch on any device, failed to get memory."""
    # WORKAROUND: torch 2.13 raises a plain RuntimeError for the CPU (c10/core/impl/alloc_cpu.cpp),
    # told from others by its text alone.
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
    )


def _whole_process() -> PartMemory:
    """Resident bytes of this process, anonymous ones apart from pages of files."""
    fields = {}
    for line in _STATUS.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.startswith("Rss"):
            fields[name] = int(value.split()[0]) * 1024
    return PartMemory(fields["RssAnon"], fields["RssFile"] + fields["RssShmem"])


def _resident(extents: Iterable[Extent]) -> PartMemory:
    """Bytes of the extents whose pages are in memory."""
    private = file_backed = 0
    with _PAGEMAP.open("rb", buffering=0) as table:
        for extent in extents:
            for start in range(extent.address, extent.address + extent.nbytes, _STEP):
                end = min(start + _STEP, extent.address + extent.nbytes)
                kinds = _kinds(table.fileno(), start, end)
                private += _bytes_of(kinds, _PRIVATE, start, end)
                file_backed += _bytes_of(kinds, _OF_FILE, start, end)
    return PartMemory(private, file_backed)


def _kinds(table: int, start: int, end: int) -> npt.NDArray[np.uint64]:
    """What each page of [start, end) is: _PRIVATE, _OF_FILE, or not in memory."""
    first, last = start // _PAGE, (end - 1) // _PAGE
    flags = np.frombuffer(os.pread(table, (last - first + 1) * 8, first * 8), np.uint64)
    return flags & _KIND


def _bytes_of(kinds: npt.NDArray[np.uint64], kind: np.uint64, start: int, end: int) -> int:
    """Bytes of [start, end) on pages of a kind; of its first and last page only its own."""
    total = int(np.count_nonzero(kinds == kind)) * _PAGE
    if kinds[0] == kind:
        total -= start % _PAGE
    if kinds[-1] == kind:
        total -= -end % _PAGE
    return total


def _scaled(sizes: Mapping[str, int], resident: int) -> dict[str, PartMemory]:
    """Sizes on paper, shrunk where together they exceed what the process has in memory."""
    share = min(1.0, resident / max(1, sum(sizes.values())))
    return {name: PartMemory(int(size * share), 0) for name, size in sizes.items()}
