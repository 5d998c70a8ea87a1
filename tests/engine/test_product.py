"""Every way to a product gives the product."""

import pytest
import torch
import torch.nn.functional as F

from engine import product as module
from engine.product import FEW_INPUTS, product, turned_product

INPUTS = [1, 2, FEW_INPUTS, FEW_INPUTS + 1, 200]


@pytest.mark.parametrize("tiles", [False, True])
@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@torch.inference_mode()
def test_products(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, inputs: int, tiles: bool
) -> None:
    monkeypatch.setattr(module, "computes_in_tiles", lambda: tiles)
    generator = torch.Generator().manual_seed(inputs)
    x = torch.randn(inputs, 96, generator=generator).to(dtype)
    weight = torch.randn(64, 96, generator=generator).to(dtype)
    close = {"atol": 0.2, "rtol": 0.02} if dtype is torch.bfloat16 else {"atol": 1e-4, "rtol": 1e-4}
    expected = F.linear(x.float(), weight.float())
    by_columns = x.t().contiguous().t()
    for found in (
        product(x, weight),
        product(x[None], weight)[0],
        product(by_columns, weight),
        turned_product(x, weight),
        turned_product(by_columns, weight),
    ):
        torch.testing.assert_close(found.float(), expected, **close)
    assert product(by_columns, weight).is_contiguous()
