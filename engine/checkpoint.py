"""A model folder's weights: found, checked whole against the configuration, mapped part by part."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path, PurePath

import torch
from torch import Tensor

from engine.config import ModelConfig, read_json
from engine.datatypes import Modality
from engine.errors import ErrorKind, NestlingError
from engine.layout import (
    GROUPS,
    LANGUAGE_MODEL,
    PLE_TABLE,
    STEM_BIAS,
    TIED_HEAD,
    VISION_TOWER,
    Shapes,
    consumer_extras,
    expected_shapes,
)
from engine.quant.affine import AffinePlace, AffineTable, AffineWeight, triples
from engine.shard import TensorPlace, map_tensors, read_header
from engine.text.ple import PleTable, RowTable

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"

_SMALL_BYTES = 1 << 16
_WHOLE_MODEL = "model."
# The Hub's, a text-only export's, and those of MLX's converters.
_TEXT_PREFIXES = (
    _WHOLE_MODEL + LANGUAGE_MODEL,
    _WHOLE_MODEL,
    LANGUAGE_MODEL + "model.",
    LANGUAGE_MODEL,
)
_TOWERS = GROUPS[Modality.AUDIO] + GROUPS[Modality.VISION]
_WEIGHT_DTYPES = (torch.bfloat16, torch.float16, torch.float32)


Place = TensorPlace | AffinePlace


class Checkpoint:
    """The safetensors of one folder. Holds no mapping itself: tensors do.

    `places` has the Hub's names below `model.`, for a text-only export and for files that MLX
    wrote too, and no tied head. `quantised`: whether MLX has quantised weights.

    Args:
        folder: in the Hub's layout; only read.
        config: of this folder. Towers that it describes and quantised files leave out are taken
            out of it, as MLX's converter of the text decoder leaves it as it was.

    Errors: BAD_MODEL for files that are missing, broken or outside the folder, and one error that
        lists every tensor that is missing, unknown or of another shape.
    """

    def __init__(self, folder: Path, config: ModelConfig) -> None:
        self.folder = folder
        self.config = config
        stored: dict[str, TensorPlace] = {}
        for file in _weight_files(folder):
            header = read_header(file)
            if twice := sorted(stored.keys() & header.keys()):
                raise _bad(
                    f"{folder} holds {', '.join(twice)} in more than one file: expected each "
                    "tensor once; download the folder again"
                )
            stored |= header
        self._text_prefix = next(
            (prefix for prefix in _TEXT_PREFIXES if prefix + "embed_tokens.weight" in stored),
            _TEXT_PREFIXES[0],
        )
        whole = self._text_prefix.startswith(_WHOLE_MODEL)
        self._tower_prefix = _WHOLE_MODEL if whole else ""
        self.places: dict[str, Place] = {}
        unknown = []
        affine = {names[0]: names for names in triples(stored)}
        parts = {name for names in affine.values() for name in names[1:]}
        for name, place in stored.items():
            inner = self._inner_name(name)
            if inner is not None and name not in parts:
                self.places[inner] = place
            elif inner is None and name != TIED_HEAD:
                unknown.append(name)
        self.quantised = bool(affine)
        if self.quantised:
            self._leave_out_towers()
        expected = expected_shapes(self.config)
        for weight, scales, biases in affine.values():
            inner = self._inner_name(weight)
            if inner in expected:
                self.places[inner] = AffinePlace(
                    stored[weight], stored[scales], stored[biases], expected[inner]
                )
        self._turn_channels(expected)
        self._check(unknown, expected)

    def _leave_out_towers(self) -> None:
        """Those of which nothing is stored."""
        if not any(name.startswith(GROUPS[Modality.AUDIO]) for name in self.places):
            self.config = replace(self.config, audio=None)
        if not any(name.startswith(GROUPS[Modality.VISION]) for name in self.places):
            self.config = replace(self.config, vision=None)

    def _turn_channels(self, expected: Shapes) -> None:
        """Where one convolution is stored with its channels last, all are: shapes may not tell."""
        turned = {
            name: replace(place, shape=expected[name], channels_last=True)
            for name, place in self.places.items()
            if isinstance(place, TensorPlace)
            and len(place.shape) > 2
            and place.shape == _channels_last(expected.get(name, ()))
        }
        if any(self.places[name].shape != place.shape for name, place in turned.items()):
            self.places |= turned

    def stored_name(self, name: str) -> str:
        """What the files call the tensor that `places` calls `name`."""
        if name.startswith(LANGUAGE_MODEL):
            return self._text_prefix + name.removeprefix(LANGUAGE_MODEL)
        return self._tower_prefix + name

    def _inner_name(self, name: str) -> str | None:
        """A stored name below `model.`, None if it is of no known group."""
        if name.startswith(tuple(self._tower_prefix + group for group in _TOWERS)):
            return name.removeprefix(self._tower_prefix)
        if name.startswith(self._text_prefix):
            return LANGUAGE_MODEL + name.removeprefix(self._text_prefix)
        return None

    @property
    def files(self) -> frozenset[Path]:
        """That hold its tensors."""
        return frozenset(file for place in self.places.values() for file in place.files)

    def _check(self, unknown: list[str], expected: Shapes) -> None:
        optional = consumer_extras(self.config.text) | {VISION_TOWER + STEM_BIAS}
        unknown += [self.stored_name(name) for name in self.places if name not in expected]
        missing = [
            self.stored_name(name)
            for name in expected
            if name not in self.places and name not in optional
        ]
        misshapen = [
            f"{self.stored_name(name)} {list(self.places[name].shape)} instead of {list(shape)}"
            for name, shape in expected.items()
            if name in self.places and self.places[name].shape != shape
        ]
        misshapen += [
            f"{self.stored_name(name)} {list(place.weight.shape)} with scales "
            f"{list(place.scales.shape)} for {list(place.shape)}"
            for name, place in self.places.items()
            if isinstance(place, AffinePlace) and not place.is_sound
        ]
        other_type = [
            f"{self.stored_name(name)} ({place.dtype})"
            for name, place in self.places.items()
            if place.dtype not in _WEIGHT_DTYPES
        ]
        faults = [
            f"{title}: {', '.join(names)}"
            for title, names in (
                ("missing", missing),
                ("unknown", unknown),
                ("of another shape", misshapen),
                ("of a type that is not read here", other_type),
            )
            if names
        ]
        if faults:
            raise _bad(
                f"the tensors in {self.folder} are not those that its config.json describes - "
                f"{'; '.join(faults)}. Expected a complete Gemma 3n checkpoint: download it again"
            )

    def load(self, prefix: str, left_out: frozenset[str] = frozenset()) -> dict[str, Tensor]:
        """Mapped tensors whose inner name begins with `prefix`, by the rest of that name.

        Without the PLE table, which stays on disk, without keys and values that no layer uses, and
        without the inner names `left_out`.
        """
        skipped = consumer_extras(self.config.text) | {PLE_TABLE} | left_out
        by_file: dict[Path, dict[str, TensorPlace]] = {}
        widened = {}
        for name, place in self.places.items():
            if not name.startswith(prefix) or name in skipped:
                continue
            if isinstance(place, AffinePlace):
                widened[name.removeprefix(prefix)] = AffineWeight(place).dense()
            else:
                by_file.setdefault(place.file, {})[name.removeprefix(prefix)] = place
        loaded = {
            name: tensor
            for file, places in by_file.items()
            for name, tensor in zip(places, map_tensors(file, places.values()), strict=True)
        }
        if left_out:
            # The system maps 64 KB around what is read: small tensors would bring much along of
            # those that are left out. Each has a mapping of its own, gone with the copy.
            for file, places in by_file.items():
                for name, place in places.items():
                    if place.nbytes <= _SMALL_BYTES:
                        loaded[name] = map_tensors(file, [place])[0].clone()
        return loaded | widened

    @property
    def has_unused_keys(self) -> bool:
        """Whether keys and values are stored for layers that read another layer's."""
        return not consumer_extras(self.config.text).isdisjoint(self.places)

    def table(self, name: str) -> RowTable:
        """Rows of a stored matrix, read from its file. name: inner."""
        place = self.places[name]
        if isinstance(place, AffinePlace):
            return AffineTable(place)
        rows, width = place.shape
        return PleTable(place.file, offset=place.offset, rows=rows, width=width, dtype=place.dtype)


