"""A written slice is the size itself: the same weights, in one piece, or not there at all."""

import os
from pathlib import Path

import pytest
import torch

from engine import slicing
from engine.config import parse_config
from engine.datatypes import Modality, Task
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.slicing import write_slice
from engine.text.matformer import E4B_SIZES, Size, SizeTable, write_matformer
from tests.checkpoints import random_tensors, tiny_config, write_checkpoint

NARROW, WIDE = 24, 48
SCALED = {8_192: NARROW, 16_384: WIDE}
SIZES = (
    *(
        Size(size.name, tuple(SCALED[width] for width in size.widths), size.skip, size.score)
        for size in E4B_SIZES
    ),
    Size("irregular", (NARROW, WIDE) * 17 + (WIDE,), frozenset({2, 12, 33})),
)
IDS = torch.randint(4, 300, (1, 30), generator=torch.Generator().manual_seed(0))


def write_elastic(folder: Path, *, text_only: bool = False, shards: int = 1) -> Path:
    """E4B's 35 layers and 16 sizes at a tiny width."""
    raw = tiny_config(
        layers=35, shared=15, pattern="SSSSF", widths=WIDE, text_only=text_only, vision=True
    )
    write_checkpoint(folder, raw, shards=shards, dtype=torch.bfloat16)
    write_matformer(folder, SizeTable(SIZES, (NARROW, WIDE), {Task.TRANSCRIBE: "Go:"}, True))
    return folder


@pytest.fixture(scope="module")
def elastic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_elastic(tmp_path_factory.mktemp("elastic"), shards=2)


def logits(model: Gemma3n, size: Size | None = None) -> torch.Tensor:
    with torch.inference_mode():
        return model.text.logits(model.text(model.embed(IDS), IDS, size=size))


def test_every_size_written_has_the_weights_of_its_view(elastic: Path, tmp_path: Path) -> None:
    """By what they compute, in float64: the rows of a view lie further apart in memory, and some
    processors' products then sum in another order (AMD's do, where Intel's gave the same bits)."""
    whole = Gemma3n.open(elastic, dtype=torch.float64)
    for size in SIZES:
        write_slice(elastic, size.name, tmp_path / size.name)
        alone = Gemma3n.open(tmp_path / size.name, dtype=torch.float64)
        assert len(alone.text.layers) == size.num_layers
        torch.testing.assert_close(logits(alone), logits(whole, size), rtol=0.0, atol=1e-9)


def test_a_slice_keeps_what_the_model_is(elastic: Path, tmp_path: Path) -> None:
    size = SIZES[0]
    write_slice(elastic, size.name, tmp_path / "out")
    whole, alone = Gemma3n.open(elastic), Gemma3n.open(tmp_path / "out")
    assert alone.sizes.splits == (NARROW, WIDE)
    assert [(s.name, s.score, s.skip) for s in alone.sizes.sizes] == [
        (size.name, size.score, frozenset())
    ]
    assert alone.sizes.tasks == whole.sizes.tasks
    assert alone.sizes.demonstration
    assert alone.config.eos_token_ids == whole.config.eos_token_ids
    assert alone.tokenizer.encode("hello") == whole.tokenizer.encode("hello")
    pcm = torch.randn(8000, generator=torch.Generator().manual_seed(1))
    heard = [
        model.audio_tower().feed(model.audio_tower().initial_state(), pcm, final=True)[1]
        for model in (whole, alone)
    ]
    assert torch.equal(*heard)
    assert torch.equal(
        *(model.embedder(Modality.VISION).embedding.weight for model in (whole, alone))
    )
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "config.json",
        "generation_config.json",
        "matformer.json",
        "model.safetensors",
        "tokenizer.model",
    ]


def test_shards_and_steps_change_nothing(
    elastic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_slice(elastic, "irregular", tmp_path / "single")
    monkeypatch.setattr(slicing, "_STEP_BYTES", 100)
    write_slice(elastic, "irregular", tmp_path / "sharded", shard_bytes=100_000)
    files = sorted((tmp_path / "sharded").glob("*.safetensors"))
    assert len(files) > 2
    limits = [file.stat().st_size < 150_000 for file in files]
    assert limits.count(False) <= 1  # the token table alone is larger
    single, sharded = (Gemma3n.open(tmp_path / name) for name in ("single", "sharded"))
    assert torch.equal(logits(single), logits(sharded))


def test_mixed_types_stay_aligned(tmp_path: Path) -> None:
    raw = tiny_config(text_only=True)
    tensors = {
        name: tensor if index % 3 else tensor.bfloat16()
        for index, (name, tensor) in enumerate(random_tensors(raw).items())
    }
    write_checkpoint(tmp_path / "mixed", raw, tensors)
    write_slice(tmp_path / "mixed", "full", tmp_path / "out")
    whole, alone = (Gemma3n.open(tmp_path / name) for name in ("mixed", "out"))
    assert torch.equal(logits(whole), logits(alone))


def test_the_sliced_configuration_says_what_was_kept(elastic: Path, tmp_path: Path) -> None:
    write_slice(elastic, "irregular", tmp_path / "out")
    text = Gemma3n.open(tmp_path / "out").config.text
    original = Gemma3n.open(elastic).config.text
    kept = [layer for layer in range(35) if layer not in (2, 12, 33)]
    assert text.num_kv_shared_layers == 14
    assert text.layer_types == tuple(original.layer_types[layer] for layer in kept)
    assert text.activation_sparsity == tuple(original.activation_sparsity[layer] for layer in kept)
    sources = {kept[text.kv_source(layer)] for layer in range(text.first_shared_layer, len(kept))}
    assert sources == {18, 19}


def test_an_unknown_size_is_refused(elastic: Path, tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="no size"):
        write_slice(elastic, "E9B", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_left_alone(elastic: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    for out in (tmp_path, tmp_path / "mine"):
        with pytest.raises(NestlingError, match="exists already") as caught:
            write_slice(elastic, "irregular", out)
        assert caught.value.kind is ErrorKind.BAD_INPUT
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_disk_that_fills_up_leaves_nothing(
    elastic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("engine.shard.os.fsync", full)
    with pytest.raises(NestlingError, match="No space left") as caught:
        write_slice(elastic, "irregular", tmp_path / "out")
    assert caught.value.kind is ErrorKind.DISK
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(elastic: Path, tmp_path: Path) -> None:
    write_slice(elastic, "irregular", tmp_path)
    assert (tmp_path / "config.json").exists()


def test_the_slice_of_a_text_only_export_is_one_too(tmp_path: Path) -> None:
    source = write_elastic(tmp_path / "source", text_only=True)
    write_slice(source, SIZES[3].name, tmp_path / "out")
    whole, alone = Gemma3n.open(source), Gemma3n.open(tmp_path / "out")
    assert parse_config(alone.config.raw).audio is None
    assert torch.equal(logits(alone), logits(whole, SIZES[3]))
