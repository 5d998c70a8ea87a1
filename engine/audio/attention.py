"""Attention of a frame to itself and the frames just before it, with relative positions.

Knows nothing of the block around it. Frames later than the query never enter, so padding on
the right of a batch needs no mask.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import AudioConfig
from engine.product import Linear

# Queries that share one matrix product. It changes speed only: the mask is a plain window.
BLOCK_FRAMES = 16
LONGEST_WAVELENGTH = 10_000.0


@dataclass(frozen=True, slots=True)
class KeyValueState:
    """Keys and values of the last frames: [B, left, heads, head_dim] each; zeros before any."""

    keys: Tensor
    values: Tensor

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.keys.nbytes + self.values.nbytes


def sinusoids(distances: int, size: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Rows for the distances 0 .. distances - 1: all sines, then all cosines.

    Returns `dtype` [distances, size], computed in at least float32.
    """
    wide = torch.promote_types(dtype, torch.float32)
    half = size // 2
    step = math.log(LONGEST_WAVELENGTH) / max(half - 1, 1)
    rates = torch.exp(torch.arange(half, dtype=wide, device=device) * -step)
    angles = torch.arange(distances, dtype=wide, device=device)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1).to(dtype)


class RelativePositionEmbedding(nn.Module):
    """One row for each distance between a query and a key, the same for every input."""

    pos_proj: nn.Linear | None
    folded: Tensor | None

    def __init__(self, size: int, distances: int) -> None:
        super().__init__()
        self.distances = distances
        self.pos_proj = Linear(size, size)
        self.register_buffer("folded", None, persistent=False)

    def rows(self) -> Tensor:
        """[distances, size]; row d belongs to a key d frames before the query."""
        if self.pos_proj is None:
            assert self.folded is not None
            return self.folded
        weight = self.pos_proj.weight
        table = sinusoids(self.distances, weight.shape[1], weight.dtype, weight.device)
        projected: Tensor = self.pos_proj(table)
        return projected

    @torch.no_grad()
    def fold(self) -> None:
        """Keep the rows and drop the projection they come from."""
        self.folded = self.rows()
        self.pos_proj = None


def window_mask(frames: int, frames_before: int, window: int, device: torch.device) -> Tensor:
    """Which keys a query sees, the same in every layer: bool [blocks, 1, block, block + left].

    frames: how many queries; the last block may be wider than what is left for it.
    frames_before: how many frames came before them; keys earlier than the first do not exist.
    window: keys a query sees, itself included; left = window - 1.
    """
    block = min(frames, BLOCK_FRAMES)
    column = torch.arange(block + window - 1, device=device)
    offset = column - torch.arange(block, device=device)[:, None]
    inside = (offset >= 0) & (offset < window)
    first = torch.arange(frames_before, frames_before + frames, block, device=device) - (window - 1)
    exists = first[:, None] + column >= 0  # [blocks, columns]
    return (inside & exists[:, None])[:, None]


class LocalAttention(nn.Module):
    """Multi-head attention over a window of `conf_attention_context_left` frames, self included.

    logit = q . (k + r), capped by 50 tanh(. / 50) before the mask.

    Source: spec/audio-vision.md section 5.
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.heads = config.conf_num_attention_heads
        self.head_dim = size // self.heads
        self.window = config.conf_attention_context_left
        self.cap = config.conf_attention_logit_cap
        self.query_scale = self.head_dim**-0.5 / math.log(2)
        self.per_dim_scale = nn.Parameter(torch.zeros(self.head_dim))
        self.relative_position_embedding = RelativePositionEmbedding(size, self.window)
        self.q_proj = Linear(size, size)
        self.k_proj = Linear(size, size)
        self.v_proj = Linear(size, size)

    def initial_state(self, batch: int) -> KeyValueState:
        """No frames yet: the whole left context stands empty."""
        shape = (batch, self.window - 1, self.heads, self.head_dim)
        return KeyValueState(
            self.per_dim_scale.new_zeros(shape), self.per_dim_scale.new_zeros(shape)
        )

    def forward(
        self, x: Tensor, state: KeyValueState, visible: Tensor
    ) -> tuple[Tensor, KeyValueState]:
        """[B, U, D] -> [B, U, D] and the state after it; `visible` is from `window_mask`."""
        batch, new, size = x.shape
        per_head = (batch, new, self.heads, self.head_dim)
        query = self.q_proj(x).view(per_head)
        query = query * (self.query_scale * F.softplus(self.per_dim_scale))
        keys = torch.cat([state.keys, self.k_proj(x).view(per_head)], dim=1)
        values = torch.cat([state.values, self.v_proj(x).view(per_head)], dim=1)
        after = KeyValueState(keys[:, new:].clone(), values[:, new:].clone())

        blocks, _, block, columns = visible.shape
        filler = blocks * block - new
        query = F.pad(query, (0, 0, 0, 0, 0, filler))
        query = query.view(batch, blocks, block, self.heads, -1).transpose(2, 3)
        # Queries: [B, n, H, block, d]. Each block sees its own frames and those of the window
        # before it; keys and values: [B, n, H, d, columns].
        keys = F.pad(keys, (0, 0, 0, 0, 0, filler)).unfold(1, columns, block)
        values = F.pad(values, (0, 0, 0, 0, 0, filler)).unfold(1, columns, block)

        rows = self.relative_position_embedding.rows().view(-1, self.heads, self.head_dim)
        position = query @ rows.flip(0).permute(1, 2, 0)  # [B, n, H, block, window], farthest first
        logits = query @ keys + _slide(position, columns)
        logits = self.cap * torch.tanh(logits / self.cap)
        logits = logits.masked_fill(~visible, torch.finfo(logits.dtype).min)
        wide = torch.promote_types(logits.dtype, torch.float32)
        weights = logits.softmax(-1, dtype=wide).to(values.dtype)
        mixed = weights @ values.transpose(3, 4)  # [B, n, H, block, d]
        return mixed.transpose(2, 3).reshape(batch, -1, size)[:, :new], after


def _slide(rows: Tensor, columns: int) -> Tensor:
    """[..., block, window] -> [..., block, columns], row i moved i columns to the right.

    A row filled up to one column more than there are, laid end to end and cut again at the
    right width, starts one column later than the one before it.
    """
    block, window = rows.shape[-2:]
    flat = F.pad(rows, (0, columns + 1 - window)).flatten(-2)
    return flat[..., : block * columns].view(*rows.shape[:-1], columns)
