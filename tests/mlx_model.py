"""Tiny model folders as MLX's converters write them, quantised by MLX itself.

Names and layouts: mlx-vlm 0.3 and mlx-lm 0.26, `models/gemma3n`, at their `convert` commands.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.checkpoints import random_tensors, write_checkpoint

GROUP, BITS = 32, 4  # narrower than the converters' 64, as the models are
_TOWERS = ("vision_tower", "audio_tower")  # mlx-vlm leaves their weights as they are

Rule = Callable[[str], tuple[int, int] | None]


def usual(_module: str) -> tuple[int, int] | None:
    """Group and bits of a module; None = left as it is."""
    return GROUP, BITS


def quantised(weight: Tensor, group: int, bits: int) -> tuple[Tensor, Tensor, Tensor]:
    """MLX's packed values, scales and biases."""
    dtype = weight.dtype
    parts = mx.quantize(_to_mlx(weight), group_size=group, bits=bits)
    packed, scales, biases = (_from_mlx(part) for part in parts)
    return packed, scales.to(dtype), biases.to(dtype)


def dequantised(parts: tuple[Tensor, Tensor, Tensor], group: int, bits: int) -> Tensor:
    """What MLX makes of them."""
    packed, scales, biases = parts
    words = mx.array(packed.view(torch.int32).numpy().view(np.uint32))
    wide = mx.dequantize(words, _to_mlx(scales), _to_mlx(biases), group_size=group, bits=bits)
    return _from_mlx(wide).to(scales.dtype)


def _to_mlx(tensor: Tensor) -> mx.array:
    kinds = {torch.float32: mx.float32, torch.bfloat16: mx.bfloat16, torch.float16: mx.float16}
    return mx.array(tensor.float().numpy()).astype(kinds[tensor.dtype])


def _from_mlx(array: mx.array) -> Tensor:
    if array.dtype == mx.uint32:
        return torch.from_numpy(np.array(array).view(np.int32)).view(torch.uint32)
    return torch.from_numpy(np.array(array.astype(mx.float32)))


def write_mlx(
    folder: Path,
    raw: dict[str, Any],
    *,
    text_only: bool = False,
    dtype: torch.dtype = torch.float32,
    rule: Rule = usual,
    seed: int = 0,
) -> Path:
    """Two folders: `folder` in MLX's layout, and `folder`-wide with the same numbers in the Hub's.

    text_only: as mlx-lm writes it, without towers, which config.json still describes.
    Returns: the second.
    """
    stored: dict[str, Tensor] = {}
    wide: dict[str, Tensor] = {}
    overrides: dict[str, Any] = {}
    for name, tensor in random_tensors(raw, seed=seed, dtype=dtype).items():
        mine = _name(name, text_only)
        wide[name] = tensor
        if text_only and ".language_model." not in name:
            continue
        module = mine.removesuffix(".weight")
        chosen = rule(module) if _can_be(mine, tensor) else None
        if chosen is None or tensor.shape[-1] % chosen[0]:
            stored[mine] = _channels_last(tensor)
            continue
        if chosen != (GROUP, BITS):
            overrides[module] = {"group_size": chosen[0], "bits": chosen[1]}
        parts = quantised(tensor, *chosen)
        stored |= dict(zip((mine, f"{module}.scales", f"{module}.biases"), parts, strict=True))
        wide[name] = dequantised(parts, *chosen)
    told = {"group_size": GROUP, "bits": BITS, "mode": "affine", **overrides}
    settings = {**raw, "quantization": told, "quantization_config": told}
    write_checkpoint(folder, settings, stored, shards=2, dtype=dtype)
    return write_checkpoint(folder.with_name(f"{folder.name}-wide"), raw, wide, dtype=dtype)


def _name(name: str, text_only: bool) -> str:
    if text_only:
        return name
    inner = name.removeprefix("model.")
    return inner.replace("language_model.", "language_model.model.", 1)


def _can_be(name: str, tensor: Tensor) -> bool:
    return name.endswith(".weight") and tensor.ndim == 2 and not name.startswith(_TOWERS)


def _channels_last(tensor: Tensor) -> Tensor:
    return tensor.movedim(1, -1).contiguous() if tensor.ndim > 2 else tensor


def edit(folder: Path, change: Callable[[dict[str, Tensor]], Mapping[str, Tensor]]) -> None:
    """Write each shard anew, changed, and the index."""
    weight_map = {}
    for file in sorted(folder.glob("*.safetensors")):
        tensors = dict(change(load_file(file)))
        save_file(tensors, file, {"format": "mlx"})
        weight_map |= dict.fromkeys(tensors, file.name)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
