"""Norms of maps with what follows them: this machine's kernels and torch alone compute the same."""

import pytest
import torch
from torch import Tensor

from engine.kernels import loading
from engine.kernels.loading import SWITCH, load
from engine.norm import RMSNorm
from engine.vision.norms import gelu, joined, normed
from tests.engine.kernels.test_products import machines

SHAPES = [(1, 3, 5, 64), (2, 8, 8, 640), (1, 1, 1, 1280)]


@pytest.fixture(
    params=[None, *machines()], ids=lambda machine: machine.name if machine else "torch"
)
def by_kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """With each set of instructions that there is, and without any."""
    if request.param is None:
        monkeypatch.setenv(SWITCH, "off")
        return False
    kernels = load(request.param)
    assert kernels is not None
    monkeypatch.setattr(loading, "available", lambda: kernels)
    return True


def drawn(*shape: int) -> Tensor:
    return (torch.randn(shape) * 3).bfloat16()


def norm_of(width: int, dtype: torch.dtype = torch.bfloat16) -> RMSNorm:
    norm = RMSNorm(width).requires_grad_(False)
    norm.weight = torch.nn.Parameter(drawn(width).to(dtype), requires_grad=False)
    return norm


def exact(norm: RMSNorm, x: Tensor) -> Tensor:
    """The norm by its definition, in float64."""
    assert norm.weight is not None
    wide = x.double()
    scale = (wide.square().mean(-1, keepdim=True) + norm.eps).rsqrt()
    return wide * scale * norm.weight.double()


def near(found: Tensor, expected: Tensor, *, by_kernel: bool) -> None:
    """A kernel rounds once; torch after each step, where numbers may be larger than in the end."""
    assert found.dtype is torch.bfloat16
    error = (found.double() - expected).abs()
    allowed = 2**-8 * (expected.abs() + 1e-3) if by_kernel else 2**-6 * (expected.abs() + 8)
    assert bool((error <= allowed).all())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("act", [False, True])
def test_a_norm_with_and_without_activation(
    shape: tuple[int, ...], act: bool, by_kernel: bool
) -> None:
    x, norm = drawn(*shape), norm_of(shape[-1])
    expected = gelu(exact(norm, x)) if act else exact(norm, x)
    kept = x.clone()
    near(normed(norm, x, act=act, own=False), expected, by_kernel=by_kernel)
    assert torch.equal(x, kept)
    found = normed(norm, x, act=act)
    near(found, expected, by_kernel=by_kernel)
    assert (found.data_ptr() == x.data_ptr()) == by_kernel  # no second map beside the first


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("scaled", [False, True])
def test_a_norm_onto_what_was_before(shape: tuple[int, ...], scaled: bool, by_kernel: bool) -> None:
    x, skip, norm = drawn(*shape), drawn(*shape), norm_of(shape[-1])
    gamma = drawn(shape[-1]) if scaled else None
    kept, out = skip.clone(), exact(norm, x)
    expected = skip.double() + (out if gamma is None else out * gamma.double())
    found = joined(norm, x, skip, gamma)
    near(found, expected, by_kernel=by_kernel)
    assert torch.equal(skip, kept)
    assert (found.data_ptr() == x.data_ptr()) == by_kernel


def test_large_and_empty_numbers(by_kernel: bool) -> None:
    x, norm = torch.zeros(4, 64).bfloat16(), norm_of(64)
    x[1], x[2], x[3, 5] = 1e15, 1e-15, torch.nan
    found = normed(norm, x.clone(), act=True)
    expected = gelu(exact(norm, x))
    near(found[:3], expected[:3], by_kernel=by_kernel)
    assert bool(found[3].isnan().all())


def test_what_kernels_cannot_do_torch_does(by_kernel: bool) -> None:
    """Widths that fill no vector, other types, maps with gaps between numbers, gradients."""
    cases = {
        "narrow": (drawn(2, 3, 20), norm_of(20)),
        "wide numbers": (torch.randn(2, 3, 64), norm_of(64, torch.float32)),
        "wide weight": (drawn(2, 3, 64), norm_of(64, torch.float32)),
        "gaps": (drawn(2, 3, 128)[..., ::2], norm_of(64)),
        "gradient": (drawn(2, 3, 64).requires_grad_(), norm_of(64)),
    }
    for name, (x, norm) in cases.items():
        found = normed(norm, x, act=True)
        assert torch.equal(found, gelu(norm(x))), name
        assert found.data_ptr() != x.data_ptr(), name
    x, norm = cases["gradient"]
    (grad,) = torch.autograd.grad(joined(norm, x, drawn(2, 3, 64)).sum(), x)
    assert bool(grad.isfinite().all())


def test_every_number_of_threads_gives_the_same(by_kernel: bool) -> None:
    x, norm, before = drawn(7, 128), norm_of(128), torch.get_num_threads()
    alone = normed(norm, x, own=False)
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            assert torch.equal(normed(norm, x, own=False), alone)
    finally:
        torch.set_num_threads(before)
