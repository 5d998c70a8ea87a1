"""Figures of a folder: they add up, and for the published shapes they are the published ones."""

import json
import struct
from pathlib import Path

import pytest
import torch

from engine.checkpoint import Checkpoint
from engine.config import load_config, parse_config
from engine.datatypes import Modality
from engine.info import describe, parts
from engine.layout import AUDIO_TOWER, EMBED_AUDIO, consumer_extras, expected_shapes
from engine.model import Gemma3n
from engine.published import published_config
from engine.slicing import write_slice
from engine.text.matformer import Size, SizeTable, write_matformer
from tests.checkpoints import (
    random_tensors,
    tiny_config,
    write_checkpoint,
)


def write_empty(folder: Path, layers: int, shared: int, width: int) -> Path:
    """A checkpoint of full size whose values are holes: 16 GB that take no room on disk."""
    raw = published_config(layers, shared, width)
    (folder / "config.json").write_text(json.dumps(raw))
    header, end = {}, 0
    for name, shape in expected_shapes(parse_config(raw)).items():
        nbytes = 2 * torch.Size(shape).numel()
        header[f"model.{name}"] = {
            "dtype": "BF16",
            "shape": shape,
            "data_offsets": [end, end + nbytes],
        }
        end += nbytes
    encoded = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as stream:
        stream.write(struct.pack("<Q", len(encoded)) + encoded)
        stream.truncate(8 + len(encoded) + end)
    return folder


@pytest.mark.parametrize(
    ("layers", "shared", "width", "text", "effective", "unused"),
    [
        (35, 15, 16_384, 6_866_696_688, 3_980_491_248, 31_461_120),
        (30, 10, 8_192, 4_456_156_768, 1_905_495_648, 20_974_080),
    ],
    ids=["E4B", "E2B"],
)
def test_published_shapes_have_the_published_counts(
    tmp_path: Path,
    layers: int,
    shared: int,
    width: int,
    text: int,
    effective: int,
    unused: int,
) -> None:
    folder = write_empty(tmp_path, layers, shared, width)
    found = {part.name: part for part in parts(Checkpoint(folder, load_config(folder)))}
    audio = found.pop("audio tower")
    assert audio.params == 681_348_640 + 3_345_408
    assert found.pop("vision tower").params == 294_126_912 + 4_460_544
    assert sum(part.params for part in found.values()) == text
    assert sum(part.effective_params for part in found.values()) == effective
    assert found["unused keys and values"].params == unused
    assert found["per-layer embeddings"].stored_bytes == 262_144 * layers * 256 * 2
    assert found["per-layer embeddings"].resident_bytes == 0
    assert f"{effective:,}" in "\n".join(describe(folder))


def test_stored_bytes_are_the_files_and_resident_ones_what_is_loaded(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, tiny_config(), shards=2, dtype=torch.bfloat16)
    found = parts(Checkpoint(folder, load_config(folder)))
    assert sum(part.stored_bytes for part in found) == 2 * sum(part.params for part in found)
    model = Gemma3n.open(folder)
    model.audio_tower()
    for names, modality in (
        (("decoder", "token embeddings"), Modality.TEXT),
        (("audio tower",), Modality.AUDIO),
    ):
        loaded = sum(tensor.nbytes for tensor in model.part_tensors()[modality.value])
        resident = sum(part.resident_bytes for part in found if part.name in names)
        # Beside the weights: constants that inference keeps, and norms in float32, as they are and
        # folded; of so narrow a model they are more than of a real one.
        assert resident <= loaded < 1.1 * resident


@pytest.mark.parametrize("unused_keys", [True, False])
def test_the_parts_of_a_slice_count_what_its_size_counts(tmp_path: Path, unused_keys: bool) -> None:
    """Without the keys that no layer reads, the sizes counted more than the parts.

    Parts, the line of the size, what the window is told and the written slice agree.
    """
    raw = tiny_config(widths=64)
    tensors = random_tensors(raw)
    if not unused_keys:
        extras = consumer_extras(parse_config(raw).text)
        tensors = {k: v for k, v in tensors.items() if k.removeprefix("model.") not in extras}
    folder = write_checkpoint(tmp_path / "model", raw, tensors)
    sizes = (Size("small", (32,) * 12, frozenset({6, 7, 8})), Size("full", (64,) * 12))
    write_matformer(folder, SizeTable(sizes, (32, 64)))
    model = Gemma3n.open(folder)
    for size in sizes:
        write_slice(folder, size.name, tmp_path / f"cut {size.name}")
        checkpoint = Checkpoint(
            tmp_path / f"cut {size.name}", load_config(tmp_path / f"cut {size.name}")
        )
        stored = sum(part.effective_params for part in parts(checkpoint))
        assert model.effective_params(size) == stored
        for place in (folder, tmp_path / f"cut {size.name}"):
            (line,) = [line for line in describe(place) if line.startswith(size.name)]
            assert f"{stored:,}" in line


def test_parts_that_are_not_there_are_not_listed(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, tiny_config(text_only=True))
    checkpoint = Checkpoint(folder, load_config(folder))
    assert not any(name.startswith((AUDIO_TOWER, EMBED_AUDIO)) for name in checkpoint.places)
    assert {part.name for part in parts(checkpoint)} == {
        "decoder",
        "unused keys and values",
        "token embeddings",
        "per-layer embeddings",
    }


def test_the_vision_tower_is_counted(tmp_path: Path) -> None:
    raw = tiny_config(vision=True)
    folder = write_checkpoint(tmp_path, raw)
    vision = parts(Checkpoint(folder, load_config(folder)))[-1]
    assert vision.name == "vision tower"
    tower = Gemma3n.open(folder).vision_tower()
    assert vision.params == sum(weight.numel() for weight in tower.parameters())
    assert vision.resident_bytes == 4 * vision.params


def test_the_description_names_every_part_and_size(tmp_path: Path) -> None:
    lines = list(describe(write_checkpoint(tmp_path / "my model")))
    assert lines[0] == "my model: computes in float32"
    text = "\n".join(lines)
    for name in ("decoder", "token embeddings", "audio tower", "total", "full", "cache class"):
        assert name in text
