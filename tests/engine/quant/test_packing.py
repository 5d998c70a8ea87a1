"""Small integers: what is packed comes back, by torch's kernel and by the way back to numbers."""

import os
import subprocess
import sys

import pytest
import torch

from engine.kernels.loading import SWITCH
from engine.quant.linear import FEW_ROWS, Linear4, Linear8
from engine.quant.packing import (
    LANES,
    MIDDLE,
    Layout,
    arranged,
    machine_layout,
    pack,
    unpack,
    unpack_rows,
)
from engine.quant.rounding import round_to_4_bits, round_to_8_bits

ROWS, COLUMNS = 192, 256


def as_numbers(values: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """What 4-bit values stand for, by definition."""
    groups = scales.shape[0]
    steps = values.float().view(len(values), groups, -1) - MIDDLE
    scale, zero = scales.float().permute(2, 1, 0).unsqueeze(3)
    numbers: torch.Tensor = steps * scale + zero
    return numbers.flatten(1)


def a_weight(rows: int = ROWS, columns: int = COLUMNS) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(1))


def linear_of(values: torch.Tensor, scales: torch.Tensor, layout: Layout) -> Linear4:
    scales = scales if layout.lanes else scales.float()
    return Linear4(pack(values, layout), arranged(scales, layout), layout)


@pytest.mark.parametrize("group", [32, 64, 128, 256])
@pytest.mark.parametrize("rows", [1, 3, FEW_ROWS, FEW_ROWS + 1, 100])
@pytest.mark.parametrize("kernels", ["on", "off"])
def test_4_bits_multiply_as_the_numbers_they_stand_for(
    group: int, rows: int, kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, kernels)
    layout = machine_layout()
    assert layout is not None
    values, scales = round_to_4_bits(a_weight(), group)
    linear = linear_of(values, scales, layout)
    x = torch.randn(2, rows, COLUMNS)
    expected = x @ as_numbers(values, scales).t()
    torch.testing.assert_close(linear(x[:1]), expected[:1], atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(linear(x), expected, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("rows", [1, 4, 100])
def test_8_bits_multiply_as_the_numbers_they_stand_for(rows: int) -> None:
    values, scales = round_to_8_bits(a_weight())
    weight = values.float() * scales.float().unsqueeze(1)
    x = torch.randn(rows, COLUMNS)
    torch.testing.assert_close(
        Linear8(values, scales.float())(x), x @ weight.t(), atol=1e-3, rtol=1e-4
    )
    narrow = Linear8(values, scales)(x.bfloat16())
    torch.testing.assert_close(narrow.float(), x @ weight.t(), atol=0.5, rtol=0.05)
    by_columns = x.bfloat16().t().contiguous().t()
    torch.testing.assert_close(Linear8(values, scales)(by_columns), narrow)


@pytest.mark.parametrize("layout", [Layout(64, False), Layout(32, False), Layout(32, True), LANES])
def test_every_layout_comes_back(layout: Layout) -> None:
    values, scales = round_to_4_bits(a_weight(), 64)
    packed = pack(values, layout)
    numbers = as_numbers(values, scales)
    wide, narrow = arranged(scales.float(), layout), arranged(scales, layout)
    torch.testing.assert_close(unpack(packed, wide, layout).t(), numbers)
    rows = torch.tensor([0, 31, 32, 33, 64, 191, 5])
    torch.testing.assert_close(unpack_rows(packed, narrow, layout, rows), numbers[rows])
    assert packed.nbytes == ROWS * COLUMNS // 2


@pytest.mark.parametrize("capability", ["default", "avx2"])
def test_other_instruction_sets_are_known(capability: str) -> None:
    # torch reads the variable where it has such code: elsewhere it is what this machine has.
    script = (
        "import torch\n"
        "from tests.engine.quant.test_packing import *\n"
        "with pytest.MonkeyPatch.context() as patch:\n"
        "    test_4_bits_multiply_as_the_numbers_they_stand_for(64, 3, 'off', patch)\n"
    )
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": capability}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=120)
