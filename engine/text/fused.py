"""Formulas whose gradients are written by hand, where autograd makes passes that are not needed.

Without gradients they are plain calls that write over what nobody else holds.

Statistics are taken in at least fp32 whatever the input's dtype; one rounding at the end.
"""

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from engine.norm import widened
from engine.product import product


class _GaussianCut(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gate: Tensor, deviations: float) -> Tensor:
        centred, spread = _centred(gate)
        kept = torch.sub(centred, spread, alpha=deviations).relu_()
        ctx.save_for_backward(centred, spread, kept)
        ctx.deviations = deviations
        return kept.to(gate.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        centred, spread, kept = ctx.saved_tensors
        passed = torch.where(kept > 0, grad, 0)
        # d(cut)/d(gate_i) = 1/F + deviations * centred_i / (F * spread), the same for all kept.
        share = passed.sum(-1, keepdim=True).div_(-centred.shape[-1])
        tilt = torch.where(spread > 0, share * ctx.deviations / spread, 0)
        return torch.addcmul(passed.add_(share), centred, tilt).to(grad.dtype), None


def _centred(gate: Tensor) -> tuple[Tensor, Tensor]:
    """gate - mean in at least fp32, in memory of its own, and the population's deviation."""
    wide = gate.to(widened(gate.dtype))
    mean = wide.mean(-1, keepdim=True)
    centred = wide - mean if wide is gate else wide.sub_(mean)
    spread = torch.linalg.vector_norm(centred, dim=-1, keepdim=True)
    return centred, spread.mul_(gate.shape[-1] ** -0.5)  # divided by F, not F - 1


def gaussian_cut(gate: Tensor, deviations: float) -> Tensor:
    """relu(gate - (mean + deviations * std)) over the last axis, soft and exact (text.md 3.6)."""
    if not torch.is_grad_enabled():
        wide = gate.to(widened(gate.dtype))
        mean = wide.mean(-1, keepdim=True)
        centred = wide - mean if wide is gate else wide.sub_(mean)
        norm = torch.linalg.vector_norm(centred, 2, -1, True)
        cut = centred.sub_(norm, alpha=deviations * gate.shape[-1] ** -0.5)
        return cut.relu_().to(gate.dtype)
    return _GaussianCut.apply(gate, deviations)  # type: ignore[no-any-return, no-untyped-call]


class _GatedSum(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, gate: Tensor, up: Tensor, weight: Tensor, ends: tuple[int, ...]
    ) -> Tensor:
        active = F.gelu(gate, approximate="tanh")
        inner = active * up
        out = _summed(inner, weight, ends)
        ctx.save_for_backward(gate, up, weight, active, inner)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        gate, up, weight, active, inner = ctx.saved_tensors
        width = gate.shape[1]
        grad_weight = grad.t() @ inner
        if width < weight.shape[1]:
            grad_weight = F.pad(grad_weight, (0, weight.shape[1] - width))
        grad_inner = grad @ weight[:, :width]
        grad_up = grad_inner * active
        grad_gate = torch.ops.aten.gelu_backward(grad_inner.mul_(up), gate, approximate="tanh")
        return grad_gate, grad_up, grad_weight, None


def _summed(inner: Tensor, weight: Tensor, ends: tuple[int, ...]) -> Tensor:
    out = product(inner[:, : ends[0]], weight[:, : ends[0]])
    for start, end in pairwise(ends):
        out = out + product(inner[:, start:end], weight[:, start:end])
    return out


def gated_sum(gate: Tensor, up: Tensor, weight: Tensor, ends: tuple[int, ...]) -> Tensor:
    """(gelu(gate) * up) times the first columns of weight [D, F], summed block by block.

    gate, up: [n, width], width <= F. ends: where the blocks end, ascending; the last is width.
    """
    if not torch.is_grad_enabled():
        return _summed(F.gelu(gate, approximate="tanh").mul_(up), weight, ends)
    return _GatedSum.apply(gate, up, weight, ends)  # type: ignore[no-any-return, no-untyped-call]


class _MixStreams(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, mixing: Tensor, streams: Tensor) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(mixing, streams)
        mixed = torch.bmm(mixing, streams)
        return mixed, mixed[:, 0].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor, grad_active: Tensor) -> tuple[Tensor, Tensor]:
        mixing, streams = ctx.saved_tensors
        grad = grad.clone()
        grad[:, 0] += grad_active
        return torch.bmm(grad, streams.transpose(1, 2)), torch.bmm(mixing.transpose(1, 2), grad)


def mix_streams(mixing: Tensor, streams: Tensor) -> tuple[Tensor, Tensor]:
    """mixing [n, N, N] times streams [n, N, D], and the first of the resulting streams [n, D]."""
    if not torch.is_grad_enabled():
        mixed = torch.bmm(mixing, streams)
        return mixed, mixed[:, 0]
    return _MixStreams.apply(mixing, streams)  # type: ignore[no-any-return, no-untyped-call]
