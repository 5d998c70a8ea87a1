"""What the eyes' training showed, by the logs that the recipe leaves: a part of RESULTS.md."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.training.eyesight import STAGES
from engine.training.together import pictures_of

ROWS = 14  # of the table
HEADS = ("colour", "shape", "letter", "thing")

_TEXT = """## Pictures

Not of the miniature: nano's eyes as the recipe trains them (those it is shipped with, where it has
some, may be of a later run). First they name what stands in each cell of the picture, scored
against the decoder's rows of the names; then they answer questions together with the decoder, while
sound and typed lessons go on. Shares right are those of the pictures learnt from, all of them new;
of answers, the share of their pieces that is right. Things in the last part are such as nobody
named.
"""


def gathered(cache: Path) -> list[dict[str, float | str]]:
    """Lines of the recipe's logs in `cache`, with the pictures shown until then."""
    named = [_kept(line, _named(int(line["step"]))) for line in _lines(cache / "eyes.jsonl")]
    before = int(named[-1]["pictures"])
    return named + [
        _kept(line, before + sum(map(pictures_of, range(int(line["step"])))))
        for line in _lines(cache / "together.jsonl")
    ]


def _lines(path: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _kept(line: Mapping[str, float], pictures: int) -> dict[str, float | str]:
    names = [*(f"{head} right" for head in HEADS), "looked right"]
    shares = {name: line[name] for name in names if name in line}
    return {"stage": str(line["stage"]), "pictures": pictures, **shares}


def _named(step: int) -> int:
    """Pictures shown in so many naming steps."""
    shown, begun = 0, 0
    for stage in STAGES:
        shown += max(0, min(step, stage.until) - begun) * stage.pictures
        begun = stage.until
    return shown


def section(found: Sequence[Mapping[str, float | str]]) -> str:
    """The table of what `gathered` gave, thinned."""
    step = max(1, -(-len(found) // ROWS))
    shown = [*found[::step], found[-1]] if (len(found) - 1) % step else list(found[::step])
    head = ["pictures", "stage", *(f"{name}s" for name in HEADS), "answers"]
    rows = [
        [
            f"{line['pictures']:,}",
            str(line["stage"]),
            *(_percent(line.get(f"{name} right")) for name in HEADS),
            _percent(line.get("looked right")),
        ]
        for line in shown
    ]
    table = "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))
    return f"{_TEXT}\n{table}\n"


def _percent(share: float | str | None) -> str:
    return f"{100 * share:.0f} %" if isinstance(share, float) else ""
