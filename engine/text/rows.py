"""Keys and values of texts of one length, read and gone on with side by side."""

import torch
from torch import Tensor

from engine.config import TextConfig
from engine.text.attention import KeysValues
from engine.text.cache import KVCache


class RowsCache(KVCache):
    """Keys and values of many texts of the same length, side by side.

    For short ones: nothing is evicted, what a sliding layer no longer sees is masked.
    """

    has_spans = False

    def __init__(self, config: TextConfig, dtype: torch.dtype, device: torch.device) -> None:
        super().__init__(config, dtype, capacity_hint=1, device=device)
        self._read: dict[int, KeysValues] = {}

    def take(self, rows: Tensor) -> None:
        """Go on with these rows, [R], in their order; one may be there several times."""
        count = next(iter(self._read.values()))[0].shape[0]
        if rows.tolist() != list(range(count)):
            self._read = {layer: (k[rows], v[rows]) for layer, (k, v) in self._read.items()}

    def follow(self, cache: KVCache) -> None:
        """Begin with one row: what `cache` holds, from which nothing was evicted."""
        self._read = cache.keys_values()
        self.advance(cache.length)

    def first_key(self, layer: int, start: int) -> int:
        """All keys are returned, whatever the layer."""
        return 0

    def extend(self, layer: int, start: int, new: KeysValues) -> KeysValues:
        """Behind what was read, [B, kv heads, keys, head_dim] each."""
        if start:
            past = self._read[layer]
            new = torch.cat((past[0], new[0]), 2), torch.cat((past[1], new[1]), 2)
        self._read[layer] = new
        return new
