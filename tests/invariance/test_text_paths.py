"""However a text is fed, the same hidden states come out (fp64, 1e-9)."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.config import TextConfig
from engine.errors import ErrorKind, NestlingError
from engine.text.cache import REWIND_TOKENS, KVCache
from engine.text.model import TextModel
from tests.tiny_text import drawn_config, e4b_like, random_ids, random_model, tiny_config

CONFIG = tiny_config()
SHAPES = [
    CONFIG,
    tiny_config(shared=0, layers=6),
    e4b_like(),
    *(drawn_config(s, deep=False) for s in (3, 7)),
]


@torch.no_grad()
def feed(
    model: TextModel, ids: Tensor, cache: KVCache | None = None, want: int | Tensor | None = None
) -> Tensor:
    return model(model.embed(ids), ids, cache=cache, want=want)


def new_cache(config: TextConfig = CONFIG) -> KVCache:
    return KVCache(config, torch.float64, capacity_hint=4)


def assert_same(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("config", SHAPES, ids=range(len(SHAPES)))
def test_token_by_token_is_one_shot(config: TextConfig) -> None:
    model = random_model(config)
    ids = random_ids(3 * config.sliding_window + 4)
    cache = new_cache(config)
    steps = [feed(model, ids[:, i : i + 1], cache) for i in range(ids.shape[1])]
    assert_same(torch.cat(steps, 1), feed(model, ids))
    assert cache.length == ids.shape[1]


@pytest.mark.parametrize("config", SHAPES, ids=range(len(SHAPES)))
def test_tail_trimmed_is_one_shot(config: TextConfig) -> None:
    model = random_model(config)
    ids = random_ids(3 * config.sliding_window + 4, batch=3)
    full = feed(model, ids)
    for want in (1, 5):
        assert_same(feed(model, ids, want=want), full[:, -want:])
    picked = torch.tensor([[0, 9, 4], [3, 3, 8], [11, 2, 0]])
    assert_same(feed(model, ids, want=picked), torch.stack([full[b, picked[b]] for b in range(3)]))


@settings(max_examples=25)
@given(chunks=st.lists(st.integers(1, 40), min_size=1, max_size=6), want=st.integers(1, 3))
def test_chunking_and_trimming_change_nothing(chunks: list[int], want: int) -> None:
    model = MODEL
    ids = random_ids(sum(chunks), seed=len(chunks))
    full = feed(model, ids)
    cache, done = new_cache(), 0
    for size in chunks:
        kept = min(want, size)
        found = feed(model, ids[:, done : done + size], cache, want=kept)
        done += size
        assert_same(found, full[:, done - kept : done])


MODEL = random_model(CONFIG)


def test_chunks_longer_than_a_ring_are_exact() -> None:
    ids = random_ids(700)
    cache = new_cache()
    found = [feed(MODEL, part, cache) for part in ids.split((10, 300, 1, 389), 1)]
    assert_same(torch.cat(found, 1), feed(MODEL, ids))


@pytest.mark.parametrize("back", [1, 30, REWIND_TOKENS])
def test_rewinding_forgets_and_nothing_else(back: int) -> None:
    ids, other = random_ids(600), random_ids(320, seed=5)
    cache = new_cache()
    feed(MODEL, ids, cache)
    cache.rewind(600 - back)
    expected = feed(MODEL, torch.cat((ids[:, : 600 - back], other), 1))[:, 600 - back :]
    parts = [feed(MODEL, part, cache) for part in other.split((3, 7, 310), 1)]
    assert_same(torch.cat(parts, 1), expected)


def test_forgetting_everything_gives_back_what_was_grown_by() -> None:
    cache = new_cache()
    fresh = cache.nbytes
    feed(MODEL, random_ids(600), cache)
    assert cache.nbytes > fresh
    cache.reset()
    assert cache.nbytes == fresh
    ids = random_ids(90, seed=5)
    assert_same(feed(MODEL, ids, cache), feed(MODEL, ids))


def test_repeated_short_rewinds_are_exact() -> None:
    ids = random_ids(400)
    cache = new_cache()
    feed(MODEL, ids[:, :380], cache)
    for start in (300, 290, 200, 150):
        cache.rewind(start)
        assert_same(
            feed(MODEL, ids[:, start : start + 20], cache), feed(MODEL, ids)[:, start:][:, :20]
        )


def test_rewinding_past_what_the_rings_keep_is_an_error() -> None:
    cache = new_cache()
    feed(MODEL, random_ids(600), cache)
    with pytest.raises(NestlingError) as caught:
        cache.rewind(600 - REWIND_TOKENS - 1)
    assert caught.value.kind is ErrorKind.REWIND_TOO_FAR
    assert cache.length == 600
    with pytest.raises(ValueError, match="cannot rewind"):
        cache.rewind(601)


def test_short_rewinds_do_not_add_up_past_the_rings() -> None:
    cache = new_cache()
    feed(MODEL, random_ids(600), cache)
    cache.rewind(400)
    with pytest.raises(NestlingError, match="asked to go on from token 300"):
        cache.rewind(300)


def test_anything_can_be_taken_back_while_nothing_was_evicted() -> None:
    ids = random_ids(CONFIG.sliding_window + REWIND_TOKENS)
    cache = new_cache()
    feed(MODEL, ids, cache)
    cache.rewind(2)
    assert_same(feed(MODEL, ids[:, 2:30], cache), feed(MODEL, ids[:, :30])[:, 2:])


@pytest.mark.parametrize("empty", [KVCache.reset, lambda cache: cache.rewind(0)])
def test_an_emptied_cache_is_a_new_one(empty: object) -> None:
    cache = new_cache()
    feed(MODEL, random_ids(600), cache)
    assert callable(empty)
    empty(cache)
    ids = random_ids(400, seed=9)
    parts = [feed(MODEL, part, cache) for part in ids.split((50, 350), 1)]
    assert_same(torch.cat(parts, 1), feed(MODEL, ids))


@pytest.mark.parametrize("length", [5, 100, 290, 600])
def test_snapshots_restore_exactly(length: int) -> None:
    ids, other = random_ids(length + 40), random_ids(700, seed=4)
    cache = new_cache()
    feed(MODEL, ids[:, :length], cache)
    saved = cache.snapshot()
    expected = feed(MODEL, ids[:, length:], cache)
    feed(MODEL, other, cache)
    for target in (cache, new_cache()):
        target.restore(saved)
        assert target.length == length
        assert torch.equal(feed(MODEL, ids[:, length:], target), expected)


def test_a_snapshot_taken_after_a_rewind_restores_exactly() -> None:
    ids = random_ids(640)
    cache = new_cache()
    feed(MODEL, ids[:, :500], cache)
    cache.rewind(260)  # fewer than a ring holds, but its slots have wrapped
    saved = cache.snapshot()
    assert saved.nbytes <= cache.nbytes
    expected = feed(MODEL, ids[:, 260:300], cache)
    target = new_cache()
    target.restore(saved)
    assert torch.equal(feed(MODEL, ids[:, 260:300], target), expected)
    with pytest.raises(NestlingError):
        target.rewind(240)


def test_an_interrupted_chunk_is_as_if_never_fed(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = random_ids(400)
    cache = new_cache()
    feed(MODEL, ids[:, :300], cache)
    with monkeypatch.context() as patch:
        patch.setattr(TextModel, "_merge", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            feed(MODEL, random_ids(100, seed=7), cache)
        assert cache.length == 300
    assert_same(feed(MODEL, ids[:, 300:], cache), feed(MODEL, ids)[:, 300:])


def test_a_chunk_too_long_to_undo_is_told_after_an_interruption(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache = new_cache()
    feed(MODEL, random_ids(300), cache)
    with monkeypatch.context() as patch:
        patch.setattr(TextModel, "_merge", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            feed(MODEL, random_ids(400), cache)
    with pytest.raises(NestlingError) as caught:
        feed(MODEL, random_ids(1), cache)
    assert caught.value.kind is ErrorKind.REWIND_TOO_FAR


def test_more_tokens_than_the_context_holds_is_an_error() -> None:
    cache = KVCache(replace(CONFIG, max_position_embeddings=20), torch.float64)
    feed(MODEL, random_ids(15), cache)
    with pytest.raises(NestlingError) as caught:
        feed(MODEL, random_ids(6), cache)
    assert caught.value.kind is ErrorKind.CONTEXT_FULL
    assert cache.length == 15


def test_padding_on_the_right_changes_nothing_before_it() -> None:
    ids = random_ids(30, batch=2)
    padded = torch.cat((ids, torch.zeros(2, 9, dtype=ids.dtype)), 1)
    assert_same(feed(MODEL, padded)[:, :30], feed(MODEL, ids))
    assert_same(feed(MODEL, ids[1:]), feed(MODEL, ids)[1:])
