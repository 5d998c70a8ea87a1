"""Norms of maps with what follows them: by this machine's kernels, or else by torch.

By torch, half of a small picture's time goes outside of products, most of it into widening bfloat16
and narrowing it again, each time in new memory; a kernel does that once, in place.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.kernels import loading
from engine.kernels.products import float_word
from engine.norm import RMSNorm


def gelu(x: Tensor) -> Tensor:
    """The family's activation, in its tanh form."""
    return F.gelu(x, approximate="tanh")


def normed(norm: RMSNorm, x: Tensor, *, act: bool = False, own: bool = True) -> Tensor:
    """norm(x) [..., C] and, if `act`, GELU. own: whether x may be written over."""
    kernel = "norm_rows_gelu" if act else "norm_rows"
    out = _by_kernel(kernel, norm, x, None, None, own=own)
    if out is not None:
        return out
    plain: Tensor = norm(x)
    return gelu(plain) if act else plain


def joined(norm: RMSNorm, x: Tensor, skip: Tensor, gamma: Tensor | None = None) -> Tensor:
    """skip + gamma norm(x) [..., C]; x may be written over. gamma: [C], None = 1."""
    kernel = "norm_rows_added" if gamma is None else "norm_rows_scaled_added"
    out = _by_kernel(kernel, norm, x, skip, gamma, own=True)
    if out is not None:
        return out
    plain: Tensor = norm(x)
    return skip + (plain if gamma is None else plain * gamma)


def _by_kernel(
    name: str, norm: RMSNorm, x: Tensor, skip: Tensor | None, gamma: Tensor | None, *, own: bool
) -> Tensor | None:
    """None where kernels cannot: without them, for gradients, of other types and shapes."""
    if (kernels := loading.available()) is None or norm.weight is None:
        return None
    given = (x, norm.weight, gamma, skip)
    read = [each for each in given if each is not None]
    width = x.shape[-1]
    if width % kernels.machine.lanes or not all(_is_plain(each) for each in read):
        return None
    out = x if own else torch.empty_like(x)
    words = [0 if each is None else each.data_ptr() for each in (*given, out)]
    words += [x.numel() // width, width, float_word(1 / width), float_word(norm.eps)]
    loading.Tape(kernels, [(name, words, False)]).run()
    return out


def _is_plain(x: Tensor) -> bool:
    """bfloat16 in this machine's memory, one number behind the other, without a gradient."""
    taught = torch.is_grad_enabled() and x.requires_grad
    return x.dtype is torch.bfloat16 and x.is_cpu and x.is_contiguous() and not taught
