"""Beam search against all texts there are, and rows of texts against each by itself."""

import itertools
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.model import Gemma3n
from engine.text.beam import LENGTH_POWER, likeliest
from engine.text.cache import KVCache
from engine.text.rows import RowsCache
from tests.checkpoints import tiny_config, write_checkpoint

LETTERS, STOP, MOST = 4, 0, 4
SEED = 8  # of texts that differ


class Chain:
    """A model in which only the last id counts: a table of logits, [LETTERS, LETTERS]."""

    def __init__(self, seed: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        self.table = 2 * torch.randn(LETTERS, LETTERS, generator=draw)

    def follow(self, rows: Tensor, ids: Tensor) -> Tensor:
        return self.table[ids]

    def worth(self, ids: tuple[int, ...], first: int) -> float:
        """Of a text that ends."""
        steps = zip((first, *ids), (*ids, STOP), strict=True)
        log = self.table.log_softmax(-1)
        return float(sum(log[a, b] for a, b in steps)) / float((len(ids) + 1) ** LENGTH_POWER)

    def search(self, first: int, beams: int, **how: Callable[..., bool]) -> list[int]:
        (found,) = likeliest(
            self.table[[first]], self.follow, beams=beams, stops={STOP}, most=MOST, **how
        )
        return found


TEXTS = [
    text for length in range(MOST) for text in itertools.product(range(1, LETTERS), repeat=length)
]


@pytest.mark.parametrize("seed", range(12))
def test_with_enough_beams_it_is_the_likeliest_of_all_texts(seed: int) -> None:
    chain = Chain(seed)
    best = max(TEXTS, key=lambda text: chain.worth(text, 1))
    assert chain.search(1, 200) == list(best)


@pytest.mark.parametrize("seed", range(12))
def test_one_beam_is_greedy(seed: int) -> None:
    chain = Chain(seed)
    expected: list[int] = []
    while len(expected) < MOST:
        choice = int(chain.table[expected[-1] if expected else 1].argmax())
        if choice == STOP:
            break
        expected.append(choice)
    assert chain.search(1, 1) == expected


@pytest.mark.parametrize("beams", [2, 4, 8])
def test_ends_that_are_merely_possible_break_no_text_off(beams: int) -> None:
    """After a few of them nothing more was looked for: the last words of long texts were lost."""
    count = 14
    chances = torch.full((count, count), 0.02 / count)
    chances[:, STOP] = 0.05
    for letter in range(1, count - 1):
        chances[letter, letter + 1] = 0.9
    chances[-1, STOP] = 0.9
    table = chances.log()
    (found,) = likeliest(
        table[[1]], lambda _, ids: table[ids], beams=beams, stops={STOP}, most=count
    )
    assert found == list(range(2, count))


def test_texts_side_by_side_are_found_as_each_alone() -> None:
    chain = Chain(SEED)
    firsts = [1, 2, 3, 2]
    together = likeliest(chain.table[firsts], chain.follow, beams=3, stops={STOP}, most=MOST)
    assert together == [chain.search(first, 3) for first in firsts]
    assert len({tuple(text) for text in together}) > 1


def test_what_is_not_allowed_is_left_out() -> None:
    chain = Chain(SEED)
    (unwanted, *_) = chain.search(2, 3)
    found = chain.search(2, 3, allowed=lambda ids: unwanted not in ids)
    assert unwanted not in found
    assert chain.search(2, 3, allowed=lambda ids: False) == []


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Gemma3n:
    folder = write_checkpoint(tmp_path_factory.mktemp("tiny"), tiny_config(), seed=3)
    return Gemma3n.open(folder, dtype=torch.float64)


@torch.inference_mode()
def test_rows_go_on_as_one_text_would(model: Gemma3n) -> None:
    """Longer than the window; rows change places and are doubled on the way."""
    text, size = model.text, model.sizes.largest
    window = model.config.text.sliding_window
    begun = torch.arange(5, 5 + window + 3)[None]
    cache = KVCache(model.config.text, model.dtype)
    text(model.embed(begun), begun, cache=cache, size=size)
    rows = RowsCache(model.config.text, model.dtype, model.device)
    rows.follow(cache)
    written: list[list[int]] = [[]]
    for taken, ids in (([0, 0, 0], [7, 8, 9]), ([2, 0], [11, 12]), ([0, 1, 1], [3, 4, 5])):
        rows.take(torch.tensor(taken))
        written = [[*written[row], index] for row, index in zip(taken, ids, strict=True)]
        new = torch.tensor(ids)[:, None]
        hidden = text(text.embed(new), new, cache=rows, size=size, want=1)
    for row, ids in zip(hidden, written, strict=True):
        whole = torch.cat([begun, torch.tensor([ids])], 1)
        torch.testing.assert_close(row, text(model.embed(whole), whole, size=size)[0, -1:])
    assert cache.length == begun.shape[1], "nothing of it was written into"


@torch.inference_mode()
def test_rows_refuse_to_follow_what_was_evicted(model: Gemma3n) -> None:
    cache = KVCache(model.config.text, model.dtype)
    for _ in range(2):
        part = torch.arange(5, 205)[None]
        model.text(model.embed(part), part, cache=cache)
    with pytest.raises(ValueError, match="were evicted"):
        cache.keys_values()
