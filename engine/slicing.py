"""One size of an elastic model, written as a checkpoint of its own.

Source of the rule: spec/text.md 8.1. Nothing is computed: tensors are cut, layers renumbered.
"""

import copy
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.checkpoint import INDEX_FILE, SINGLE_FILE, Checkpoint
from engine.config import TextConfig, load_config
from engine.errors import ErrorKind, NestlingError
from engine.layout import LANGUAGE_MODEL, PLE_TABLE
from engine.shard import StoredTensor, TensorPlace, map_tensors, write_safetensors
from engine.text.matformer import FILE_NAME as SIZES_FILE
from engine.text.matformer import Size, SizeTable, load_size_table, write_matformer

SHARD_BYTES = 5_000_000_000  # as the Hub's own shards

_STEP_BYTES = 64 << 20  # copied at once
_LAYER = re.compile(re.escape(LANGUAGE_MODEL) + r"layers\.(\d+)\.(.*)")
_SLAB_ROWS = LANGUAGE_MODEL + "per_layer_model_projection.weight"
# What makes a folder usable beside weights and configuration; the rest may be anything.
_COPIED = {".json", ".jinja", ".model", ".txt", ".md", ""}
_OWN_FILES = {"config.json", INDEX_FILE, SIZES_FILE}

_Ranges = tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A tensor to write: which rows and columns of a stored one. None = all."""

    name: str
    source: TensorPlace
    shape: tuple[int, ...]
    rows: _Ranges | None = None
    columns: _Ranges | None = None

    @property
    def nbytes(self) -> int:
        return torch.Size(self.shape).numel() * self.source.dtype.itemsize


def write_slice(folder: Path, size_name: str, out: Path, *, shard_bytes: int = SHARD_BYTES) -> None:
    """Write the size `size_name` of the model in `folder` as a model folder of its own.

    `out` appears complete or not at all. Memory in use stays below 0.3 GB.

    Args:
        out: must not exist, or be empty.
        shard_bytes: a file of weights is at most this large, or holds one tensor.

    Errors: BAD_MODEL as for opening, BAD_INPUT for an unknown size or an `out` that is in use,
        DISK if it cannot be written.
    """
    config = load_config(folder)
    table = load_size_table(folder, config.text)
    size = table.size(size_name)
    checkpoint = Checkpoint(folder, config)
    if checkpoint.quantised:
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"{folder} holds weights that MLX has quantised: expected them as published, of which "
            "a size can be cut; choose the published model",
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"{out} exists already: expected a folder that does not, choose another name",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            _copy_beside(folder, unfinished)
            raw = _sliced_config(config.raw, config.text, size)
            _write_json(unfinished / "config.json", raw)
            write_matformer(unfinished, _table_of_one(table, size))
            _write_weights(unfinished, _cuts(checkpoint, size), shard_bytes)
            unfinished.chmod(folder.stat().st_mode | 0o700)
            unfinished.replace(out)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise NestlingError(
            ErrorKind.DISK,
            f"{out} cannot be written ({error.strerror}): expected room for the slice and the "
            "right to write there; choose another place",
        ) from error


def _copy_beside(folder: Path, out: Path) -> None:
    for file in folder.iterdir():
        if file.is_file() and file.suffix in _COPIED and file.name not in _OWN_FILES:
            shutil.copyfile(file, out / file.name)


def _kept(size: Size) -> list[int]:
    """Original indices of the layers that stay, in order."""
    return [layer for layer in range(len(size.widths)) if layer not in size.skip]


def _table_of_one(table: SizeTable, size: Size) -> SizeTable:
    widths = tuple(size.widths[layer] for layer in _kept(size))
    alone = Size(size.name, widths, frozenset(), size.score)
    return replace(table, sizes=(alone,))


def _sliced_config(raw: dict[str, Any], text: TextConfig, size: Size) -> dict[str, Any]:
    raw = copy.deepcopy(raw)
    kept = _kept(size)
    section = raw.get("text_config", raw)
    section["num_hidden_layers"] = len(kept)
    section["intermediate_size"] = [size.widths[layer] for layer in kept]
    section["num_kv_shared_layers"] = sum(layer >= text.first_shared_layer for layer in kept)
    section["activation_sparsity_pattern"] = [text.activation_sparsity[layer] for layer in kept]
    section["layer_types"] = [text.layer_types[layer].value for layer in kept]
    return raw


def _cuts(checkpoint: Checkpoint, size: Size) -> list[_Cut]:
    """What to write, in the order in which it is stored."""
    kept = _kept(size)
    slab = checkpoint.config.text.hidden_size_per_layer_input
    slabs = tuple(slice(layer * slab, (layer + 1) * slab) for layer in kept)
    cuts = []
    places = [
        (name, place) for name, place in checkpoint.places.items() if isinstance(place, TensorPlace)
    ]
    places.sort(key=lambda item: (item[1].file, item[1].offset))
    for name, place in places:
        layer = _LAYER.fullmatch(name)
        if layer is not None and int(layer[1]) in size.skip:
            continue
        rows: _Ranges | None = None
        columns: _Ranges | None = None
        if name == _SLAB_ROWS:
            rows = slabs
        elif name == PLE_TABLE:
            columns = slabs
        elif layer is not None:
            width = (slice(0, size.widths[int(layer[1])]),)
            rows = width if layer[2] in ("mlp.gate_proj.weight", "mlp.up_proj.weight") else None
            columns = width if layer[2] == "mlp.down_proj.weight" else None
            name = f"{LANGUAGE_MODEL}layers.{kept.index(int(layer[1]))}.{layer[2]}"
        shape = tuple(
            length if ranges is None else sum(part.stop - part.start for part in ranges)
            for length, ranges in zip(place.shape, (rows, columns, None, None), strict=False)
        )
        cuts.append(_Cut(checkpoint.stored_name(name), place, shape, rows, columns))
    return cuts


def _write_weights(out: Path, cuts: Sequence[_Cut], shard_bytes: int) -> None:
    shards: list[list[_Cut]] = []
    room = 0
    for cut in cuts:
        if not shards or cut.nbytes > room:
            shards.append([])
            room = shard_bytes
        shards[-1].append(cut)
        room -= cut.nbytes
    if len(shards) == 1:
        _write_shard(out / SINGLE_FILE, shards[0])
        return
    weight_map: dict[str, str] = {}
    for number, shard in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        _write_shard(out / file, shard)
        weight_map |= {cut.name: file for cut in shard}
    metadata = {"total_size": sum(cut.nbytes for cut in cuts)}
    _write_json(out / INDEX_FILE, {"metadata": metadata, "weight_map": weight_map})


def _write_shard(file: Path, cuts: list[_Cut]) -> None:
    # The widest type first keeps every tensor aligned to its own.
    cuts = sorted(cuts, key=lambda cut: -cut.source.dtype.itemsize)
    tensors = [StoredTensor(cut.name, cut.source.dtype, cut.shape) for cut in cuts]
    write_safetensors(file, tensors, (part for cut in cuts for part in _parts(cut)))


def _parts(cut: _Cut) -> Iterator[Tensor]:
    """The cut tensor, a few rows at a time."""
    (tensor,) = map_tensors(cut.source.file, [cut.source])
    if not cut.shape:
        yield tensor
        return
    step = max(1, _STEP_BYTES * cut.shape[0] // max(1, cut.nbytes))
    for rows in cut.rows or (slice(0, tensor.shape[0]),):
        for start in range(rows.start, rows.stop, step):
            part = tensor[start : min(start + step, rows.stop)]
            if cut.columns is not None:
                part = torch.cat([part[:, columns] for columns in cut.columns], 1)
            yield part


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
