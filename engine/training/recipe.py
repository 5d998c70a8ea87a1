"""The bundled model from nothing, by one command, which goes on where it was stopped.

python -m engine.training.recipe --out DIR --cache DIR [--until HH:MM]
"""

import argparse
import datetime
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch

from engine.config import parse_config
from engine.prompt import transcribe_prefix, transcribe_suffix
from engine.tokenizer import Tokenizer
from engine.training.augment import Augmenter
from engine.training.batches import Batches, Mixture, babble_of
from engine.training.corpus import build
from engine.training.export import export
from engine.training.nano import INSTRUCTION, Nano, raw_config
from engine.training.probe import probe
from engine.training.tokenizer import train_tokenizer
from engine.training.trainer import Objective, Prompt, Trainer

SEED = 1
WARM_UP = 100  # steps
CORPUS_HOURS = 14.0
COOL_DOWN_MINUTES = 40.0  # before --until, the learning rate falls to zero
SAVE_EVERY_S = 180.0
LOG_EVERY = 25
PROBE_EVERY = 300
PROBE_COUNT = 40


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps of one kind, up to step number `until`."""

    name: str
    until: int
    mixture: Mixture
    objective: Objective
    rate: float = 1e-3


_LISTEN = Objective(1.0, 0.2, 0.2, dropped=0.25)

STAGES = (
    Stage(
        "ears",
        250,
        Mixture(20, natural=0.7, seconds=50, changed=0.3),
        Objective(0.0, 1.0, 1.0, timed=2.0),
    ),
    Stage("ears, voices", 700, Mixture(20, natural=0.6), Objective(0.0, 1.0, 1.0, timed=1.0)),
    Stage("one word", 950, Mixture(1, natural=0.0, seconds=45), _LISTEN),
    Stage("two words", 1200, Mixture(2, natural=0.0, seconds=45), _LISTEN),
    Stage("four words", 1600, Mixture(4, natural=0.2), _LISTEN),
    Stage("six words", 2000, Mixture(6, natural=0.4), _LISTEN),
    Stage("all", 2800, Mixture(20, natural=0.5, cut=0.15, silent=0.02), _LISTEN),
    Stage(
        "long",
        6000,
        Mixture(20, natural=0.65, cut=0.25, joined=0.25, silent=0.03),
        Objective(1.0, 0.2, 0.2, dropped=0.15),
    ),
)


def main() -> None:
    """Make the model, or go on making it."""
    arguments = _arguments()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    # Products in bfloat16 where the processor has units for them; sums stay in float32.
    for kind in ("matmul", "conv"):
        getattr(torch.backends.mkldnn, kind).fp32_precision = "bf16"
    cache: Path = arguments.cache
    trainer, tokenizer, batches = prepare(cache, arguments.device)
    checkpoint = cache / "state.pt"
    if checkpoint.exists():
        trainer.load(checkpoint)
    deadline = _deadline(arguments.until)
    log = (cache / "log.jsonl").open("a")
    saved = time.monotonic()
    sums: dict[str, list[float]] = {}
    last = STAGES[-1].until
    while trainer.step < last:
        now = time.time()
        if deadline and now >= deadline:
            break
        stage = next(stage for stage in STAGES if trainer.step < stage.until)
        rate = (
            stage.rate
            * min(1.0, (trainer.step + 1) / WARM_UP)
            * cooling(trainer.step, now, deadline)
        )
        batch = batches.batch(trainer.step, stage.mixture)
        for name, value in trainer.train(batch, stage.objective, rate).items():
            sums.setdefault(name, []).append(value)
        sums.setdefault("seconds", []).append(time.time() - now)
        if trainer.step % LOG_EVERY == 0:
            means = {name: round(sum(values) / len(values), 4) for name, values in sums.items()}
            entry = {"step": trainer.step, "stage": stage.name, "rate": round(rate, 6), **means}
            log.write(json.dumps(entry) + "\n")
            log.flush()
            sums.clear()
        if trainer.step % PROBE_EVERY == 0 or trainer.step == last:
            found = probe(trainer, tokenizer, PROBE_COUNT, listening=stage.objective.next_token > 0)
            log.write(json.dumps({"step": trainer.step, **found}) + "\n")
            log.flush()
        if time.monotonic() - saved > SAVE_EVERY_S:
            trainer.save(checkpoint)
            saved = time.monotonic()
    trainer.save(checkpoint)
    export(trainer.model, cache / "tokenizer.model", arguments.out)


def prepare(cache: Path, device: str) -> tuple[Trainer, Tokenizer, Batches]:
    """Everything that training needs, made where it is not there yet."""
    cache.mkdir(parents=True, exist_ok=True)
    if not (cache / "tokenizer.model").exists():
        train_tokenizer(cache / "tokenizer.model")
    tokenizer = Tokenizer(cache)
    corpus = build(cache / "corpus", CORPUS_HOURS)
    batches = Batches(corpus, tokenizer.encode, Augmenter(babble_of(corpus, SEED)), SEED)
    config = parse_config(raw_config())
    prompt = Prompt(
        tuple(transcribe_prefix(tokenizer, config, INSTRUCTION)),
        tuple(transcribe_suffix(tokenizer, config)),
        config.audio_token_id,
        tokenizer.id_of("<end_of_turn>"),
        tokenizer.id_of("<unk>"),
        config.pad_token_id,
    )
    return Trainer(Nano(config, SEED), prompt, SEED, device), tokenizer, batches


def cooling(step: int, now: float, deadline: float | None) -> float:
    """Factor of the learning rate: one, then half a cosine to zero at the last step or deadline.

    now, deadline: s since the epoch.
    """
    last = STAGES[-1].until
    left = min(1.0, (last - step) / (last / 3))
    if deadline is not None:
        left = min(left, max(0.0, deadline - now) / (COOL_DOWN_MINUTES * 60))
    return 0.5 - 0.5 * math.cos(math.pi * left)


def _deadline(text: str | None) -> float | None:
    """The next time that a clock shows HH:MM UTC, in s since the epoch."""
    if text is None:
        return None
    now = datetime.datetime.now(datetime.UTC)
    clock = datetime.time.fromisoformat(text)
    moment = datetime.datetime.combine(now.date(), clock, datetime.UTC)
    if moment < now:
        moment += datetime.timedelta(days=1)
    return moment.timestamp()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the bundled model from nothing.")
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished model")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(platformdirs.user_cache_dir("nestling"), "nano"),
        help="speech, checkpoints and the log; a stopped run goes on from here",
    )
    parser.add_argument("--until", help="finish by this time of day, HH:MM UTC")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
    return parser.parse_args()


if __name__ == "__main__":
    main()
