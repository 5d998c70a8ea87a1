"""One position through a decoder layer in two calls of machine code, around its new keys.

What `DecoderLayer.forward` computes, in float32 between the products instead of rounding to
bfloat16 after each call: a layer is 150 calls of torch otherwise, and those took longer than
reading 4-bit weights. Weights are in 4 or 8 bits, or bfloat16.
"""

import torch
from torch import Tensor, nn

from engine.kernels import loading
from engine.kernels.loading import Kernels, Tape
from engine.kernels.machine import ATTENDED_VECTORS, GROUPED, ROWS_AT_ONCE, SHARED, STREAMS
from engine.kernels.products import Call, coded_bytes, float_word, shape_words
from engine.norm import RMSNorm
from engine.product import Linear
from engine.quant.linear import FeedForward, Linear4, Linear8
from engine.quant.reading import LayerRows
from engine.text.attention import AttentionPlan
from engine.text.cache import Span
from engine.text.layers import DecoderLayer
from engine.text.layers import FeedForward as Nested
from engine.text.model import TextModel


def attach(text: TextModel) -> bool:
    """Let positions go through machine code; whether this machine and model can.

    To be called once the weights are folded.
    """
    kernels = loading.available()
    if kernels is None or not _fits(text, kernels.machine.lanes):
        return False
    room = _Room(text)
    layers = [layer for layer in text.layers if isinstance(layer, DecoderLayer)]
    for layer in layers:
        layer.rows = LayerRows(layer, kernels)
    text.steps = [LayerStep(layer, kernels, room) for layer in layers]
    return True


def _fits(text: TextModel, lanes: int) -> bool:
    config = text.config
    widths = (
        config.hidden_size,
        config.hidden_size_per_layer_input,
        config.laurel_rank,
        *config.intermediate_size,
        *(split for one in text.modules() if isinstance(one, Nested) for split in one.splits),
    )
    return (
        config.altup_num_inputs == STREAMS
        and config.head_dim % (ATTENDED_VECTORS * lanes) == 0
        and config.num_attention_heads // config.num_key_value_heads in GROUPED
        and not any(width % SHARED for width in widths)
        and all(weight is not None for layer in text.layers for weight in _linears(layer))
    )


def _linears(layer: nn.Module) -> list[nn.Module | None]:
    """The layer's weights; None for one that no kernel reads."""
    assert isinstance(layer, DecoderLayer)
    attention, network = layer.self_attn, layer.mlp
    found: list[nn.Module] = [attention.q_proj, attention.o_proj]
    if attention.is_producer:
        found += [attention.k_proj, attention.v_proj]
    for blocks in (network.gate_proj, network.up_proj, network.down_proj):
        found += blocks if isinstance(blocks, nn.ModuleList) else [blocks]
    found += [layer.laurel.linear_left, layer.laurel.linear_right]
    found += [layer.per_layer_input_gate, layer.per_layer_projection]
    return [one if _is_read(one) else None for one in found]


def _is_read(linear: nn.Module) -> bool:
    if isinstance(linear, Linear4):
        return linear.layout.lanes
    weight = linear.values if isinstance(linear, Linear8) else getattr(linear, "weight", None)
    if not isinstance(weight, Tensor) or weight.dtype not in (torch.int8, torch.bfloat16):
        return False
    return weight.shape[0] % ROWS_AT_ONCE == 0 and weight.shape[1] % SHARED == 0


class _Room:
    """Memory that all layers of a model write to, one after the other."""

    def __init__(self, text: TextModel) -> None:
        config = text.config
        width = config.hidden_size
        heads = config.num_attention_heads + 2 * config.num_key_value_heads
        inner = max(config.intermediate_size)
        self.streams = torch.zeros(1, 1, STREAMS, width)
        self.streams_place = self.streams.data_ptr()
        self.predictions = torch.zeros(1, 1, STREAMS, width)
        self.normed, self.laurel, self.attended, self.residual, self.rows, self.scaled = (
            torch.zeros(width) for _ in range(6)
        )
        self.coded = torch.zeros(coded_bytes(max(width, inner)), dtype=torch.uint8)
        self.left = torch.zeros(config.laurel_rank)
        self.heads = torch.zeros(heads * config.head_dim)
        self.turned = torch.zeros(config.num_attention_heads * config.head_dim).bfloat16()
        self.mixed = torch.zeros(config.num_attention_heads * config.head_dim)
        self.mixed_coded = torch.zeros(coded_bytes(len(self.mixed)), dtype=torch.uint8)
        self.gate, self.up, self.inner = (torch.zeros(inner) for _ in range(3))
        blocks = [len(one.ends) for one in text.modules() if isinstance(one, FeedForward)]
        self.parts = torch.zeros(max(blocks, default=1), width)
        self._heads_at_once = config.num_attention_heads
        self._slot = config.head_dim + 2
        self._shares = self._scores = torch.zeros(0)
        self.side_gate = torch.zeros(config.hidden_size_per_layer_input)
        self.side_input = torch.zeros(config.hidden_size_per_layer_input)

    def shared(self, length: int) -> tuple[int, int]:
        """Addresses of memory for every thread's share of attention to so many keys."""
        threads = torch.get_num_threads()
        shares = threads * self._heads_at_once * self._slot
        if self._shares.numel() < shares:
            self._shares = torch.zeros(shares)
        scores = threads * length * max(GROUPED)
        if self._scores.numel() < scores:
            self._scores = torch.zeros(2 * scores)
        return self._shares.data_ptr(), self._scores.data_ptr()