def _channels_last(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A convolution's shape with its second dimension behind all others."""
    return (*shape[:1], *shape[2:], *shape[1:2])


def _weight_files(folder: Path) -> list[Path]:
    """The files to read, each inside the folder. An index wins over a single file."""
    if not (folder / INDEX_FILE).is_file():
        return [_inside(folder, SINGLE_FILE)]
    weight_map = read_json(folder / INDEX_FILE).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise _bad(
            f"{folder / INDEX_FILE} has no weight_map: expected the name of a file for each "
            "tensor; download it again"
        )
    return [_inside(folder, name) for name in sorted({str(name) for name in weight_map.values()})]


def _inside(folder: Path, name: str) -> Path:
    """The file `name` of the folder. Errors: BAD_MODEL if it lies elsewhere or does not exist."""
    file = folder / name
    home = folder.resolve()
    try:
        target, found = file.resolve(), file.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a zero byte, links in a ring
        raise _bad(
            f"{folder} names the weight file {name[:80]!r}, which cannot be the name of one: "
            "expected all files beside config.json; download the index again"
        ) from error
    plain = PurePath(name).name == name and name not in ("", ".", "..")
    # The Hub's own cache keeps the bytes in ../../blobs and links to them from snapshots/<commit>.
    allowed = [home]
    if home.parent.name == "snapshots":
        allowed.append(home.parent.parent / "blobs")
    if not plain or target.parent not in allowed:
        raise _bad(
            f"{folder} names the weight file {name!r}, which lies outside the folder: expected all "
            "files beside config.json; download the model from a source that you trust"
        )
    if not found:
        raise _bad(
            f"{folder} has no {name}: expected the weights as safetensors beside config.json; "
            "download the missing file into the same folder"
        )
    return file


def _bad(message: str) -> NestlingError:
    return NestlingError(ErrorKind.BAD_MODEL, message)


def _main() -> None:
    """`make`: a checkpoint of the released shape with random values."""
    from engine import published

    parser = argparse.ArgumentParser(prog="python -m engine.checkpoint")
    make = parser.add_subparsers(required=True).add_parser("make", help="with random values")
    make.add_argument("--size", choices=published.SIZES, required=True)
    make.add_argument("--text-only", action="store_true", help="without the towers")
    make.add_argument("folder", metavar="DIR", type=Path)
    options = parser.parse_args()
    raw = published.published_config(*published.SIZES[options.size])
    if options.text_only:
        raw = published.text_only_config(raw)
    nano = Path(__file__).resolve().parent.parent / "assets" / "nano"
    try:
        published.write_random(options.folder, raw, nano)
    except NestlingError as error:
        sys.exit(error.message)


if __name__ == "__main__":
    _main()
