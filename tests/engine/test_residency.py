"""Measured memory: what was touched counts, where it belongs, and what is freed is gone."""

import mmap
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import residency
from engine.residency import APP, Extent, drop_pages, measure, touch, trim

PAGE = mmap.PAGESIZE
PAGES = 2048


@pytest.fixture
def weights(tmp_path: Path) -> np.memmap:
    """A file of 8 MB, mapped and not yet read."""
    path = tmp_path / "weights"
    path.write_bytes(bytes(PAGES * PAGE))
    return np.memmap(path, np.uint8, mode="c")


def extent(array: np.ndarray) -> Extent:
    return Extent(array.ctypes.data, array.nbytes)


def test_mapped_bytes_count_only_once_they_are_touched(weights: np.memmap) -> None:
    assert measure({"text": [extent(weights)]}, {})["text"].file_backed == 0
    half = weights[: PAGES // 2 * PAGE]
    assert half.sum() == 0
    measured = measure({"text": [extent(weights)], "audio": [extent(weights[-PAGE:])]}, {})
    # The kernel maps some neighbours of a touched page, which it has in its cache anyway.
    assert half.nbytes <= measured["text"].file_backed <= half.nbytes + 64 * PAGE
    assert measured["text"].private == 0
    assert measured["audio"].file_backed == 0


def test_touching_brings_every_page_and_dropping_gives_the_whole_ones_back(
    weights: np.memmap,
) -> None:
    weights[: 3 * PAGE] = 7  # private pages; the others stay the file's
    inside = torch.from_numpy(weights)[3 * PAGE + 100 : 103 * PAGE + 100].view(torch.float32)
    touch(inside)
    place = Extent(inside.data_ptr(), inside.nbytes)
    assert measure({"text": [place]}, {})["text"].file_backed == inside.nbytes
    drop_pages(place)
    left = measure({"text": [place]}, {})["text"]
    assert left.file_backed <= 2 * PAGE  # of the pages that others share, its part
    assert not inside.any()  # what was dropped is read from the file again
    assert (weights[: 3 * PAGE] == 7).all()


def test_nothing_is_touched_or_dropped_where_there_is_nothing() -> None:
    empty = torch.empty(0)
    touch(empty)
    drop_pages(Extent(empty.data_ptr(), 0))


def test_written_pages_of_a_mapping_are_private(weights: np.memmap) -> None:
    weights[: 10 * PAGE] = 1
    measured = measure({"text": [extent(weights)]}, {})["text"]
    assert measured.private == 10 * PAGE


def test_an_extent_that_ends_inside_pages_counts_its_own_bytes() -> None:
    block = np.ones(100 * PAGE, np.uint8)
    inside = Extent(block.ctypes.data + 1000, 50 * PAGE + 77)
    assert measure({"text": [inside]}, {})["text"].private == inside.nbytes


def test_the_rest_of_the_process_is_the_app_and_nothing_is_counted_twice() -> None:
    block = np.ones(64 << 20, np.uint8)
    alone = measure({}, {})[APP]
    split = measure({"text": [extent(block)]}, {"kv": 1 << 20})
    assert split["text"].private == block.nbytes
    assert split["kv"].private == 1 << 20
    expected = alone.private - block.nbytes - (1 << 20)
    assert abs(split[APP].private - expected) < 1 << 20


def test_freed_blocks_leave_the_process_after_a_trim() -> None:
    """Blocks of half a megabyte stay on glibc's heap otherwise, below one that is still used."""
    blocks = [np.ones(100_000, np.uint8) for _ in range(1_000)]
    before = measure({}, {})[APP].private
    last = blocks[-1]
    del blocks
    trim()
    assert before - measure({}, {})[APP].private > 90_000_000
    assert last.any()


@pytest.mark.parametrize("table", ["none", "forbidden"])
def test_without_a_page_table_the_parts_are_scaled_into_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: str
) -> None:
    """A sandbox that has the table but lets nobody read it ended the worker."""
    (tmp_path / "forbidden").mkdir()  # opening it fails for everybody, root too
    monkeypatch.setattr(residency, "_PAGEMAP", tmp_path / table)
    measured = measure({"text": [Extent(0, 1 << 50)], "audio": [Extent(0, 1 << 50)]}, {})
    assert measured["text"] == measured["audio"]
    assert 0 < measured["text"].private < 1 << 40
    assert measured[APP].private < 16
    small = measure({"text": [Extent(0, 1000)]}, {})
    assert small["text"].private == 1000
