"""MatFormer sizes: which layers run and how wide, and the table of sizes that a model offers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.config import TextConfig, read_json
from engine.datatypes import PICTURE_PIXELS, Task
from engine.errors import ErrorKind, NestlingError

FILE_NAME = "matformer.json"
MOST_BEAMS = 16
LEAST_PIXELS = 32  # a side of pictures: less than one place of the tower's last map


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a model.

    widths: feed-forward width of every original layer; those of skipped layers are ignored.
    skip: original indices of the layers that do not run.
    score: published or measured, None if unknown.
    """

    name: str
    widths: tuple[int, ...]
    skip: frozenset[int] = frozenset()
    score: float | None = None

    @property
    def num_layers(self) -> int:
        """How many layers run."""
        return len(self.widths) - len(self.skip)


@dataclass(frozen=True, slots=True)
class SizeTable:
    """The sizes of one model, smallest first.

    splits: nested widths at which its feed-forward networks are cut.
    tasks: what the model was made for and the instruction of each (None = the caller's own; to
        see, the question whether something is seen); None = a general model.
    demonstration: whether the model is only meant to be tried.
    pixels: a side, the only one at which the model was taught to see; None = the family's sizes.
    languages: into which the model translates, by the names that prompts use; () = not limited.
    lower_case: whether it was taught to read nothing else: "Heron" is other tokens than "heron".
        Nor does such a model know printers' apostrophes.
    beams: ways to write a finished segment down that are followed side by side.
    """

    sizes: tuple[Size, ...]
    splits: tuple[int, ...]
    tasks: Mapping[Task, str | None] | None = None
    demonstration: bool = False
    pixels: int | None = None
    languages: tuple[str, ...] = ()
    lower_case: bool = False
    beams: int = 1

    def read(self, text: str) -> str:
        """A person's text as the model is to read it."""
        return (
            text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
            if self.lower_case
            else text
        )

    def size(self, name: str) -> Size:
        """The size called `name`; raises BAD_INPUT when there is none."""
        for size in self.sizes:
            if size.name == name:
                return size
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f'this model has no size "{name}"; choose one of '
            f"{', '.join(size.name for size in self.sizes)}.",
        )

    @property
    def largest(self) -> Size:
        """The size with the most parameters."""
        return self.sizes[-1]


_NARROW, _WIDE = 8_192, 16_384
_E4B_LAYERS = 35
_LEFT_OUT = frozenset(range(20, 25))

# huggingface.co/datasets/google/gemma3n-slicing-configs (text.md 8.2): name, MMLU of the
# pre-trained slice, widths of the kept layers as runs (w = 8192, W = 16384), layers left out.
_PUBLISHED: tuple[tuple[str, float, str, frozenset[int]], ...] = (
    ("E2B", 50.9, "w30", _LEFT_OUT),
    ("E1.96B-layer", 53.4, "w4 W1 w25", _LEFT_OUT),
    ("E2.49B-block", 54.5, "w20 W5 w10", frozenset()),
    ("E2.54B-layer", 55.4, "w4 W1 w15 W5 w10", frozenset()),
    ("E2.69B-layer", 57.7, "w4 W1 w4 W1 w4 W1 w4 W6 w10", frozenset()),
    ("E2.73B-block", 57.1, "w15 W10 w10", frozenset()),
    ("E2.98B-block", 59.5, "w10 W15 w10", frozenset()),
    ("E2.98B-layer", 59.5, "w15 W10 w5 W5", frozenset()),
    ("E3.18B-layer", 61.8, "w4 W1 w4 W16 w4 W1 w4 W1", frozenset()),
    ("E3.24B-block", 60.7, "w10 W20 w5", frozenset()),
    ("E3.39B-layer", 63.0, "w4 W1 w4 W21 w4 W1", frozenset()),
    ("E3.49B-block", 61.4, "w5 W25 w5", frozenset()),
    ("E3.59B-layer", 63.4, "w4 W26 w4 W1", frozenset()),
    ("E3.79B-block", 62.0, "w5 W30", frozenset()),
    ("E3.79B-layer", 63.4, "w4 W31", frozenset()),
    ("E4B", 62.3, "W35", frozenset()),
)


