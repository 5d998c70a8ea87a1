"""AltUp: several residual streams, predicted before a layer and corrected after it.

Streams are [B, T, N, D]; stream 0 is the active one. Coefficients and sums are computed in at
least fp32, as the authors' own implementation does (text.md 3.4).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import TextConfig
from engine.norm import RMSNorm, length, widened
from engine.text.fused import mix_streams

MAGNITUDE_FLOOR = 1e-5  # of a mean square, reference modeling_gemma3n.py at 5.23.0


def magnitude(x: Tensor) -> Tensor:
    """sqrt(mean(x^2)) over the last axis, kept as size 1; its gradient at zero is zero."""
    wide = x.to(widened(x.dtype))
    # As a norm: sqrt of a mean would turn an all-zero row's gradient into NaN.
    norm: Tensor = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
    return norm / math.sqrt(x.shape[-1])


def rescaled(x: Tensor, target: Tensor) -> Tensor:
    """x [..., D] brought to the magnitude `target` [..., 1], in its dtype (text.md 3.1)."""
    wide = x.to(target.dtype)
    mean_square = wide.square().mean(-1, keepdim=True).clamp(min=MAGNITUDE_FLOOR)
    return wide * (target * mean_square.rsqrt())


class AltUp(nn.Module):
    """Router and coefficients of one layer (text.md 3.3)."""

    router: Tensor | None
    prediction: Tensor | None
    correction_weight: Tensor | None
    identity: Tensor | None
    ones: Tensor | None

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
        self.register_buffer("router", None, persistent=False)
        self.register_buffer("prediction", None, persistent=False)
        self.register_buffer("correction_weight", None, persistent=False)
        self.register_buffer("identity", None, persistent=False)
        self.register_buffer("ones", None, persistent=False)

    @torch.no_grad()
    def fold(self) -> None:
        """Keep what the weights come to; for inference, once, after loading."""
        self.router = self._router()
        self.prediction = self._clipped(self.prediction_coefs)
        self.correction_weight = self._clipped(self.correction_coefs)
        self.identity = self._identity(self.prediction)
        self.ones = self._ones(self.correction_weight)

    def _router(self) -> Tensor:
        """The router with its norm's weight and the constants around both, at least fp32 [N, D]."""
        weight, norm = self.modality_router.weight, self.router_norm.weight
        assert norm is not None
        dtype = widened(weight.dtype)
        return weight.to(dtype) * (norm.to(dtype) / math.sqrt(weight.shape[1]))

    @staticmethod
    def _identity(weight: Tensor) -> Tensor:
        """Each stream to itself: [N * N]."""
        return torch.eye(weight.shape[1], dtype=weight.dtype, device=weight.device).flatten()

    @staticmethod
    def _ones(weight: Tensor) -> Tensor:
        """A whole correction of each stream: [N]."""
        return torch.ones(weight.shape[0], dtype=weight.dtype, device=weight.device)

    def _clipped(self, linear: nn.Linear) -> Tensor:
        weight = linear.weight.to(widened(linear.weight.dtype))
        return weight if self.clip is None else weight.clamp(-self.clip, self.clip)

    def _routed(self, x: Tensor) -> Tensor:
        """tanh(router(x)), [B, T, N]. x: at least fp32."""
        router = self._router() if self.router is None else self.router
        # The norm's scale is one number per position: no [B, T, D] temporary.
        return torch.tanh(F.linear(x, router) / length(x, self.eps))

    def predict(self, streams: Tensor, active: Tensor) -> tuple[Tensor, Tensor]:
        """Predictions [B, T, N, D] of streams [B, T, N, D], and the active one apart [B, T, D].

        active: stream 0 of `streams`. All are at least fp32.
        """
        count, width = streams.shape[2:]
        weight = (
            self._clipped(self.prediction_coefs) if self.prediction is None else self.prediction
        )
        identity = self._identity(weight) if self.identity is None else self.identity
        coefs = F.linear(self._routed(active), weight, identity)
        mixing = coefs.view(-1, count, count)  # [output stream, input stream]
        predictions, predicted = mix_streams(mixing, streams.reshape(-1, count, width))
        return predictions.view_as(streams), predicted.view_as(active)

    def correction(self, activated: Tensor, predicted: Tensor) -> tuple[Tensor, Tensor]:
        """What the layer's output adds to the streams: factors [B, T, N] and innovation [B, T, D].

        activated, predicted: [B, T, D], the layer's output and its prediction. At least fp32.
        """
        weight = self.correction_weight
        weight = self._clipped(self.correction_coefs) if weight is None else weight
        ones = self._ones(weight) if self.ones is None else self.ones
        factors = F.linear(self._routed(activated), weight, ones)
        return factors, activated - predicted


def corrected_streams(
    predictions: Tensor, factors: Tensor, innovation: Tensor, side: Tensor
) -> Tensor:
    """predictions + factors * innovation, plus `side` [B, T, D] in all streams but the active.

    With gradients: one batched product instead of two passes over [B, T, N, D].
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
