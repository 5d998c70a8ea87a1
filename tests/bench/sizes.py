"""What every size costs: as predicted from ten seconds of measuring, and as it is.

    python tests/bench/sizes.py [--model DIR] [--weights int4] [--threads 2] [--check]
        [--processor-time] [--ratios]

Without a model it makes a random checkpoint with E4B's proportions (0.5 GB) once, in the cache
folder. The measurement is the program's own; afterwards each size is put into force by itself, the
largest first, answers, and is looked at: bytes in memory, tokens a second. With --check the exit
code is 1 if a prediction is further off than 15 %, or if measuring took longer than 10 s.
--processor-time: figures of a quiet machine, taken on a busy one (one thread). --ratios: each size
is timed token by token beside the largest, and the prediction's ratio to it is judged: what else
the machine does changes between the measurement and the table.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import platformdirs
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import device, residency
from engine.datatypes import SizeFigures
from engine.footprint import give_back
from engine.model import Gemma3n
from engine.session import Session
from engine.size_bench import SizeBench
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.weights import Weights
from tests.elastic import write_elastic

Clock = Callable[[], float]

OFF = 0.15
MEASURING_S = 10.0
PROMPT = 64  # tokens
HIDDEN, WIDE = 384, 3072


def checkpoint(cache: Path) -> Path:
    """The random model's folder; made if it is not there."""
    folder = cache / "elastic"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:  # never half of it
            write_elastic(Path(scratch) / "model", hidden=HIDDEN, wide=WIDE).rename(folder)
    return folder


@torch.inference_mode()
def measured(model: Gemma3n, clock: Clock) -> tuple[tuple[SizeFigures, ...], float]:
    """The program's own measurement, and the seconds it took."""
    began = clock()
    bench = SizeBench(model, model.sizes.largest, clock)
    for _ in bench.steps():
        pass
    residency.trim()
    return bench.figures(), clock() - began


@torch.inference_mode()
def decoded(model: Gemma3n, sizes: tuple[Size, ...], tokens: int, clock: Clock) -> list[float]:
    """Tokens a second behind a prompt at each of the sizes in turn, the medians of single steps."""
    text = model.text
    caches = [KVCache(model.config.text, model.dtype, device=model.device) for _ in sizes]
    ids = torch.arange(1, PROMPT + 1, device=model.device)[None]
    for size, cache in zip(sizes, caches, strict=True):
        text.logits(text(text.embed(ids), ids, cache=cache, size=size, want=1))
    took: list[list[float]] = [[] for _ in sizes]
    ids = ids[:, :1]
    for _ in range(tokens):
        for size, cache, times in zip(sizes, caches, took, strict=True):
            began = clock()
            hidden = text(text.embed(ids), ids, cache=cache, size=size, want=1)
            text.logits(hidden)[0, -1].argmax().item()
            times.append(clock() - began)
    give_back(text, sizes[0])
    return [1 / median(times) for times in took]


def main() -> int:
    """Print the table; 1 if --check finds a prediction too far off."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("nestling", appauthor=False)) / "bench"
    parser.add_argument("--cache", type=Path, default=cache, help="keeps the checkpoint")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--weights", type=Weights, choices=list(Weights), default=Weights.AUTO)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--tokens", type=int, default=12, help="decoded for each size")
    parser.add_argument("--processor-time", action="store_true", help="of one thread")
    parser.add_argument("--ratios", action="store_true", help="to the largest size")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    device.configure()
    torch.set_num_threads(1 if options.processor_time else options.threads)
    clock = time.process_time if options.processor_time else time.perf_counter
    session = Session(weights=options.weights)
    for _ in session.load(options.model or checkpoint(options.cache)):
        pass
    assert session._opened is not None
    model = session._opened.model
    figures, seconds = measured(model, clock)
    print(f"measuring took {seconds:.1f} s; each row: predicted, measured, off by")
    short = []
    if seconds > MEASURING_S:
        short.append(f"measuring took {seconds:.1f} s, expected at most {MEASURING_S:.0f}")
    for size, figure in reversed(list(zip(model.sizes.sizes, figures, strict=True))):
        list(session.set_size(size.name))
        speed = decoded(model, (size,), 2 if options.ratios else options.tokens, clock)[0]
        parts = session.memory()
        memory = sum(parts[part].private + parts[part].file_backed for part in ("text", "app"))
        if options.ratios:
            own, beside = decoded(model, (size, model.sizes.largest), options.tokens, clock)
            speed = figures[-1].tokens_per_s * own / beside
        off = [figure.memory / memory - 1, figure.tokens_per_s / speed - 1]
        score = "" if size.score is None else f"{size.score:5.1f}"
        print(
            f"{size.name:14} {score:5}"
            f"  memory {figure.memory / 1e6:7.0f} {memory / 1e6:7.0f} MB {off[0]:+6.1%}"
            f"  decode {figure.tokens_per_s:6.2f} {speed:6.2f} tokens/s {off[1]:+6.1%}"
            f"  read {figure.read_per_s:6.0f} tokens/s"
        )
        for what, by in zip(("memory", "tokens a second"), off, strict=True):
            if abs(by) > OFF:
                short.append(f"{size.name}: {what} off by {by:+.1%}, expected at most {OFF:.0%}")
    session.close()
    for line in short:
        print(f"SHORT: {line}")
    return 1 if options.check and short else 0


if __name__ == "__main__":
    sys.exit(main())
