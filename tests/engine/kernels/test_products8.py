"""Products with weights of 8 bits are those of the numbers that the weights stand for."""

import pytest
import torch

from engine.kernels import products8
from engine.kernels.loading import Kernels, load
from tests.engine.kernels.test_products import machines, near


@pytest.fixture(scope="module", params=machines(), ids=lambda machine: machine.name)
def kernels(request: pytest.FixtureRequest) -> Kernels:
    made = load(request.param)
    assert made is not None
    return made


@pytest.mark.parametrize("shape", [(16, 64), (48, 192), (304, 1536)], ids=str)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_a_few_inputs(kernels: Kernels, shape: tuple[int, int], count: int) -> None:
    values = torch.randint(-128, 128, shape, dtype=torch.int8)
    scales = torch.rand(shape[0]).bfloat16()
    assert products8.suits(values, scales)
    x = torch.randn(count, shape[1]).bfloat16()
    expected = x.double() @ (values.double() * scales.double()[:, None]).t()
    near(products8.few8(kernels, x, values, scales), expected, 1e-6)


@pytest.mark.parametrize("count", [1, 16, 37])
def test_several_inputs_through_tiles(kernels: Kernels, count: int) -> None:
    values = torch.randint(-128, 128, (48, 192), dtype=torch.int8)
    scales = torch.rand(48).bfloat16()
    x = torch.randn(count, 192).bfloat16()
    assert kernels.machine.tiles == ("multiply8_tiles" in kernels)
    if kernels.machine.tiles:
        expected = x.double() @ (values.double() * scales.double()[:, None]).t()
        near(products8.several8(kernels, x, values, scales), expected, 2**-8)


def test_company_changes_no_result(kernels: Kernels) -> None:
    """A step of a stream gives what it gives, however many frames come with it."""
    values = torch.randint(-128, 128, (64, 320), dtype=torch.int8)
    scales = torch.rand(64).bfloat16()
    x = torch.randn(7, 320).bfloat16()
    together = products8.few8(kernels, x, values, scales)
    alone = [products8.few8(kernels, row[None], values, scales) for row in x]
    assert torch.equal(together, torch.cat(alone))


def test_an_input_may_lie_by_columns(kernels: Kernels) -> None:
    values = torch.randint(-128, 128, (32, 64), dtype=torch.int8)
    scales = torch.rand(32).bfloat16()
    x = torch.randn(4, 64).bfloat16()
    turned = x.t().contiguous().t()
    expected = products8.few8(kernels, x, values, scales)
    assert torch.equal(products8.few8(kernels, turned, values, scales), expected)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((24, 64), torch.bfloat16), ((16, 96), torch.bfloat16), ((16, 64), torch.float32)],
    ids=str,
)
def test_what_does_not_fill_vectors_is_left(shape: tuple[int, int], dtype: torch.dtype) -> None:
    values = torch.zeros(shape, dtype=torch.int8)
    assert not products8.suits(values, torch.zeros(shape[0], dtype=dtype))
