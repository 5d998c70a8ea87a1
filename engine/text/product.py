"""Matrix products of the decoder. One row is a product of its own kind: memory bounds it."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def product(x: Tensor, weight: Tensor) -> Tensor:
    """x [..., columns] times the transposed weight [rows, columns]: [..., rows]."""
    if x.numel() == weight.shape[1] and not torch.is_grad_enabled():
        # Up to a third faster than the general product of one row.
        return torch.mv(weight, x.reshape(-1)).view(*x.shape[:-1], weight.shape[0])
    return F.linear(x, weight)


class Linear(nn.Linear):
    """A linear map without bias."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows, bias=False)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that nn.Linear gives it
        """[..., columns] -> [..., rows]."""
        return product(input, self.weight)
