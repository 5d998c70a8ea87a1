"""Keys and values of what was read: the last ones of sliding layers, all of full ones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.config import LayerType, TextConfig
from engine.errors import ErrorKind, NestlingError
from engine.text.attention import KeysValues

REWIND_TOKENS = 256
"""How far back sliding layers can go in place once older tokens were evicted."""

MOVED_EVERY = 256
"""Slots of a sliding layer beyond what it must keep: tokens until what is kept is moved again."""


@dataclass(frozen=True, slots=True)
class CacheSnapshot:
    """A copy of a cache's content; belongs to caches of the same configuration and dtype."""

    length: int
    intact_from: int
    stores: tuple[Tensor, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of the copy."""
        return sum(store.nbytes for store in self.stores)


@dataclass(frozen=True, slots=True)
class Span:
    """Where the keys and values of one layer lie that a new token sees, its own place the last.

    keys, values: addresses of the first position's. stride: bytes from head to head.
    """

    keys: int
    values: int
    stride: int
    length: int


def _span(buffer: Tensor, first: int, end: int) -> Span:
    """Slots first..end-1 of a buffer [2, kv heads, slots, head_dim]."""
    parts, _, slots, width = buffer.shape
    start = buffer.data_ptr() + first * width * buffer.itemsize
    half = buffer.numel() // parts * buffer.itemsize
    return Span(start, start + half, slots * width * buffer.itemsize, end - first)


class _FullStore:
    """All positions of one layer, [2, kv heads, capacity, head_dim], doubled when full."""

    def __init__(self, buffer: Tensor) -> None:
        self.buffer = buffer
        self._slots = buffer.shape[2]

    def forget(self) -> None:
        parts, heads, capacity, width = self.buffer.shape
        if capacity > self._slots:
            self.buffer = self.buffer.new_empty(parts, heads, self._slots, width)

    def first_key(self, start: int) -> int:
        return 0

    def span(self, start: int) -> Span:
        self._make_room(start, start + 1)
        return _span(self.buffer, 0, start + 1)

    def _make_room(self, start: int, end: int) -> None:
        if end > self.buffer.shape[2]:
            parts, heads, capacity, width = self.buffer.shape
            grown = self.buffer.new_empty(parts, heads, max(end, 2 * capacity), width)
            grown[:, :, :start] = self.buffer[:, :, :start]
            self.buffer = grown

    def extend(self, start: int, new: KeysValues) -> KeysValues:
        end = start + new[0].shape[2]
        self._make_room(start, end)
        self.buffer[0, :, start:end] = new[0][0]
        self.buffer[1, :, start:end] = new[1][0]
        return self.buffer[:1, :, :end], self.buffer[1:, :, :end]

    def saved(self, first: int, length: int) -> Tensor:
        return self.buffer[:, :, :length].clone()

    def load(self, saved: Tensor, first: int) -> None:
        length = saved.shape[2]
        if length > self.buffer.shape[2]:
            self.buffer = saved.clone()
        else:
            self.buffer[:, :, :length] = saved


class _SlidingStore:
    """The last `kept` positions of one layer, or more, in the order in which they came.

    buffer: [2, kv heads, slots, head_dim]. When it is full, what must be kept moves to its front.
    """

    def __init__(self, buffer: Tensor, window: int, kept: int) -> None:
        self.buffer = buffer
        self._window = window
        self._kept = kept
        self._base = 0  # position in the first slot

    def forget(self) -> None:
        self._base = 0

    def first_key(self, start: int) -> int:
        return max(0, start - (self._window - 1))

    def extend(self, start: int, new: KeysValues) -> KeysValues:
        first, end = self.first_key(start), start + new[0].shape[2]
        if start == 0:
            self._base = 0
        slots = self.buffer.shape[2]
        if end - self._base > slots:
            kept = max(0, end - self._kept)
            if end - min(first, kept) > slots:  # a long chunk, read together with its past once
                past = self.buffer[:, :, first - self._base : start - self._base]
                pair = torch.cat((past[:1], new[0]), 2), torch.cat((past[1:], new[1]), 2)
                skipped = max(0, kept - start)
                self._move_to_front(min(kept, start), start)
                self._base = kept
                self._write(start + skipped, (new[0][:, :, skipped:], new[1][:, :, skipped:]))
                return pair
            self._move_to_front(min(first, kept), start)
        self._write(start, new)
        seen = self.buffer[:, :, first - self._base : end - self._base]
        return seen[:1], seen[1:]

    def span(self, start: int) -> Span:
        if start == 0:
            self._base = 0
        first, end = self.first_key(start), start + 1
        if end - self._base > self.buffer.shape[2]:
            self._move_to_front(min(first, max(0, end - self._kept)), start)
        return _span(self.buffer, first - self._base, end - self._base)

    def _move_to_front(self, first: int, end: int) -> None:
        moved = self.buffer[:, :, first - self._base : end - self._base].clone()
        self.buffer[:, :, : end - first] = moved
        self._base = first

    def _write(self, start: int, new: KeysValues) -> None:
        slots = slice(start - self._base, start - self._base + new[0].shape[2])
        self.buffer[0, :, slots] = new[0][0]
        self.buffer[1, :, slots] = new[1][0]

    def saved(self, first: int, length: int) -> Tensor:
        return self.buffer[:, :, first - self._base : length - self._base].clone()

    def load(self, saved: Tensor, first: int) -> None:
        self._base = first
        self.buffer[:, :, : saved.shape[2]] = saved


class KVCache:
    """Keys and values of one conversation (B = 1), and its only position counter.

    State: `length` tokens have been read. `rewind` and `restore` move it, `reset` clears it.
    A forward that fails midway leaves `length` as it was; the next one tells if too much is lost.

    dtype, device: of the model's activations.
    capacity_hint: tokens that the growing buffers start with.
    """

    has_spans = True  # whether `span` can be asked for

    def __init__(
        self,
        config: TextConfig,
        dtype: torch.dtype,
        capacity_hint: int = 1024,
        device: torch.device | str = "cpu",
    ) -> None:
        self.length = 0
        self._intact_from = 0  # sliding layers have lost the positions before this one
        self._limit = config.max_position_embeddings
        self._window = config.sliding_window
        self._ring = config.sliding_window + REWIND_TOKENS
        self._stores: dict[int, _FullStore | _SlidingStore] = {}
        for layer in range(config.num_hidden_layers):
            if config.kv_source(layer) != layer:
                continue
            sliding = config.layer_types[layer] is LayerType.SLIDING
            slots = max(1, min(capacity_hint, self._limit))
            if sliding:
                slots = self._ring + MOVED_EVERY
            shape = (2, config.num_key_value_heads, slots, config.head_dim)
            buffer = torch.empty(shape, dtype=dtype, device=device)
            self._stores[layer] = (
                _SlidingStore(buffer, self._window, self._ring) if sliding else _FullStore(buffer)
            )

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers."""
        return sum(store.buffer.nbytes for store in self._stores.values())

    def begin(self, count: int) -> int:
        """The position of the first of `count` new tokens. Called by the model.

        Raises CONTEXT_FULL when they do not fit, REWIND_TOO_FAR when an interrupted step has
        overwritten what they would read.
        """
        if self.length + count > self._limit:
            raise NestlingError(
                ErrorKind.CONTEXT_FULL,
                f"The conversation has come to {self.length + count} tokens, and this model holds "
                f"{self._limit}. Begin a new conversation or shorten this one.",
            )
        self._require(self.length)
        self._intact_from = max(self._intact_from, self.length + count - self._ring)
        return self.length

    def first_key(self, layer: int, start: int) -> int:
        """Position of the first key that `extend` returns for new tokens from `start` on."""
        return self._stores[layer].first_key(start)

    def extend(self, layer: int, start: int, new: KeysValues) -> KeysValues:
        """Store a producer's new keys and values; returns all that its readers may see."""
        return self._stores[layer].extend(start, new)

    def span(self, layer: int, start: int) -> Span:
        """Where a producer's key and value of one new token are to be written, behind the others.

        Holds until anything else is done with this cache.
        """
        return self._stores[layer].span(start)

    def advance(self, count: int) -> None:
        """Count `count` tokens as read, once every layer has stored them."""
        self.length += count

    def rewind(self, length: int) -> None:
        """Forget all but the first `length` tokens.

        Raises REWIND_TOO_FAR when sliding layers have evicted tokens and the furthest token they
        held is more than 256 past `length`: restore a snapshot or read the tokens again.
        """
        if not 0 <= length <= self.length:
            raise ValueError(f"cannot rewind to {length} of {self.length} tokens")
        if length == 0:
            self.reset()
        else:
            self._require(length)
            self.length = length

    def rewind_as_far_as_possible(self, length: int) -> int:
        """Go back to `length` tokens, or to none if too many were evicted; how many are left."""
        try:
            self.rewind(length)
        except NestlingError as error:
            if error.kind is not ErrorKind.REWIND_TOO_FAR:
                raise
            self.reset()
        return self.length

    def _require(self, length: int) -> None:
        if self._intact_from and length - self._window < self._intact_from:
            furthest = self._intact_from + self._ring
            raise NestlingError(
                ErrorKind.REWIND_TOO_FAR,
                f"asked to go on from token {length} after {furthest} were read; at most "
                f"{REWIND_TOKENS} can be taken back. Restore a snapshot or read them again.",
            )

    def keys_values(self) -> dict[int, KeysValues]:
        """Copies of all keys and values by layer, [1, kv heads, length, head_dim] each.

        Raises:
            ValueError: some were evicted.
        """
        if self._intact_from:
            raise ValueError(f"the first {self._intact_from} positions were evicted")
        saved = {layer: store.saved(0, self.length) for layer, store in self._stores.items()}
        return {layer: (pair[:1], pair[1:]) for layer, pair in saved.items()}

    def snapshot(self) -> CacheSnapshot:
        """A copy of the present state."""
        first = min(self._intact_from, self.length)
        stores = tuple(store.saved(first, self.length) for store in self._stores.values())
        return CacheSnapshot(self.length, self._intact_from, stores)

    def restore(self, snapshot: CacheSnapshot) -> None:
        """Go back (or on) to exactly the state of `snapshot`."""
        for store, saved in zip(self._stores.values(), snapshot.stores, strict=True):
            store.load(saved, min(snapshot.intact_from, snapshot.length))
        self.length, self._intact_from = snapshot.length, snapshot.intact_from

    def reset(self) -> None:
        """Forget everything, and give back what buffers have grown by."""
        self.length = self._intact_from = 0
        for store in self._stores.values():
            store.forget()
