"""Heights of rows, one above the other, and which row is where. Pure."""

from bisect import bisect_right
from itertools import accumulate


class RowHeights:
    """Rows from the top down; heights in pixels."""

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._ends: list[int] | None = []

    def __len__(self) -> int:
        return len(self._heights)

    def set_all(self, heights: list[int]) -> None:
        """Other rows."""
        self._heights, self._ends = heights, None

    def change(self, row: int, height: int) -> int:
        """Give a row another height. Returns: by how much it is higher now."""
        more = height - self._heights[row]
        if more:
            self._heights[row], self._ends = height, None
        return more

    def height(self, row: int) -> int:
        """The height of a row."""
        return self._heights[row]

    def top(self, row: int) -> int:
        """Where a row begins; for the row behind the last one, where all end."""
        return self._sums()[row - 1] if row else 0

    @property
    def total(self) -> int:
        """The height of all."""
        sums = self._sums()
        return sums[-1] if sums else 0

    def at(self, y: int) -> int | None:
        """The row that covers the height `y`, None if none does."""
        if not 0 <= y < self.total:
            return None
        return bisect_right(self._sums(), y)

    def _sums(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(self._heights))
        return self._ends
