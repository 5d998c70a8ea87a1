"""Keys and values of what was read: rings for sliding layers, growing buffers for full ones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.config import LayerType, TextConfig
from engine.errors import ErrorKind, NestlingError
from engine.text.attention import KeysValues

REWIND_TOKENS = 256
"""How far back a ring can go in place once older tokens were evicted."""


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


class _FullStore:
    """All positions of one layer, [2, kv heads, capacity, head_dim], doubled when full."""

    def __init__(self, buffer: Tensor) -> None:
        self.buffer = buffer

    def first_key(self, start: int) -> int:
        return 0

    def extend(self, start: int, new: KeysValues) -> KeysValues:
        end = start + new[0].shape[2]
        if end > self.buffer.shape[2]:
            parts, heads, capacity, width = self.buffer.shape
            grown = self.buffer.new_empty(parts, heads, max(end, 2 * capacity), width)
            grown[:, :, :start] = self.buffer[:, :, :start]
            self.buffer = grown
        self.buffer[0, :, start:end] = new[0][0]
        self.buffer[1, :, start:end] = new[1][0]
        return self.buffer[:1, :, :end], self.buffer[1:, :, :end]

    def saved(self, length: int, wrapped: bool) -> Tensor:
        return self.buffer[:, :, :length].clone()

    def load(self, saved: Tensor) -> None:
        length = saved.shape[2]
        if length > self.buffer.shape[2]:
            self.buffer = saved.clone()
        else:
            self.buffer[:, :, :length] = saved


class _SlidingStore:
    """The last window + 256 positions of one layer, slot = position modulo capacity."""

    def __init__(self, buffer: Tensor, window: int) -> None:
        self.buffer = buffer
        self.window = window

    def first_key(self, start: int) -> int:
        return max(0, start - (self.window - 1))

    def extend(self, start: int, new: KeysValues) -> KeysValues:
        past = self._slots(self.first_key(start), start)
        keys = torch.cat([*(part[:1] for part in past), new[0]], 2)
        values = torch.cat([*(part[1:] for part in past), new[1]], 2)
        self._write(start, new)
        return keys, values

    def _slots(self, first: int, end: int) -> list[Tensor]:
        """Views of the positions first..end-1 in order; two when they wrap."""
        capacity = self.buffer.shape[2]
        low, count = first % capacity, end - first
        parts = [self.buffer[:, :, low : low + count]]
        if low + count > capacity:
            parts.append(self.buffer[:, :, : low + count - capacity])
        return parts

    def _write(self, start: int, new: KeysValues) -> None:
        end = start + new[0].shape[2]
        kept = min(end - start, self.buffer.shape[2])
        done = 0
        for part in self._slots(end - kept, end):
            size = part.shape[2]
            since = new[0].shape[2] - kept + done
            part[0] = new[0][0, :, since : since + size]
            part[1] = new[1][0, :, since : since + size]
            done += size

    def saved(self, length: int, wrapped: bool) -> Tensor:
        return (self.buffer if wrapped else self.buffer[:, :, :length]).clone()

    def load(self, saved: Tensor) -> None:
        self.buffer[:, :, : saved.shape[2]] = saved


class KVCache:
    """Keys and values of one conversation (B = 1), and its only position counter.

    State: `length` tokens have been read. `rewind` and `restore` move it, `reset` clears it.
    A forward that fails midway leaves `length` as it was; the next one tells if too much is lost.

    dtype, device: of the model's activations.
    capacity_hint: tokens that the growing buffers start with.
    """

    def __init__(
        self,
        config: TextConfig,
        dtype: torch.dtype,
        capacity_hint: int = 1024,
        device: torch.device | str = "cpu",
    ) -> None:
        self.length = 0
        self._intact_from = 0  # rings have lost the positions before this one
        self._limit = config.max_position_embeddings
        self._window = config.sliding_window
        self._ring = config.sliding_window + REWIND_TOKENS
        self._stores: dict[int, _FullStore | _SlidingStore] = {}
        for layer in range(config.num_hidden_layers):
            if config.kv_source(layer) != layer:
                continue
            sliding = config.layer_types[layer] is LayerType.SLIDING
            slots = self._ring if sliding else max(1, min(capacity_hint, self._limit))
            shape = (2, config.num_key_value_heads, slots, config.head_dim)
            buffer = torch.empty(shape, dtype=dtype, device=device)
            self._stores[layer] = (
                _SlidingStore(buffer, config.sliding_window) if sliding else _FullStore(buffer)
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

    def advance(self, count: int) -> None:
        """Count `count` tokens as read, once every layer has stored them."""
        self.length += count

    def rewind(self, length: int) -> None:
        """Forget all but the first `length` tokens.

        Raises REWIND_TOO_FAR when rings have evicted tokens and the furthest token they held is
        more than 256 past `length`: restore a snapshot or read the tokens again.
        """
        if not 0 <= length <= self.length:
            raise ValueError(f"cannot rewind to {length} of {self.length} tokens")
        if length == 0:
            self.reset()
        else:
            self._require(length)
            self.length = length

    def rewind_as_far_as_possible(self, length: int) -> int:
        """Go back to `length` tokens, or to none if the rings forgot them; how many are left."""
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

    def snapshot(self) -> CacheSnapshot:
        """A copy of the present state."""
        wrapped = self._intact_from > 0
        stores = tuple(store.saved(self.length, wrapped) for store in self._stores.values())
        return CacheSnapshot(self.length, self._intact_from, stores)

    def restore(self, snapshot: CacheSnapshot) -> None:
        """Go back (or on) to exactly the state of `snapshot`."""
        for store, saved in zip(self._stores.values(), snapshot.stores, strict=True):
            store.load(saved)
        self.length, self._intact_from = snapshot.length, snapshot.intact_from

    def reset(self) -> None:
        """Forget everything; the buffers stay allocated."""
        self.length = self._intact_from = 0
