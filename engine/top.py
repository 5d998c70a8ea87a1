"""The few largest of many numbers, many times as fast as torch's own search on a CPU."""

import torch.nn.functional as F
from torch import Tensor

_BLOCK = 256
_WORTH_WHILE = 4  # times as many blocks as numbers wanted


def top(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest of scores [..., n], the largest first, and their places [..., count].

    As `Tensor.topk`; where numbers are equal, any of them.
    """
    length = scores.shape[-1]
    if count * _BLOCK * _WORTH_WHILE > length:
        values, places = scores.topk(count, -1)
        return values, places
    padded = F.pad(scores, (0, -length % _BLOCK), value=float("-inf"))
    blocks = padded.view(*padded.shape[:-1], -1, _BLOCK)
    # What is among the largest lies in a block whose maximum is among the largest maxima.
    held = blocks.amax(-1).topk(count, -1, sorted=False).indices
    inside = blocks.gather(-2, held.unsqueeze(-1).expand(*held.shape, _BLOCK)).flatten(-2)
    values, places = inside.topk(count, -1)
    return values, held.gather(-1, places // _BLOCK) * _BLOCK + places % _BLOCK
