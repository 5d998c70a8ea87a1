"""What a training process asks of the machine: threads, fast products; its options and its end."""

import argparse
import datetime
import math
import os
from pathlib import Path

import platformdirs
import torch

COOL_DOWN_MINUTES = 45.0  # before the end, the learning rate falls to zero
KERNELS = 16_384  # kept ready, one for each shape of product: making one takes milliseconds


def use_fast_products(threads: int = 0) -> None:
    """Products in bfloat16 where the processor has units for them; sums stay in float32.

    threads: 0 = torch's own choice.
    """
    if threads:
        torch.set_num_threads(threads)
    for kind in ("matmul", "conv"):
        getattr(torch.backends.mkldnn, kind).fp32_precision = "bf16"
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KERNELS))


def parser_of(description: str, cache: str) -> argparse.ArgumentParser:
    """Options that every part of the recipe has. cache: what its folder is for, in words."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(platformdirs.user_cache_dir("nestling"), "nano"),
        help=cache,
    )
    parser.add_argument("--until", help="finish by this time of day, HH:MM UTC")
    parser.add_argument("--threads", type=int, default=0, help="of each process; 0: torch's own")
    return parser


def deadline_of(text: str | None) -> float | None:
    """The next time that a clock shows HH:MM UTC, in s since the epoch."""
    if text is None:
        return None
    now = datetime.datetime.now(datetime.UTC)
    clock = datetime.time.fromisoformat(text)
    moment = datetime.datetime.combine(now.date(), clock, datetime.UTC)
    if moment < now:
        moment += datetime.timedelta(days=1)
    return moment.timestamp()


def cooling(step: int, last: int, now: float, deadline: float | None) -> float:
    """Factor of the learning rate: one, then half a cosine to zero at the last step or deadline.

    now, deadline: s since the epoch.
    """
    left = min(1.0, (last - step) / (last / 3))
    if deadline is not None:
        left = min(left, max(0.0, deadline - now) / (COOL_DOWN_MINUTES * 60))
    return 0.5 - 0.5 * math.cos(math.pi * left)
