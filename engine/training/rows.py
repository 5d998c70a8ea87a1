"""Many prompts of one length read and answered together, by the engine's own decoder."""

from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from engine.config import TextConfig
from engine.text.attention import KeysValues
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.text.model import TextModel


class RowsCache(KVCache):
    """Keys and values of many conversations of the same length, side by side.

    For short ones: nothing is evicted, what a sliding layer no longer sees is masked.
    """

    def __init__(self, config: TextConfig, dtype: torch.dtype, device: torch.device) -> None:
        super().__init__(config, dtype, capacity_hint=1, device=device)
        self._read: dict[int, KeysValues] = {}

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


@torch.inference_mode()
def answers(
    text: TextModel,
    embeds: Tensor,
    ids: Tensor,
    *,
    most: int,
    stops: Collection[int],
    forbidden: Sequence[int],
    size: Size,
) -> list[list[int]]:
    """The likeliest ids of each row, up to one of `stops`, at most `most`.

    embeds: [B, T, D] of the prompts ids [B, T].
    """
    cache = RowsCache(text.config, embeds.dtype, embeds.device)
    never = torch.tensor(forbidden, dtype=torch.int64, device=embeds.device)
    found: list[list[int]] = [[] for _ in ids]
    going = set(range(len(found)))
    for _ in range(most):
        hidden = text(embeds, ids, cache=cache, size=size, want=1)
        best = text.logits(hidden)[:, -1].index_fill(-1, never, float("-inf")).argmax(-1)
        for row in sorted(going):
            if (index := int(best[row])) in stops:
                going.discard(row)
            else:
                found[row].append(index)
        if not going:
            break
        ids = best[:, None]
        embeds = text.embed(ids)
    return found
