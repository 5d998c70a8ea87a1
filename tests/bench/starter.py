"""How the starter ears hear a person read, over and over: errors, speed, memory.

    python tests/bench/starter.py [--minutes M] [--check]

The reading is the beginning of the one that moonshine-voice brings. Sound comes as fast as it is
heard, with the settings of live transcription. --check exits with 1 and names each figure that
falls short.
"""

import argparse
import gc
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import device, residency
from engine.datatypes import SAMPLE_RATE
from engine.live.starter import STARTER_LIVE, StarterRecogniser
from engine.training.sets import error_rate
from tests.bench.listening import ComputeClock, listen
from tests.bench.own_memory import own_bytes
from tests.bench.verdict import exit_status
from tests.reader import SAID, reading

GROWTH_MB = 10.0
ERRORS = 0.1


def rows(minutes: float) -> list[tuple[str, str, str, bool]]:
    """Figure, value, bound and whether it is met."""
    pcm = np.concatenate([reading(), np.zeros(SAMPLE_RATE, np.float32)])
    times = max(3, round(minutes * 60 * SAMPLE_RATE / pcm.size))
    ears = StarterRecogniser(residency.private_bytes)
    rates, factors, used = [], [], []
    for _ in range(times):
        heard = listen(ears, pcm, ComputeClock(), settings=STARTER_LIVE)
        rates.append(error_rate([SAID], [" ".join(heard.words)]))
        factors.append(heard.metrics.real_time_factor)
        gc.collect()
        used.append(own_bytes(os.getpid()))
    ears.close()
    first = times // 3
    grown = (used[-1] - used[first]) / 1e6
    span = pcm.size / SAMPLE_RATE / 60
    return [
        ("word error rate, live", f"{max(rates):.1%}", f"{ERRORS:.0%}", max(rates) <= ERRORS),
        ("real-time factor", f"{np.median(factors):.2f}", "0.5", float(np.median(factors)) <= 0.5),
        (
            f"memory growth, minutes {span * (first + 1):.0f} to {span * times:.0f}",
            f"{grown:+.1f} MB",
            f"{GROWTH_MB:.0f} MB",
            grown <= GROWTH_MB,
        ),
    ]


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0, help="of sound")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    device.configure()
    residency.share_one_heap()
    found = rows(options.minutes)
    print("| figure | measured | bound | |\n|---|---|---|---|")
    for figure, value, bound, met in found:
        print(f"| {figure} | {value} | {bound} | {'met' if met else '**short**'} |")
    return exit_status([figure for figure, *_, met in found if not met], check=options.check)


if __name__ == "__main__":
    sys.exit(main())
