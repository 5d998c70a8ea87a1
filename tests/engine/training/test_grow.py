"""A model with more conformer blocks hears as before, to be trained on."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.config import load_config
from engine.model import Gemma3n
from engine.training import evaluate, grow
from engine.training.answering import Answerer

PCM = np.random.default_rng(0).standard_normal(16_000).astype(np.float32) * 0.1


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """The bundled model with every second conformer block left out."""
    folder = tmp_path / "half"
    shutil.copytree(evaluate.NANO, folder)
    blocks = load_config(folder).audio.conf_num_hidden_layers  # type: ignore[union-attr]
    weights = load_file(folder / "model.safetensors")
    kept = {}
    for name, weight in weights.items():
        start, found, rest = name.partition("conformer.")
        number, _, end = rest.partition(".")
        if not found:
            kept[name] = weight
        elif int(number) % 2 == 0:
            kept[f"{start}conformer.{int(number) // 2}.{end}"] = weight
    save_file(kept, folder / "model.safetensors")
    config = folder / "config.json"
    now = f'"conf_num_hidden_layers": {(blocks + 1) // 2}'
    config.write_text(config.read_text().replace(f'"conf_num_hidden_layers": {blocks}', now))
    return folder


def heard(folder: Path) -> Tensor:
    return Answerer(Gemma3n.open(folder)).soft_tokens(PCM).float()


def blocks_of(folder: Path) -> int:
    audio = load_config(folder).audio
    assert audio is not None
    return audio.conf_num_hidden_layers


@pytest.mark.parametrize("fresh", [1, 2])
def test_a_grown_model_hears_almost_as_before(
    half: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: int
) -> None:
    blocks = blocks_of(half) + fresh
    grow.grow(half, tmp_path / "grown", blocks)
    assert blocks_of(tmp_path / "grown") == blocks
    before, after = heard(half), heard(tmp_path / "grown")
    monkeypatch.setattr(grow, "QUIET", 1.0)
    grow.grow(half, tmp_path / "loud", blocks)
    loud = heard(tmp_path / "loud")
    changed = torch.linalg.vector_norm(after - before) / torch.linalg.vector_norm(before)
    overwhelmed = torch.linalg.vector_norm(loud - before) / torch.linalg.vector_norm(before)
    assert 0 < changed < 0.35
    assert changed < overwhelmed / 2


@pytest.mark.parametrize("times", [1.0, 2.5])
def test_it_does_not_shrink_nor_grow_beyond_recognition(
    half: Path, tmp_path: Path, times: float
) -> None:
    with pytest.raises(ValueError, match="conformer blocks: they cannot grow to"):
        grow.grow(half, tmp_path / "out", int(blocks_of(half) * times))
    assert not (tmp_path / "out").exists()
