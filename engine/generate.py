"""The answer, id by id. Never prints, never calls back, can be left between any two ids."""

from collections.abc import Collection, Generator

import torch
from torch import Tensor

from engine.sampling import Sampler
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.text.model import TextModel


def generate(
    text: TextModel,
    cache: KVCache,
    hidden: Tensor,
    sampler: Sampler,
    *,
    stop_ids: Collection[int],
    size: Size | None = None,
) -> Generator[int, None, int | None]:
    """Yield the ids of an answer, at most `sampler.params.max_tokens`.

    Args:
        text: the decoder that made `hidden`.
        cache: holds the prompt, and then every id yielded but the last.
        hidden: [1, 1, D], of the prompt's last position.
        stop_ids: end the answer; they are neither yielded nor put in the cache.
        size: which layers run and how wide.

    Returns:
        The stop id that ended the answer, None where it was `max_tokens`.

    Errors: CONTEXT_FULL from the cache when the model can hold no more.
    """
    for count in range(1, sampler.params.max_tokens + 1):
        index = sampler.pick(text.logits(hidden)[0, -1])
        if index in stop_ids:
            return index
        yield index
        if count == sampler.params.max_tokens:
            break
        ids = torch.tensor([[index]], device=hidden.device)
        hidden = text(text.embed(ids), ids, cache=cache, size=size, want=1)
    return None
