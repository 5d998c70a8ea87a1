"""Products of tensors with weights of 8 bits, int8 [rows, columns] and a scale for each row."""

import torch
from torch import Tensor

from engine.kernels.loading import Kernels, Tape
from engine.kernels.machine import BLOCK_ROWS, SHARED, TILE_BYTES, TOGETHER
from engine.kernels.products import tile_rooms

Call = tuple[str, tuple[int, ...], bool]

_ROWS, _COLUMNS = 16, 64
"""Multiples that fill every machine's vectors."""


def suits(values: Tensor, scales: Tensor) -> bool:
    """Whether `few8` can: a shape that fills vectors, scales of bfloat16."""
    rows, columns = values.shape
    return rows % _ROWS == 0 and columns % _COLUMNS == 0 and scales.dtype is torch.bfloat16


def few8(kernels: Kernels, x: Tensor, values: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] of any type, taken as float32: [n, rows] of float32."""
    count, columns = x.shape
    rows = values.shape[0]
    wide = x.float().contiguous()
    out = torch.empty(count, rows)
    together = next(each for each in TOGETHER if each <= count)
    calls: list[Call] = []
    for begin in range(0, count, together):
        first = min(begin, count - together)  # the last ones may be computed twice
        given, target = wide.data_ptr() + 4 * first * columns, out.data_ptr() + 4 * first * rows
        words = (given, values.data_ptr(), scales.data_ptr(), target, columns, rows, 4 * rows)
        calls.append((f"multiply8_{together}", words, False))
    Tape(kernels, calls).run()
    return out


def several8(kernels: Kernels, x: Tensor, values: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] of bfloat16 through tile registers: [n, rows] of bfloat16."""
    count, columns = x.shape
    rows, blocks = values.shape[0], -(-count // BLOCK_ROWS)
    filled = torch.nn.functional.pad(x, (0, 0, 0, blocks * BLOCK_ROWS - count))
    parts = filled.view(blocks, BLOCK_ROWS, columns // SHARED, 2, SHARED // 2)
    tiled = parts.permute(0, 2, 4, 1, 3).contiguous()
    out = torch.empty(rows, blocks * BLOCK_ROWS)
    room, each = tile_rooms(TILE_BYTES + 2 * BLOCK_ROWS * columns)
    words = (tiled.data_ptr(), values.data_ptr(), scales.data_ptr(), out.data_ptr())
    shape = (columns, rows, blocks, room, each)
    Tape(kernels, [("multiply8_tiles", (*words, *shape), False)]).run()
    return out[:, :count].t().to(x.dtype).contiguous()
