"""Many positions through a decoder layer: between its products machine code, one pass for ten.

What `DecoderLayer.forward` computes without gradients, in bfloat16: the same roundings before
products, none between.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.kernels.loading import Kernels, Tape
from engine.kernels.products import float_word
from engine.norm import RMSNorm
from engine.text.attention import AttentionPlan, KeysValues
from engine.text.layers import DecoderLayer


class LayerRows:
    """A layer for positions of float32 streams and bfloat16 products."""

    def __init__(self, layer: DecoderLayer, kernels: Kernels) -> None:
        altup = layer.altup
        assert altup.router is not None
        assert altup.prediction is not None
        assert altup.correction_weight is not None
        self._layer, self._kernels = layer, kernels
        self._router, self._prediction, self._correction, self._scale = (
            tensor.detach().float().contiguous()
            for tensor in (
                altup.router,
                altup.prediction,
                altup.correction_weight,
                altup.correct_output_scale,
            )
        )
        size = altup.correct_output_scale.numel()
        self._eps = float_word(size * layer.input_layernorm.eps)
        self._router_eps = float_word(size * altup.eps)

    def __call__(
        self,
        streams: Tensor,
        per_layer_input: Tensor,
        plan: AttentionPlan,
        source: KeysValues | Callable[[KeysValues], KeysValues],
        width: int,
    ) -> tuple[Tensor, Tensor, KeysValues]:
        """As `DecoderLayer.forward`; writes over `streams` where they lie together."""
        layer, streams = self._layer, streams.contiguous()
        size = streams.shape[3]
        shape = streams.shape[0] * streams.shape[1], size
        residual = streams.new_empty(*streams.shape[:2], size)
        rows = residual.new_empty(residual.shape, dtype=torch.bfloat16)
        eps = self._eps, self._router_eps
        self._run(
            "predict_rows",
            (
                streams,
                self._router,
                self._prediction,
                _factor(layer.input_layernorm),
                residual,
                rows,
            ),
            (*shape, eps[1], eps[0]),
        )
        attended, pair = layer.self_attn(rows, plan, source)
        laurel = layer.laurel.linear_right(layer.laurel.linear_left(rows))
        rows = torch.empty_like(rows)
        self._run(
            "residual_rows",
            (
                streams,
                attended.contiguous(),
                _factor(layer.post_attention_layernorm),
                residual,
                laurel.contiguous(),
                _factor(layer.laurel.post_laurel_norm),
                _factor(layer.pre_feedforward_layernorm),
                rows,
            ),
            (*shape, eps[0]),
        )
        inner = layer.mlp(rows, width).contiguous()
        self._run(
            "correct_rows",
            (
                residual,
                inner,
                _factor(layer.post_feedforward_layernorm),
                streams,
                self._router,
                self._correction,
                self._scale,
                rows,
            ),
            (*shape, *eps),
        )
        gate = F.gelu(layer.per_layer_input_gate(rows), approximate="tanh")
        side = layer.per_layer_projection(gate * per_layer_input).contiguous()
        factor = _factor(layer.post_per_layer_input_norm)
        self._run("side_rows", (side, factor, streams), (*shape, eps[0]))
        return streams, streams[:, :, 0], pair

    def _run(self, name: str, tensors: tuple[Tensor, ...], words: tuple[int, ...]) -> None:
        places = (tensor.data_ptr() for tensor in tensors)
        Tape(self._kernels, [(name, (*places, *words), False)]).run()


def _factor(norm: RMSNorm) -> Tensor:
    assert norm.factor is not None
    return norm.factor
