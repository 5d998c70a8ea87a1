"""The generator: the same ids as running the whole text anew, and where it stops."""

import pytest
import torch

from engine.datatypes import SamplingParams
from engine.errors import ErrorKind, NestlingError
from engine.generate import generate
from engine.model import Gemma3n
from engine.sampling import Sampler
from engine.text.cache import KVCache
from tests.checkpoints import tiny_config, write_checkpoint

PROMPT = [2, 40, 41, 42, 43]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Gemma3n:
    raw = tiny_config(text_only=True, max_position_embeddings=16)
    folder = write_checkpoint(tmp_path_factory.mktemp("model"), raw)
    return Gemma3n.open(folder, dtype=torch.float64)


def started(model: Gemma3n) -> tuple[KVCache, torch.Tensor]:
    cache = KVCache(model.config.text, model.dtype)
    ids = torch.tensor([PROMPT])
    return cache, model.text(model.text.embed(ids), ids, cache=cache, want=1)


def answer(
    model: Gemma3n, stop_ids: tuple[int, ...] = (), **params: int
) -> tuple[list[int], object]:
    """Ids, and what the generator returned."""
    cache, hidden = started(model)
    sampler = Sampler(SamplingParams(temperature=0.0, **params))
    ids = []
    steps = generate(model.text, cache, hidden, sampler, stop_ids=stop_ids)
    while True:
        try:
            ids.append(next(steps))
        except StopIteration as end:
            return ids, end.value


def anew(model: Gemma3n, count: int) -> list[int]:
    """Greedy ids without a cache."""
    ids = list(PROMPT)
    for _ in range(count):
        row = torch.tensor([ids])
        hidden = model.text(model.text.embed(row), row, want=1)
        ids.append(int(model.text.logits(hidden)[0, -1].argmax()))
    return ids[len(PROMPT) :]


@torch.inference_mode()
def test_ids_are_those_of_reading_everything_anew(model: Gemma3n) -> None:
    assert answer(model, max_tokens=8) == (anew(model, 8), None)


@torch.inference_mode()
def test_a_stop_id_ends_the_answer_and_is_returned(model: Gemma3n) -> None:
    ids = anew(model, 8)
    stop = ids[4]
    expected = ids[: ids.index(stop)]
    assert answer(model, (stop,), max_tokens=8) == (expected, stop)


@torch.inference_mode()
def test_the_cache_holds_all_but_the_last_id(model: Gemma3n) -> None:
    cache, hidden = started(model)
    sampler = Sampler(SamplingParams(temperature=0.0, max_tokens=5))
    for count, _ in enumerate(generate(model.text, cache, hidden, sampler, stop_ids=())):
        assert cache.length == len(PROMPT) + count


@torch.inference_mode()
def test_a_full_context_is_told(model: Gemma3n) -> None:
    with pytest.raises(NestlingError) as caught:
        answer(model, max_tokens=100)
    assert caught.value.kind is ErrorKind.CONTEXT_FULL
