"""From logits to one id. Knows no model and no text."""

import torch
from torch import Tensor

from engine.config import ModelConfig
from engine.datatypes import SamplingParams
from engine.top import top

_FORBIDDEN = float("-inf")


def forbidden_ids(config: ModelConfig) -> tuple[int, ...]:
    """Ids that an answer must never hold, below the number of logits.

    Those of the other modalities and the padding rows of the token table, which all lie behind the
    text's own ids, and the two marks among these that open a picture or a clip (text.md 9.4).
    """
    text, rows = config.text.vocab_size_per_layer_input, config.text.vocab_size
    marks = {config.boi_token_id, config.boa_token_id}
    return (*sorted(mark for mark in marks if mark < text), *range(text, rows))


class Sampler:
    """Draws the ids of one answer.

    Temperature first, then the `top_k` likeliest, then the smallest set of these that holds
    `top_p` of the probability.

    Args:
        params: temperature 0.0 takes the likeliest id.
        forbidden: ids that are never taken.

    State: the random generator; the same seed and logits give the same ids.
    """

    def __init__(self, params: SamplingParams, forbidden: tuple[int, ...] = ()) -> None:
        self.params = params
        self._forbidden = torch.tensor(forbidden, dtype=torch.int64)
        self._generator = torch.Generator()
        if params.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(params.seed)

    def pick(self, logits: Tensor) -> int:
        """One id. logits: float32 or wider [vocab], left as they are."""
        allowed = logits.index_fill(0, self._forbidden.to(logits.device), _FORBIDDEN)
        params = self.params
        if params.temperature == 0:
            return int(allowed.argmax())
        count = min(params.top_k, allowed.numel()) if params.top_k else allowed.numel()
        scores, ids = top(allowed.cpu(), count)
        # From the best score down, so that no temperature makes it infinite; in float64, which
        # holds every temperature and `top_p` that there is.
        shares = ((scores.double() - scores[0]) / params.temperature).softmax(0)
        likelier = shares.cumsum(0) - shares
        shares = shares.masked_fill(likelier >= params.top_p, 0.0)
        return int(ids[torch.multinomial(shares, 1, generator=self._generator)])
