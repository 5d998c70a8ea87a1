"""Model folders broken at random, by number; and each case that such a run has found."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.config import parse_config
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.shard import read_header
from engine.tokenizer import Tokenizer
from tests.bench.fuzz import fuzz
from tests.checkpoints import tiny_config, tokenizer_bytes, write_checkpoint
from tests.engine.test_shard import entry, write

CASES = range(400)  # 30 s
INDEX = "model.safetensors.index.json"


def test_broken_folders_give_a_sentence_and_nothing_else(tmp_path: Path) -> None:
    tally, findings = fuzz(CASES, 20261121, tmp_path)
    assert not findings, findings[0]
    assert tally.refused > 0


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "\ud800", "x" * 255 + ".safetensors"])
def test_a_file_that_cannot_exist_is_refused(tmp_path: Path, name: str) -> None:
    """The system refuses to look for such names, each in its own way."""
    folder = write_checkpoint(tmp_path / "model", shards=2)
    index = json.loads((folder / INDEX).read_text("utf-8"))
    first = next(iter(index["weight_map"]))
    index["weight_map"][first] = name
    (folder / INDEX).write_text(json.dumps(index), "utf-8")
    with pytest.raises(NestlingError) as caught:
        Gemma3n.open(folder)
    assert caught.value.kind is ErrorKind.BAD_MODEL
    caught.value.message.encode()  # can be shown


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("layer_types", [[]] * 12),
        ("intermediate_size", [10**400] * 12),
        ("rope_theta", 10**400),
    ],
)
def test_values_of_other_kinds_are_refused(key: str, value: Any) -> None:
    """A list is no key of a set; a number of 400 digits is no float."""
    raw = tiny_config()
    raw["text_config"][key] = value
    with pytest.raises(NestlingError, match=key):
        parse_config(raw)


def test_a_block_of_no_kind_is_refused() -> None:
    raw = tiny_config(vision=True)
    raw["vision_config"]["model_args"] = {"block_args": [[{"block_type": []}], [{}]]}
    with pytest.raises(NestlingError, match="block_args"):
        parse_config(raw)


def test_an_infinite_place_is_refused(tmp_path: Path) -> None:
    header = {"w": {**entry("F32", [1], 0, 4), "data_offsets": [0, float("inf")]}}
    with pytest.raises(NestlingError, match="entry of w"):
        read_header(write(tmp_path / "m.safetensors", header, bytes(4)))


@pytest.mark.parametrize("broken", [b"\x0a\x03\x0a\x01\xff", b"\x0a\x02\x18\x63", b"\x0a\xff"])
def test_pieces_that_cannot_be_read_are_refused(tmp_path: Path, broken: bytes) -> None:
    """A piece of half a character, of an unknown kind; a length that has no end."""
    (tmp_path / "tokenizer.model").write_bytes(tokenizer_bytes() + broken)
    with pytest.raises(NestlingError, match="is not a sentencepiece model"):
        Tokenizer(tmp_path)


def test_a_piece_named_twice_by_half_a_character_is_refused(tmp_path: Path) -> None:
    """sentencepiece names the piece in its complaint, which then is no text either."""
    piece = b"\x0a\x03\x0a\x01\xbc"
    (tmp_path / "tokenizer.model").write_bytes(tokenizer_bytes() + piece + piece)
    with pytest.raises(NestlingError, match="is not a sentencepiece model"):
        Tokenizer(tmp_path)
