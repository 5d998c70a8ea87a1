"""A decoder that computes with a prepared file: small integers in place of its own weights."""

import torch
from torch import Tensor, nn

from engine import residency
from engine.audio.conformer import ConformerBlock
from engine.audio.encoder import AudioEncoder
from engine.quant.linear import FeedForward, Linear, Linear8
from engine.quant.plan import HEAD, block_ends
from engine.quant.prepared import Prepared
from engine.quant.rounding import round_to_8_bits
from engine.text.layers import DecoderLayer
from engine.text.layers import FeedForward as ExactFeedForward
from engine.text.model import TextModel
from engine.text.ple import RowTable
from engine.text.table import rescored


class QuantisedTable(nn.Module):
    """The token table: rows as stored, from the checkpoint's file; scores over small integers.

    The best scores are computed anew from the stored rows, so that only their choice is rounded.
    """

    def __init__(self, head: Linear, stored: RowTable, dtype: torch.dtype) -> None:
        super().__init__()
        self.head = head
        self._stored = stored
        self._dtype = dtype

    def rows(self, ids: Tensor) -> Tensor:
        """Unscaled rows [..., D] of ids [...]."""
        return self._stored.gather(ids).to(self._dtype)

    def scores(self, hidden: Tensor) -> Tensor:
        """Scores [..., vocab] of hidden states [..., D], at least fp32."""
        return rescored(self.head.scores(hidden), hidden, self.rows)


def narrow(text: TextModel) -> None:
    """LAuReL and the per-layer projections in 8 bits, once their weights are there.

    They are small, and read whole for every token: half their bytes, at 0.8 % of error.
    """
    for layer in text.layers:
        assert isinstance(layer, DecoderLayer)
        for owner, name in (
            (layer.laurel, "linear_left"),
            (layer.laurel, "linear_right"),
            (layer, "per_layer_input_gate"),
            (layer, "per_layer_projection"),
        ):
            _to_8_bits(owner, name)
    _to_8_bits(text, "per_layer_model_projection")


def narrow_ears(encoder: AudioEncoder) -> None:
    """The products of the audio tower in 8 bits, once their weights are there."""
    for block in encoder.conformer:
        assert isinstance(block, ConformerBlock)
        for owner, name in (
            (block.ffw_layer_start, "ffw_layer_1"),
            (block.ffw_layer_start, "ffw_layer_2"),
            (block.ffw_layer_end, "ffw_layer_1"),
            (block.ffw_layer_end, "ffw_layer_2"),
            (block.attention.attn, "q_proj"),
            (block.attention.attn, "k_proj"),
            (block.attention.attn, "v_proj"),
            (block.attention, "post"),
            (block.lconv1d, "linear_start"),
            (block.lconv1d, "linear_end"),
        ):
            _to_8_bits(owner, name)


def _to_8_bits(owner: nn.Module, name: str) -> None:
    weight = owner.get_submodule(name).get_parameter("weight")
    values, scales = round_to_8_bits(weight)
    owner.register_module(name, Linear8(values, scales.to(weight.dtype)))
    residency.drop_pages(residency.Extent(weight.data_ptr(), weight.nbytes))


def fit(text: TextModel, prepared: Prepared, stored: RowTable, dtype: torch.dtype) -> None:
    """Replace the prepared parts of a decoder without weights.

    stored: the token table in the checkpoint. dtype: that the decoder computes in.
    """
    linears = prepared.linears(dtype)
    config, splits = text.config, prepared.preparation.splits
    for index, layer in enumerate(text.layers):
        assert isinstance(layer, DecoderLayer)
        assert isinstance(layer.mlp, ExactFeedForward)
        prefix = f"layers.{index}."
        for part in ("q_proj", "k_proj", "v_proj", "o_proj"):
            if (name := f"{prefix}self_attn.{part}") in linears:
                setattr(layer.self_attn, part, linears[name])
        ends = block_ends(config.intermediate_size[index], splits)
        blocks = [
            (
                linears[f"{prefix}mlp.gate_proj.{block}"],
                linears[f"{prefix}mlp.up_proj.{block}"],
                linears[f"{prefix}mlp.down_proj.{block}"],
            )
            for block in range(len(ends))
        ]
        layer.register_module("mlp", FeedForward(ends, blocks, layer.mlp.deviations))
    text.register_module("embed_tokens", QuantisedTable(linears[HEAD], stored, dtype))
