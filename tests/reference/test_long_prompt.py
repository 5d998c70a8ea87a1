"""Positions behind 32,000: what is read there gives the reference's logits.

Reading so much takes the reference minutes, so both begin with the same 32,100 keys and values.
"""

import pytest
import torch
from transformers import DynamicCache

from engine.config import LayerType
from engine.text.cache import KVCache
from tests.reference.test_text_reference import _fp64_default, exact_reference, reference_of
from tests.tiny_text import random_ids, random_model, tiny_config

__all__ = ["_fp64_default", "exact_reference"]

LENGTH = 32_100
CHUNKS = (1, 40, 9)


@pytest.mark.usefixtures("exact_reference", "_fp64_default")
def test_logits_past_32000_positions_are_the_references() -> None:
    config = tiny_config(
        layers=8, shared=4, window=64, limit=32_768, pattern=(LayerType.SLIDING, LayerType.FULL)
    )
    model = random_model(config, seed=1)
    reference = reference_of(model, config)
    cache, past = KVCache(config, torch.float64), DynamicCache(config=reference.config)
    generator = torch.Generator().manual_seed(2)
    shape = (1, config.num_key_value_heads, LENGTH, config.head_dim)
    assert cache.begin(LENGTH) == 0
    for layer in range(config.first_shared_layer):
        keys, values = (torch.randn(shape, generator=generator) for _ in "kv")
        cache.extend(layer, 0, (keys, values))
        past.update(keys, values, layer)
    cache.advance(LENGTH)
    deviations = []
    with torch.no_grad():
        for chunk in torch.split(random_ids(sum(CHUNKS)), CHUNKS, 1):
            found = model.logits(model(model.embed(chunk), chunk, cache=cache))
            expected = reference(input_ids=chunk, past_key_values=past, use_cache=True).logits
            deviations.append(expected.std())
            assert (found - expected).abs().max() < 1e-8 * expected.std()
    assert cache.length == LENGTH + sum(CHUNKS)
    assert min(deviations) > 0.1
