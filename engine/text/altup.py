"""AltUp: several residual streams, predicted before a layer and corrected after it.

Streams are [B, T, N, D]; stream 0 is the active one. Coefficients and sums are computed in at
least fp32, as the authors' own implementation does (text.md 3.4).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import TextConfig
from engine.norm import RMSNorm, widened
from engine.text.fused import mix_streams

MAGNITUDE_FLOOR = 1e-5  # of a mean square, reference modeling_gemma3n.py at 5.23.0


def magnitude(x: Tensor) -> Tensor:
    """sqrt(mean(x^2)) over the last axis, kept as size 1; its gradient at zero is zero."""
    wide = x.to(widened(x.dtype))
    # As a norm: sqrt of a mean would turn an all-zero row's gradient into NaN.
    norm: Tensor = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
    return norm / math.sqrt(x.shape[-1])


def rescaled(x: Tensor, target: Tensor) -> Tensor:
    """x [..., D] brought to the magnitude `target` [..., 1] (text.md 3.1)."""
    wide = x.to(widened(x.dtype))
    mean_square = wide.square().mean(-1, keepdim=True).clamp(min=MAGNITUDE_FLOOR)
    return (wide * (target * mean_square.rsqrt())).to(x.dtype)


class AltUp(nn.Module):
    """Router and coefficients of one layer (text.md 3.3)."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        streams, width = config.altup_num_inputs, config.hidden_size
        self.clip = config.altup_coef_clip
        self.eps = config.rms_norm_eps
        self.modality_router = nn.Linear(width, streams, bias=False)
        self.router_norm = RMSNorm(width, config.rms_norm_eps)
        self.prediction_coefs = nn.Linear(streams, streams * streams, bias=False)
        self.correction_coefs = nn.Linear(streams, streams, bias=False)
        self.correct_output_scale = nn.Parameter(torch.ones(width))

    def _coefficients(self, linear: nn.Linear, x: Tensor) -> Tensor:
        """linear(tanh(router(x))) in at least fp32, [B, T, outputs]."""
        dtype = widened(x.dtype)
        wide = x.to(dtype)
        width = x.shape[-1]
        # The norm's weight folds into the router and its scale is one number per position:
        # no [B, T, D] temporary.
        norm_weight = self.router_norm.weight
        assert norm_weight is not None
        folded = self.modality_router.weight.to(dtype) * norm_weight.to(dtype)
        norm = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
        scale = torch.rsqrt(norm.square() / width + self.eps) / width
        routed = torch.tanh(F.linear(wide, folded) * scale)
        weight = linear.weight.to(dtype)
        if self.clip is not None:
            weight = weight.clamp(-self.clip, self.clip)
        return F.linear(routed, weight)

    def predict(self, streams: Tensor, active: Tensor) -> tuple[Tensor, Tensor]:
        """Predictions [B, T, N, D] of streams [B, T, N, D], and the active one apart [B, T, D].

        active: stream 0 of `streams`. Results are at least fp32.
        """
        count, width = streams.shape[2:]
        coefs = self._coefficients(self.prediction_coefs, active)
        mixing = coefs.view(-1, count, count)  # [output stream, input stream]
        mixing = mixing + torch.eye(count, dtype=mixing.dtype, device=mixing.device)
        wide = streams.to(mixing.dtype).reshape(-1, count, width)
        predictions, predicted = mix_streams(mixing, wide)
        return predictions.view_as(streams), predicted.view_as(active)

    def correction(self, activated: Tensor, predicted: Tensor) -> tuple[Tensor, Tensor]:
        """What the layer's output adds to the streams: factors [B, T, N] and innovation [B, T, D].

        activated, predicted: [B, T, D], the layer's output and its prediction. At least fp32.
        """
        factors = self._coefficients(self.correction_coefs, activated) + 1.0
        return factors, activated - predicted


def corrected_streams(
    predictions: Tensor, factors: Tensor, innovation: Tensor, side: Tensor
) -> Tensor:
    """predictions + factors * innovation, plus `side` [B, T, D] in all streams but the active.

    One batched product instead of two passes over [B, T, N, D].
    """
    batch, length, count, width = predictions.shape
    sides = torch.ones(count, dtype=factors.dtype, device=factors.device)
    sides[0] = 0.0
    weights = torch.stack((factors, sides.expand_as(factors)), -1)  # [B, T, N, 2]
    parts = torch.stack((innovation, side.to(innovation.dtype)), -2)  # [B, T, 2, D]
    return torch.baddbmm(
        predictions.view(batch * length, count, width),
        weights.view(batch * length, count, 2),
        parts.view(batch * length, 2, width),
    ).view(batch, length, count, width)
