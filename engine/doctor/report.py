"""The doctor's table: one row for each check. Knows no model."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER = "MODEL_DIR"  # stands for the folder's path, which may hold a person's name


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "PASS"
    FAIL = "FAIL"
    NOTE = "-"  # a figure without a bound, or a check that could not be made


@dataclass(frozen=True, slots=True)
class Row:
    """One check. found: what came of it; expected: what a sound model brings, or nothing."""

    check: str
    verdict: Verdict
    found: str
    expected: str = ""


class Report:
    """The rows so far, as lines of a table that can be copied and shown to anyone.

    Args:
        folder: of the model; neither its path nor the user's home folder is ever printed.
    """

    def __init__(self, folder: Path) -> None:
        self._hidden = {str(folder.resolve()): FOLDER, str(folder): FOLDER, str(Path.home()): "~"}
        self.failed = 0

    def heading(self) -> Iterator[str]:
        """The first lines."""
        yield f"{'check':<26}{'':<6}found"
        yield "-" * 78

    def line(self, row: Row) -> str:
        """A row as text; it counts from now on."""
        self.failed += row.verdict is Verdict.FAIL
        expected = f" (expected: {row.expected})" if row.expected else ""
        return f"{row.check:<26}{row.verdict.value:<6}{self._without_paths(row.found)}{expected}"

    def verdict(self) -> str:
        """The last line."""
        if not self.failed:
            return "Nothing is wrong with this model."
        return f"{self.failed} check{'s' if self.failed > 1 else ''} failed."

    def _without_paths(self, text: str) -> str:
        for path, name in self._hidden.items():
            if len(path) > 1:
                text = text.replace(path, name)
        return " ".join(text.split())
