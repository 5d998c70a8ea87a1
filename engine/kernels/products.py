"""Products of tensors with 4-bit weights by this machine's kernels.

A weight is packed uint8 [rows / 16, columns / 8, 64] and its scales bfloat16
[rows / 16, columns / group, 16, 2], as `engine.quant.packing.LANES` has them.
"""

import struct
import threading

import torch
from torch import Tensor

from engine.kernels.loading import Kernels, Tape
from engine.kernels.machine import (
    BLOCK_ROWS,
    CODED_BYTES,
    ROWS_AT_ONCE,
    SHARED,
    TILE_BYTES,
    TILE_CONFIG,
    WIDE_BLOCKS,
    WIDENED_COLUMNS,
)

Call = tuple[str, tuple[int, ...], bool]

_WIDE = 2 * BLOCK_ROWS
_PALETTE, _TILE_ROW_BYTES, _TILE_ROWS, _TILES = 1, 64, 16, 8


class _Scratch(threading.local):
    """Memory that is used again: new memory costs more than what is done in it."""

    def __init__(self) -> None:
        self._held: dict[str, Tensor] = {}

    def bytes(self, name: str, count: int) -> Tensor:
        """At least so many, with whatever was in them; zeros where they are new."""
        held = self._held.get(name)
        if held is None or held.numel() < count:
            with torch.inference_mode(False):  # whoever comes next may not be in it
                held = self._held[name] = torch.zeros(count, dtype=torch.uint8)
        return held


_scratch = _Scratch()


def shape_words(packed: Tensor, scales: Tensor) -> tuple[int, int, int]:
    """Blocks, groups, and parts of 32 columns in a group."""
    blocks, groups = scales.shape[:2]
    return blocks, groups, packed.shape[1] * 8 // groups // SHARED


def coded_bytes(columns: int) -> int:
    """Of one input once it is 8 bits."""
    return columns // SHARED * CODED_BYTES


def few(kernels: Kernels, x: Tensor, packed: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] of float32 or bfloat16, rounded to 8 bits: [n, rows] of float32."""
    count, columns = x.shape
    blocks, groups, parts = shape_words(packed, scales)
    out = torch.empty(count, blocks * BLOCK_ROWS)
    one = coded_bytes(columns)
    coded = _scratch.bytes("coded", count * one).data_ptr()
    kind = "bf16" if x.dtype is torch.bfloat16 else "f32"
    calls: list[Call] = [(f"encode_{kind}", (x.data_ptr(), coded, x.numel()), True)]
    stride, done = out.shape[1] * 4, 0
    weight = (packed.data_ptr(), scales.data_ptr())
    while done < count:
        now = 4 if count - done >= 4 else 2 if count - done >= 2 else 1
        target = out.data_ptr() + done * stride
        words = (coded + done * one, *weight, target, stride, blocks, groups, parts)
        calls.append((f"multiply4_{now}", words, False))
        done += now
    Tape(kernels, calls).run()
    return out


def reads_rows(weight: Tensor) -> bool:
    """Whether `one` can: rows of bfloat16 that lie together, in multiples of 4 by 32."""
    rows, columns = weight.shape
    whole = rows % ROWS_AT_ONCE == 0 and columns % SHARED == 0 and weight.stride(1) == 1
    return whole and weight.dtype is torch.bfloat16


def one(kernels: Kernels, x: Tensor, weight: Tensor) -> Tensor:
    """x, columns of any type, times the transposed weight of bfloat16: float32 [rows]."""
    wide, out = x.reshape(-1).float(), torch.empty(weight.shape[0])
    words = (wide.data_ptr(), weight.data_ptr(), 0, out.data_ptr(), 2 * weight.stride(0))
    Tape(kernels, [("multiply_bf16", (*words, *weight.shape), False)]).run()
    return out


def few_exact(kernels: Kernels, x: Tensor, packed: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] of float32 as it is: [n, rows]."""
    blocks, groups, parts = shape_words(packed, scales)
    out = torch.empty(x.shape[0], blocks * BLOCK_ROWS)
    weight = (packed.data_ptr(), scales.data_ptr())
    calls: list[Call] = []
    for row, target in zip(x, out, strict=True):
        words = (row.data_ptr(), *weight, target.data_ptr(), blocks, groups, parts)
        calls.append(("multiply4_exact", words, False))
    Tape(kernels, calls).run()
    return out


