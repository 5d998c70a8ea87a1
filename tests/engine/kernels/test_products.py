"""Kernels made on this machine compute what their definitions say, with every set of instructions
that it has, whatever the shape.
"""

import functools

import pytest
import torch
from torch import Tensor

from engine.kernels import loading, products
from engine.kernels.loading import Kernels, Tape, load
from engine.kernels.machine import CODED_BYTES, SHARED, Machine, flags, this_machine
from engine.quant.packing import LANES, MIDDLE, arranged, pack

SHAPES = [(16, 32, 32), (48, 96, 32), (64, 640, 128), (192, 512, 256), (320, 192, 64)]
HERE = this_machine()
TILES = HERE is not None and HERE.tiles and loading._may_use_tiles()


def machines() -> list[Machine]:
    """What this processor has, and what it could be taken for."""
    if HERE is None:
        return []
    narrower = [Machine(16, True, tiles=False)] if HERE.lanes == 16 else []
    # Some have these products in their wide vectors alone.
    narrower += [Machine(8, True, tiles=False)] if "avx_vnni" in flags() else []
    return list(dict.fromkeys([HERE, *narrower, Machine(8, False, tiles=False)]))


@functools.cache
def kernels_of(machine: Machine) -> Kernels:
    kernels = load(machine)
    assert kernels is not None
    return kernels


@pytest.fixture(params=machines(), ids=lambda machine: machine.name)
def kernels(request: pytest.FixtureRequest) -> Kernels:
    return kernels_of(request.param)


