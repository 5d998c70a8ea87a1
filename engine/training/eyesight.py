"""The eyes' part of the recipe: beside the language half, or behind it; resumable like it.

python -m engine.training.eyesight --cache DIR [--out DIR] [--until HH:MM]

Reads the language half's latest state, which it never changes, and keeps its own.
"""

import argparse
import json
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch

from engine.config import parse_config
from engine.tokenizer import Tokenizer
from engine.training.export import export
from engine.training.eyes import GRID, PIXELS
from engine.training.machine import cooling, deadline_of, use_fast_products
from engine.training.nano import Nano, raw_config
from engine.training.pictures.scene import Kind
from engine.training.pictures.views import Mixture, Painter
from engine.training.sight import Sight

SEED = 3
STATE = "eyes.pt"
LANGUAGE = "state.pt"  # of the language half
WARM_UP = 100  # steps
SAVE_EVERY_S = 120.0
LOG_EVERY = 10


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps of one kind, up to step number `until`.

    naming: weight of naming cells beside answering; None = no answering.
    pictures: a step.
    """

    name: str
    until: int
    mixture: Mixture
    naming: float | None = None
    pictures: int = 48
    rate: float = 2e-3


_FIRST = {Kind.SHAPES: 0.45, Kind.SIGN: 0.2, Kind.THING: 0.35}
_ALL = {
    Kind.SHAPES: 0.4,
    Kind.SIGN: 0.22,
    Kind.THING: 0.25,
    Kind.UNKNOWN: 0.07,
    Kind.NOTHING: 0.06,
}

STAGES = (
    Stage("one", 300, Mixture(_FIRST, most=1)),
    Stage("two", 600, Mixture(_FIRST, most=2)),
    Stage("name", 2_000, Mixture(_ALL)),
    Stage("see", 6_000, Mixture(_ALL), naming=0.3, pictures=24, rate=1e-3),
)


def prepare(cache: Path) -> tuple[Sight, Painter]:
    """Eyes as they are in the cache, or new ones, beside the language half's latest state."""
    tokenizer = Tokenizer(cache)
    painter = Painter(cache, SEED, PIXELS, GRID)
    model = Nano(parse_config(raw_config()), SEED)
    sight = Sight(model, painter.classes, tokenizer, SEED)
    if (cache / STATE).exists():
        sight.load(cache / STATE)
    return sight, painter


def train(cache: Path, until: float | None, stages: tuple[Stage, ...] = STAGES) -> Sight:
    """Train up to the last step, to the moment `until` (s since the epoch), or to SIGTERM."""
    sight, painter = prepare(cache)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    saved, read = time.monotonic(), 0.0
    began = sight.step  # the optimiser warms up again after each start
    sums: dict[str, list[float]] = {}
    with (cache / "eyes.jsonl").open("a") as log:
        while sight.step < stages[-1].until and not stopped:
            now = time.time()
            if until is not None and now >= until:
                break
            stage = next(stage for stage in stages if sight.step < stage.until)
            cooled = cooling(sight.step, stages[-1].until, now, until)
            rate = stage.rate * min(1.0, (sight.step - began + 1) / WARM_UP) * cooled
            views = painter.views(sight.step, stage.pictures, stage.mixture)
            if stage.naming is None:
                losses = sight.name(views, rate)
            else:
                read = sight.follow(cache / LANGUAGE, read)
                losses = sight.answer(views, rate, stage.naming)
            for name, value in (losses | {"seconds": time.time() - now}).items():
                sums.setdefault(name, []).append(value)
            if sight.step % LOG_EVERY == 0:
                means = {name: round(sum(values) / len(values), 4) for name, values in sums.items()}
                log.write(json.dumps({"step": sight.step, "stage": stage.name, **means}) + "\n")
                log.flush()
                sums.clear()
            if time.monotonic() - saved > SAVE_EVERY_S:
                sight.save(cache / STATE)
                saved = time.monotonic()
    sight.save(cache / STATE)
    return sight


def finish(cache: Path, out: Path, until: float | None, stages: tuple[Stage, ...] = STAGES) -> None:
    """Train the eyes; where they are ready, the model in `out` gets them."""
    if train(cache, until, stages).step >= stages[-1].until:
        merge(cache, out)


def merge(cache: Path, out: Path) -> None:
    """The language half's latest state and the eyes as one model in `out`."""
    sight, _ = prepare(cache)
    state = torch.load(cache / LANGUAGE, map_location="cpu", weights_only=True)
    model = Nano(parse_config(raw_config()), SEED)
    model.load_state_dict(state["model"])
    export(model, cache / "tokenizer.model", out, sight.eyes)


def main() -> None:
    """Make the eyes, or go on making them; then write the whole model."""
    arguments = _arguments()
    use_fast_products(arguments.threads)
    if arguments.out is None:
        train(arguments.cache, deadline_of(arguments.until))
    else:
        finish(arguments.cache, arguments.out, deadline_of(arguments.until))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the bundled model's eyes.")
    parser.add_argument(
        "--out", type=Path, help="folder of the whole model, written when the eyes are ready"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(platformdirs.user_cache_dir("nestling"), "nano"),
        help="of the recipe: the language half's state; pictures, checkpoints and the log",
    )
    parser.add_argument("--until", help="finish by this time of day, HH:MM UTC")
    parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
    return parser.parse_args()


if __name__ == "__main__":
    main()
