"""The text decoder against transformers' Gemma3nForCausalLM, on drawn shapes."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import Gemma3nForCausalLM, Gemma3nTextConfig
from transformers.models.gemma3n import modeling_gemma3n

from engine.config import LayerType, TextConfig
from engine.text.cache import KVCache
from engine.text.model import TextModel
from tests.tiny_text import PLE_ROWS, drawn_config, random_ids, random_model

SHALLOW = [drawn_config(seed, deep=False) for seed in range(18)]
DEEP = [drawn_config(seed, deep=True) for seed in range(6)]


def reference_of(model: TextModel, config: TextConfig) -> Gemma3nForCausalLM:
    reference = Gemma3nForCausalLM(
        Gemma3nTextConfig(
            vocab_size=config.vocab_size,
            vocab_size_per_layer_input=config.vocab_size_per_layer_input,
            hidden_size=config.hidden_size,
            hidden_size_per_layer_input=config.hidden_size_per_layer_input,
            num_hidden_layers=config.num_hidden_layers,
            intermediate_size=list(config.intermediate_size),
            num_attention_heads=config.num_attention_heads,
            num_key_value_heads=config.num_key_value_heads,
            head_dim=config.head_dim,
            layer_types=[kind.value for kind in config.layer_types],
            sliding_window=config.sliding_window,
            rope_parameters={
                "full_attention": {"rope_type": "default", "rope_theta": config.rope_theta_full},
                "sliding_attention": {
                    "rope_type": "default",
                    "rope_theta": config.rope_theta_sliding,
                },
            },
            num_kv_shared_layers=config.num_kv_shared_layers,
            activation_sparsity_pattern=list(config.activation_sparsity),
            altup_num_inputs=config.altup_num_inputs,
            laurel_rank=config.laurel_rank,
            final_logit_softcapping=config.final_logit_softcapping,
            attn_implementation="eager",
        )
    )
    weights = {f"model.{name}": weight for name, weight in model.state_dict().items()}
    weights["lm_head.weight"] = model.embed_tokens.weight
    reference.load_state_dict(weights)
    return reference.eval()


def prompt(config: TextConfig) -> Tensor:
    """Two sequences of more than three windows, with ids beyond the per-layer table."""
    ids = random_ids(3 * config.sliding_window + 5, seed=config.num_hidden_layers, batch=2)
    ids[:, 3] = PLE_ROWS + 4
    return ids


@pytest.fixture
def exact_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference's own casts to fp32 become casts to fp64."""

    class Torch:
        float32 = float = torch.float64

        def __getattr__(self, name: str) -> Any:
            return getattr(torch, name)

    monkeypatch.setattr(modeling_gemma3n, "torch", Torch())
    monkeypatch.setattr(torch.Tensor, "float", torch.Tensor.double)


@pytest.fixture
def _fp64_default() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def compare(config: TextConfig, dtype: torch.dtype) -> tuple[float, float]:
    """Largest difference of the logits, and the reference's standard deviation."""
    model = random_model(config, seed=1, dtype=dtype)
    reference = reference_of(model, config)
    ids = prompt(config)
    with torch.no_grad():
        expected = reference(input_ids=ids, use_cache=False).logits
        found = model.logits(model(model.embed(ids), ids))
    assert found.dtype is expected.dtype is dtype
    return (found - expected).abs().max().item(), expected.std().item()


def test_drawn_shapes_cover_what_they_must() -> None:
    assert len(SHALLOW) + len(DEEP) >= 20
    for config in DEEP:
        assert config.num_hidden_layers >= 20
        assert config.hidden_size >= 64
        consumers = config.layer_types[config.first_shared_layer :]
        assert set(consumers) == {LayerType.SLIDING, LayerType.FULL}


@pytest.mark.parametrize("config", SHALLOW, ids=range(len(SHALLOW)))
def test_fp32_logits_are_the_references(config: TextConfig) -> None:
    difference, deviation = compare(config, torch.float32)
    assert 0.5 < deviation < 8
    assert difference < 1e-4 * deviation


@pytest.mark.usefixtures("exact_reference", "_fp64_default")
@pytest.mark.parametrize("config", SHALLOW + DEEP, ids=range(len(SHALLOW) + len(DEEP)))
def test_fp64_logits_are_the_exact_references(config: TextConfig) -> None:
    difference, deviation = compare(config, torch.float64)
    assert 0.5 < deviation < 8
    assert difference < 1e-8 * deviation


def test_bf16_is_as_near_to_the_truth_as_the_reference_in_bf16() -> None:
    config = SHALLOW[0]
    model = random_model(config, seed=1, dtype=torch.bfloat16)
    ids = prompt(config)[:1]
    cache = KVCache(config, torch.bfloat16, capacity_hint=8)
    reference = reference_of(model, config)
    with torch.no_grad():
        truth = reference(input_ids=ids, use_cache=False).logits
        theirs = reference.to(torch.bfloat16)(input_ids=ids, use_cache=False).logits
        parts = [model(model.embed(part), part, cache=cache) for part in ids.split(7, 1)]
        ours = model.logits(torch.cat(parts, 1))
    assert ours.dtype is torch.float32
    assert (ours - truth).abs().mean() < 1.2 * (theirs - truth).abs().mean()