@pytest.fixture(params=SHAPES, ids=str)
def weight(request: pytest.FixtureRequest) -> tuple[Tensor, Tensor, Tensor]:
    """A packed weight, its scales, and the numbers that it stands for, float64 [rows, columns]."""
    rows, columns, group = request.param
    values = torch.randint(0, 16, (rows, columns), dtype=torch.uint8)
    scales = torch.randn(columns // group, rows, 2).bfloat16()
    factor, zero = scales.double().permute(2, 1, 0).unsqueeze(3)
    steps = values.double().view(rows, -1, group) - MIDDLE
    return pack(values, LANES), arranged(scales, LANES), (steps * factor + zero).flatten(1)


def coded(x: Tensor) -> tuple[Tensor, Tensor]:
    """Codes and scales of inputs as defined: the peak of 32 columns is 127."""
    parts = x.float().view(*x.shape[:-1], -1, SHARED)
    peak = parts.abs().amax(-1, keepdim=True)
    # A number over a tensor would be rounded twice.
    inverse = torch.where(peak > 0, torch.full_like(peak, 127) / peak, 0)
    inverse = torch.where(inverse < 1e38, inverse, 0)
    return torch.round(parts * inverse), peak * (1 / 127)


def standing_for(x: Tensor) -> Tensor:
    codes, scales = coded(x)
    return (codes.double() * scales.double()).flatten(-2)


def near(found: Tensor, expected: Tensor, share: float) -> None:
    worst = (found.double() - expected).abs().max() / expected.abs().max()
    assert worst < share, f"{worst:.2e} of the largest"


@pytest.mark.parametrize("kind", ["f32", "bf16"])
def test_inputs_are_rounded_as_defined(kernels: Kernels, kind: str) -> None:
    x = torch.randn(7, SHARED) * torch.logspace(-6, 6, 7).unsqueeze(1)
    x[3] = 0
    x[4] = 1e-42  # no number that can be divided by
    x = x.bfloat16() if kind == "bf16" else x
    room = torch.empty(len(x), CODED_BYTES, dtype=torch.uint8)
    Tape(kernels, [(f"encode_{kind}", (x.data_ptr(), room.data_ptr(), x.numel()), False)]).run()
    codes, scales = coded(x)
    codes, scales = codes[:, 0], scales[:, 0, 0]
    assert torch.equal(room[:, :SHARED].contiguous().view(torch.int8).float(), codes)
    rest = room[:, SHARED:].contiguous()
    assert torch.equal(rest.view(torch.float32)[:, 0], scales)
    torch.testing.assert_close(rest.view(torch.float32)[:, 1], scales * codes.sum(1))
    assert torch.equal(rest.view(torch.int32)[:, 2], (-8 * codes.sum(1)).int())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_few_inputs_are_products_of_integers(
    kernels: Kernels, weight: tuple[Tensor, Tensor, Tensor], dtype: torch.dtype
) -> None:
    packed, scales, numbers = weight
    for count in (1, 2, 3, 7):
        x = torch.randn(count, numbers.shape[1]).to(dtype)
        found = products.few(kernels, x, packed, scales)
        near(found, standing_for(x) @ numbers.t(), 1e-5)


def test_rounding_inputs_costs_little(kernels: Kernels) -> None:
    values = torch.randint(0, 16, (64, 2048), dtype=torch.uint8)
    scales = torch.stack((torch.rand(16, 64), torch.zeros(16, 64)), 2).bfloat16()
    packed, factors = pack(values, LANES), arranged(scales, LANES)
    x = torch.randn(32, 2048)
    exact = products.few_exact(kernels, x, packed, factors)
    error = products.few(kernels, x, packed, factors) - exact
    assert error.norm() / exact.norm() < 0.01  # of the weight's own rounding: a tenth


def test_inputs_can_stay_as_they_are(
    kernels: Kernels, weight: tuple[Tensor, Tensor, Tensor]
) -> None:
    packed, scales, numbers = weight
    x = torch.randn(3, numbers.shape[1])
    near(products.few_exact(kernels, x, packed, scales), x.double() @ numbers.t(), 1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_weights_come_back(
    kernels: Kernels, weight: tuple[Tensor, Tensor, Tensor], dtype: torch.dtype
) -> None:
    packed, scales, numbers = weight
    room = torch.empty(numbers.numel() + 5, dtype=dtype)
    found = products.widened(kernels, packed, scales, room)
    share = 2**-8 if dtype is torch.bfloat16 else 1e-6
    torch.testing.assert_close(found.t().double(), numbers, rtol=share, atol=share)


@pytest.mark.skipif(not TILES, reason="this processor, or its system, gives no tiles")
@pytest.mark.parametrize("weight", [s for s in SHAPES if s[0] % 64 == 0], indirect=True, ids=str)
@pytest.mark.parametrize("count", [1, 16, 33, 70])
def test_many_inputs_go_through_tiles(weight: tuple[Tensor, Tensor, Tensor], count: int) -> None:
    """Prepared weights have a multiple of 64 rows."""
    assert HERE is not None
    packed, scales, numbers = weight
    x = torch.randn(count, numbers.shape[1]).bfloat16()
    rounded = numbers.bfloat16().double()
    found = products.many(kernels_of(HERE), x, packed, scales)
    near(found, x.double() @ rounded.t(), 1e-2)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_number_of_threads_gives_the_same(kernels: Kernels, threads: int) -> None:
    values = torch.randint(0, 16, (80, 64), dtype=torch.uint8)
    packed = pack(values, LANES)
    scales = arranged(torch.randn(2, 80, 2).bfloat16(), LANES)
    x = torch.randn(5, 64)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        expected = products.few(kernels, x, packed, scales)
        torch.set_num_threads(threads)
        assert all(
            torch.equal(products.few(kernels, x, packed, scales), expected) for _ in range(50)
        )
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("kind", ["i8", "bf16"])
def test_rows_that_lie_together(kernels: Kernels, kind: str) -> None:
    x, out = torch.randn(160), torch.empty(12)
    stored, scales = (
        torch.randint(-127, 128, (12, 160), dtype=torch.int8),
        torch.rand(12).bfloat16(),
    )
    numbers = stored.double() * scales.double().unsqueeze(1)
    weight = stored
    if kind == "bf16":
        weight = torch.randn(12, 160).bfloat16()
        numbers = weight.double()
    stride = weight.stride(0) * weight.itemsize
    places = [tensor.data_ptr() for tensor in (x, weight, scales, out)]
    words = (*places, stride, *weight.shape)
    Tape(kernels, [(f"multiply_{kind}", words, False)]).run()
    near(out, numbers @ x.double(), 1e-5)
