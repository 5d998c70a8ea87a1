"""Root-mean-square normalisation, for decoder, towers and embedders. Knows none of them.

The gradient is written by hand: a third of autograd's time on one CPU core. Of one position the
calls cost more than the arithmetic, so that a folded norm makes as few as it can.
"""

import functools
import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


def widened(dtype: torch.dtype) -> torch.dtype:
    """The dtype that statistics of `dtype` values are computed in: at least fp32."""
    return torch.promote_types(dtype, torch.float32)


class _RmsNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
        unit, scale = _unit(x, eps)
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(unit, scale, weight)
            out: Tensor = unit if weight is None else unit * weight
        else:
            out = unit if weight is None else unit.mul_(weight)
        return out.to(x.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor | None, None]:
        unit, scale, weight = ctx.saved_tensors
        product = unit * grad
        if weight is None:
            inner = grad
            along = product.sum(-1, keepdim=True)
            grad_weight = None
        else:
            inner = grad * weight
            along = (product @ weight.to(product.dtype)).unsqueeze(-1)
            grad_weight = product.flatten(0, -2).sum(0).to(weight.dtype)
        grad_x = torch.addcmul(inner, unit, along.div_(-unit.shape[-1])).mul_(scale)
        return grad_x.to(grad.dtype), grad_weight, None


def rms_norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    """x / RMS(x) * weight over the last axis; the weight as it is, no "1 +" (text.md 2.0)."""
    if torch.is_grad_enabled():
        return _RmsNorm.apply(x, weight, eps)  # type: ignore[no-any-return, no-untyped-call]
    unit, _ = _unit(x, eps)
    return (unit if weight is None else unit.mul_(weight)).to(x.dtype)


def _unit(x: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """x / RMS(x) in at least fp32, in memory of its own, and 1 / RMS(x)."""
    wide = x.to(widened(x.dtype))
    norm = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
    scale = norm.square_().div_(x.shape[-1]).add_(eps).rsqrt_()
    # Large maps of the vision tower: what nobody else holds is written over.
    return wide * scale if wide is x else wide.mul_(scale), scale


def unit_length(x: Tensor, eps: float) -> Tensor:
    """x / RMS(x) / sqrt(size) over the last axis. x: at least fp32 [..., size]."""
    return x / length(x, eps)


def length(x: Tensor, eps: float) -> Tensor:
    """sqrt(|x|^2 + size * eps) = sqrt(size) RMS(x), [..., 1]. x: at least fp32 [..., size]."""
    norm = torch.linalg.vector_norm(x, 2, -1, True)
    return torch.hypot(norm, _least_length(x.shape[-1], eps, x.dtype, x.device))


@functools.cache
def _least_length(size: int, eps: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    with torch.inference_mode(False):  # a training may use it next
        return torch.tensor(math.sqrt(size * eps), dtype=dtype, device=device)


class RMSNorm(nn.Module):
    """x * (mean(x^2) + eps)^(-1/2) * weight over the last axis; the weight is used as it is.

    Args:
        size: length of the last axis.
        eps: added to the mean square.
        scale: False leaves the weight out, and with it the checkpoint tensor.

    Source: spec/audio-vision.md, conventions.
    """

    weight: nn.Parameter | None
    factor: Tensor | None

    def __init__(self, size: int, eps: float = 1e-6, *, scale: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size)) if scale else None
        self.register_buffer("factor", None, persistent=False)

    @torch.no_grad()
    def fold(self) -> None:
        """Keep the weight with the factor that `unit_length` leaves out; for inference."""
        assert self.weight is not None
        weight = self.weight.to(widened(self.weight.dtype))
        self.factor = weight * math.sqrt(weight.shape[0])

    def forward(self, x: Tensor) -> Tensor:
        """[..., size] -> [..., size]."""
        if self.factor is None:
            return rms_norm(x, self.weight, self.eps)
        wide = x.to(self.factor.dtype)
        return unit_length(wide, self.eps).mul_(self.factor).to(x.dtype)

    def added(self, residual: Tensor, x: Tensor) -> Tensor:
        """residual + norm(x), in the residual's dtype. residual: at least fp32 [..., size]."""
        wide = x.to(residual.dtype)
        if self.factor is None:
            return residual + self.forward(wide)
        return torch.addcmul(residual, unit_length(wide, self.eps), self.factor)
