"""Tiny checkpoints whose shapes 4 bits can have, and models over them."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.model import Gemma3n
from engine.text.cache import KVCache
from engine.text.matformer import Size, SizeTable, write_matformer
from engine.weights import Weights
from tests.checkpoints import tiny_config, write_checkpoint

IDS = torch.tensor([[2, *range(20, 70)]])
WIDTHS = (128, 256)


def config(**text: Any) -> dict[str, Any]:
    """Weights of 64 rows and columns at least; keys and values are too narrow for 4 bits."""
    return tiny_config(
        **{"hidden": 64, "widths": WIDTHS[-1], "head_dim": 16, "audio": False, **text}
    )


def write(folder: Path, *, seed: int = 0, sizes: bool = False, **text: Any) -> Path:
    """A model folder. sizes: with a table of two sizes, the smaller without layers 6 to 8."""
    raw = config(**text)
    write_checkpoint(folder, raw, seed=seed, shards=2)
    if sizes:
        layers = raw["text_config"]["num_hidden_layers"]
        mixed = tuple(WIDTHS[layer % 2] for layer in range(layers))
        table = (
            Size("small", mixed, frozenset({6, 7, 8})),
            Size("large", (WIDTHS[-1],) * layers),
        )
        write_matformer(folder, SizeTable(table, WIDTHS))
    return folder


def logits(model: Gemma3n, size: Size | None = None) -> Tensor:
    """Of a whole prompt at once."""
    with torch.inference_mode():
        return model.text.logits(model.text(model.embed(IDS), IDS, size=size))


def logits_one_by_one(model: Gemma3n, size: Size | None = None) -> Tensor:
    """The same, token by token: other kernels."""
    cache = KVCache(model.config.text, model.dtype)
    with torch.inference_mode():
        steps = [
            model.text.logits(model.text(model.embed(part), part, cache=cache, size=size))
            for part in torch.split(IDS, 1, 1)
        ]
    return torch.cat(steps, 1)


def opened(folder: Path, weights: Weights, **settings: Any) -> Gemma3n:
    return Gemma3n.open(folder, weights=weights, **settings)
