"""A trained model as a folder in the Hub's layout, loadable by the engine."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.config import load_config, parse_config
from engine.datatypes import Task
from engine.layout import VISION_TOWER, expected_shapes
from engine.text.matformer import SizeTable, load_size_table, write_matformer
from engine.training.card import model_card
from engine.training.eyes import PIXELS, with_eyes
from engine.training.nano import BEAMS, IS_SEEN, SIZES, SPLITS, TASKS, Nano
from engine.training.parallel.sentences import LANGUAGES
from engine.vision.tower import VisionTower

# Turns to text as engine/prompt.py does it, for other programs.
CHAT_TEMPLATE = Path(__file__).parents[2] / "assets" / "chat_template.jinja"


def export(model: Nano, tokenizer: Path, folder: Path, eyes: VisionTower | None = None) -> None:
    """Write the model into `folder`, not measured yet.

    tokenizer: its tokenizer.model. eyes: trained beside it; None = the model does not see.
    """
    folder.mkdir(parents=True, exist_ok=True)
    raw = model.config.raw if eyes is None else with_eyes(model.config.raw)
    save_file(tensors(model, eyes), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", raw)
    generation = {"bos_token_id": 2, "eos_token_id": [1, 6], "pad_token_id": 0, "do_sample": False}
    _write_json(folder / "generation_config.json", generation)
    shutil.copyfile(CHAT_TEMPLATE, folder / "chat_template.jinja")
    if tokenizer.resolve() != (folder / "tokenizer.model").resolve():
        shutil.copyfile(tokenizer, folder / "tokenizer.model")
    tasks = TASKS if eyes is None else {**TASKS, Task.SEE: IS_SEEN}
    pixels = None if eyes is None else PIXELS
    table = SizeTable(SIZES, SPLITS, tasks, True, pixels, LANGUAGES, lower_case=True, beams=BEAMS)
    write_matformer(folder, table)
    (folder / "README.md").write_text(model_card(tasks, {}))


def record(
    folder: Path, scores: Mapping[str, float], tables: Mapping[str, str], made: str = ""
) -> None:
    """Put what `evaluate` found into an exported model's size table and card.

    Args:
        scores: words right in percent, by size.
        tables: for the card, by part.
        made: for the card, too: how the model was made, where not in one run of the recipe.
    """
    table = load_size_table(folder, load_config(folder).text)
    sizes = tuple(replace(size, score=scores.get(size.name)) for size in table.sizes)
    write_matformer(folder, replace(table, sizes=sizes))
    (folder / "README.md").write_text(model_card(table.tasks or {}, tables, made))


@torch.no_grad()
def take(folder: Path, model: Nano, eyes: VisionTower) -> None:
    """The way back: an exported model's weights into `model` and `eyes`, as they were rounded."""
    stored = load_file(folder / "model.safetensors")
    for name, weight in _by_hub_name(model, eyes).items():
        weight.copy_(stored[name])


def blend(folder: Path, other: Path, shares: Mapping[str, float]) -> None:
    """Move a model's weights towards those of another one, from which it was gone on.

    shares: of the other one's in each weight then, by a part of the weight's name; the first that
        fits holds.
    """
    file = folder / "model.safetensors"
    ours, theirs = load_file(file), load_file(other / file.name)
    mixed = {
        name: torch.lerp(weight.float(), theirs[name].float(), share_of(name, shares)).to(
            weight.dtype
        )
        for name, weight in ours.items()
    }
    save_file(mixed, file, metadata={"format": "pt"})


def share_of(name: str, shares: Mapping[str, float]) -> float:
    """The share that holds for a weight of this name."""
    return next(share for part, share in shares.items() if part in name)


def tensors(model: Nano, eyes: VisionTower | None = None) -> dict[str, Tensor]:
    """The model's weights and those of its eyes under the Hub's names, in bfloat16."""
    return {
        name: value.detach().to("cpu", torch.bfloat16).contiguous()
        for name, value in _by_hub_name(model, eyes).items()
    }


def _by_hub_name(model: Nano, eyes: VisionTower | None) -> dict[str, Tensor]:
    """Weights where they are, under the Hub's names."""
    hub = {
        f"model.language_model.{name}": value
        for name, value in model.language_model.state_dict().items()
    }
    hub |= {f"model.{name}": value for name, value in model.tower.state_dict().items()}
    config = model.config
    if eyes is not None:
        hub |= {f"model.{_hub_name(name)}": value for name, value in eyes.state_dict().items()}
        config = parse_config(with_eyes(config.raw))
    expected = {f"model.{name}" for name in expected_shapes(config)}
    return {name: value for name, value in hub.items() if name in expected}


def _hub_name(name: str) -> str:
    """Of a weight of the eyes: the Hub's encoder is a module of timm's."""
    inner = name.removeprefix("vision_tower.")
    return name if inner == name else VISION_TOWER + inner


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")
