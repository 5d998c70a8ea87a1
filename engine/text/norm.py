"""RMSNorm as Gemma 3n has it."""

import torch
from torch import Tensor, nn

from engine.text.fused import rms_norm


class RmsNorm(nn.Module):
    """x / RMS(x) * weight over the last axis, inside in at least fp32 (text.md 2.0)."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """x: [..., width]."""
        return rms_norm(x, self.weight, self.eps)
