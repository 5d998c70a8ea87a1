"""Model folders: what is accepted, what is refused and how, and which bytes are touched."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.errors import ErrorKind, NestlingError
from engine.layout import AUDIO_TOWER, EMBED_VISION, LANGUAGE_MODEL
from tests.checkpoints import random_tensors, tiny_config, write_checkpoint

INDEX = "model.safetensors.index.json"
TEXT = "model.language_model."


def opened(folder: Path) -> Checkpoint:
    return Checkpoint(folder, load_config(folder))


def refused(folder: Path) -> str:
    with pytest.raises(NestlingError) as caught:
        opened(folder)
    assert caught.value.kind is ErrorKind.BAD_MODEL
    return caught.value.message


def edit_index(folder: Path, change: Callable[[dict[str, str]], object]) -> None:
    index = json.loads((folder / INDEX).read_text())
    change(index["weight_map"])
    (folder / INDEX).write_text(json.dumps(index))


@pytest.mark.parametrize("shards", [1, 3])
def test_single_files_and_shards_load_the_same(tmp_path: Path, shards: int) -> None:
    tensors = random_tensors(tiny_config())
    checkpoint = opened(write_checkpoint(tmp_path, shards=shards))
    loaded = checkpoint.load(LANGUAGE_MODEL)
    assert "embed_tokens_per_layer.weight" not in loaded
    assert "layers.6.self_attn.k_proj.weight" not in loaded
    assert "layers.5.self_attn.k_proj.weight" in loaded
    for name, tensor in loaded.items():
        assert torch.equal(tensor, tensors[TEXT + name])
    audio = checkpoint.load(AUDIO_TOWER)
    assert audio
    for name, tensor in audio.items():
        assert torch.equal(tensor, tensors["model.audio_tower." + name])


def test_a_text_only_export_has_the_same_inner_names(tmp_path: Path) -> None:
    whole = opened(write_checkpoint(tmp_path / "whole"))
    export = opened(write_checkpoint(tmp_path / "text", tiny_config(text_only=True)))
    text = {name for name in whole.places if name.startswith(LANGUAGE_MODEL)}
    assert export.places.keys() == text


def test_what_consumers_never_use_may_be_missing_and_the_tied_head_extra(tmp_path: Path) -> None:
    tensors = random_tensors(tiny_config())
    for layer in range(6, 12):
        for name in ("k_proj", "v_proj", "k_norm"):
            del tensors[f"{TEXT}layers.{layer}.self_attn.{name}.weight"]
    tensors["lm_head.weight"] = tensors[f"{TEXT}embed_tokens.weight"].clone()
    opened(write_checkpoint(tmp_path, tensors=tensors))


def test_the_vision_tower_is_checked_as_strictly_as_the_rest(tmp_path: Path) -> None:
    raw = tiny_config(vision=True)
    prefix = "model.vision_tower.timm_model."
    tensors = random_tensors(raw)
    gamma = tensors.pop(f"{prefix}blocks.2.1.layer_scale.gamma")
    tensors[f"{prefix}blocks.2.9.layer_scale.gamma"] = gamma
    tensors[f"{prefix}msfa.norm.weight"] = torch.ones(25)
    with pytest.raises(NestlingError) as caught:
        opened(write_checkpoint(tmp_path, raw, tensors))
    assert f"missing: {prefix}blocks.2.1.layer_scale.gamma" in caught.value.message
    assert f"unknown: {prefix}blocks.2.9.layer_scale.gamma" in caught.value.message
    assert f"{prefix}msfa.norm.weight [25] instead of [24]" in caught.value.message


def test_the_vision_embedder_has_its_own_tensors(tmp_path: Path) -> None:
    checkpoint = opened(write_checkpoint(tmp_path, tiny_config(vision=True)))
    assert checkpoint.load(EMBED_VISION).keys() == {
        "embedding.weight",
        "hard_embedding_norm.weight",
        "soft_embedding_norm.weight",
        "embedding_projection.weight",
    }


def test_every_fault_is_listed_in_one_error(tmp_path: Path) -> None:
    tensors = random_tensors(tiny_config())
    missing = [f"{TEXT}norm.weight", "model.audio_tower.conformer.1.norm.weight"]
    for name in missing:
        del tensors[name]
    extra = [f"{TEXT}layers.12.norm.weight", "model.projector.weight", "language_model.norm.weight"]
    tensors |= {name: torch.ones(1) for name in extra}
    misshapen = f"{TEXT}layers.3.mlp.up_proj.weight"
    tensors[misshapen] = tensors[misshapen][1:].clone()
    whole = "model.audio_tower.subsample_conv_projection.conv_0.norm.weight"
    tensors[whole] = tensors[whole].long()
    message = refused(write_checkpoint(tmp_path, tensors=tensors))
    for name in (*missing, *extra):
        assert name in message
    assert f"{misshapen} [47, 32] instead of [48, 32]" in message
    assert f"{whole} (torch.int64)" in message
    for untouched in ("embed_tokens", "embed_audio", "q_proj"):
        assert untouched not in message


def test_a_producer_may_not_lack_its_keys(tmp_path: Path) -> None:
    tensors = random_tensors(tiny_config())
    del tensors[f"{TEXT}layers.5.self_attn.k_norm.weight"]
    assert "layers.5.self_attn.k_norm" in refused(write_checkpoint(tmp_path, tensors=tensors))


def test_no_weights_is_one_sentence(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    assert "has no model.safetensors" in refused(tmp_path)


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, shards=3)
    (tmp_path / "model-00002-of-00003.safetensors").unlink()
    assert "has no model-00002-of-00003.safetensors" in refused(tmp_path)


def test_a_truncated_shard_is_named(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, shards=2)
    file = tmp_path / "model-00001-of-00002.safetensors"
    os.truncate(file, file.stat().st_size - 1)
    assert f"{file} is truncated" in refused(tmp_path)


def test_an_index_without_a_map_is_one_sentence(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    for content in ({}, {"weight_map": {}}, {"weight_map": [1]}):
        (tmp_path / INDEX).write_text(json.dumps(content))
        assert "has no weight_map" in refused(tmp_path)


@pytest.mark.parametrize("inside", ["../{}/{}", "{root}/{}/{}", "./{1}", "..", "", "sub/{1}"])
def test_an_index_that_points_outside_its_folder_is_refused(tmp_path: Path, inside: str) -> None:
    folder = write_checkpoint(tmp_path / "model", shards=2)
    write_checkpoint(folder / "sub", shards=2)
    file = "model-00001-of-00002.safetensors"
    name = inside.format("model", file, root=tmp_path)
    edit_index(folder, lambda weight_map: weight_map.update(dict.fromkeys(weight_map, name)))
    assert "outside the folder" in refused(folder)


@pytest.mark.parametrize("shards", [1, 2])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, shards: int) -> None:
    folder = write_checkpoint(tmp_path / "model", shards=shards)
    file = min(folder.glob("*.safetensors"))
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert "outside the folder" in refused(folder)


def test_the_layout_of_the_hub_s_own_cache_is_read(tmp_path: Path) -> None:
    """There, a snapshot holds links to ../../blobs."""
    folder = write_checkpoint(tmp_path / "models--x" / "snapshots" / "abc", shards=2)
    blobs = tmp_path / "models--x" / "blobs"
    blobs.mkdir()
    for number, file in enumerate(sorted(folder.glob("*.safetensors"))):
        file.rename(blobs / str(number))
        file.symlink_to(f"../../blobs/{number}")
    opened(folder)


def test_one_tensor_in_two_files_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, shards=2)
    first, second = sorted(tmp_path.glob("*.safetensors"))
    second.write_bytes(first.read_bytes())
    assert "in more than one file" in refused(tmp_path)


def test_a_read_only_folder_with_any_name_opens(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "modèle größer 模型")
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    try:
        assert opened(folder).load(LANGUAGE_MODEL)
    finally:
        folder.chmod(0o755)
