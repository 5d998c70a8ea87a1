"""The eyes' part of the recipe: beside the language half, or behind it; resumable like it.

python -m engine.training.eyesight --cache DIR [--until HH:MM]

Reads the words of the language half's latest state, which it never changes, and keeps its own.
"""

import signal
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.config import parse_config
from engine.tokenizer import Tokenizer
from engine.training.eyes import GRID, PIXELS
from engine.training.log import Log
from engine.training.machine import deadline_of, parser_of, use_fast_products
from engine.training.nano import Nano, raw_config
from engine.training.pictures.scene import Kind
from engine.training.pictures.views import Mixture, Painter
from engine.training.sight import Sight

SEED = 3
STATE = "eyes.pt"
LANGUAGE = "state.pt"  # of the language half
WARM_UP = 100  # steps
SAVE_EVERY_S = 120.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps of one kind, up to step number `until`. pictures: a step."""

    name: str
    until: int
    mixture: Mixture
    pictures: int = 48
    rate: float = 2e-3


# Mostly things: of more than two hundred, in two styles, each is met only now and then. Letters
# wait: after 26,000 pictures, a fifth of them signs, a fifth of the letters was right.
_ALL = {
    Kind.SHAPES: 0.28,
    Kind.SIGN: 0.04,
    Kind.THING: 0.54,
    Kind.UNKNOWN: 0.08,
    Kind.NOTHING: 0.06,
}

# Shapes first: after 290 steps of one a picture 95 % of the forms are right. With letters and
# things from the start no form had been told from another by then.
STAGES = (
    Stage("one shape", 500, Mixture({Kind.SHAPES: 1.0}, most=1)),
    Stage("shapes", 800, Mixture({Kind.SHAPES: 0.9, Kind.NOTHING: 0.1})),
    Stage("name", 8_000, Mixture(_ALL)),
)


def prepare(cache: Path, model: Nano) -> tuple[Sight, Painter]:
    """Eyes as they are in the cache, or new ones, beside a model."""
    painter = Painter(cache, SEED, PIXELS, GRID)
    sight = Sight(model, painter.classes, Tokenizer(cache), SEED)
    if (cache / STATE).exists():
        sight.load(cache / STATE)
    return sight, painter


def train(cache: Path, until: float | None, stages: tuple[Stage, ...] = STAGES) -> Sight:
    """Train up to the last step, to the moment `until` (s since the epoch), or to SIGTERM."""
    model = Nano(parse_config(raw_config()), SEED)
    state = torch.load(cache / LANGUAGE, map_location="cpu", weights_only=True, mmap=True)
    model.load_state_dict(state["model"])
    sight, painter = prepare(cache, model)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    saved = time.monotonic()
    began = sight.step  # the optimiser warms up again after each start
    with Log(cache / "eyes.jsonl") as log:
        while sight.step < stages[-1].until and not stopped:
            now = time.time()
            if until is not None and now >= until:
                break
            stage = next(stage for stage in stages if sight.step < stage.until)
            rate = stage.rate * min(1.0, (sight.step - began + 1) / WARM_UP)
            views = painter.views(sight.step, stage.pictures, stage.mixture)
            losses = sight.name(views, rate)
            log.take(sight.step, stage.name, losses | {"seconds": time.time() - now})
            if time.monotonic() - saved > SAVE_EVERY_S:
                sight.save(cache / STATE)
                saved = time.monotonic()
    sight.save(cache / STATE)
    return sight


def main() -> None:
    """Make the eyes, or go on making them."""
    arguments = parser_of(
        "Make the bundled model's eyes.",
        "of the recipe: the language half's state; pictures, checkpoints and the log",
    ).parse_args()
    use_fast_products(arguments.threads)
    train(arguments.cache, deadline_of(arguments.until))


if __name__ == "__main__":
    main()
