"""Sizes: the published table, a model's own file, and what is wrong with a file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.datatypes import Task
from engine.errors import ErrorKind, NestlingError
from engine.text.matformer import (
    E4B_SIZES,
    FILE_NAME,
    Size,
    SizeTable,
    effective_params,
    kv_classes,
    load_size_table,
    write_matformer,
)
from tests.tiny_text import E2B, E4B, tiny_config

CONFIG = tiny_config()  # 12 layers of width 32; 7 and on read the keys of 6 and 5
GOOD: dict[str, Any] = {
    "splits": [16, 32],
    "sizes": [{"name": "small", "widths": [16] * 12, "skip": [8, 9], "score": 41.5}],
}


def test_published_sizes_have_the_published_parameters() -> None:
    billions = {size.name: round(effective_params(E4B, size) / 1e9, 3) for size in E4B_SIZES}
    assert billions == {
        "E2B": 1.905,
        "E1.96B-layer": 1.956,
        "E2.49B-block": 2.471,
        "E2.54B-layer": 2.521,
        "E2.69B-layer": 2.672,
        "E2.73B-block": 2.722,
        "E2.98B-block": 2.974,
        "E2.98B-layer": 2.974,
        "E3.18B-layer": 3.175,
        "E3.24B-block": 3.226,
        "E3.39B-layer": 3.377,
        "E3.49B-block": 3.477,
        "E3.59B-layer": 3.578,
        "E3.79B-block": 3.729,
        "E3.79B-layer": 3.779,
        "E4B": 3.980,
    }
    assert list(billions.values()) == sorted(billions.values())


def test_e4b_without_a_file_has_the_published_sizes(tmp_path: Path) -> None:
    table = load_size_table(tmp_path, E4B)
    assert table.sizes is E4B_SIZES
    assert table.splits == (8_192, 16_384)
    assert table.tasks is None
    assert table.size("E2B").num_layers == 30
    assert table.largest.name == "E4B"
    write_matformer(tmp_path, table)
    assert load_size_table(tmp_path, E4B) == table


def test_e2b_without_a_file_has_one_size(tmp_path: Path) -> None:
    table = load_size_table(tmp_path, E2B)
    assert table.sizes == (Size("full", (8_192,) * 30),)
    assert effective_params(E2B, table.largest) == effective_params(E2B)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = SizeTable(
        (
            Size("small", (16,) * 12, frozenset({8, 9}), 41.5),
            Size("full", (32,) * 12),
        ),
        (16, 32),
        {Task.TRANSCRIBE: "Transcribe:", Task.CHAT: None, Task.TRANSLATE: None},
        demonstration=True,
        pixels=128,
        languages=("Spanish", "Chinese"),
        lower_case=True,
        beams=4,
    )
    write_matformer(tmp_path, table)
    assert load_size_table(tmp_path, CONFIG) == table
    assert kv_classes(table.sizes, CONFIG) == {"small": 0, "full": 1}


def test_a_name_that_no_size_has_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="choose one of full") as caught:
        load_size_table(tmp_path, E2B).size("E4B")
    assert caught.value.kind is ErrorKind.BAD_INPUT


def changed(**entry: Any) -> dict[str, Any]:
    return GOOD | {"sizes": [GOOD["sizes"][0] | entry]}


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("{", "cannot be read"),
        ([], "holds a list"),
        ("[" * 100_000, "cannot be read"),
        (changed(widths=[float("inf")] * 12), "cannot be read"),
        (GOOD | {"splits": [-16, 32]}, "split -16 is below 1"),
        (GOOD | {"tasks": {"chat": {"instruction": 5}}}, "instruction 5 is no text"),
        (GOOD | {"tasks": {"translate": {"languages": [5]}}}, "no texts"),
        (GOOD | {"pixels": 4}, "pictures of 4 pixels"),
        (GOOD | {"tasks": {"transcribe": {"beams": 0}}}, "0 beams"),
        (GOOD | {"pixels": "many"}, "cannot be read"),
        ({"sizes": GOOD["sizes"]}, "splits"),
        (GOOD | {"sizes": []}, "at least one"),
        (GOOD | {"sizes": GOOD["sizes"] * 2}, "name of its own"),
        (GOOD | {"tasks": {"sing": {}}}, "sing"),
        (changed(widths=["wide"] * 12), "cannot be read"),
        (changed(widths=[16] * 11), "11 widths for 12 layers"),
        (changed(widths=[48] * 12), "width 48 in layer 0"),
        (changed(widths=[20] * 12), "width 20 in layer 0"),
        (changed(skip=[12]), r"leaves out layers \[12\]"),
        (changed(skip=list(range(12))), "leaves out"),
        (changed(skip=[5]), r"layers \[5\], which others read"),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(tmp_path: Path, raw: Any, told: str) -> None:
    text = raw if isinstance(raw, str) else json.dumps(raw)
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(NestlingError, match=told) as caught:
        load_size_table(tmp_path, CONFIG)
    assert caught.value.kind is ErrorKind.BAD_MODEL


def test_a_file_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(NestlingError, match="cannot be read") as caught:
        load_size_table(tmp_path, CONFIG)
    assert caught.value.kind is ErrorKind.BAD_MODEL


def test_sizes_are_smallest_first_in_whatever_order_the_file_has_them(tmp_path: Path) -> None:
    """The last entry was taken for the largest size, and a window's default with it."""
    wide = {"name": "wide", "widths": [32] * 12}
    raw = GOOD | {"sizes": [wide, *GOOD["sizes"]]}
    (tmp_path / FILE_NAME).write_text(json.dumps(raw), encoding="utf-8")
    table = load_size_table(tmp_path, CONFIG)
    assert [size.name for size in table.sizes] == ["small", "wide"]
    assert table.largest.name == "wide"


def test_the_good_file_is_good(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps(GOOD), encoding="utf-8")
    assert load_size_table(tmp_path, CONFIG).largest.score == 41.5


def test_what_the_last_producer_does_after_its_keys_changes_no_class() -> None:
    wide = Size("wide", (32,) * 12)
    last = replace(wide, name="last", widths=(*wide.widths[:6], 16, *wide.widths[7:]))
    before = replace(wide, name="before", widths=(*wide.widths[:5], 16, *wide.widths[6:]))
    skipping = replace(wide, name="skipping", skip=frozenset({2}))
    classes = kv_classes((wide, last, before, skipping), CONFIG)
    assert classes == {"wide": 0, "last": 0, "before": 1, "skipping": 2}
