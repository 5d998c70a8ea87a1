"""Root-mean-square normalisation, as both towers and the embedders use it. Knows no tower."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """x * (mean(x^2) + eps)^(-1/2) * weight over the last axis; the weight is used as it is.

    Computed in at least float32 and cast back to the input's type.

    Args:
        size: length of the last axis.
        eps: added to the mean square.
        scale: False leaves the weight out, and with it the checkpoint tensor.

    Source: spec/audio-vision.md, conventions.
    """

    weight: nn.Parameter | None

    def __init__(self, size: int, eps: float = 1e-6, *, scale: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size)) if scale else None

    def forward(self, x: Tensor) -> Tensor:
        """[..., size] -> [..., size]."""
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        weight = None if self.weight is None else self.weight.to(wide.dtype)
        return F.rms_norm(wide, wide.shape[-1:], weight, self.eps).to(x.dtype)
