"""What every size costs: as predicted from ten seconds of measuring, and as it is.

    python tests/bench/sizes.py [--model DIR] [--weights int4] [--threads 2] [--check]

Without a model it makes a random checkpoint with E4B's proportions (0.5 GB) once, in the cache
folder. The measurement is the program's own; afterwards each size is put into force by itself, the
largest first, answers, and is looked at: bytes in memory, tokens a second. With --check the exit
code is 1 if a prediction is further off than 15 %.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import platformdirs
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import device
from engine.datatypes import SizeFigures
from engine.footprint import give_back
from engine.model import Gemma3n
from engine.protocol import SizesMeasured
from engine.session import Session
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.weights import Weights
from tests.elastic import write_elastic

OFF = 0.15
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


def measured(session: Session, record: Path) -> tuple[tuple[SizeFigures, ...], float]:
    """The program's own measurement, and the seconds it took."""
    began = time.monotonic()
    events = list(session.measure_sizes(record, at_once=True))
    while session.measuring_due() is not None:
        events += session.measure_slice()
    (event,) = events
    assert isinstance(event, SizesMeasured)
    return event.figures, time.monotonic() - began


@torch.inference_mode()
def decoded(model: Gemma3n, size: Size, tokens: int) -> float:
    """Tokens a second behind a prompt, the median of single steps."""
    text = model.text
    cache = KVCache(model.config.text, model.dtype, device=model.device)
    ids = torch.arange(1, PROMPT + 1, device=model.device)[None]
    text.logits(text(text.embed(ids), ids, cache=cache, size=size, want=1))
    took = []
    ids = ids[:, :1]
    for _ in range(tokens):
        began = time.perf_counter()
        hidden = text(text.embed(ids), ids, cache=cache, size=size, want=1)
        text.logits(hidden)[0, -1].argmax().item()
        took.append(time.perf_counter() - began)
    give_back(text, size)
    return 1 / median(took)


def main() -> int:
    """Print the table; 1 if --check finds a prediction too far off."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("nestling", appauthor=False)) / "bench"
    parser.add_argument("--cache", type=Path, default=cache, help="keeps the checkpoint")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--weights", type=Weights, choices=list(Weights), default=Weights.AUTO)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--tokens", type=int, default=12, help="decoded for each size")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    device.configure()
    torch.set_num_threads(options.threads)
    session = Session(weights=options.weights)
    for _ in session.load(options.model or checkpoint(options.cache)):
        pass
    assert session._opened is not None
    model = session._opened.model
    with tempfile.TemporaryDirectory() as folder:
        figures, seconds = measured(session, Path(folder) / "sizes.json")
    print(f"measuring took {seconds:.1f} s; each row: predicted, measured, off by")
    short = []
    for size, figure in reversed(list(zip(model.sizes.sizes, figures, strict=True))):
        list(session.set_size(size.name))
        speed = decoded(model, size, options.tokens)
        parts = session.memory()
        memory = sum(parts[part].private + parts[part].file_backed for part in ("text", "app"))
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
                short.append(f"{size.name}: {what} off by {by:+.1%}")
    session.close()
    for line in short:
        print(f"SHORT: {line}, expected at most {OFF:.0%}")
    return 1 if options.check and short else 0


if __name__ == "__main__":
    sys.exit(main())
