"""The bundled model from nothing, by one command, which goes on where it was stopped.

python -m engine.training.recipe --out DIR --cache DIR [--until HH:MM]

First the language half, then the eyes, then both together.
"""

import argparse
from pathlib import Path

import torch

from engine.training import eyesight, language, together
from engine.training.machine import deadline_of, parser_of
from engine.training.team import gather


def main() -> None:
    """Make the model, or go on making it."""
    arguments = _arguments()
    cache: Path = arguments.cache
    until = deadline_of(arguments.until)
    language.prepare(cache, arguments.device)  # once, before several would make the same files
    gather(language.train, arguments.workers, cache / "meeting", arguments)
    if _steps(cache / language.STATE) < language.STAGES[-1].until:
        return
    eyesight.train(cache, until)
    if _steps(cache / eyesight.STATE) == eyesight.STAGES[-1].until:
        gather(together.work, arguments.workers, cache / "meeting", arguments)


def _steps(state: Path) -> int:
    """Steps made of one part."""
    made: int = torch.load(state, mmap=True, weights_only=True)["step"]
    return made


def _arguments() -> argparse.Namespace:
    parser = parser_of(
        "Make the bundled model from nothing.",
        "speech, checkpoints and the log; a stopped run goes on from here",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished model")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=1, help="processes, of --threads each")
    parser.set_defaults(after=None)
    return parser.parse_args()


if __name__ == "__main__":
    main()
