"""Checkpoints of the released shape: what the maker writes opens and runs."""

import json
import math
from pathlib import Path

import pytest
import torch

from engine.cli import BUNDLED_MODEL
from engine.config import parse_config
from engine.errors import ErrorKind, NestlingError
from engine.layout import expected_shapes
from engine.model import Gemma3n
from engine.prompt import Message, chat_prompt
from engine.published import (
    PIECE_IDS,
    SIZES,
    published_config,
    text_only_config,
    write_random,
)
from engine.text.cache import KVCache
from engine.tokenizer import Tokenizer
from tests.checkpoints import tiny_config


def small_of_published() -> dict[str, object]:
    """The published ids and vocabulary at a width that a test can afford."""
    raw = tiny_config()
    published = published_config(*SIZES["E2B"])
    text = raw["text_config"]
    for key in ("vocab_size", "vocab_size_per_layer_input"):
        text[key] = published["text_config"][key]
    text |= {"hidden_size": 16, "hidden_size_per_layer_input": 1}
    for key in ("vocab_size", "vocab_offset"):
        raw["audio_config"][key] = published["audio_config"][key]
    return raw | {key: value for key, value in published.items() if key.endswith("_id")}


def test_written_model_opens_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    write_random(folder, small_of_published(), BUNDLED_MODEL, shard_bytes=6_000_000)
    assert len(list(folder.glob("*.safetensors"))) == 4
    model = Gemma3n.open(folder)
    prompt = chat_prompt(model.tokenizer, model.config, [Message("user", ("hello there",))])
    assert {2, PIECE_IDS["<start_of_turn>"], PIECE_IDS["<end_of_turn>"]} <= set(prompt)
    ids = torch.tensor([prompt])
    cache = KVCache(model.config.text, model.dtype)
    hidden = model.text(model.embed(ids), ids, cache=cache, want=1)
    assert model.text.logits(hidden).isfinite().all()


def test_vocabulary_reads_text_as_the_model_it_comes_from(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    write_random(folder, small_of_published(), BUNDLED_MODEL)
    nano, filled = Tokenizer(BUNDLED_MODEL), Tokenizer(folder)
    text = "the quick brown fox, 127 times w300\n\nover"
    assert filled.decode(filled.encode(text)) == text
    assert len(filled.encode(text)) == len(nano.encode(text))
    assert all(filled.id_of(piece) == index for piece, index in PIECE_IDS.items())


@pytest.mark.parametrize(("size", "count"), [("E2B", 5_439_438_272), ("E4B", 7_849_978_192)])
def test_shapes_are_the_published_ones(size: str, count: int) -> None:
    raw = published_config(*SIZES[size])
    shapes = expected_shapes(parse_config(raw))
    assert sum(math.prod(shape) for shape in shapes.values()) == count
    text = expected_shapes(parse_config(text_only_config(raw)))
    assert text.keys() == {name for name in shapes if name.startswith("language_model.")}


def test_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(json.dumps({}))
    with pytest.raises(NestlingError, match="cannot be written") as caught:
        write_random(tmp_path / "file", small_of_published(), BUNDLED_MODEL)
    assert caught.value.kind is ErrorKind.DISK
