"""The decoder's shapes, counts and gradients."""

from dataclasses import replace

import pytest
import torch

from engine.config import TextConfig
from engine.text.attention import Forks
from engine.text.matformer import Size, effective_params
from engine.text.model import TextModel
from tests.tiny_text import E2B, E4B, random_ids, tiny_config


@pytest.mark.parametrize(
    ("config", "checkpoint", "unread", "effective"),
    [
        (E4B, 6_866_696_688, 31_461_120, 3_980_491_248),
        (E2B, 4_456_156_768, 20_974_080, 1_905_495_648),
    ],
)
def test_parameter_counts_are_the_published_ones(
    config: TextConfig, checkpoint: int, unread: int, effective: int
) -> None:
    with torch.device("meta"):
        model = TextModel(config)
    counts = {name: parameter.numel() for name, parameter in model.named_parameters()}
    assert sum(counts.values()) == checkpoint - unread
    tables = counts["embed_tokens.weight"] + counts["embed_tokens_per_layer.weight"]
    assert checkpoint - tables == effective == effective_params(config)


def test_e4b_has_the_hubs_tensors_without_those_nobody_reads() -> None:
    with torch.device("meta"):
        names = list(TextModel(E4B).state_dict())
    assert len(names) == 851 - 15 * 3
    assert "layers.19.self_attn.k_norm.weight" in names
    assert "layers.20.self_attn.k_norm.weight" not in names
    assert "layers.34.altup.correct_output_scale" in names


def test_every_weight_learns() -> None:
    config = tiny_config()
    model = TextModel(config, splits=(16, 32))
    model.initialise(0)
    ids = random_ids(20, batch=2)
    for step in range(2):  # coefficients start at zero and hold their router's gradient back
        model.zero_grad()
        hidden = model(model.embed(ids), ids, want=torch.tensor([[1, 19], [4, 7]]))
        model.logits(hidden).square().mean().backward()
        if step == 0:
            with torch.no_grad():
                for parameter in model.parameters():
                    assert parameter.grad is not None
                    parameter -= 0.1 * parameter.grad
    still = {
        name
        for name, parameter in model.named_parameters()
        if parameter.grad is None or not parameter.grad.isfinite().all() or not parameter.grad.any()
    }
    assert not still


def test_an_all_zero_embedding_leaves_gradients_finite() -> None:
    model = TextModel(tiny_config(layers=6, shared=2))
    model.initialise(0)
    ids = random_ids(9)
    embeds = model.embed(ids) * (torch.arange(9) > 3)[None, :, None]
    model.logits(model(embeds, ids)).square().mean().backward()
    for parameter in model.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()


@pytest.mark.parametrize("wanted", [True, False])
def test_ways_from_one_beginning_are_what_each_is_alone(wanted: bool) -> None:
    """Sliding windows and layers without keys of their own included."""
    model = TextModel(tiny_config())
    model.initialise(0)
    ids = random_ids(24, batch=2)
    ways = torch.tensor([[0] * 9 + [1] * 6 + [2] * 9, [0] * 9 + [4] * 15])
    alone = [
        ids[:1, :15],
        torch.cat((ids[:1, :9], ids[:1, 15:]), 1),
        ids[1:],
    ]
    hidden = [model(model.embed(row), row)[0] for row in alone]
    want = torch.tensor([[4, 10, 14, 15, 23], [0, 8, 9, 15, 23]])
    together = model(model.embed(ids), ids, want=want if wanted else None, forks=Forks.of(ways))
    if not wanted:
        together = together[torch.arange(2)[:, None], want]
    expected = torch.stack(
        [
            torch.stack([hidden[0][4], hidden[0][10], hidden[0][14], hidden[1][9], hidden[1][17]]),
            hidden[2][want[1]],
        ]
    )
    torch.testing.assert_close(together, expected, rtol=1e-4, atol=1e-5)


def test_a_skipped_layer_gets_no_gradient() -> None:
    config = tiny_config()
    model = TextModel(config, splits=(16, 32))
    model.initialise(0)
    ids = random_ids(9)
    size = Size("small", (16,) * 12, frozenset({8, 9}))
    model.logits(model(model.embed(ids), ids, size=size)).square().mean().backward()
    assert model.layers[8].mlp.up_proj.weight.grad is None
    wide = model.layers[0].mlp.down_proj.weight.grad
    assert wide[:, :16].any()
    assert not wide[:, 16:].any()


def test_the_same_seed_gives_the_same_start() -> None:
    config = tiny_config(layers=4, shared=0)
    first, second = TextModel(config), TextModel(config)
    first.initialise(3)
    second.initialise(3)
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, second.state_dict()[name])


def test_no_soft_cap_means_plain_scores() -> None:
    config = replace(tiny_config(layers=4, shared=0), final_logit_softcapping=None)
    model = TextModel(config)
    hidden = torch.randn(1, 2, 32, generator=torch.Generator().manual_seed(0))
    expected = hidden @ model.embed_tokens.weight.t()
    torch.testing.assert_close(model.logits(hidden), expected)


def test_the_best_bf16_scores_are_not_rounded() -> None:
    config = replace(tiny_config(layers=4, shared=0), final_logit_softcapping=None)
    model = TextModel(config).to(torch.bfloat16).requires_grad_(False)
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(1, 3, 32, generator=generator).bfloat16()
    expected = hidden.float() @ model.embed_tokens.weight.float().t()
    found = model.logits(hidden)
    assert found.dtype is torch.float32
    torch.testing.assert_close(found.topk(20).values, expected.topk(20).values)
    assert torch.equal(found.argmax(-1), expected.argmax(-1))
