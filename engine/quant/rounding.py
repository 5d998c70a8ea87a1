"""Weights to few bits, better than to the nearest step of the full range, without any data.

Each group's scale and zero are found in turns with its values: values from a trial scale, then the
scale and zero that fit those values best by least squares, over several trial ranges (outliers of
a group are worth cutting off). Errors count by how strongly a column is driven, as far as the norm
before it tells: its weight is the size of that input.
Related: HQQ (Badri and Shaji 2023), AWQ's search over clipping (Lin et al. 2023).
"""

import math

import torch
from torch import Tensor

from engine.quant.packing import LEVELS, MIDDLE

_RANGES = (0.96, 0.84, 0.72)
"""Trial ranges, as shares of a group's largest to smallest value."""
_STEP_VALUES = 1 << 17  # at once: what a core's cache holds
_LOWEST, _HIGHEST = -MIDDLE, LEVELS - 1 - MIDDLE


def round_to_4_bits(
    weight: Tensor, group: int, importance: Tensor | None = None, *, search: bool = True
) -> tuple[Tensor, Tensor]:
    """Values uint8 [rows, columns] in 0..15 and bfloat16 scales [columns / group, rows, 2].

    weight: [rows, columns], columns a multiple of `group`.
    importance: how much a column's squared error counts, [columns]; None = all the same.
    search: False = the nearest step of each group's full range.
    """
    rows, columns = weight.shape
    values = torch.empty(rows, columns, dtype=torch.uint8)
    scales = torch.empty(columns // group, rows, 2, dtype=torch.bfloat16)
    share = torch.ones(group, 1, 1)
    if importance is not None:
        relative = importance.float() / importance.float().mean().clamp(min=1e-30)
        share = relative.clamp(min=1e-4).view(-1, 1, group).permute(2, 1, 0)
    step = min(rows, max(1, _STEP_VALUES // columns))
    # New memory costs more than the arithmetic: every step writes over that of the one before.
    scratch = torch.empty(5, group, step, columns // group)
    for start in range(0, rows, step):
        part = weight[start : start + step]
        # A group's values lie apart: sums over a group go along whole vectors.
        room = scratch[:, :, : len(part)]
        room[0].copy_(part.reshape(len(part), -1, group).permute(2, 0, 1))
        scale, zero = _search(room, share) if search else _of_range(*room[0].aminmax(dim=0), 1.0)
        found = _steps(room[0], scale, zero, room[1]).add_(MIDDLE)
        values[start : start + step].view(len(part), -1, group).copy_(found.permute(1, 2, 0))
        scales[:, start : start + step, 0] = scale.t()
        scales[:, start : start + step, 1] = zero.t()
    return values, scales


def _search(room: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """Scale and zero [rows, groups] of the least weighted error.

    room: [5, group, rows, groups]; the first are the weights, the others are written to.
    share: [group, 1, groups or 1].
    """
    part, steps, weighted, rest, shares = room.unbind()
    low, high = torch.aminmax(part, dim=0)
    shares.copy_(share)
    torch.mul(part, shares, out=weighted)
    total, first = shares.sum(0), weighted.sum(0)
    least = torch.full_like(low, math.inf)
    best_scale, best_zero = torch.zeros_like(low), torch.zeros_like(low)
    for size in _RANGES:
        _steps(part, *_of_range(low, high, size), steps)
        along = torch.mul(weighted, steps, out=rest).sum(0).mul_(total)
        mean = torch.mul(steps, shares, out=rest).sum(0)
        spread = rest.mul_(steps).sum(0).mul_(total) - mean.square()
        slope = torch.where(spread > 0, (along - mean * first) / spread.clamp(min=1e-30), 0)
        scale, zero = _rounded(slope, (first - slope * mean) / total)
        _steps(part, scale, zero, rest).mul_(scale).add_(zero).sub_(part).square_()
        error = rest.mul_(shares).sum(0)
        better = error < least
        least = torch.where(better, error, least)
        best_scale = torch.where(better, scale, best_scale)
        best_zero = torch.where(better, zero, best_zero)
    return best_scale, best_zero


def _of_range(low: Tensor, high: Tensor, size: float) -> tuple[Tensor, Tensor]:
    """Scale and zero of the steps that fill a share of a range, around its middle."""
    scale = (high - low) * (size / (LEVELS - 1))
    return _rounded(scale, (low + high + scale) / 2)  # zero lies half a step above the middle


def _rounded(scale: Tensor, zero: Tensor) -> tuple[Tensor, Tensor]:
    """As they are stored: values must be right for these."""
    return scale.bfloat16().float(), zero.bfloat16().float()


def _steps(part: Tensor, scale: Tensor, zero: Tensor, out: Tensor) -> Tensor:
    """The nearest steps -8..7, in fp32."""
    inverse = torch.where(scale == 0, 0, 1 / scale)
    torch.mul(part, inverse, out=out)
    return out.sub_(zero * inverse).round_().clamp_(_LOWEST, _HIGHEST)


def round_to_8_bits(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Values int8 [rows, columns] and bfloat16 scales [rows], one for each row."""
    wide = weight.to(torch.float32, copy=True)
    scale = (torch.linalg.vector_norm(wide, torch.inf, 1) / 127).bfloat16()
    inverse = torch.where(scale > 0, 1 / scale.float(), 0)
    values = wide.mul_(inverse.unsqueeze(1)).round_().clamp_(-127, 127).to(torch.int8)
    return values, scale
