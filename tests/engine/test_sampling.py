"""Drawing one id: order of the filters, seeds, what is never drawn."""

from typing import Any

import pytest
import torch

from engine.config import parse_config
from engine.datatypes import SamplingParams
from engine.sampling import Sampler, forbidden_ids
from tests.checkpoints import tiny_config

LOGITS = torch.randn(50, generator=torch.Generator().manual_seed(3)) * 2


def drawn(logits: torch.Tensor, draws: int = 400, **params: float) -> set[int]:
    sampler = Sampler(SamplingParams(**({"seed": 1} | params)))  # type: ignore[arg-type]
    return {sampler.pick(logits) for _ in range(draws)}


def allowed_by_definition(
    logits: torch.Tensor, temperature: float, top_k: int, top_p: float
) -> set[int]:
    """The definition of text.md 9.4, id by id."""
    shares = (logits / temperature).softmax(0)
    ranked = sorted(range(len(logits)), key=lambda index: -float(logits[index]))
    ranked = ranked[:top_k] if top_k else ranked
    total = sum(float(shares[index]) for index in ranked)
    kept, mass = set(), 0.0
    for index in ranked:
        if mass >= top_p * total:
            break
        kept.add(index)
        mass += float(shares[index])
    return kept


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@pytest.mark.parametrize(("top_k", "top_p"), [(0, 1.0), (5, 1.0), (0, 0.6), (8, 0.7), (1, 0.1)])
def test_only_what_both_filters_leave_is_drawn_and_all_of_it(
    temperature: float, top_k: int, top_p: float
) -> None:
    logits = LOGITS[:12]
    allowed = allowed_by_definition(logits, temperature, top_k, top_p)
    found = drawn(logits, 3000, temperature=temperature, top_k=top_k, top_p=top_p)
    assert found <= allowed
    likely = (logits / temperature).softmax(0) > 0.01
    assert {index for index in allowed if likely[index]} <= found


def test_shares_follow_the_softmax() -> None:
    sampler = Sampler(SamplingParams(seed=5, top_k=0, top_p=1.0, temperature=2.0))
    logits = LOGITS[:5]
    counts = torch.zeros(5)
    for _ in range(4000):
        counts[sampler.pick(logits)] += 1
    assert torch.allclose(counts / 4000, (logits / 2).softmax(0), atol=0.03)


def test_the_same_seed_draws_the_same_ids() -> None:
    first, second, third = (Sampler(SamplingParams(seed=seed)) for seed in (7, 7, 8))
    ids = [[sampler.pick(LOGITS) for _ in range(40)] for sampler in (first, second, third)]
    assert ids[0] == ids[1] != ids[2]


def test_without_a_seed_each_answer_differs() -> None:
    first, second = Sampler(SamplingParams()), Sampler(SamplingParams())
    assert [first.pick(LOGITS) for _ in range(60)] != [second.pick(LOGITS) for _ in range(60)]


@pytest.mark.parametrize("temperature", [1e-320, 1e-46, 1e-45, 1e-10, 1e39, 1e300])
def test_no_temperature_breaks_the_draw(temperature: float) -> None:
    """Divided by a tiny temperature, a score became infinite and its share no number."""
    for top_k in (0, 64):
        ids = drawn(LOGITS, 3, temperature=temperature, top_k=top_k)
        assert temperature > 1 or ids == {int(LOGITS.argmax())}


@pytest.mark.parametrize(
    "params",
    [
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_p": 0.0},
        {"top_k": -1},
        {"max_tokens": 0},
        {"seed": -1},
        {"seed": 1 << 64},
    ],
    ids=str,
)
def test_parameters_without_a_meaning_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        SamplingParams(**params)


def test_the_largest_seed_is_one() -> None:
    assert drawn(LOGITS, 3, seed=(1 << 64) - 1)


def test_temperature_zero_takes_the_likeliest() -> None:
    assert drawn(LOGITS, 3, temperature=0.0) == {int(LOGITS.argmax())}


def test_a_tiny_top_p_still_draws_something() -> None:
    for top_p in (1e-9, 1e-46, 5e-324):
        assert drawn(LOGITS, 20, top_p=top_p) == {int(LOGITS.argmax())}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_forbidden_ids_are_never_drawn_and_the_logits_stay(temperature: float) -> None:
    best = LOGITS.topk(3).indices.tolist()
    before = LOGITS.clone()
    sampler = Sampler(SamplingParams(seed=1, temperature=temperature), tuple(best))
    assert not {sampler.pick(LOGITS) for _ in range(200)} & set(best)
    assert torch.equal(LOGITS, before)


def test_modality_ids_and_their_marks_are_forbidden() -> None:
    raw = tiny_config(vision=True)
    config = parse_config(raw)
    forbidden = set(forbidden_ids(config))
    text = config.text.vocab_size_per_layer_input
    assert forbidden == {
        config.boi_token_id,
        config.boa_token_id,
        *range(text, config.text.vocab_size),
    }
    assert not forbidden & {*config.eos_token_ids}


def test_a_text_only_export_forbids_only_ids_that_it_has() -> None:
    config = parse_config(tiny_config(text_only=True))
    assert max(forbidden_ids(config)) < config.text.vocab_size
