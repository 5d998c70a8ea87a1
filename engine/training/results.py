"""What the training shows: small runs with and without each objective, written to RESULTS.md.

python -m engine.training.results [--cache DIR] [--only NAME ...] [--page-only] [--eyes CACHE]

Each run is kept when it ends; called again, the command makes those that are missing. What the
eyes' training showed is taken once from the recipe's cache, and kept, too.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import platformdirs

from engine.training.machine import use_fast_products
from engine.training.miniature import LONGEST, SIZES, Found, Miniature, Way
from engine.training.results_eyes import gathered, section
from engine.training.results_page import PAGE, page
from engine.training.trainer import Objective

TESTED_EVERY = 25  # steps
EYES = "seen.json"  # what the eyes' logs said, in the cache
_ALL = Objective(1.0, letters=0.3, pieces=0.5, dropped=0.25, timed=1.0)
ONLY_NEXT = Objective(1.0, letters=0.0, pieces=0.0, dropped=0.25)

# By what the page calls them; the first is what the others are held against.
WAYS = {
    way.name: way
    for way in (
        Way("everything", _ALL),
        Way("without letters", replace(_ALL, letters=0.0)),
        Way("without pieces", replace(_ALL, pieces=0.0)),
        Way("without word times", replace(_ALL, timed=0.0)),
        Way("next token alone", ONLY_NEXT),
        Way("with contrast", replace(_ALL, contrast=0.3)),
        Way("next token and contrast", replace(ONLY_NEXT, contrast=0.3)),
        Way("all lengths at once", _ALL, lengths=(LONGEST,)),
        Way("half typed", _ALL, typed=0.5),
        Way("typed alone", _ALL, typed=1.0),
        *(Way(f"{size.name} alone", _ALL, odds={size.name: 1.0}) for size in SIZES),
    )
}


def run(way: Way, miniature: Miniature, kept: Path) -> None:
    """Train one way and keep what it gave."""
    found = miniature.train(way, TESTED_EVERY)
    partial = kept.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(found)))
    partial.replace(kept)


def kept_runs(folder: Path) -> dict[str, Found]:
    """Runs that ended, by the name of their way, in the order of the page."""
    files = {name: _file(folder, name) for name in WAYS}
    return {
        name: Found(**json.loads(file.read_text())) for name, file in files.items() if file.exists()
    }


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name.replace(' ', '_')}.json"


def main() -> None:
    """Make what is missing, then the page."""
    arguments = _arguments()
    use_fast_products(arguments.threads)
    folder: Path = arguments.cache
    if not arguments.page_only:
        miniature = Miniature(folder)
        for name in arguments.only or WAYS:
            if not _file(folder, name).exists():
                run(WAYS[name], miniature, _file(folder, name))
                print(f"{name}: done", flush=True)
    eyes = folder / EYES
    if arguments.eyes:
        eyes.write_text(json.dumps(gathered(arguments.eyes)))
    shown = section(json.loads(eyes.read_text())) if eyes.exists() else ""
    PAGE.write_text(page(kept_runs(folder), shown))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the training shows, on a miniature.")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(platformdirs.user_cache_dir("nestling"), "nano-results"),
        help="the miniature's data and what each run gave",
    )
    parser.add_argument("--only", action="append", choices=WAYS, help="these runs alone")
    parser.add_argument("--page-only", action="store_true", help="write the page of what is there")
    parser.add_argument("--eyes", type=Path, help="the recipe's cache, whose logs are taken")
    parser.add_argument("--threads", type=int, default=1, help="0: torch's own choice")
    return parser.parse_args()


if __name__ == "__main__":
    main()
