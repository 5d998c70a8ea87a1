"""How torch's 4-bit matrix-vector kernel wants weights to lie, and the way back to numbers.

A packed weight is uint8 [rows / 64, columns, 32]: each byte holds one column of two rows. Which
two depends on the instruction set that torch uses on this machine, and is found by trying.
A weight is (q - 8) * scale + zero with q in 0..15; scales are [columns / group, rows, 2].
"""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor

GROUPS = (32, 64, 128, 256)
"""Columns that may share a scale."""

MIDDLE = 8
LEVELS = 16
ROWS = 64
"""Packed weights have a multiple of so many rows, and come in blocks of so many."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of one block lie: row r of the first half in the low nibble.

    block: rows that are packed together. paired: halves are the even and the odd rows, else the
    first and the last.
    """

    block: int
    paired: bool

    @property
    def name(self) -> str:
        """As prepared files spell it."""
        return f"{self.block}{'p' if self.paired else 'h'}"


_KNOWN = (Layout(64, False), Layout(32, False), Layout(32, True), Layout(64, True))


@functools.cache
def machine_layout() -> Layout | None:
    """What torch's kernel expects on this machine; None = a layout that is not known here."""
    values = torch.randint(0, LEVELS, (2 * ROWS, 4), generator=torch.Generator().manual_seed(0))
    theirs = _convert(values).view(-1)
    for layout in _KNOWN:
        if torch.equal(pack(values.to(torch.uint8), layout).view(-1), theirs):
            return layout
    return None


def _convert(values: Tensor) -> Tensor:
    packed: Tensor = torch.ops.aten._convert_weight_to_int4pack_for_cpu(values.int(), 1)
    return packed


def pack(values: Tensor, layout: Layout) -> Tensor:
    """Values 0..15, uint8 [rows, columns], packed: [rows / block, columns, block / 2]."""
    rows, columns = values.shape
    half = layout.block // 2
    shape = (half, 2) if layout.paired else (2, half)
    blocks = values.view(rows // layout.block, *shape, columns)
    low, high = blocks.unbind(2 if layout.paired else 1)  # [blocks, half, columns] each
    return (low | high << 4).transpose(1, 2).contiguous()


def multiply(x: Tensor, packed: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] times the transposed weight: [n, rows]; fast for a few rows of x.

    scales: of x's type.
    """
    group = x.shape[1] // scales.shape[0]
    flat = packed.view(scales.shape[1], -1)
    out: Tensor = torch._weight_int4pack_mm_for_cpu(x, flat, group, scales)
    return out


class Unpacker:
    """The way back for tiles of one size, in memory that is used again: new memory costs more.

    shape: [blocks, columns, block / 2] of the largest tile. dtype: of the numbers.
    """

    def __init__(self, shape: tuple[int, int, int], dtype: torch.dtype) -> None:
        values = shape[0] * shape[1] * shape[2]
        self._nibbles = torch.empty(values, dtype=torch.uint8)
        self._steps = torch.empty(values, dtype=dtype)
        self._weight = torch.empty(2 * values, dtype=dtype)

    def unpack(self, packed: Tensor, scales: Tensor, layout: Layout) -> Tensor:
        """The weight, transposed, [columns, rows]; holds until the next call.

        packed: [blocks, columns, block / 2]; scales: [columns / group, rows, 2].
        """
        blocks, columns, half = packed.shape
        groups = scales.shape[0]
        shape = (half, 2) if layout.paired else (2, half)
        split = 4 if layout.paired else 3
        nibbles = self._nibbles[: packed.numel()].view(packed.shape)
        steps = self._steps[: packed.numel()].view(blocks, groups, -1, half).permute(1, 2, 0, 3)
        out = self._weight[: 2 * packed.numel()].view(columns, -1)
        halves = out.view(groups, -1, blocks, *shape).unbind(split)
        factors, zeros = (
            part.contiguous().view(groups, 1, blocks, *shape).unbind(split)
            for part in scales.unbind(2)
        )
        for high, (target, factor, zero) in enumerate(zip(halves, factors, zeros, strict=True)):
            if high:
                torch.bitwise_right_shift(packed, 4, out=nibbles)
            else:
                torch.bitwise_and(packed, LEVELS - 1, out=nibbles)
            # Signed bytes to bf16 is the fastest of torch's conversions from small integers.
            signed = nibbles.view(torch.int8).sub_(MIDDLE)
            steps.copy_(signed.view(blocks, groups, -1, half).permute(1, 2, 0, 3))
            torch.addcmul(zero, steps, factor, out=target)
        return out


def unpack(packed: Tensor, scales: Tensor, layout: Layout) -> Tensor:
    """As `Unpacker.unpack`, in memory of its own."""
    blocks, columns, half = packed.shape
    return Unpacker((blocks, columns, half), scales.dtype).unpack(packed, scales, layout)


def unpack_rows(packed: Tensor, scales: Tensor, layout: Layout, rows: Tensor) -> Tensor:
    """Chosen rows of the weight, fp32 [len(rows), columns]. rows: int64 [n]."""
    inside = rows % layout.block
    half = layout.block // 2
    place, high = (inside // 2, inside % 2) if layout.paired else (inside % half, inside // half)
    nibbles = packed[rows // layout.block, :, place] >> (4 * high).unsqueeze(1).to(torch.uint8)
    steps = (nibbles & 15).float().sub_(MIDDLE)
    factors = scales[:, rows].float()  # [groups, n, 2]
    grouped = steps.view(len(rows), scales.shape[0], -1)
    return torch.addcmul(
        factors[..., 1].t().unsqueeze(2), grouped, factors[..., 0].t().unsqueeze(2)
    ).flatten(1)
