"""What is said of a model before its download agrees with its published shapes; rates and times."""

import math

import pytest

from engine.config import parse_config
from engine.errors import ErrorKind, NestlingError
from engine.hub.catalogue import ENTRIES, find
from engine.layout import LANGUAGE_MODEL, PLE_TABLE, expected_shapes
from engine.pace import Pace
from engine.published import SIZES, published_config

BF16 = 2  # bytes


@pytest.mark.parametrize("entry", ENTRIES[:2], ids=lambda entry: entry.name)
def test_the_figures_are_those_of_the_published_shapes(entry) -> None:  # type: ignore[no-untyped-def]
    shapes = expected_shapes(parse_config(published_config(*SIZES[entry.name])))
    values = {name: math.prod(shape) * BF16 for name, shape in shapes.items()}
    whole, table = sum(values.values()), values[PLE_TABLE]
    text = sum(size for name, size in values.items() if name.startswith(LANGUAGE_MODEL)) - table
    small_files = entry.download_bytes - whole
    assert 30e6 < small_files < 60e6  # the tokenizer, twice
    assert entry.published_bytes == pytest.approx(text, rel=0.01)
    assert entry.senses_bytes == pytest.approx(whole - text - table, rel=0.01)
    assert entry.memory_bytes < entry.published_bytes / 2


@pytest.mark.parametrize("entry", ENTRIES[2:], ids=lambda entry: entry.name)
def test_the_figures_of_four_bits_are_those_of_their_layout(entry) -> None:  # type: ignore[no-untyped-def]
    size = entry.name.removesuffix("-4bit")
    whole = table = text = 0.0
    for name, shape in expected_shapes(parse_config(published_config(*SIZES[size]))).items():
        linear = len(shape) == 2 and shape[1] % 64 == 0
        tower = name.startswith(("audio_tower.", "vision_tower."))
        bits = 4 + 2 * 16 / 64 if linear and not tower else 8 * BF16
        nbytes = math.prod(shape) * bits / 8
        whole += nbytes
        table += nbytes if name == PLE_TABLE else 0
        text += nbytes if name.startswith(LANGUAGE_MODEL) and name != PLE_TABLE else 0
    assert 30e6 < entry.download_bytes - whole < 60e6  # the tokenizer, twice
    assert entry.senses_bytes == pytest.approx(whole - text - table, rel=0.01)
    assert entry.memory_bytes > text
    assert entry.download_bytes < 0.42 * find(size).download_bytes


def test_names_are_forgiving_and_folders_are_not_shared() -> None:
    assert find("e2b") is find("google/gemma-3n-E2B-it") is find("gemma-3n-e2b-it") is ENTRIES[0]
    folders = {
        find(n).folder_name
        for n in ("E2B", "E4B", "e2b-4BIT", "a/gemma-3n-E2B-it", "b/gemma-3n-E2B-it")
    }
    assert folders == {
        "mlx-community--gemma-3n-E2B-it-4bit",
        "gemma-3n-E2B-it",
        "gemma-3n-E4B-it",
        "a--gemma-3n-E2B-it",
        "b--gemma-3n-E2B-it",
    }
    for name in ("", "E3B", "/x", "a/b/c", "a/..", "a b/c", "nano", "NANO"):
        with pytest.raises(NestlingError) as caught:
            find(name)
        assert caught.value.kind is ErrorKind.BAD_INPUT


def test_the_rate_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    assert (pace.rate(100.0), pace.seconds_left(10, 100.0)) == (0.0, None)
    pace.add(0, 100.0)
    for step in range(1, 101):  # ten seconds at 1,000 bytes a second
        pace.add(100, 100 + step / 10)
    assert pace.rate(110.0) == pytest.approx(1_000)
    for step in range(1, 201):  # then twenty at 3,000
        pace.add(300, 110 + step / 10)
    assert pace.rate(130.0) == pytest.approx(3_000, rel=0.05)
    assert pace.seconds_left(30_000, 130.0) == pytest.approx(10, rel=0.05)
    # Silence shows at once, and what was waited on purpose does not count.
    assert pace.rate(140.0) < 2_000
    pace.restart()
    pace.add(500, 201.0)
    assert pace.rate(201.5) == 0.0  # too early to say
    pace.add(500, 202.0)
    assert pace.rate(203.0) == pytest.approx(500)
