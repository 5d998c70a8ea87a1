"""How 4-bit weights lie for the kernels that multiply them, and the way back to numbers.

A weight is (q - 8) * scale + zero with q in 0..15; scales are [columns / group, rows, 2].

For torch's kernel a packed weight is uint8 [rows / 64, columns, 32]: each byte holds one column of
two rows. Which two depends on the instruction set that torch uses on this machine, and is found by
trying. For the kernels made here see `Layout.lanes`.
"""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.kernels import loading
from engine.kernels.machine import this_machine

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
    lanes: for our own kernels: uint8 [rows / 16, columns / 8, 64], where each row of a block has
    four bytes of a line, its columns 0..3 in the low nibbles and 4..7 in the high ones; scales are
    [rows / 16, columns / group, 16, 2].
    """

    block: int
    paired: bool
    lanes: bool = False

    @property
    def name(self) -> str:
        """As prepared files spell it."""
        return f"{self.block}{'l' if self.lanes else 'p' if self.paired else 'h'}"

    def shapes(self, rows: int, columns: int, group: int) -> tuple[tuple[int, ...], ...]:
        """Of a packed weight and of its scales."""
        if self.lanes:
            blocks = rows // self.block
            return (blocks, columns // 8, 64), (blocks, columns // group, self.block, 2)
        half = self.block // 2
        return (rows // self.block, columns, half), (columns // group, rows, 2)


LANES = Layout(16, False, lanes=True)


_KNOWN = (Layout(64, False), Layout(32, False), Layout(32, True), Layout(64, True))


def machine_layout() -> Layout | None:
    """What is fastest on this machine; None = torch's layout is not known here."""
    return LANES if loading.available() else _torch_layout()


def measured_layout() -> Layout | None:
    """One of the size of `machine_layout`'s, as all are, for which no kernels need be compiled."""
    return LANES if this_machine() else _torch_layout()


@functools.cache
def _torch_layout() -> Layout | None:
    """What torch's kernel expects on this machine."""
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
    """Values 0..15, uint8 [rows, columns], packed as `Layout` says."""
    rows, columns = values.shape
    if layout.lanes:
        fours = values.view(rows // layout.block, layout.block, columns // 8, 2, 4)
        low, high = fours.unbind(3)
        return (low | high << 4).transpose(1, 2).flatten(2)
    half = layout.block // 2
    shape = (half, 2) if layout.paired else (2, half)
    blocks = values.view(rows // layout.block, *shape, columns)
    low, high = blocks.unbind(2 if layout.paired else 1)  # [blocks, half, columns] each
    return (low | high << 4).transpose(1, 2).contiguous()


def arranged(scales: Tensor, layout: Layout) -> Tensor:
    """Scales [columns / group, rows, 2] as `Layout` says."""
    if not layout.lanes:
        return scales
    groups = scales.shape[0]
    return scales.view(groups, -1, layout.block, 2).transpose(0, 1).contiguous()


def _line_values(lines: Tensor) -> Tensor:
    """Columns of some rows from their bytes: uint8 [..., columns / 8, 4] -> [..., columns]."""
    return torch.stack((lines & 15, lines >> 4), -2).flatten(-3)


def multiply(x: Tensor, packed: Tensor, scales: Tensor) -> Tensor:
    """x [n, columns] times the transposed weight: [n, rows]; fast for a few rows of x.

    scales: of x's type.
    """
    group = x.shape[1] // scales.shape[0]
    flat = packed.view(scales.shape[1], -1)
    out: Tensor = torch._weight_int4pack_mm_for_cpu(x, flat, group, scales)
    return out


class Unpacker:
    """The way back from torch's layouts for tiles of one size, in memory that is used again.

    New memory costs more than what is done in it.

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
    """The weight, transposed, [columns, rows], of scales' dtype, in memory of its own."""
    if layout.lanes:
        blocks, groups = scales.shape[:2]
        lines = packed.view(blocks, -1, layout.block, 4).transpose(1, 2)
        steps = _line_values(lines).to(scales).sub_(MIDDLE)
        grouped = steps.view(blocks, layout.block, groups, -1)
        factor, zero = (part.transpose(1, 2).unsqueeze(3) for part in scales.unbind(3))
        return torch.addcmul(zero, grouped, factor).flatten(2).flatten(0, 1).t()
    blocks, columns, half = packed.shape
    return Unpacker((blocks, columns, half), scales.dtype).unpack(packed, scales, layout)


def unpack_rows(packed: Tensor, scales: Tensor, layout: Layout, rows: Tensor) -> Tensor:
    """Chosen rows of the weight, fp32 [len(rows), columns]. rows: int64 [n]."""
    inside = rows % layout.block
    if layout.lanes:
        block = rows // layout.block
        lines = packed.view(len(packed), -1, layout.block, 4)[block, :, inside]
        factors = scales[block, :, inside].float()  # [n, groups, 2]
        steps = _line_values(lines).float().sub_(MIDDLE).view(*factors.shape[:2], -1)
        return torch.addcmul(factors[..., 1:], steps, factors[..., :1]).flatten(1)
    half = layout.block // 2
    place, high = (inside // 2, inside % 2) if layout.paired else (inside % half, inside // half)
    nibbles = packed[rows // layout.block, :, place] >> (4 * high).unsqueeze(1).to(torch.uint8)
    steps = (nibbles & 15).float().sub_(MIDDLE)
    factors = scales[:, rows].float()  # [groups, n, 2]
    grouped = steps.view(len(rows), scales.shape[0], -1)
    return torch.addcmul(
        factors[..., 1].t().unsqueeze(2), grouped, factors[..., 0].t().unsqueeze(2)
    ).flatten(1)
