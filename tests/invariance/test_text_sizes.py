"""A size is a view: the bits of a checkpoint cut to it; and the cache classes of text.md 8.4."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.config import TextConfig
from engine.text.cache import KVCache
from engine.text.matformer import E4B_SIZES, Size, kv_classes
from engine.text.model import TextModel
from tests.tiny_text import e4b_like, random_ids, random_model

NARROW, WIDE = 48, 96  # stand for 8192 and 16384
CONFIG = e4b_like((NARROW, WIDE))
MODEL = random_model(CONFIG, splits=(NARROW, WIDE), dtype=torch.float32)
SIZES = [
    replace(size, widths=tuple(WIDE if w == 16_384 else NARROW for w in size.widths))
    for size in E4B_SIZES
]
IRREGULAR = Size(
    "irregular", tuple(NARROW if i % 3 else WIDE for i in range(35)), frozenset({2, 12})
)
IDS = random_ids(40)


def cut(model: TextModel, size: Size) -> TextModel:
    """A model of its own with the weights of one size."""
    config = model.config
    kept = [layer for layer in range(config.num_hidden_layers) if layer not in size.skip]
    first = config.first_shared_layer
    small = TextModel(cut_config(config, kept, size, first), splits=(NARROW, WIDE))
    weights: dict[str, Tensor] = {}
    slabs = torch.cat([torch.arange(8) + 8 * layer for layer in kept])
    for name, weight in model.state_dict().items():
        parts = name.split(".")
        if parts[0] == "layers":
            if int(parts[1]) not in kept:
                continue
            width = size.widths[int(parts[1])]
            name = ".".join(("layers", str(kept.index(int(parts[1]))), *parts[2:]))
            if "gate_proj" in name or "up_proj" in name:
                weight = weight[:width]
            elif "down_proj" in name:
                weight = weight[:, :width]
        elif parts[0] == "embed_tokens_per_layer":
            weight = weight[:, slabs]
        elif parts[0] == "per_layer_model_projection":
            weight = weight[slabs]
        weights[name] = weight.clone()
    small.load_state_dict(weights)
    return small.requires_grad_(False)


def cut_config(config: TextConfig, kept: list[int], size: Size, first: int) -> TextConfig:
    return replace(
        config,
        num_hidden_layers=len(kept),
        intermediate_size=tuple(size.widths[layer] for layer in kept),
        layer_types=tuple(config.layer_types[layer] for layer in kept),
        activation_sparsity=tuple(config.activation_sparsity[layer] for layer in kept),
        num_kv_shared_layers=sum(layer >= first for layer in kept),
    )


@pytest.mark.parametrize("size", [*SIZES, IRREGULAR], ids=lambda size: size.name)
def test_a_cut_checkpoint_gives_the_bits_of_the_view(size: Size) -> None:
    small = cut(MODEL, size)
    view_cache = KVCache(CONFIG, torch.float32, 8)
    cut_cache = KVCache(small.config, torch.float32, 8)
    for part in IDS.split((30, 9, 1), 1):
        view = MODEL(MODEL.embed(part), part, cache=view_cache, size=size)
        own = small(small.embed(part), part, cache=cut_cache)
        assert torch.equal(MODEL.logits(view), small.logits(own))
    embeds = MODEL.embed(IDS)
    trimmed = MODEL(embeds, IDS, size=size, want=3)
    assert torch.equal(trimmed, small(embeds, IDS, want=3))


def test_the_full_size_is_no_size() -> None:
    embeds = MODEL.embed(IDS)
    assert torch.equal(MODEL(embeds, IDS, size=SIZES[-1]), MODEL(embeds, IDS))


PUBLISHED_CLASSES = [
    {"E2B", "E2.49B-block"},
    {"E1.96B-layer", "E2.54B-layer"},
    {"E2.98B-layer", "E2.73B-block"},
    {"E3.18B-layer", "E3.39B-layer"},
    {"E3.59B-layer", "E3.79B-layer"},
    {"E2.98B-block", "E3.24B-block"},
    {"E3.49B-block", "E3.79B-block"},
    {"E2.69B-layer"},
    {"E4B"},
]


def test_classes_are_the_published_ones() -> None:
    classes = kv_classes(SIZES, CONFIG)
    groups: dict[int, set[str]] = {}
    for name, number in classes.items():
        groups.setdefault(number, set()).add(name)
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, PUBLISHED_CLASSES))


def test_sizes_share_their_cache_exactly_when_they_share_a_class() -> None:
    classes = kv_classes(SIZES, CONFIG)
    stored: dict[str, tuple[Tensor, ...]] = {}
    for size in SIZES:
        cache = KVCache(CONFIG, torch.float32, 64)
        MODEL(MODEL.embed(IDS), IDS, cache=cache, size=size, want=1)
        stored[size.name] = cache.snapshot().stores
    for a in classes:
        for b in classes:
            same = all(torch.equal(x, y) for x, y in zip(stored[a], stored[b], strict=True))
            assert same is (classes[a] == classes[b]), (a, b)


def test_switching_inside_a_class_changes_no_later_logits() -> None:
    small, large = (size for size in SIZES if size.name in ("E2B", "E2.49B-block"))
    straight, mixed = KVCache(CONFIG, torch.float32, 64), KVCache(CONFIG, torch.float32, 64)
    for i, part in enumerate(IDS.split(1, 1)):
        embeds = MODEL.embed(part)
        expected = MODEL(embeds, part, cache=straight, size=large)
        found = MODEL(embeds, part, cache=mixed, size=small if i % 2 else large)
        if i % 2 == 0:
            assert torch.equal(found, expected)