class LayerStep:
    """A layer's tapes, and what goes between them.

    Not to be used by two threads at once, as the model is not.
    """

    def __init__(self, layer: DecoderLayer, kernels: Kernels, room: _Room) -> None:
        self._layer, self._kernels, self._room = layer, kernels, room
        self._kept: list[Tensor] = []  # that tapes have the addresses of
        attention = layer.self_attn
        self._queries = attention.heads
        self._pairs = attention.kv_heads
        self._producer = attention.is_producer
        self._key_bytes = attention.head_dim * room.turned.itemsize
        self._before, self._rotation = self._build_before()
        self._after: dict[int, tuple[Tape, int]] = {}

    def __call__(
        self, streams: Tensor, given: int, plan: AttentionPlan, span: Span, width: int
    ) -> Tensor:
        """As `engine.text.model.Step` says."""
        room = self._room
        if streams.data_ptr() != room.streams_place:
            room.streams.copy_(streams)
        words, first = self._before.words, self._rotation
        words[first], words[first + 1] = plan.cos.data_ptr(), plan.sin.data_ptr()
        if self._producer:
            last = (span.length - 1) * self._key_bytes
            words[first + 3], words[first + 4] = span.keys + last, span.values + last
            words[first + 5] = span.stride
        self._before.run()
        tape, input_word = self._after.get(width) or self._build_after(width)
        words, first = tape.words, tape.places[0]
        words[first + 1], words[first + 2] = span.keys, span.values
        words[first + 3], words[first + 4] = room.shared(span.length)
        words[first + 6], words[first + 7] = span.stride, span.length
        words[tape.places[1]] = words[first + 3]
        words[input_word] = given
        tape.run()
        return room.streams

    def _build_before(self) -> tuple[Tape, int]:
        """The tape before attention, and the place of the rotation's addresses in it."""
        layer, room = self._layer, self._room
        altup, attention = layer.altup, layer.self_attn
        size = room.normed.numel()
        assert altup.router is not None
        assert altup.prediction is not None
        assert attention.head_norms is not None
        addresses = (
            room.streams,
            self._floats(altup.router),
            self._floats(altup.prediction),
            room.predictions,
            self._factor(layer.input_layernorm),
            room.normed,
            room.coded,
        )
        eps = (float_word(size * altup.eps), float_word(size * layer.input_layernorm.eps))
        calls: list[Call] = [("predict", (*_places(addresses), size, *eps), True)]
        projections: list[nn.Module] = [attention.q_proj]
        if attention.is_producer:
            projections += [attention.k_proj, attention.v_proj]
        start = 0
        for projection in projections:
            out = room.heads[start:]
            calls.append(self._product(projection, room.normed, room.coded, out))
            start += _rows(projection)
        calls.append(self._product(layer.laurel.linear_left, room.normed, None, room.left))
        calls[-1] = (*calls[-1][:2], True)
        heads = start // attention.head_dim
        norms = self._floats(attention.head_norms)
        places = (room.heads.data_ptr(), norms.data_ptr(), 0, 0, room.turned.data_ptr(), 0, 0, 0)
        counts = self._queries, self._pairs
        turned_eps = float_word(attention.head_dim * attention.eps)
        calls.append(("heads", (*places, heads, *counts, attention.head_dim, turned_eps), False))
        calls.append(self._product(layer.laurel.linear_right, room.left, None, room.laurel))
        tape = Tape(self._kernels, calls)
        return tape, tape.places[-2] + 2

    def _build_after(self, width: int) -> tuple[Tape, int]:
        """The tape from attention on, and the place of the layer's input in it."""
        layer, room = self._layer, self._room
        network, altup = layer.mlp, layer.altup
        assert altup.router is not None
        assert altup.correction_weight is not None
        size = room.normed.numel()
        eps = float_word(size * layer.post_attention_layernorm.eps)
        heads, head_dim = self._queries, layer.self_attn.head_dim
        grouped = f"attend_{heads // self._pairs}"
        mixed = _places((room.mixed, room.mixed_coded))
        calls: list[Call] = [
            (grouped, (room.turned.data_ptr(), 0, 0, 0, 0, self._pairs, 0, 0, head_dim), True),
            ("join_attended", (0, *mixed, heads, head_dim), True),
        ]
        calls.append(
            self._product(layer.self_attn.o_proj, room.mixed, room.mixed_coded, room.attended, True)
        )
        addresses = (
            room.predictions,
            room.attended,
            self._factor(layer.post_attention_layernorm),
            room.normed,
            room.laurel,
            self._factor(layer.laurel.post_laurel_norm),
            room.residual,
            self._factor(layer.pre_feedforward_layernorm),
            room.rows,
            room.coded,
        )
        calls.append(("residual", (*_places(addresses), size, eps), True))
        gates, downs = self._network(width)
        calls += gates
        cut = network.deviations is not None
        deviations = float_word(network.deviations or 0.0)
        places = _places((room.gate, room.up, room.inner, room.coded))
        calls.append(("gated_cut" if cut else "gated", (*places, width, deviations), True))
        calls += downs
        addresses = (
            room.residual,
            room.parts,
            self._factor(layer.post_feedforward_layernorm),
            room.predictions,
            self._floats(altup.router),
            self._floats(altup.correction_weight),
            room.streams,
            self._floats(altup.correct_output_scale),
            room.attended,  # what was attended to has been used
            room.scaled,
        )
        calls.append(
            (
                "correct",
                (*_places(addresses), size, len(downs), eps, float_word(size * altup.eps)),
                True,
            )
        )
        gate, given = room.side_gate, room.side_input
        calls.append(self._product(layer.per_layer_input_gate, room.scaled, None, gate, True))
        words = (gate.data_ptr(), 0, given.data_ptr(), gate.numel())
        calls.append(("side_input", words, True))
        side = len(calls) - 1
        calls.append(self._product(layer.per_layer_projection, given, None, room.attended, True))
        factor = self._factor(layer.post_per_layer_input_norm)
        calls.append(("side", (*_places((room.attended, factor, room.streams)), size, eps), False))
        tape = Tape(self._kernels, calls)
        self._after[width] = tape, tape.places[side] + 1
        return self._after[width]

    def _network(self, width: int) -> tuple[list[Call], list[Call]]:
        """Gate and up, and the parts of down, at one of the network's widths."""
        network, room = self._layer.mlp, self._room
        ins = ((network.gate_proj, room.gate), (network.up_proj, room.up))
        if isinstance(network, FeedForward):
            used = network.ends.index(width) + 1
            starts = (0, *network.ends)[:used]
            gates = [
                self._product(block, room.rows, room.coded, out[start:])
                for blocks, out in ins
                for block, start in zip(blocks, starts, strict=False)
            ]
            downs = [
                self._product(block, room.inner[start:], room.coded[coded_bytes(start) :], part)
                for block, start, part in zip(network.down_proj, starts, room.parts, strict=False)
            ]
        else:
            gates = [
                self._dense(linear.weight[:width], room.rows, out, joins=False)
                for linear, out in ins
            ]
            down = network.down_proj.weight[:, :width]
            downs = [self._dense(down, room.inner, room.parts[0], joins=False)]
        for calls in (gates, downs):
            calls[-1] = (*calls[-1][:2], True)
        return gates, downs

    def _dense(self, weight: Tensor, x: Tensor, out: Tensor, joins: bool) -> Call:
        words = (*_places((x, weight, weight, out)), weight.stride(0) * weight.itemsize)
        return "multiply_bf16", (*words, *weight.shape), joins

    def _product(
        self, linear: nn.Module, x: Tensor, coded: Tensor | None, out: Tensor, joins: bool = False
    ) -> Call:
        """linear of x into out. coded: x in 8 bits, where a weight of 4 bits is expected."""
        if isinstance(linear, Linear4):
            assert coded is not None
            words = _places((coded, linear.packed, linear.scales, out))
            shape = shape_words(linear.packed, linear.scales)
            return "multiply4_1", (*words, 0, *shape), joins
        if isinstance(linear, Linear8):
            values = linear.values
            scales = linear.scales.to(torch.bfloat16)
            self._kept.append(scales)
            words = _places((x, values, scales, out))
            return "multiply_i8", (*words, values.stride(0), *values.shape), joins
        assert isinstance(linear, Linear)
        return self._dense(linear.weight, x, out, joins)

    def _floats(self, tensor: Tensor) -> Tensor:
        """As float32, kept as long as the tapes."""
        self._kept.append(tensor.detach().float().contiguous())
        return self._kept[-1]

    def _factor(self, norm: RMSNorm) -> Tensor:
        assert norm.factor is not None
        return self._floats(norm.factor)


def _places(tensors: tuple[Tensor, ...]) -> tuple[int, ...]:
    return tuple(tensor.data_ptr() for tensor in tensors)


def _rows(linear: nn.Module) -> int:
    if isinstance(linear, Linear4):
        return len(linear.packed) * linear.layout.block
    weight = linear.values if isinstance(linear, Linear8) else linear.get_parameter("weight")
    return weight.shape[0]
