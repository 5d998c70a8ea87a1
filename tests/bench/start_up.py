"""How long until the window is there, from the start of the process, on a private screen.

    python tests/bench/start_up.py [--starts 5] [--check] [--model DIR]

Warm: the median of several starts. Cold: one start after the page cache was dropped, which needs
root; without it that row is missing.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.verdict import exit_status
from tests.e2e.display import VirtualDisplay
from tests.e2e.outside import ROOT, Outside

BOUNDS_S = {"warm": 1.0, "cold": 1.5}
DROP_CACHES = Path("/proc/sys/vm/drop_caches")


def seconds_to_window(display: VirtualDisplay, model: Path) -> float:
    """Start the program once and end it as soon as its window is visible."""
    with tempfile.TemporaryDirectory() as folder:
        outside = Outside({**os.environ, **display.environment}, model, Path(folder))
        try:
            outside.wait_for_window()
            return time.monotonic() - outside.started_at
        finally:
            outside.close()


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--model", type=Path, default=ROOT / "assets/nano")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    display = VirtualDisplay()
    try:
        seconds_to_window(display, options.model)  # fills the cache
        warm = [seconds_to_window(display, options.model) for _ in range(options.starts)]
        measured = {"warm": statistics.median(warm)}
        if os.access(DROP_CACHES, os.W_OK):
            os.sync()
            DROP_CACHES.write_text("3\n")
            measured["cold"] = seconds_to_window(display, options.model)
    finally:
        display.close()
    short = [name for name, bound in BOUNDS_S.items() if measured.get(name, 1e9) > bound]
    print("| figure | measured | bound | |\n|---|---|---|---|")
    for name, bound in BOUNDS_S.items():
        value = f"{measured[name]:.2f} s" if name in measured else "not measured (not root)"
        mark = "**short**" if name in short else "met"
        print(f"| start to visible window, {name} | {value} | {bound:.1f} s | {mark} |")
    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