def _published(name: str, score: float, runs: str, skip: frozenset[int]) -> Size:
    kept: list[int] = []
    for letter, count in re.findall(r"([wW])(\d+)", runs):
        kept += [_WIDE if letter == "W" else _NARROW] * int(count)
    remaining = iter(kept)
    widths = (_NARROW if layer in skip else next(remaining) for layer in range(_E4B_LAYERS))
    return Size(name, tuple(widths), skip, score)


E4B_SIZES: tuple[Size, ...] = tuple(_published(*row) for row in _PUBLISHED)
"""The 16 published sizes of E4B, smallest first."""


def load_size_table(folder: Path, config: TextConfig) -> SizeTable:
    """The sizes of the model in `folder`.

    Its matformer.json, else the published table when it has E4B's shape, else one size, "full".
    Raises BAD_MODEL when the file is malformed or does not fit the model.
    """
    path = folder / FILE_NAME
    if path.exists():
        raw = read_json(path)
        try:
            table = _parse(raw)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise NestlingError(
                ErrorKind.BAD_MODEL,
                f"{path} cannot be read ({type(error).__name__}: {error}); it must list splits "
                "and sizes. Restore the file or remove it to use the model at its full size.",
            ) from error
        for size in table.sizes:
            _check(path, size, table.splits, config)
        ordered = sorted(table.sizes, key=lambda size: effective_params(config, size))
        return replace(table, sizes=tuple(ordered))
    full = config.intermediate_size
    if config.hidden_size == 2_048 and full == (_WIDE,) * _E4B_LAYERS:
        return SizeTable(E4B_SIZES, (_NARROW, _WIDE))
    return SizeTable((Size("full", full),), tuple(sorted(set(full))))


def write_matformer(folder: Path, table: SizeTable) -> None:
    """Write `table` as the matformer.json of the model in `folder`."""
    raw: dict[str, Any] = {
        "splits": list(table.splits),
        "sizes": [
            {
                "name": size.name,
                "widths": list(size.widths),
                "skip": sorted(size.skip),
                "score": size.score,
            }
            for size in table.sizes
        ],
    }
    if table.tasks is not None:
        raw["tasks"] = {
            task.value: {} if instruction is None else {"instruction": instruction}
            for task, instruction in table.tasks.items()
        }
        if table.languages:
            raw["tasks"][Task.TRANSLATE.value]["languages"] = list(table.languages)
        if table.beams > 1:
            raw["tasks"][Task.TRANSCRIBE.value]["beams"] = table.beams
    if table.demonstration:
        raw["demonstration"] = True
    if table.lower_case:
        raw["lower_case"] = True
    if table.pixels is not None:
        raw["pixels"] = table.pixels
    text = json.dumps(raw, indent=1, ensure_ascii=False)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")


def _parse(raw: dict[str, Any]) -> SizeTable:
    sizes = tuple(
        Size(
            str(entry["name"]),
            tuple(int(width) for width in entry["widths"]),
            frozenset(int(layer) for layer in entry.get("skip", ())),
            None if entry.get("score") is None else float(entry["score"]),
        )
        for entry in raw["sizes"]
    )
    if not sizes or len({size.name for size in sizes}) != len(sizes):
        raise ValueError("sizes must have at least one entry, each with a name of its own")
    tasks: dict[Task, str | None] | None = None
    languages: tuple[str, ...] = ()
    beams = 1
    if "tasks" in raw:
        tasks = {Task(name): entry.get("instruction") for name, entry in raw["tasks"].items()}
        for instruction in tasks.values():
            if instruction is not None and not isinstance(instruction, str):
                raise ValueError(f"the instruction {instruction!r} is no text")
        languages = tuple(raw["tasks"].get(Task.TRANSLATE.value, {}).get("languages", ()))
        if not all(isinstance(language, str) for language in languages):
            raise ValueError(f"the languages {languages!r} are no texts")
        beams = int(raw["tasks"].get(Task.TRANSCRIBE.value, {}).get("beams", 1))
        if not 1 <= beams <= MOST_BEAMS:
            raise ValueError(f"{beams} beams")
    splits = tuple(sorted({int(split) for split in raw["splits"]}))
    if min(splits, default=1) < 1:
        raise ValueError(f"the split {splits[0]} is below 1")
    pixels = None if raw.get("pixels") is None else int(raw["pixels"])
    if pixels is not None and not LEAST_PIXELS <= pixels <= PICTURE_PIXELS[-1]:
        raise ValueError(f"pictures of {pixels} pixels")
    demonstration = bool(raw.get("demonstration", False))
    lower_case = bool(raw.get("lower_case", False))
    return SizeTable(sizes, splits, tasks, demonstration, pixels, languages, lower_case, beams)


