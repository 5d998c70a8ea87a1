"""The text decoder as a whole: embeddings in, hidden states out. No files, no prompts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import LayerType, TextConfig
from engine.norm import RMSNorm, rms_norm, widened
from engine.product import Linear
from engine.text.altup import AltUp, magnitude, rescaled
from engine.text.attention import (
    Attention,
    AttentionPlan,
    Forks,
    KeysValues,
    attention_plan,
)
from engine.text.cache import KVCache, Span
from engine.text.layers import DecoderLayer
from engine.text.matformer import Size
from engine.text.ple import RowTable
from engine.text.table import TokenTable


class Step(Protocol):
    """A faster way through a layer for one position of a conversation."""

    def __call__(
        self, streams: Tensor, given: int, plan: AttentionPlan, span: Span, width: int
    ) -> Tensor:
        """The streams [1, 1, N, D] behind the layer; they last until the next call of any.

        given: address of the per-layer input, bfloat16. span: of the keys that are read; a layer
        with keys of its own writes the last.
        """
        ...


class Interrupted(Exception):
    """A forward was stopped between two layers."""


class TextModel(nn.Module):
    """Gemma 3n's decoder. Parameter names are the Hub's below `model.language_model.`.

    splits: nested widths at which feed-forward networks may be cut.
    ple: per-layer embedding rows on disk; None = a parameter, for training.
    steps: a faster way through each layer, where there is one.
    """

    steps: list[Step] | None = None

    def __init__(
        self,
        config: TextConfig,
        *,
        splits: tuple[int, ...] | None = None,
        ple: RowTable | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.ple = ple
        width, per_layer = config.hidden_size, config.hidden_size_per_layer_input
        slabs = config.num_hidden_layers * per_layer
        self.embed_tokens = TokenTable(config.vocab_size, width)
        if ple is None:
            self.embed_tokens_per_layer = nn.Embedding(config.vocab_size_per_layer_input, slabs)
        self.per_layer_model_projection = Linear(width, slabs)
        self.per_layer_projection_norm = RMSNorm(per_layer, config.rms_norm_eps)
        inactive = range(config.altup_num_inputs - 1)
        self.altup_projections = nn.ModuleList(Linear(width, width) for _ in inactive)
        self.altup_unembed_projections = nn.ModuleList(Linear(width, width) for _ in inactive)
        self.layers = nn.ModuleList(
            DecoderLayer(config, layer, splits or ()) for layer in range(config.num_hidden_layers)
        )
        self.norm = RMSNorm(width, config.rms_norm_eps)

    @torch.no_grad()
    def initialise(self, seed: int) -> None:
        """Random weights to train from: activations of unit size, streams that start uncoupled."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 1:
                parameter.fill_(1.0)
            elif name.endswith("_coefs.weight"):
                parameter.zero_()  # each stream predicts itself and takes the whole correction
            else:
                table = name == "embed_tokens_per_layer.weight"
                fan_in = self.config.hidden_size_per_layer_input if table else parameter.shape[1]
                parameter.normal_(0.0, fan_in**-0.5, generator=generator)

    def fold(self) -> None:
        """Keep what small weights come to; for inference, once, after loading.

        The model can no longer be trained afterwards.
        """
        for module in self.modules():
            if isinstance(module, RMSNorm) and module.weight is not None:
                weight = module.weight.detach()
                module.weight = nn.Parameter(weight.to(widened(weight.dtype)), requires_grad=False)
                module.fold()
        for module in self.modules():
            if isinstance(module, AltUp | Attention):
                module.fold()

    def embed(self, ids: Tensor) -> Tensor:
        """Scaled token embeddings [B, T, D] of ids [B, T] below the table's rows (text.md 2.1)."""
        rows = self.embed_tokens.rows(ids)
        scale = torch.tensor(self.config.hidden_size**0.5, dtype=rows.dtype)  # 45.25 in bf16
        return rows * scale.to(rows.device)

    def forward(
        self,
        embeds: Tensor,
        ple_ids: Tensor,
        *,
        cache: KVCache | None = None,
        size: Size | None = None,
        want: int | Tensor | None = None,
        forks: Forks | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Tensor:
        """Hidden states [B, W, D], normed, ready for `logits`.

        embeds: [B, T, D], final: text rows scaled, others already in place.
        ple_ids: [B, T]; ids outside the per-layer table use row 0.
        cache: the chunk continues it (B = 1) and is appended; None = positions 0..T-1.
        size: which layers run and how wide; None = all.
        want: positions whose states are returned; None = all, n = the last n, or indices into
            the chunk [B, W]. Only these run through the layers that store no keys (text.md 6.3).
        forks: of the rows, for training; without a cache, and `want` then gives indices.
        stop: asked before every layer; raises Interrupted, and the cache is as after a failure.
        """
        config, length = self.config, embeds.shape[1]
        if self.steps and cache is not None and cache.has_spans and length == 1:
            return self._one(embeds, ple_ids, cache, size, stop)
        start = 0 if cache is None else cache.begin(length)
        kept = [
            layer for layer in range(config.num_hidden_layers) if not size or layer not in size.skip
        ]
        widths = config.intermediate_size if size is None else size.widths
        tail = config.first_shared_layer if want is not None else config.num_hidden_layers
        plans = _Plans(config, forks or range(start, start + length), cache, embeds)
        head = [layer for layer in kept if layer < tail]
        inputs = dict(self._per_layer_inputs(embeds, ple_ids, head))
        streams, active = self._expand(embeds)
        shared: dict[int, KeysValues] = {}
        trimmed = want is None
        for layer in kept:
            if stop():
                raise Interrupted
            if not trimmed and layer >= tail:
                streams, active, embeds = (_pick(x, want) for x in (streams, active, embeds))
                ple_ids = _pick(ple_ids, want)
                rest = kept[kept.index(layer) :]
                inputs |= self._per_layer_inputs(embeds, ple_ids, rest)
                plans.pick(want)
                trimmed = True
            producer = config.kv_source(layer)
            source = shared[producer] if producer != layer else _store(cache, layer, start)
            block = self.layers[layer]
            streams, active, shared[layer] = block(
                streams, active, inputs[layer], plans.of(layer), source, widths[layer]
            )
        if not trimmed:
            streams, active = _pick(streams, want), _pick(active, want)
        hidden = self._merge(streams, active, embeds.dtype)
        if cache is not None:
            cache.advance(length)
        return hidden

    def _one(
        self,
        embeds: Tensor,
        ple_ids: Tensor,
        cache: KVCache,
        size: Size | None,
        stop: Callable[[], bool],
    ) -> Tensor:
        """As `forward` of one position."""
        config, start = self.config, cache.begin(1)
        skip = size.skip if size else ()
        kept = [layer for layer in range(config.num_hidden_layers) if layer not in skip]
        widths = config.intermediate_size if size is None else size.widths
        plans = _Plans(config, range(start, start + 1), cache, embeds)
        inputs = dict(self._per_layer_inputs(embeds, ple_ids, kept))
        streams, _ = self._expand(embeds)
        spans: dict[int, Span] = {}
        assert self.steps is not None
        for layer in kept:
            if stop():
                raise Interrupted
            producer = config.kv_source(layer)
            if producer == layer:
                spans[layer] = cache.span(layer, start)
            given = inputs[layer].data_ptr()
            plan, span = plans.of(layer), spans[producer]
            streams = self.steps[layer](streams, given, plan, span, widths[layer])
        hidden = self._merge(streams, streams[:, :, 0], embeds.dtype)
        cache.advance(1)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Soft-capped logits [B, W, vocab] of hidden states [B, W, D], at least fp32."""
        scores = self.embed_tokens.scores(hidden)
        cap = self.config.final_logit_softcapping
        if cap is None:
            return scores
        if torch.is_grad_enabled():
            return torch.tanh(scores / cap) * cap
        return scores.div_(cap).tanh_().mul_(cap)

    def _per_layer_rows(self, ids: Tensor, first: int, end: int) -> Tensor:
        """Table rows of layers first..end-1, [B, T, layers, P], unscaled."""
        per_layer = self.config.hidden_size_per_layer_input
        known = (ids >= 0) & (ids < self.config.vocab_size_per_layer_input)
        ids = torch.where(known, ids, 0)
        columns = slice(first * per_layer, end * per_layer)
        if self.ple is None:
            rows = F.embedding(ids, self.embed_tokens_per_layer.weight)[..., columns]
        else:
            rows = self.ple.gather(ids, columns)
        return rows.view(*ids.shape, end - first, per_layer)

    def _per_layer_inputs(
        self, embeds: Tensor, ids: Tensor, layers: list[int]
    ) -> Iterator[tuple[int, Tensor]]:
        """Each of `layers`, ascending, and its input [B, T, P] (text.md 2.2).

        Neighbours in one product; the parts of layers that are left out are not read.
        """
        per_layer = self.config.hidden_size_per_layer_input
        # The factor D^-1/2 before the norm only shifts the norm's epsilon.
        eps = self.config.rms_norm_eps * self.config.hidden_size
        for first, end in _runs(layers):
            rows = slice(first * per_layer, end * per_layer)
            projected = self.per_layer_model_projection.partly(embeds, rows)
            projected = projected.to(widened(embeds.dtype))
            projected = projected.view(*embeds.shape[:2], end - first, per_layer)
            projected = rms_norm(projected, self.per_layer_projection_norm.weight, eps)
            stored = self._per_layer_rows(ids, first, end).to(projected)
            joint = torch.add(projected, stored, alpha=math.sqrt(per_layer)) * math.sqrt(0.5)
            yield from zip(range(first, end), joint.to(embeds.dtype).unbind(2), strict=True)

    def _expand(self, embeds: Tensor) -> tuple[Tensor, Tensor]:
        """Streams [B, T, N, D] before layer 0, and the active one, at least fp32 (text.md 3.1)."""
        active = embeds.to(widened(embeds.dtype))
        target = magnitude(active)
        others = [rescaled(project(embeds), target) for project in self.altup_projections]
        return torch.stack([active, *others], 2), active

    def _merge(self, streams: Tensor, active: Tensor, narrow: torch.dtype) -> Tensor:
        """Mean of the streams after the last layer, normed (text.md 3.7).

        narrow: dtype of the matrix products and of the result.
        """
        target = magnitude(active)
        merged = active
        inactive = streams.to(narrow).unbind(2)[1:]
        for project, stream in zip(self.altup_unembed_projections, inactive, strict=True):
            merged = merged + rescaled(project(stream), target)
        hidden: Tensor = self.norm(merged / self.config.altup_num_inputs)
        return hidden.to(narrow)


class _Plans:
    """The attention plan of each layer type in one forward, made when first needed."""

    def __init__(
        self, config: TextConfig, queries: range | Forks, cache: KVCache | None, like: Tensor
    ) -> None:
        self._config = config
        self._chunk = queries
        self._queries: range | Tensor | Forks = queries
        self._cache = cache
        self._like = like
        self._made: dict[LayerType, AttentionPlan] = {}

    def pick(self, want: int | Tensor | None) -> None:
        """From here on only the wanted positions of the chunk ask."""
        if isinstance(self._chunk, Forks):
            assert isinstance(want, Tensor)
            self._queries = self._chunk.picked(want)
        elif isinstance(want, Tensor):
            self._queries = want + self._chunk.start
        elif want is not None:
            self._queries = self._chunk[-want:]
        self._made.clear()

    def of(self, layer: int) -> AttentionPlan:
        """The plan of `layer`, the same object for all layers of its type."""
        kind = self._config.layer_types[layer]
        if kind not in self._made:
            self._made[kind] = attention_plan(
                self._config,
                kind,
                self._queries,
                self._keys(layer),
                dtype=self._like.dtype,
                device=self._like.device,
            )
        return self._made[kind]

    def _keys(self, layer: int) -> range | Forks:
        chunk = self._chunk
        if isinstance(chunk, Forks):
            return chunk
        source = self._config.kv_source(layer)
        first = 0 if self._cache is None else self._cache.first_key(source, chunk.start)
        return range(first, chunk.stop)


def _runs(layers: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring indices together: the first of each run and the one behind its last."""
    starts = [layer for layer in layers if layer - 1 not in layers]
    ends = [layer + 1 for layer in layers if layer + 1 not in layers]
    return zip(starts, ends, strict=True)


def _store(cache: KVCache | None, layer: int, start: int) -> Callable[[KeysValues], KeysValues]:
    def all_keys(new: KeysValues) -> KeysValues:
        return new if cache is None else cache.extend(layer, start, new)

    return all_keys


def _pick(x: Tensor, want: int | Tensor | None) -> Tensor:
    """The wanted positions of x [B, T, ...]."""
    if isinstance(want, Tensor):
        batch = torch.arange(x.shape[0], device=x.device).unsqueeze(-1)
        return x[batch, want]
    return x if want is None else x[:, x.shape[1] - want :]