def many(kernels: Kernels, x: Tensor, packed: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] of bfloat16 through tile registers: [n, rows] of bfloat16."""
    tiled, tiling = tile(x)
    out = x.new_empty(x.shape[0], scales.shape[0] * BLOCK_ROWS)
    Tape(kernels, [tiling, tile_product(tiled, x.shape[0], packed, scales, out)]).run()
    return out


def tile(x: Tensor) -> tuple[int, Call]:
    """Where inputs [n, columns] will lie as tiles until the next call of this, and what does it."""
    count, columns = x.shape
    wide = -(-count // _WIDE)
    tiled = _scratch.bytes("tiled", wide * _WIDE * columns * 2).data_ptr()
    words = (x.data_ptr(), tiled, x.stride(0) * 2, count, columns)
    return tiled, ("tile_inputs", words, True)


def tile_product(tiled: int, count: int, packed: Tensor, scales: Tensor, out: Tensor) -> Call:
    """The product of `count` inputs from `tile` into out [n, rows], bfloat16."""
    sums = -(-count // _WIDE) * WIDE_BLOCKS * 4 * TILE_BYTES
    room, each = tile_rooms(2 * WIDENED_COLUMNS * _WIDE * WIDE_BLOCKS + sums)
    blocks, groups, parts = shape_words(packed, scales)
    weight = (packed.data_ptr(), scales.data_ptr())
    words = (tiled, *weight, out.data_ptr(), out.stride(0) * 2, count, blocks, groups, parts)
    return "multiply4_tiles", (*words, room, each), True


def tile_rooms(each: int) -> tuple[int, int]:
    """Where memory of each thread is, tile settings first, and how many bytes one thread has.

    each: bytes beside the settings.
    """
    each += TILE_CONFIG
    threads = torch.get_num_threads()
    room = _scratch.bytes("room", threads * each)
    room[: threads * each].view(threads, each)[:, :TILE_CONFIG].copy_(_SETTINGS)
    return room.data_ptr(), each


def _settings() -> Tensor:
    """Eight tiles of 16 rows of 64 bytes. Source: Intel SDM, volume 1, 18.3 (palette 1)."""
    settings = torch.zeros(TILE_CONFIG, dtype=torch.uint8)
    settings[0] = _PALETTE
    settings[16 : 16 + 2 * _TILES : 2] = _TILE_ROW_BYTES
    settings[48 : 48 + _TILES] = _TILE_ROWS
    return settings


_SETTINGS = _settings()


def gated(gate: Tensor, up: Tensor, deviations: float | None) -> Call:
    """gelu(gate) up, of bfloat16 [n, width], into gate; deviations: of a cut of gate before."""
    name = "gated_rows" if deviations is None else "gated_rows_cut"
    words = (gate.data_ptr(), up.data_ptr(), *gate.shape, float_word(deviations or 0.0))
    return name, words, True


def float_word(value: float) -> int:
    """A float as an argument's word."""
    bits: int = struct.unpack("<I", struct.pack("<f", value))[0]
    return bits


def widened(kernels: Kernels, packed: Tensor, scales: Tensor, out: Tensor) -> Tensor:
    """The weight, turned: [columns, rows]. out: memory for it, float32 or bfloat16, any shape."""
    blocks, groups, parts = shape_words(packed, scales)
    columns, rows = packed.shape[1] * 8, blocks * BLOCK_ROWS
    target = out.view(-1)[: columns * rows].view(columns, rows)
    kind = "bf16" if out.dtype is torch.bfloat16 else "f32"
    words = (packed.data_ptr(), scales.data_ptr(), target.data_ptr(), rows * out.itemsize)
    Tape(kernels, [(f"widen4_{kind}", (*words, blocks, groups, parts), False)]).run()
    return target
