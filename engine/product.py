"""Matrix products whose weights are stored as [rows, columns]; the way depends on how many inputs.

Few inputs are a product of their own kind: reading the weight bounds it.
"""

import functools
import os

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.kernels import products
from engine.kernels.loading import available
from engine.kernels.machine import ISA_LIMIT

FEW_INPUTS = 24
"""Inputs up to which the weight's side of a bf16 product comes first, where tiles compute it."""
_LARGE = 1 << 20  # numbers of a weight from which torch's own product of one row is the slower


def product(x: Tensor, weight: Tensor) -> Tensor:
    """x [..., columns] times the transposed weight [rows, columns]: [..., rows]."""
    if torch.is_grad_enabled() or x.device.type != "cpu":
        return F.linear(x, weight)
    rows, columns = weight.shape
    inputs = x.numel() // columns
    if inputs == 1:
        if weight.numel() >= _LARGE and products.reads_rows(weight) and (found := available()):
            out = products.one(found, x, weight).to(x.dtype)
            return out.view(*x.shape[:-1], rows)
        # Up to a third faster than the general product of one row.
        return torch.mv(weight, x.reshape(-1)).view(*x.shape[:-1], rows)
    if 1 < inputs <= FEW_INPUTS and x.dtype is torch.bfloat16 and computes_in_tiles():
        # Two to three times as fast as the other way round, at the rate of reading the weight.
        turned = torch.mm(weight, x.reshape(-1, columns).t())
        return turned.t().contiguous().view(*x.shape[:-1], rows)
    if x.ndim == 2 and x.t().is_contiguous():  # from `turned_product`
        return torch.mm(weight, x.t()).t().contiguous()
    # Left as it is, an input whose last axis does not lie together has the weight copied.
    return F.linear(x.contiguous(), weight)


def turned_product(x: Tensor, weight: Tensor) -> Tensor:
    """As `product` of x [n, columns], for what goes on value by value: it may lie by columns."""
    few = x.shape[0] <= FEW_INPUTS or torch.is_grad_enabled() or x.device.type != "cpu"
    if few or x.dtype is not torch.bfloat16 or not computes_in_tiles():
        return product(x, weight)
    # A third faster for 256 inputs than the other way round, unless it had to be turned back.
    return torch.mm(weight, x.t()).t()


@functools.cache
def computes_in_tiles() -> bool:
    """Whether bf16 products go through the processor's tile registers (AMX)."""
    able: bool = torch.cpu.get_capabilities().get("amx_bf16", False)
    return able and ISA_LIMIT not in os.environ


class Linear(nn.Linear):
    """A linear map without bias."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows, bias=False)

    def partly(self, x: Tensor, rows: slice) -> Tensor:
        """[..., columns] -> [..., len(rows)]: some neighbouring outputs alone."""
        return product(x, self.weight[rows])

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that nn.Linear gives it
        """[..., columns] -> [..., rows]."""
        return product(input, self.weight)
