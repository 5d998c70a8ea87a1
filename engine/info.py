"""What a model folder holds and what of it will be in memory, without loading it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.checkpoint import Checkpoint, Place
from engine.config import load_config
from engine.datatypes import Modality
from engine.layout import GROUPS, LANGUAGE_MODEL, PLE_TABLE, TOKEN_TABLE, consumer_extras
from engine.model import computing_dtype
from engine.text.matformer import effective_params, kv_classes, load_size_table

_POSITIONS = "relative_position_embedding.pos_proj.weight"


@dataclass(frozen=True, slots=True)
class PartInfo:
    """One part of a checkpoint.

    params, stored_bytes: as in the files.
    resident_bytes: in memory once the part is used, in the type that the engine computes in.
    effective_params: what the family's names count, as the 4 in E4B.
    """

    name: str
    params: int
    stored_bytes: int
    resident_bytes: int
    effective_params: int


def parts(checkpoint: Checkpoint) -> list[PartInfo]:
    """Every part of the checkpoint that is there, in the order of `describe`."""
    dtype = computing_dtype(checkpoint)
    unused = consumer_extras(checkpoint.config.text)
    groups: dict[str, dict[str, Place]] = {}
    for name, place in checkpoint.places.items():
        groups.setdefault(_part_of(name, unused), {})[name] = place
    return [
        _part(title, places, checkpoint, dtype, resident=resident, effective=effective)
        for title, resident, effective in _PARTS
        if (places := groups.get(title))
    ]


# Title, whether it is read into memory, whether the family's names count it.
_PARTS = (
    ("decoder", True, True),
    ("unused keys and values", False, True),
    ("token embeddings", True, False),
    ("per-layer embeddings", False, False),
    ("audio tower", True, False),
    ("vision tower", True, False),
)


def _part_of(name: str, unused: frozenset[str]) -> str:
    if name == TOKEN_TABLE:
        return "token embeddings"
    if name == PLE_TABLE:
        return "per-layer embeddings"
    if name in unused:
        return "unused keys and values"
    if name.startswith(LANGUAGE_MODEL):
        return "decoder"
    return "audio tower" if name.startswith(GROUPS[Modality.AUDIO]) else "vision tower"


def _part(
    title: str,
    places: dict[str, Place],
    checkpoint: Checkpoint,
    dtype: torch.dtype,
    *,
    resident: bool,
    effective: bool,
) -> PartInfo:
    params = sum(place.numel for place in places.values())
    kept = params
    audio = checkpoint.config.audio
    if audio is not None:
        # Of each layer's position projection only one row for each distance stays.
        positions = [place for name, place in places.items() if name.endswith(_POSITIONS)]
        kept -= sum(place.numel for place in positions)
        kept += len(positions) * audio.conf_attention_context_left * audio.hidden_size
    return PartInfo(
        title,
        params,
        sum(place.nbytes for place in places.values()),
        kept * dtype.itemsize if resident else 0,
        params if effective else 0,
    )


def describe(folder: Path) -> Iterator[str]:
    """Lines for people: the parts of the model in `folder`, and its sizes.

    Errors: BAD_MODEL as for opening.
    """
    config = load_config(folder)
    checkpoint = Checkpoint(folder, config)
    table = load_size_table(folder, config.text)
    rows = parts(checkpoint)
    total = PartInfo("total", *(sum(column) for column in zip(*map(_figures, rows), strict=True)))
    dtype = str(computing_dtype(checkpoint)).removeprefix("torch.")
    yield f"{folder.resolve().name}: computes in {dtype}"
    yield ""
    yield f"{'part':<24}{'parameters':>16}{'effective':>16}{'on disk':>12}{'in memory':>12}"
    for row in (*rows, total):
        yield (
            f"{row.name:<24}{row.params:>16,}{row.effective_params:>16,}"
            f"{_megabytes(row.stored_bytes):>12}{_megabytes(row.resident_bytes):>12}"
        )
    yield ""
    width = max(len(size.name) for size in table.sizes) + 2
    yield f"{'size':<{width}}{'layers':>8}{'effective':>16}{'score':>8}{'cache class':>14}"
    classes = kv_classes(table.sizes, config.text)
    for size in table.sizes:
        effective = effective_params(config.text, size, unused_keys=checkpoint.has_unused_keys)
        score = "-" if size.score is None else f"{size.score:g}"
        yield (
            f"{size.name:<{width}}{size.num_layers:>8}{effective:>16,}{score:>8}{classes[size.name]:>14}"
        )


def _figures(part: PartInfo) -> tuple[int, int, int, int]:
    return part.params, part.stored_bytes, part.resident_bytes, part.effective_params


def _megabytes(nbytes: int) -> str:
    """1 MB = 1e6 bytes, rounded up so that nothing that is there shows as nothing."""
    return f"{math.ceil(nbytes / 1e5) / 10:,.1f} MB"
