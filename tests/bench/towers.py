"""What the towers of E2B cost in memory, and what the system has back when they go.

    python tests/bench/towers.py [--cache DIR] [--cycles 20] [--check]

The checkpoint has towers of the published size with random weights around a tiny text decoder. It
is made on the first run (2 GB) and kept in the cache folder.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import platformdirs
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.datatypes import Modality, PartMemory
from tests.bench.verdict import exit_status
from tests.page_cache import drop
from tests.tower_memory import Cycle, in_fresh_process, life_cycles, total, write_towers

TOWERS = (Modality.AUDIO, Modality.VISION)
RETURNED = 0.95  # of the increase, and within
RELEASE_S = 1.0
GROWTH_MB = 10.0


def checkpoint(cache: Path) -> Path:
    """The model folder; made if it is not there."""
    folder = cache / "e2b-towers"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:  # never half of it
            made = write_towers(Path(scratch) / "model", dtype=torch.bfloat16)
            made.rename(folder)
    return folder


def megabytes(memory: PartMemory) -> str:
    """Private and file-backed."""
    return f"{memory.private / 1e6:,.0f} + {memory.file_backed / 1e6:,.0f}"


def rows(cycles: list[Cycle]) -> list[tuple[str, str, str, bool]]:
    """Figure, measured, bound, whether it is met."""
    first, warm = cycles[0], cycles[1:]
    growth = (total(cycles[-1].released) - total(first.released)) / 1e6
    returned = min(cycle.returned for cycle in cycles)
    slowest = max(cycle.release_s for cycle in cycles)
    return [
        ("before load, MB private + file-backed", megabytes(first.before), "", True),
        ("after load", megabytes(first.loaded), "", True),
        ("after use", megabytes(first.used), "", True),
        ("after release", megabytes(first.released), "", True),
        ("its bar while it is loaded", megabytes(first.bars), "", True),
        (
            "of the increase back, least of all cycles",
            f"{returned:.1%}",
            f"{RETURNED:.0%}",
            returned >= RETURNED,
        ),
        ("release, slowest", f"{slowest:.3f} s", f"{RELEASE_S:.1f} s", slowest <= RELEASE_S),
        (
            f"growth over {len(cycles)} cycles",
            f"{growth:.1f} MB",
            f"{GROWTH_MB:.0f} MB",
            growth <= GROWTH_MB,
        ),
        ("load, file not in memory", f"{first.load_s:.2f} s", "", True),
        ("load, median of the others", f"{_median_load(warm):.2f} s", "", True),
    ]


def _median_load(cycles: list[Cycle]) -> float:
    return statistics.median(cycle.load_s for cycle in cycles)


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cache = Path(platformdirs.user_cache_dir("nestling", appauthor=False)) / "bench"
    parser.add_argument("--cache", type=Path, default=cache, help="keeps the checkpoint")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.cycles < 2:
        parser.error("at least 2 cycles are needed")
    folder = checkpoint(options.cache)
    short = []
    print("| tower | figure | measured | bound | |\n|---|---|---|---|---|")
    for modality in TOWERS:
        drop(folder / "model.safetensors")
        cycles = in_fresh_process(life_cycles, folder, modality, options.cycles)
        for name, value, bound, met in rows(cycles):
            mark = ("met" if met else "**short**") if bound else ""
            print(f"| {modality.value} | {name} | {value} | {bound} | {mark} |", flush=True)
            if not met:
                short.append(f"{modality.value} {name}: {value}")
    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
