"""How well a model hears, on sets fixed by their seed.

python -m engine.training.evaluate [--model DIR] [--check] [--all-sizes] [--record]
"""

import argparse
import sys
import time
from pathlib import Path

import torch

from engine.datatypes import SamplingParams, Task
from engine.generate import generate
from engine.model import Gemma3n
from engine.prompt import TRANSCRIBE_INSTRUCTION, transcribe_prefix, transcribe_suffix
from engine.sampling import Sampler, forbidden_ids
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.training.export import record
from engine.training.sets import Utterance, build_sets, error_rate

NANO = Path(__file__).parents[2] / "assets" / "nano"
UTTERANCES = 300
OTHERS = 3  # the bounded set is so many times as large as another one
BOUNDED_SET = "trained voices"
BOUND = 0.08  # word error rate of the full size on that set
MOST_PIECES = 64
_SHOWN_SIZES = 3


class Hearer:
    """Whole clips to text by the engine's own path.

    Args:
        model: an opened model that hears.
    """

    def __init__(self, model: Gemma3n) -> None:
        self._model = model
        self._tower = model.audio_tower()
        instruction = (model.sizes.tasks or {}).get(Task.TRANSCRIBE) or TRANSCRIBE_INSTRUCTION
        prefix = transcribe_prefix(model.tokenizer, model.config, instruction)
        suffix = transcribe_suffix(model.tokenizer, model.config)
        self._prefix, self._suffix = torch.tensor([prefix]), torch.tensor([suffix])
        params = SamplingParams(temperature=0.0, max_tokens=MOST_PIECES)
        self._sampler = Sampler(params, forbidden_ids(model.config))

    @torch.inference_mode()
    def soft_tokens(self, utterance: Utterance) -> torch.Tensor:
        """What the decoder gets of a clip, [tokens, D]; the same for every size."""
        pcm = torch.from_numpy(utterance.pcm)
        _, soft = self._tower.feed(self._tower.initial_state(), pcm, final=True)
        return soft

    @torch.inference_mode()
    def transcript(self, soft: torch.Tensor, size: Size) -> str:
        """What a size makes of it."""
        model = self._model
        audio = torch.full((1, len(soft)), model.config.audio_token_id)
        ids = torch.cat([self._prefix, audio, self._suffix], dim=1)
        parts = [model.embed(self._prefix), soft[None], model.embed(self._suffix)]
        cache = KVCache(model.config.text, model.dtype, device=model.device)
        hidden = model.text(torch.cat(parts, dim=1), ids, cache=cache, size=size, want=1)
        stops = frozenset(model.config.eos_token_ids)
        answer = generate(model.text, cache, hidden, self._sampler, stop_ids=stops, size=size)
        return model.tokenizer.decode(answer).strip()


def evaluate(
    model: Gemma3n, sizes: list[Size], count: int
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Error rates by set and size, and some transcripts of the largest size as they are."""
    hearer = Hearer(model)
    rates: dict[str, dict[str, float]] = {}
    shown = []
    for name, utterances in build_sets(count, count // OTHERS).items():
        heard = [hearer.soft_tokens(utterance) for utterance in utterances]
        said = [utterance.text for utterance in utterances]
        for size in sizes:
            texts = [hearer.transcript(soft, size) for soft in heard]
            rates.setdefault(name, {})[size.name] = error_rate(said, texts)
        wrong = [pair for pair in zip(said, texts, strict=True) if pair[0] != pair[1]]
        shown += [f"{name}: {s!r} heard as {h!r}" for s, h in wrong[:3]]
    return rates, shown


def table(rates: dict[str, dict[str, float]]) -> str:
    """Markdown: a row for each set, a column for each size, in percent."""
    sizes = list(next(iter(rates.values())))
    lines = ["| word error rate | " + " | ".join(sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    for name, row in rates.items():
        cells = " | ".join(f"{100 * row[size]:.1f} %" for size in sizes)
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines)


def shown_sizes(model: Gemma3n, *, every: bool) -> list[Size]:
    """The smallest, a middle one and the largest, or every size."""
    sizes = list(model.sizes.sizes)
    if every or len(sizes) <= _SHOWN_SIZES:
        return sizes
    return [sizes[0], sizes[len(sizes) // 2], sizes[-1]]


def shortfalls(rates: dict[str, dict[str, float]]) -> list[str]:
    """Figures that miss the bound, one sentence each."""
    size, rate = list(rates[BOUNDED_SET].items())[-1]
    if rate <= BOUND:
        return []
    return [f"{BOUNDED_SET}, size {size}: {100 * rate:.1f} %, at most {100 * BOUND:.0f} %"]


def main() -> int:
    """Print the table; 1 where --check finds a figure short of its bound."""
    parser = argparse.ArgumentParser(description="How well a model hears.")
    parser.add_argument("--model", type=Path, default=NANO)
    parser.add_argument("--check", action="store_true", help="exit 1 if a figure misses its bound")
    parser.add_argument("--all-sizes", action="store_true")
    parser.add_argument(
        "--count",
        type=int,
        default=UTTERANCES,
        help="utterances in trained voices; a third in others",
    )
    parser.add_argument(
        "--record", action="store_true", help="write the figures into the model's card and sizes"
    )
    arguments = parser.parse_args()
    started = time.monotonic()
    model = Gemma3n.open(arguments.model)
    sizes = shown_sizes(model, every=arguments.all_sizes)
    rates, shown = evaluate(model, sizes, arguments.count)
    print(table(rates))
    print(*shown, sep="\n")
    print(
        f"{arguments.count} utterances in trained voices, {arguments.count // OTHERS} in each "
        f"other set; {time.monotonic() - started:.0f} s"
    )
    if arguments.record:
        right = {name: round(100 * (1 - rate), 1) for name, rate in rates[BOUNDED_SET].items()}
        record(arguments.model, right, table(rates))
    short = shortfalls(rates) if arguments.check else []
    for sentence in short:
        print(f"short: {sentence}", file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
