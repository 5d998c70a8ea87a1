"""Rounding: better than to the nearest step, driven columns first, odd weights survive."""

import pytest
import torch

from engine.quant.rounding import round_to_4_bits, round_to_8_bits
from tests.engine.quant.test_packing import as_numbers


def heavy_tailed() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    normal = torch.randn(64, 512, 5, generator=generator)
    return normal[..., 0] / normal[..., 1:].square().mean(-1).sqrt()


def error(weight: torch.Tensor, importance: torch.Tensor | None, *, search: bool = True) -> float:
    values, scales = round_to_4_bits(weight, 64, importance, search=search)
    return float((as_numbers(values, scales) - weight).square().sum())


@pytest.mark.parametrize("weight", [torch.randn(64, 512), heavy_tailed()])
def test_search_beats_the_nearest_step(weight: torch.Tensor) -> None:
    assert error(weight, None) < 0.93 * error(weight, None, search=False)


def test_driven_columns_come_out_better() -> None:
    weight = heavy_tailed()
    importance = torch.where(torch.arange(512) % 8 == 0, 100.0, 1.0)
    driven = importance > 1

    def of_driven(importance: torch.Tensor | None) -> float:
        values, scales = round_to_4_bits(weight, 64, importance)
        return float((as_numbers(values, scales) - weight)[:, driven].square().sum())

    assert of_driven(importance) < 0.7 * of_driven(None)


def test_constant_and_empty_rows_are_exact() -> None:
    weight = torch.stack([torch.zeros(128), torch.full((128,), 0.5), torch.full((128,), -3.0)])
    values, scales = round_to_4_bits(weight, 64)
    assert torch.equal(as_numbers(values, scales), weight)
    small, scale = round_to_8_bits(weight)
    torch.testing.assert_close(
        small.float() * scale.float().unsqueeze(1), weight, rtol=5e-3, atol=0
    )


def test_any_step_of_work_gives_the_same() -> None:
    weight = torch.randn(300, 4096, generator=torch.Generator().manual_seed(0))
    values, scales = round_to_4_bits(weight, 64)
    alone, its_scales = round_to_4_bits(weight[250:], 64)
    assert torch.equal(values[250:], alone)
    assert torch.equal(scales[:, 250:], its_scales)
