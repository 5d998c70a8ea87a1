"""Weights to few bits, better than to the nearest step of the full range, without any data.

Each group's scale and zero are found in turns with its values: values from a trial scale, then the
scale and zero that fit those values best by least squares, over several trial ranges (outliers of
a group are worth cutting off). Errors count by how strongly a column is driven, as far as the norm
before it tells: its weight is the size of that input.
Related: HQQ (Badri and Shaji 2023), AWQ's search over clipping (Lin et al. 2023).
"""

import torch
from torch import Tensor

from engine.quant.packing import LEVELS, MIDDLE

_RANGES = (0.96, 0.84, 0.72)
"""Trial ranges, as shares of a group's largest to smallest value."""
_STEP_VALUES = 1 << 17  # at once: what a core's cache holds


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
    if importance is None:
        importance = torch.ones(columns)
    share = (importance.float() / importance.float().mean().clamp(min=1e-30)).view(1, -1, group)
    share = share.clamp(min=1e-4)
    step = max(1, _STEP_VALUES // columns)
    for start in range(0, rows, step):
        part = weight[start : start + step].float().view(-1, columns // group, group)
        found, scale, zero = _search(part, share, _RANGES if search else (), refit=search)
        values[start : start + step] = found.view(-1, columns)
        scales[:, start : start + step, 0] = scale.t()
        scales[:, start : start + step, 1] = zero.t()
    return values, scales


def _search(
    part: Tensor, share: Tensor, ranges: tuple[float, ...], *, refit: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Values [n, groups, group], scale and zero [n, groups] with the least weighted error."""
    low, high = part.amin(-1, keepdim=True), part.amax(-1, keepdim=True)
    middle, spread = (low + high) / 2, high - low
    weighted = part * share
    total, first = share.sum(-1), weighted.sum(-1)
    best: tuple[Tensor, ...] | None = None
    for size in ranges or (1.0,):
        scale = spread * (size / (LEVELS - 1))
        zero = middle + 0.5 * scale  # of value 8: the range's ends are values 0 and 15
        if refit:
            steps = _values(part, *_rounded(scale, zero))
            of_steps = steps * share
            mean = of_steps.sum(-1)
            spread_of = (of_steps * steps).sum(-1) * total - mean.square()
            along = (weighted * steps).sum(-1) * total - mean * first
            slope = torch.where(spread_of > 0, along / spread_of.clamp(min=1e-30), 0)
            zero = ((first - slope * mean) / total).unsqueeze(-1)
            scale = slope.unsqueeze(-1)
        scale, zero = _rounded(scale, zero)
        steps = _values(part, scale, zero)
        rest = torch.addcmul(zero, steps, scale).sub_(part)
        error = rest.square_().mul_(share).sum(-1, keepdim=True)
        found = (steps, scale, zero, error)
        if best is None:
            best = found
        else:
            better = error < best[3]
            best = tuple(
                torch.where(better, new, old) for new, old in zip(found, best, strict=True)
            )
    assert best is not None
    steps, scale, zero, _ = best
    return (steps + MIDDLE).to(torch.uint8), scale.squeeze(-1), zero.squeeze(-1)


def _rounded(scale: Tensor, zero: Tensor) -> tuple[Tensor, Tensor]:
    """As they are stored: values must be right for these."""
    return scale.bfloat16().float(), zero.bfloat16().float()


def _values(part: Tensor, scale: Tensor, zero: Tensor) -> Tensor:
    """The nearest steps -8..7."""
    inverse = torch.where(scale > 0, 1 / scale, 0)
    return ((part - zero) * inverse).round_().clamp_(-MIDDLE, LEVELS - 1 - MIDDLE)


def round_to_8_bits(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Values int8 [rows, columns] and bfloat16 scales [rows], one for each row."""
    wide = weight.float()
    scale = (wide.abs().amax(1) / 127).bfloat16()
    inverse = torch.where(scale > 0, 1 / scale.float(), 0)
    values = (wide * inverse.unsqueeze(1)).round_().clamp_(-127, 127).to(torch.int8)
    return values, scale
