"""How lively answers are: five named steps, exact numbers behind them. Pure."""

import json
from dataclasses import dataclass

from engine.datatypes import SamplingParams


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn; the names of the engine's `SamplingParams`.

    seed None: another one for each answer.
    """

    temperature: float = 1.0
    top_k: int = 64
    top_p: float = 0.95
    max_tokens: int = 1024
    seed: int | None = None

    def params(self) -> SamplingParams:
        """As the engine takes it."""
        return SamplingParams(self.temperature, self.top_k, self.top_p, self.max_tokens, self.seed)

    def packed(self) -> str:
        """As text for the store."""
        return json.dumps(
            {
                "temperature": self.temperature,
                "top_k": self.top_k,
                "top_p": self.top_p,
                "max_tokens": self.max_tokens,
                "seed": self.seed,
            }
        )


# From the same answer each time to surprising ones. The middle is what Google recommends for
# Gemma 3n: temperature 1.0, top-k 64, top-p 0.95 (generation_config.json of the checkpoints).
STEPS = (
    Sampling(temperature=0.0),
    Sampling(temperature=0.5),
    Sampling(),
    Sampling(temperature=1.2, top_k=96, top_p=0.97),
    Sampling(temperature=1.5, top_k=128, top_p=0.98),
)
USUAL = Sampling()


def unpacked(text: str) -> Sampling:
    """What `packed` wrote; the usual where that cannot be read or is out of bounds."""
    try:
        found = Sampling(**json.loads(text))
        found.params()
    except (ValueError, TypeError):
        return USUAL
    return found


def step_of(sampling: Sampling) -> int | None:
    """The named step that draws in this way, None for numbers of one's own."""
    drawn = (sampling.temperature, sampling.top_k, sampling.top_p)
    for place, step in enumerate(STEPS):
        if drawn == (step.temperature, step.top_k, step.top_p):
            return place
    return None
