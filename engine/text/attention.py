"""Grouped-query attention with rotary positions, and what layers of one type share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import LayerType, TextConfig
from engine.norm import RMSNorm, rms_norm, unit_length, widened
from engine.product import Linear

KeysValues = tuple[Tensor, Tensor]
"""Keys and values, each [B, kv heads, keys, head_dim], normed; keys rotated."""


@dataclass(frozen=True, slots=True)
class AttentionPlan:
    """What every layer of one type needs in one forward, built once.

    cos, sin: [T, 1, head_dim] or [B, T, 1, head_dim]; sin carries the sign of rotate-half.
    bias: 0 where a query sees a key and -inf elsewhere, [T, keys] or [B, 1, T, keys]; None = no
        bias is needed.
    causal: the queries are the keys, and each sees all before it.
    """

    cos: Tensor
    sin: Tensor
    bias: Tensor | None
    causal: bool


@dataclass(frozen=True, slots=True)
class Forks:
    """Rows that go on from one beginning in several ways, each of which sees it and itself alone.

    ways: [B, T], ascending: 0 = the beginning, others number the ways; positions: [B, T].
    """

    ways: Tensor
    positions: Tensor

    @classmethod
    def of(cls, ways: Tensor) -> Self:
        """Every way stands right behind the beginning."""
        earlier = (ways.unsqueeze(-1) == ways.unsqueeze(-2)).tril(-1).sum(-1)
        begun = (ways == 0).sum(-1, keepdim=True)
        return cls(ways, earlier + begun * (ways > 0))

    def picked(self, want: Tensor) -> Self:
        """The same of the positions `want` [B, W]."""
        return type(self)(self.ways.gather(1, want), self.positions.gather(1, want))


def attention_plan(
    config: TextConfig,
    layer_type: LayerType,
    queries: range | Tensor | Forks,
    keys: range | Forks,
    *,
    dtype: torch.dtype,
    device: torch.device,
) -> AttentionPlan:
    """Rotary tables and visibility for queries at absolute positions over keys at others.

    queries: a range, or positions [B, W]; forks only over the forks they are part of.
    dtype: of the activations; angles are computed in at least fp32.
    """
    sliding = layer_type is LayerType.SLIDING
    theta = config.rope_theta_sliding if sliding else config.rope_theta_full
    window = config.sliding_window if sliding else None
    positions = _as_tensor(queries, device)
    cos, sin = _rotary(positions, theta, config.head_dim, widened(dtype))
    causal = isinstance(keys, range) and queries == keys and (window is None or len(keys) <= window)
    if causal or _sees_all(queries, keys, window):
        return AttentionPlan(cos, sin, None, causal)
    back = positions.unsqueeze(-1) - _as_tensor(keys, device).unsqueeze(-2)
    hidden = back < 0
    if isinstance(queries, Forks) and isinstance(keys, Forks):
        way = keys.ways.unsqueeze(-2)
        hidden |= (way != 0) & (way != queries.ways.unsqueeze(-1))
    if window is not None:
        hidden |= back >= window
    bias = torch.zeros(hidden.shape, dtype=dtype, device=device)
    bias = bias.masked_fill_(hidden, float("-inf"))
    return AttentionPlan(cos, sin, bias.unsqueeze(1) if bias.ndim == 3 else bias, False)


def _as_tensor(positions: range | Tensor | Forks, device: torch.device) -> Tensor:
    if isinstance(positions, range):
        return torch.arange(positions.start, positions.stop, device=device)
    return positions.positions if isinstance(positions, Forks) else positions


def _sees_all(queries: range | Tensor | Forks, keys: range | Forks, window: int | None) -> bool:
    if not isinstance(queries, range) or not isinstance(keys, range):
        return False
    if len(queries) != 1 or queries[0] != keys[-1]:
        return False
    return window is None or len(keys) <= window


def _rotary(
    positions: Tensor, theta: float, head_dim: int, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    exponents = torch.arange(0, head_dim, 2, device=positions.device).to(dtype) / head_dim
    angles = positions.to(dtype).unsqueeze(-1) * (1.0 / theta**exponents)
    cos, sin = angles.cos(), angles.sin()
    cos = torch.cat((cos, cos), -1).unsqueeze(-2)
    # rotate-half is a roll by half with the first half negated; the sign moves into the table.
    return cos, torch.cat((-sin, sin), -1).unsqueeze(-2)


def _rotate(x: Tensor, plan: AttentionPlan) -> Tensor:
    half = x.shape[-1] // 2
    return torch.addcmul(x * plan.cos, x.roll(half, -1), plan.sin)


class Attention(nn.Module):
    """Attention of one layer. A consumer has no key and value weights (text.md 3.5)."""

    head_norms: Tensor | None

    def __init__(self, config: TextConfig, layer: int) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.kv_heads = config.num_key_value_heads
        self.head_dim = config.head_dim
        self.eps = config.rms_norm_eps
        width = config.hidden_size
        self.q_proj = Linear(width, self.heads * self.head_dim)
        self.o_proj = Linear(self.heads * self.head_dim, width)
        self.q_norm = RMSNorm(self.head_dim, self.eps)
        self.is_producer = config.kv_source(layer) == layer
        if self.is_producer:
            self.k_proj = Linear(width, self.kv_heads * self.head_dim)
            self.v_proj = Linear(width, self.kv_heads * self.head_dim)
            self.k_norm = RMSNorm(self.head_dim, self.eps)

        self.register_buffer("head_norms", None, persistent=False)

    @torch.no_grad()
    def fold(self) -> None:
        """Keep what all heads are multiplied by side by side; for inference, once, after loading.

        With the factor that `unit_length` leaves out: [heads, head_dim], values' heads last.
        """
        norms = self._turned_norms()
        values = norms.new_ones(self.kv_heads if self.is_producer else 0, self.head_dim)
        self.head_norms = torch.cat((norms, values)) * math.sqrt(self.head_dim)

    def _turned_norms(self) -> Tensor:
        """Norm weights of the heads that are rotated, queries first: [heads, head_dim]."""
        norms = [(self.q_norm, self.heads)]
        if self.is_producer:
            norms.append((self.k_norm, self.kv_heads))
        rows = []
        for norm, heads in norms:
            assert norm.weight is not None
            rows.append(norm.weight.to(widened(norm.weight.dtype)).expand(heads, -1))
        return torch.cat(rows)

    def _heads(self, x: Tensor, plan: AttentionPlan) -> list[Tensor]:
        """Queries and, of a producer, new keys and values of x [B, T, D]: each [B, heads, T, d]."""
        projections = [self.q_proj(x)]
        if self.is_producer:
            projections += [self.k_proj(x), self.v_proj(x)]
        # Side by side: one norm and one rotation for all.
        joint = projections[0] if len(projections) == 1 else torch.cat(projections, -1)
        joint = joint.view(*x.shape[:2], -1, self.head_dim).to(widened(x.dtype))
        turned = joint
        if self.head_norms is not None:
            joint = turned = unit_length(joint, self.eps).mul_(self.head_norms)
            if self.is_producer:
                turned = joint[:, :, : -self.kv_heads]
        else:
            joint, norms = rms_norm(joint, None, self.eps), self._turned_norms()
            turned = joint[:, :, : norms.shape[0]] * norms
        turned = _rotate(turned, plan).to(x.dtype)
        if not self.is_producer:
            return [turned.transpose(1, 2)]
        heads = (
            turned[:, :, : self.heads],
            turned[:, :, self.heads :],
            joint[:, :, -self.kv_heads :],
        )
        return [each.to(x.dtype).transpose(1, 2) for each in heads]

    def forward(
        self,
        x: Tensor,
        plan: AttentionPlan,
        source: KeysValues | Callable[[KeysValues], KeysValues],
    ) -> tuple[Tensor, KeysValues]:
        """x: [B, T, D]. Returns [B, T, D] and the keys and values that were read.

        source: another layer's keys and values, or what turns this layer's new ones into all.
        """
        query, *new = self._heads(x, plan)
        pair = source((new[0], new[1])) if callable(source) else source
        one = query.shape[2] == 1 and plan.bias is None
        if one:  # the heads that share keys become the queries of one head: keys are read once
            query = query.view(query.shape[0], self.kv_heads, -1, self.head_dim)
        mixed = F.scaled_dot_product_attention(
            query,
            *pair,
            attn_mask=plan.bias,
            is_causal=plan.causal and not one,
            scale=1.0,  # queries are normed: no 1/sqrt(head_dim)
            enable_gqa=not one,
        )
        rows = mixed.reshape(*x.shape[:2], -1) if one else mixed.transpose(1, 2).flatten(2)
        return self.o_proj(rows), pair
