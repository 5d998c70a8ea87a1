"""One position through machine code is what a layer computes, at every size and for every kind of
weight; what cannot go there goes through torch.
"""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.kernels.loading import SWITCH, available
from engine.model import Gemma3n
from engine.text.attention import AttentionPlan, KeysValues, attention_plan
from engine.text.cache import KVCache
from engine.text.layers import DecoderLayer
from engine.weights import Weights
from tests.engine.quant.models import IDS, opened, write

SHAPE = {"head_dim": 64, "laurel_rank": 32, "hidden_size_per_layer_input": 32}
PAST = 5
# Inputs of 4 bits are rounded to 8; of others only queries, keys and values are, to bfloat16.
CLOSE = {Weights.INT4: 0.06, Weights.INT8: 0.03, Weights.EXACT: 0.03}


def a_model(tmp_path: Path, weights: Weights) -> Gemma3n:
    folder = write(tmp_path / "model", sizes=True, **SHAPE)
    return opened(folder, weights, dtype=torch.bfloat16)


def has_step(model: Gemma3n) -> bool:
    return model.text.layers[0].step is not None


def apart(found: Tensor, expected: Tensor) -> float:
    return float((found.float() - expected.float()).norm() / expected.float().norm())


@pytest.mark.parametrize("weights", list(CLOSE), ids=str)
def test_a_layer_is_the_layer_in_float32(tmp_path: Path, weights: Weights) -> None:
    model = a_model(tmp_path, weights)
    assert has_step(model) == (available() is not None)
    config = model.config.text
    generator = torch.Generator().manual_seed(3)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    past = [drawn(1, config.num_key_value_heads, PAST, config.head_dim) for _ in range(2)]

    def joined(new: KeysValues) -> KeysValues:
        pairs = zip(past, new, strict=True)
        keys, values = (torch.cat((old.to(one), one), 2) for old, one in pairs)
        return keys, values

    def source(dtype: torch.dtype, own: bool) -> KeysValues | Callable[[KeysValues], KeysValues]:
        return joined if own else (past[0].to(dtype), past[1].to(dtype))

    for index, layer in enumerate(model.text.layers):
        assert isinstance(layer, DecoderLayer)
        streams = drawn(1, 1, config.altup_num_inputs, config.hidden_size)
        given = drawn(1, 1, config.hidden_size_per_layer_input).bfloat16()
        plan: AttentionPlan = attention_plan(
            config,
            config.layer_types[index],
            range(PAST, PAST + 1),
            range(PAST + 1),
            dtype=torch.float32,
            device=torch.device("cpu"),
        )
        for width in (128, 256):
            own = layer.self_attn.is_producer
            step, layer.step = layer.step, None
            reference = copy.deepcopy(layer).float() if weights is Weights.EXACT else layer
            with torch.inference_mode():
                exact = source(torch.float32, own)
                expected = reference(streams, streams[:, :, 0], given.float(), plan, exact, width)
                layer.step = step
                ours = source(torch.bfloat16, own)
                found = layer(streams, streams[:, :, 0], given, plan, ours, width)
            for one, other in zip(
                (*found[:2], *found[2]), (*expected[:2], *expected[2]), strict=True
            ):
                assert apart(one, other) < CLOSE[weights]


def states(model: Gemma3n, cache: KVCache | None) -> Tensor:
    parts = torch.split(IDS, 1, 1) if cache else [IDS[:, :1]]
    size = model.sizes.sizes[0]
    with torch.inference_mode():
        steps = [model.text(model.embed(ids), ids, cache=cache, size=size) for ids in parts]
    return torch.cat(steps, 1)


@pytest.mark.parametrize("weights", list(CLOSE), ids=str)
def test_a_conversation_is_as_near_as_by_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: Weights
) -> None:
    model = a_model(tmp_path, weights)
    exact = opened(model.folder, weights, dtype=torch.float32)
    expected = states(exact, KVCache(exact.config.text, exact.dtype))
    ours = apart(states(model, KVCache(model.config.text, model.dtype)), expected)
    assert apart(states(model, None), states(exact, None)) < 0.1
    for layer in model.text.layers:
        assert isinstance(layer, DecoderLayer)
        layer.step = None
    theirs = apart(states(model, KVCache(model.config.text, model.dtype)), expected)
    assert ours < 1.2 * theirs
    monkeypatch.setenv(SWITCH, "off")
    assert not has_step(opened(model.folder, weights, dtype=torch.bfloat16))


def test_shapes_that_fill_no_vectors_go_through_torch(tmp_path: Path) -> None:
    model = opened(write(tmp_path / "model"), Weights.INT8, dtype=torch.bfloat16)
    assert not has_step(model)
    assert states(model, KVCache(model.config.text, model.dtype)).isfinite().all()
