"""Small random eyes and the sizes of pictures that the vision tests share."""

from typing import Any

import torch
from torch import nn

from engine.training.eyes import vision_config
from engine.vision import table
from tests.checkpoints import TINY_TOWER

_IDS = {"vocab_size": 128, "vocab_offset": 262_144, "rms_norm_eps": 1e-6}


def section(hidden: int, model_args: dict[str, Any] | None) -> dict[str, Any]:
    """A vision_config."""
    return _IDS | {
        "architecture": table.ARCHITECTURE,
        "hidden_size": hidden,
        "model_args": model_args,
    }


# Each with the sizes [H, W] of the pictures that it is shown: pooled, resized, enlarged.
TOWERS: dict[str, tuple[dict[str, Any], list[tuple[int, int]]]] = {
    "tiny": (section(24, TINY_TOWER), [(64, 64), (32, 32), (16, 48), (100, 75), (33, 250)]),
    "nano": (vision_config(5000, 128), [(256, 256), (512, 512), (120, 200)]),
    "slim": (section(2048, {"channel_multiplier": 0.125}), [(256, 256), (96, 160)]),
    "published": (section(2048, None), [(256, 256), (512, 512), (768, 768), (160, 224)]),
}

# [H, W]: every way to have crops or none, both ways round, odd sizes.
PICTURE_SIZES = [
    *((1000, width) for width in (1000, 1190, 1200, 1500, 2500, 4000, 9000)),
    *((480, 640), (300, 520), (400, 500), (1080, 1920), (500, 1001), (1001, 500)),
    *((255, 1000), (257, 333), (7, 3), (1, 1)),
]


@torch.no_grad()
def randomise(module: nn.Module, seed: int) -> None:
    """Draw every parameter, norms and layer scales included, so that no branch is invisible."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        if parameter.ndim == 1:
            parameter.uniform_(0.5, 1.5, generator=generator)
        else:
            parameter.normal_(0.0, parameter[0].numel() ** -0.5, generator=generator)