def _check(path: Path, size: Size, splits: Iterable[int], config: TextConfig) -> None:
    """Raise BAD_MODEL unless the size can be cut out of this model (text.md 8.1)."""
    layers = config.num_hidden_layers
    problem = None
    if len(size.widths) != layers:
        problem = f"has {len(size.widths)} widths for {layers} layers"
    elif not size.skip <= set(range(layers)) or len(size.skip) == layers:
        problem = f"leaves out layers {sorted(size.skip)} of {layers}"
    else:
        kept = [layer for layer in range(layers) if layer not in size.skip]
        sources = {config.kv_source(layer) for layer in kept}
        allowed = set(splits)
        wrong = [
            layer
            for layer in kept
            if size.widths[layer] > config.intermediate_size[layer]
            or size.widths[layer] not in allowed | {config.intermediate_size[layer]}
        ]
        if sources & size.skip:
            problem = f"leaves out layers {sorted(sources & size.skip)}, which others read"
        elif wrong:
            problem = f"asks for width {size.widths[wrong[0]]} in layer {wrong[0]}"
    if problem is not None:
        raise NestlingError(
            ErrorKind.BAD_MODEL,
            f'{path}: size "{size.name}" {problem}; every size must fit the model and its '
            "splits. Correct the file or remove it to use the model at its full size.",
        )


def kv_classes(sizes: Iterable[Size], config: TextConfig) -> dict[str, int]:
    """A number per size; sizes with the same number compute identical keys and values.

    Keys and values of a layer depend on the layers before it only, so that whatever is done from
    the last producer's feed-forward network on changes no cache (text.md 8.4).
    """
    producers = range(config.first_shared_layer)
    numbers: dict[tuple[int | None, ...], int] = {}
    classes: dict[str, int] = {}
    for size in sizes:
        seen = tuple(None if layer in size.skip else size.widths[layer] for layer in producers)
        last = max((layer for layer in producers if layer not in size.skip), default=0)
        key = (*(width if layer != last else 0 for layer, width in enumerate(seen)),)
        classes[size.name] = numbers.setdefault(key, len(numbers))
    return classes


def effective_params(
    config: TextConfig, size: Size | None = None, *, unused_keys: bool = True
) -> int:
    """Parameters of the text decoder at `size` without both embedding tables.

    unused_keys: whether the checkpoint holds keys and values for layers that read another's. The
        published ones do, and the published figures count them (text.md 1).
    """
    width, per_layer = config.hidden_size, config.hidden_size_per_layer_input
    streams = config.altup_num_inputs
    heads = config.num_attention_heads * config.head_dim
    kv_heads = config.num_key_value_heads * config.head_dim
    attention = 2 * width * heads + 2 * width * kv_heads + 2 * config.head_dim
    norms = 5 * width
    altup = width * (streams + 2) + streams * streams * (streams + 1)
    laurel = 2 * width * config.laurel_rank + width
    layer_inputs = 2 * width * per_layer + width * per_layer  # gate, projection, slab
    fixed = attention + norms + altup + laurel + layer_inputs
    unused = 0 if unused_keys else 2 * width * kv_heads + config.head_dim
    widths = config.intermediate_size if size is None else size.widths
    skip = frozenset() if size is None else size.skip
    kept = [layer for layer in range(config.num_hidden_layers) if layer not in skip]
    consumers = sum(layer >= config.first_shared_layer for layer in kept)
    outside = 2 * (streams - 1) * width * width + width + per_layer
    return sum(fixed + 3 * width * widths[layer] for layer in kept) - consumers * unused + outside
