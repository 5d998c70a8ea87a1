"""How good a model is, on sets fixed by their seed.

python -m engine.training.evaluate [--part hear|see|translate|know] [--model DIR] [--check]
    [--all-sizes] [--record]
"""

import argparse
import sys
import time
from pathlib import Path

import platformdirs

from engine.datatypes import Task
from engine.model import Gemma3n
from engine.text.matformer import Size
from engine.training import hearing, knowing, seeing, translating
from engine.training.export import record
from engine.training.figures import Row, shortfalls, table
from engine.training.sets import TRAINED
from engine.weights import Weights

NANO = Path(__file__).parents[2] / "assets" / "nano"
PARTS = {
    "hear": Task.TRANSCRIBE,
    "see": Task.SEE,
    "translate": Task.TRANSLATE,
    "know": Task.CHAT,
}
COUNT = 100  # in each set
_SHOWN_SIZES = 3


def shown_sizes(model: Gemma3n, *, every: bool) -> list[Size]:
    """The smallest, a middle one and the largest, or every size."""
    sizes = list(model.sizes.sizes)
    if every or len(sizes) <= _SHOWN_SIZES:
        return sizes
    return [sizes[0], sizes[len(sizes) // 2], sizes[-1]]


def measure(
    part: str, model: Gemma3n, sizes: list[Size], arguments: argparse.Namespace
) -> tuple[str, list[Row], list[str]]:
    """One part's title, rows and examples."""
    count = arguments.count
    if part == "translate":
        return "translation", *translating.measure(model, sizes, count)
    if part == "know":
        return "answers", *knowing.measure(model, sizes, count)
    if part == "see":
        return "seeing", *seeing.measure(model, sizes, count, arguments.cache)
    rows, shown = hearing.measure(model, sizes, count, arguments.cache, human=arguments.human)
    return "word error rate", rows, shown


def main() -> int:
    """Print the tables; 1 where --check finds a figure short of its bound."""
    arguments = _arguments()
    model = Gemma3n.open(arguments.model, weights=Weights(arguments.weights))
    sizes = shown_sizes(model, every=arguments.all_sizes)
    rows: list[Row] = []
    tables = {}
    made_for = model.sizes.tasks or PARTS.values()
    lacking = [] if arguments.part else [p for p, task in PARTS.items() if task not in made_for]
    for part in arguments.part or [part for part in PARTS if part not in lacking]:
        started = time.monotonic()
        title, found, shown = measure(part, model, sizes, arguments)
        tables[part] = table(title, found)
        print(tables[part])
        print(*shown, sep="\n")
        print(f"{part}: {arguments.count} in each set; {time.monotonic() - started:.0f} s\n")
        rows += found
    if arguments.record:
        heard = next(row for row in rows if row.name == TRAINED)
        right = {name: round(100 * (1 - rate), 1) for name, rate in heard.values.items()}
        record(arguments.model, right, tables, arguments.made)
    for part in lacking:
        print(f"{part}: this model was not made for it")
    short = shortfalls(rows) + [f"{part}, whole" for part in lacking] if arguments.check else []
    for sentence in short:
        print(f"short: {sentence}", file=sys.stderr)
    return 1 if short else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How good a model is.")
    parser.add_argument("--model", type=Path, default=NANO)
    parser.add_argument(
        "--weights", choices=[w for w in Weights if w is not Weights.AUTO], default=Weights.EXACT
    )
    parser.add_argument(
        "--part", action="append", choices=PARTS, help="all that the model can, by default"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 if a figure misses its bound")
    parser.add_argument("--all-sizes", action="store_true")
    parser.add_argument(
        "--count",
        type=int,
        default=COUNT,
        help="utterances or questions in each set (three times as many in trained voices)",
    )
    parser.add_argument(
        "--record", action="store_true", help="write the figures into the model's card and sizes"
    )
    parser.add_argument(
        "--made",
        default="",
        help="for the card: how this model was made, if not in one run of the recipe",
    )
    parser.add_argument(
        "--no-human", dest="human", action="store_false", help="without recordings of a person"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(platformdirs.user_cache_dir("nestling"), "nano"),
        help="where fetched recordings, fonts and pictures are kept",
    )
    arguments = parser.parse_args()
    if arguments.record and arguments.part:
        parser.error("--record needs every part: leave --part out")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
