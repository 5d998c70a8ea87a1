"""What was measured, in rows: a value for each size, and the bounds that it is held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure at several sizes.

    values: by the size's name, the smallest first; shares of one where `percent`.
    full, smallest: bounds of the largest and of the smallest size, None = only reported.
    at_least: whether the bounds are least rather than greatest values.
    """

    name: str
    values: Mapping[str, float]
    full: float | None = None
    smallest: float | None = None
    at_least: bool = False
    percent: bool = True

    def shown(self, value: float) -> str:
        """A value as it is written."""
        return f"{100 * value:.1f} %" if self.percent else f"{value:.1f}"


def table(title: str, rows: Sequence[Row]) -> str:
    """Markdown: a line for each row, a column for each size, then the bounds."""
    sizes = list(rows[0].values)
    head = [title, *sizes, "bound (full, smallest)"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in rows:
        bounds = [row.shown(bound) for bound in (row.full, row.smallest) if bound is not None]
        word = "at least " if row.at_least and bounds else ""
        cells = [row.name, *(row.shown(row.values[size]) for size in sizes)]
        lines.append(f"| {' | '.join([*cells, word + ', '.join(bounds)])} |")
    return "\n".join(lines)


def shortfalls(rows: Sequence[Row]) -> list[str]:
    """Figures that miss their bound, one sentence each."""
    found = []
    for row in rows:
        sizes = list(row.values)
        for size, bound in ((sizes[-1], row.full), (sizes[0], row.smallest)):
            if bound is None:
                continue
            value = row.values[size]
            if value < bound if row.at_least else value > bound:
                word = "at least" if row.at_least else "at most"
                found.append(
                    f"{row.name}, size {size}: {row.shown(value)}, {word} {row.shown(bound)}"
                )
    return found
