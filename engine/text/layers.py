"""One decoder layer and its parts: LAuReL, the feed-forward network, their order."""

import math
from collections.abc import Callable
from statistics import NormalDist

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import TextConfig
from engine.norm import RMSNorm
from engine.product import Linear, product, turned_product
from engine.text.altup import AltUp, corrected_streams
from engine.text.attention import Attention, AttentionPlan, KeysValues
from engine.text.fused import gated_sum, gaussian_cut


class Laurel(nn.Module):
    """Learned augmented residual: a low-rank path beside attention, around the normed input."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        width, rank = config.hidden_size, config.laurel_rank
        self.linear_left = Linear(width, rank)
        self.linear_right = Linear(rank, width)
        self.post_laurel_norm = RMSNorm(width, config.rms_norm_eps)

    def forward(self, residual: Tensor, x: Tensor) -> Tensor:
        """residual, at least fp32, and what the path adds to x: [B, T, D] each."""
        return self.post_laurel_norm.added(residual, self.linear_right(self.linear_left(x)))


class FeedForward(nn.Module):
    """Gated network that can run at any of its nested widths (text.md 3.6, 8.3).

    splits: nested widths below the full one; the down projection is a sum over the blocks
    between them, so that a checkpoint cut at a width gives the same bits as the view.
    """

    def __init__(self, config: TextConfig, layer: int, splits: tuple[int, ...]) -> None:
        super().__init__()
        width, inner = config.hidden_size, config.intermediate_size[layer]
        self.width = inner
        self.splits = tuple(split for split in splits if split < inner)
        sparsity = config.activation_sparsity[layer]
        self.deviations = NormalDist().inv_cdf(sparsity) if sparsity > 0 else None
        self.gate_proj = Linear(width, inner)
        self.up_proj = Linear(width, inner)
        self.down_proj = Linear(inner, width)

    def forward(self, x: Tensor, width: int) -> Tensor:
        """x: [B, T, D]; width: how many of the inner values are computed."""
        rows = x.flatten(0, 1)
        # A cut goes along whole rows.
        project = turned_product if self.deviations is None else product
        gate = project(rows, _first_rows(self.gate_proj.weight, width))
        if self.deviations is not None:
            gate = gaussian_cut(gate, self.deviations)
        up = project(rows, _first_rows(self.up_proj.weight, width))
        ends = (*(split for split in self.splits if split < width), width)
        return gated_sum(gate, up, self.down_proj.weight, ends).view_as(x)

    def idle(self, width: int) -> tuple[Tensor, ...]:
        """Contiguous parts of the weights that `forward` does not read at this width.

        The columns of the down projection are not among them: they lie between those it reads.
        """
        return self.gate_proj.weight[width:], self.up_proj.weight[width:]


def _first_rows(weight: Tensor, count: int) -> Tensor:
    # The whole weight is not sliced: a slice's gradient is a zeroed copy.
    return weight if count == weight.shape[0] else weight[:count]


Rows = Callable[
    [Tensor, Tensor, AttentionPlan, KeysValues | Callable[[KeysValues], KeysValues], int],
    tuple[Tensor, Tensor, KeysValues],
]
"""Streams, per-layer input, plan, source, width: as `DecoderLayer.forward` without gradients."""


class DecoderLayer(nn.Module):
    """One layer over AltUp streams (text.md 3.2).

    rows: a faster way for many positions without gradients, where there is one; it may write over
    the streams that it is given.
    """

    rows: Rows | None = None

    def __init__(self, config: TextConfig, layer: int, splits: tuple[int, ...]) -> None:
        super().__init__()
        width, per_layer = config.hidden_size, config.hidden_size_per_layer_input
        eps = config.rms_norm_eps
        self.input_layernorm = RMSNorm(width, eps)
        self.post_attention_layernorm = RMSNorm(width, eps)
        self.pre_feedforward_layernorm = RMSNorm(width, eps)
        self.post_feedforward_layernorm = RMSNorm(width, eps)
        self.self_attn = Attention(config, layer)
        self.mlp = FeedForward(config, layer, splits)
        self.altup = AltUp(config)
        self.laurel = Laurel(config)
        self.per_layer_input_gate = Linear(width, per_layer)
        self.per_layer_projection = Linear(per_layer, width)
        self.post_per_layer_input_norm = RMSNorm(width, eps)

    def forward(
        self,
        streams: Tensor,
        active: Tensor,
        per_layer_input: Tensor,
        plan: AttentionPlan,
        source: KeysValues | Callable[[KeysValues], KeysValues],
        width: int,
    ) -> tuple[Tensor, Tensor, KeysValues]:
        """The streams after the layer, the active one of them again, the keys and values read.

        streams: [B, T, N, D]; active: [B, T, D], stream 0 of them (apart, because the gradient of
        a slice is a pass over all streams); both at least fp32. per_layer_input: [B, T, P], in
        the dtype of the matrix products. width: of the feed-forward network.
        """
        narrow = per_layer_input.dtype
        if self.rows and narrow is torch.bfloat16 and not torch.is_grad_enabled():
            return self.rows(streams, per_layer_input, plan, source, width)
        predictions, predicted = self.altup.predict(streams, active)
        normed = self.input_layernorm(predicted)
        rows = normed.to(narrow)
        attended, pair = self.self_attn(rows, plan, source)
        residual = self.post_attention_layernorm.added(predicted, attended)
        residual = self.laurel(residual + normed, rows) * math.sqrt(0.5)
        inner = self.mlp(self.pre_feedforward_layernorm(residual).to(narrow), width)
        activated = self.post_feedforward_layernorm.added(residual, inner)
        factors, innovation = self.altup.correction(activated, predicted)
        # The per-layer input enters only the inactive streams (text.md 3.2 step 13).
        if torch.is_grad_enabled():
            corrected = torch.addcmul(predicted, factors[..., :1], innovation)
            side = self._side(corrected, per_layer_input)
            return corrected_streams(predictions, factors, innovation, side), corrected, pair
        streams = torch.addcmul(predictions, factors.unsqueeze(-1), innovation.unsqueeze(-2))
        corrected = streams[:, :, 0]
        streams[:, :, 1:] += self._side(corrected, per_layer_input).unsqueeze(-2)
        return streams, corrected, pair

    def _side(self, corrected: Tensor, per_layer_input: Tensor) -> Tensor:
        """What the per-layer input adds to the inactive streams, [B, T, D], at least fp32."""
        scaled = (corrected * self.altup.correct_output_scale).to(per_layer_input.dtype)
        gate = F.gelu(self.per_layer_input_gate(scaled), approximate="tanh")
        side = self.per_layer_projection(gate * per_layer_input)
        return self.post_per_layer_input_norm(side.to(corrected.dtype))  # type: ignore[no-any-return]
