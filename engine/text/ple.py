"""Per-layer embedding rows on disk: mapped, gathered row by row, never resident as a whole."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.mapping import map_read_only

KEPT_BYTES = 4 << 20
"""Of rows whose pages stay mapped; the system may still hold those that were given back."""

_AROUND = 64 << 10
"""Bytes that Linux maps around a page that is touched, as far as it holds them already."""

_CARRIERS: dict[torch.dtype, type[np.generic]] = {
    torch.bfloat16: np.uint16,
    torch.float16: np.float16,
    torch.float32: np.float32,
    torch.uint8: np.uint8,
}
"""NumPy dtypes that carry a stored dtype's bits; NumPy has no bfloat16."""


class RowTable(Protocol):
    """Rows that are read from files. dtype: of what `gather` returns."""

    dtype: torch.dtype

    @property
    def nbytes(self) -> int:
        """Bytes of all rows as `gather` returns them."""
        ...

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Address and bytes in this process's memory, for measuring what is resident."""
        ...

    def gather(self, ids: Tensor, columns: slice = slice(None)) -> Tensor:
        """Rows of ids [...], [..., columns], in memory of their own."""
        ...


class PleTable:
    """Rows of one tensor inside a file, read-only, paged in on demand (text.md 2.3).

    path: a safetensors file. offset: of the tensor's first byte in it.
    rows, width: the tensor's shape. dtype: as stored.
    """

    def __init__(
        self, path: Path, *, offset: int, rows: int, width: int, dtype: torch.dtype
    ) -> None:
        carrier = np.dtype(_CARRIERS[dtype])
        self.dtype = dtype
        self.rows = rows
        self.width = width
        self._offset = offset
        self._map = map_read_only(path)
        if hasattr(mmap, "MADV_RANDOM"):
            # Without it every fault reads 128 KiB around a 16 KiB row.
            self._map.madvise(mmap.MADV_RANDOM)
        self._mapped = 0  # bytes of pages touched since they were given back
        flat = np.frombuffer(self._map, carrier, rows * width, offset)
        self._table: npt.NDArray[np.generic] = flat.reshape(rows, width)

    @property
    def nbytes(self) -> int:
        """Bytes of the table in the file."""
        return int(self._table.nbytes)

    @property
    def address(self) -> int:
        """Where the table begins in this process's memory, for measuring what is resident."""
        return int(self._table.ctypes.data)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Address and bytes of all of it."""
        return ((self.address, self.nbytes),)

    def gather(self, ids: Tensor, columns: slice = slice(None)) -> Tensor:
        """Rows of ids [...] in stored dtype, [..., columns], in memory of their own.

        columns: the part of each row that is read; the pages of the rest are not touched.
        """
        wanted, places = np.unique(ids.numpy(force=True), return_inverse=True)
        self._announce(wanted, columns)
        width = len(range(*columns.indices(self.width)))
        read = np.empty((len(wanted), width), self._table.dtype)
        each = width * read.itemsize + _AROUND
        together = max(1, KEPT_BYTES // each)
        for first in range(0, len(wanted), together):
            part = slice(first, first + together)
            read[part] = self._table[wanted[part], columns]
            self._bound(len(read[part]) * each)
        rows = torch.from_numpy(read)
        if rows.dtype is not self.dtype:
            rows = rows.view(self.dtype)
        return rows[torch.from_numpy(places.reshape(ids.shape))].to(ids.device)

    def _announce(self, rows: npt.NDArray[np.int64], columns: slice) -> None:
        """Have the system read all of `rows` at the same time, instead of each when it is touched.

        A drive answers sixty reads at once in a fraction of the time of sixty, one after another.
        """
        if len(rows) == 1 or not hasattr(mmap, "MADV_WILLNEED"):
            return
        first, end, _ = columns.indices(self.width)
        size = self._table.itemsize
        for row in rows.tolist():
            start = self._offset + (row * self.width + first) * size
            aligned = start - start % mmap.PAGESIZE
            self._map.madvise(mmap.MADV_WILLNEED, aligned, start - aligned + (end - first) * size)

    def _bound(self, nbytes: int) -> None:
        """Note that up to so many bytes were mapped; keep the mapped pages below the limit.

        A long conversation comes past many rows, and each is wanted rarely.
        """
        self._mapped += nbytes
        if self._mapped > KEPT_BYTES and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)
            self._mapped = 0

    def close(self) -> None:
        """Unmap the file; the table must not be used afterwards."""
        del self._table
        self._map.close()
