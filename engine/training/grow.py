"""A trained model with more conformer blocks, which hears as it did: to be trained on.

python -m engine.training.grow FOLDER OUT
"""

import argparse
import json
import re
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.training.nano import CONFORMERS

QUIET = 0.2  # of what a new block adds at first, of what the block that it repeats adds
_BRANCH_ENDS = ("post_layer_norm.weight", "post_norm.weight", "linear_end.weight")
_BLOCK = re.compile(r"(model\.audio_tower\.conformer\.)(\d+)\.(.+)")


def grow(folder: Path, out: Path, blocks: int = CONFORMERS) -> None:
    """Write the model of `folder` with so many conformer blocks into `out`.

    New blocks stand behind the ones that they repeat, evenly spread. A block ends in a norm, so
    none is the identity for every frame: as its weights the norm of a new one has the root mean
    square of what comes in, and its branches are quiet.

    Raises ValueError where there are as many blocks already, or less than half as many.
    """
    stored = load_file(folder / "model.safetensors")
    raw = json.loads((folder / "config.json").read_text())
    had = raw["audio_config"]["conf_num_hidden_layers"]
    if not had < blocks <= 2 * had:
        raise ValueError(f"{folder} has {had} conformer blocks: they cannot grow to {blocks}")
    fresh = blocks - had
    repeated = {(number + 1) * had // fresh - 1 for number in range(fresh)}
    shutil.copytree(folder, out, dirs_exist_ok=True)
    raw["audio_config"]["conf_num_hidden_layers"] = blocks
    (out / "config.json").write_text(json.dumps(raw, indent=2) + "\n")
    grown: dict[str, Tensor] = {}
    for name, weight in stored.items():
        found = _BLOCK.fullmatch(name)
        if not found:
            grown[name] = weight
            continue
        start, number, rest = found[1], int(found[2]), found[3]
        place = number + sum(block < number for block in repeated)
        grown[f"{start}{place}.{rest}"] = weight
        if number in repeated:
            grown[f"{start}{place + 1}.{rest}"] = _quiet(rest, weight)
    save_file(grown, out / "model.safetensors", metadata={"format": "pt"})


def _quiet(name: str, weight: Tensor) -> Tensor:
    """A weight of a new block, by the same one of the block that it repeats."""
    if name == "norm.weight":
        level = weight.float().square().mean().sqrt()
        return torch.full_like(weight, level.item())
    if name.endswith(_BRANCH_ENDS):
        return (weight.float() * QUIET).to(weight.dtype)
    return weight.clone()


def main() -> None:
    """Grow a model."""
    parser = argparse.ArgumentParser(description="Give a trained model more conformer blocks.")
    parser.add_argument("folder", type=Path, help="of the model")
    parser.add_argument("out", type=Path, help="folder of the grown one")
    arguments = parser.parse_args()
    grow(arguments.folder, arguments.out)


if __name__ == "__main__":
    main()
