"""The token table: rows for the decoder's input, and scores of its output (the tied head)."""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from engine.norm import widened
from engine.product import product
from engine.top import top

RESCORED = 64
"""How many of the best scores are computed in fp32 when weights are narrower: the default top-k."""


class TokenTable(nn.Embedding):
    """Rows [vocab, D] in the computing dtype."""

    def rows(self, ids: Tensor) -> Tensor:
        """Unscaled rows [..., D] of ids [...]."""
        return F.embedding(ids, self.weight)

    def scores(self, hidden: Tensor) -> Tensor:
        """Scores [..., vocab] of hidden states [..., D], at least fp32."""
        scores = product(hidden, self.weight).to(widened(self.weight.dtype))
        if scores.dtype is not self.weight.dtype:
            # Rounded to bf16, high scores lie 0.125 apart and tie: those that count are redone.
            scores = rescored(scores, hidden, self.rows)
        return scores


def rescored(scores: Tensor, hidden: Tensor, rows_of: Callable[[Tensor], Tensor]) -> Tensor:
    """`scores` [..., vocab] with the best computed anew from the table's rows, in their dtype."""
    best = top(scores, min(RESCORED, scores.shape[-1]))[1]
    rows = rows_of(best).to(scores.dtype)  # [..., best, D]
    exact = rows @ hidden.to(scores.dtype).unsqueeze(-1)
    return scores.scatter(-1, best, exact.squeeze(-1))
