"""The likeliest text: greedily, or by following several ways to write it side by side.

Source of the beam search: Wu et al. 2016 (arXiv:1609.08144), whose power of the length keeps longer
texts from losing by their length alone. Pure: who calls it knows the model.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

LENGTH_POWER = 0.6


@dataclass(frozen=True, slots=True)
class _Way:
    """A text's beginning, the logarithm of its probability, and its row among all."""

    ids: tuple[int, ...]
    score: float
    row: int

    @property
    def worth(self) -> float:
        return self.score / float((len(self.ids) + 1) ** LENGTH_POWER)


def likeliest(
    logits: Tensor,
    follow: Callable[[Tensor, Tensor], Tensor],
    *,
    beams: int,
    stops: Collection[int],
    most: int,
    allowed: Callable[[Sequence[int]], bool] = lambda _: True,
) -> list[list[int]]:
    """The likeliest ids of N texts, without the one that ends them.

    Args:
        logits: of the first id of each text, [N, V].
        follow: goes on with some rows of the last logits, [R], each by an id, [R]; gives the logits
            of what comes then, [R, V].
        beams: ways that are followed of each text; 1: the likeliest id at each place.
        stops: ids that end a text.
        most: ids of a text.
        allowed: whether a text may begin so.
    """
    texts = [[_Way((), 0.0, row)] for row in range(len(logits))]
    ended: list[list[_Way]] = [[] for _ in texts]
    for _ in range(most):
        best, choices = (part.tolist() for part in _best(logits, beams + len(stops)))
        for number, ways in enumerate(texts):
            found = [
                _Way((*way.ids, choice), way.score + gain, way.row)
                for way in ways
                for gain, choice in zip(best[way.row], choices[way.row], strict=True)
                if gain > float("-inf") and (choice in stops or allowed((*way.ids, choice)))
            ]
            found.sort(key=lambda way: way.score, reverse=True)
            # An end that is not among the best is none: it would break a text off in the middle.
            ends = [way for way in found[:beams] if way.ids[-1] in stops]
            ended[number] += [_Way(way.ids[:-1], way.score, way.row) for way in ends]
            going = [way for way in found if way.ids[-1] not in stops][:beams]
            texts[number] = [] if _is_over(ended[number], going, beams) else going
        left = [way for ways in texts for way in ways]
        if not left:
            break
        logits = follow(
            torch.tensor([way.row for way in left], device=logits.device),
            torch.tensor([way.ids[-1] for way in left], device=logits.device),
        )
        rows = iter(range(len(left)))
        texts = [[_Way(way.ids, way.score, next(rows)) for way in ways] for ways in texts]
    return [
        list(max(finished or ways or [_Way((), 0.0, 0)], key=lambda way: way.worth).ids)
        for finished, ways in zip(ended, texts, strict=True)
    ]


def _is_over(ended: Sequence[_Way], going: Sequence[_Way], beams: int) -> bool:
    """Whether there are enough texts, and none that goes on is likelier so far."""
    if len(ended) < beams or not going:
        return len(ended) >= beams
    return max(way.worth for way in ended) >= going[0].worth


def _best(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Log-probabilities and ids of the likeliest, [R, count] each."""
    scores = logits.float().log_softmax(-1)
    values, indices = scores.topk(min(count, scores.shape[-1]))
    return values, indices
