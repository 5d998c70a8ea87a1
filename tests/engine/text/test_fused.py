"""The gradients written by hand are the true ones."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.norm import rms_norm
from engine.text.altup import magnitude
from engine.text.fused import gated_sum, gaussian_cut, mix_streams


def drawn(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(shape, generator=generator, dtype=torch.float64)
    return values.requires_grad_()


def same_gradients(
    found: Callable[..., Tensor], expected: Callable[..., Tensor], *inputs: Tensor
) -> None:
    left, right = found(*inputs), expected(*inputs)
    torch.testing.assert_close(left, right)
    probe = torch.randn(left.shape, dtype=left.dtype, generator=torch.Generator().manual_seed(9))
    ours = torch.autograd.grad((left * probe).sum(), inputs)
    for ours_one, true in zip(
        ours, torch.autograd.grad((right * probe).sum(), inputs), strict=True
    ):
        torch.testing.assert_close(ours_one, true)


def test_rms_norm() -> None:
    def plain(x: Tensor, weight: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * weight

    same_gradients(lambda x, w: rms_norm(x, w, 1e-6), plain, drawn(3, 5, 8), drawn(8))
    same_gradients(
        lambda x: rms_norm(x, None, 1e-6),
        lambda x: plain(x, torch.ones(8, dtype=x.dtype)),
        drawn(3, 5, 8),
    )


def test_rms_norm_rounds_once_in_bf16() -> None:
    x, weight = drawn(4, 64).detach().bfloat16(), drawn(64, seed=1).detach().bfloat16()
    exact = rms_norm(x.double(), weight.double(), 1e-6).bfloat16()
    assert rms_norm(x, weight, 1e-6).dtype is torch.bfloat16
    assert (rms_norm(x, weight, 1e-6) != exact).float().mean() < 0.01


@pytest.mark.parametrize("deviations", [0.0, 0.67, 1.6449])
def test_gaussian_cut(deviations: float) -> None:
    def plain(gate: Tensor) -> Tensor:
        spread = gate.std(-1, keepdim=True, correction=0)
        return torch.relu(gate - (gate.mean(-1, keepdim=True) + spread * deviations))

    same_gradients(lambda gate: gaussian_cut(gate, deviations), plain, drawn(7, 40))


def test_gaussian_cut_of_equal_values_has_a_gradient() -> None:
    gate = torch.zeros(2, 8, requires_grad=True)
    gaussian_cut(gate, 1.0).sum().backward()
    assert gate.grad is not None
    assert torch.equal(gate.grad, torch.zeros(2, 8))


@pytest.mark.parametrize("ends", [(12,), (4, 12), (4, 8)])
def test_gated_sum(ends: tuple[int, ...]) -> None:
    def plain(gate: Tensor, up: Tensor, weight: Tensor) -> Tensor:
        return F.gelu(gate, approximate="tanh") * up @ weight[:, : ends[-1]].t()

    inputs = drawn(6, ends[-1]), drawn(6, ends[-1], seed=1), drawn(5, 12, seed=2)
    same_gradients(lambda g, u, w: gated_sum(g, u, w, ends), plain, *inputs)


def test_mix_streams() -> None:
    def both(mixed: Tensor, active: Tensor) -> Tensor:
        return mixed.sin().sum((1, 2)) + active.cos().sum(1)

    def plain(mixing: Tensor, streams: Tensor) -> Tensor:
        mixed = mixing @ streams
        return both(mixed, mixed[:, 0])

    inputs = drawn(5, 4, 4), drawn(5, 4, 6, seed=1)
    same_gradients(lambda m, s: both(*mix_streams(m, s)), plain, *inputs)


def test_magnitude_of_zeros_has_no_nan_in_its_gradient() -> None:
    x = torch.zeros(2, 4, requires_grad=True)
    magnitude(x).sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, torch.zeros(2, 4))
