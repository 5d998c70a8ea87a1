"""Clauses that are translated after their transcript has ended, put behind it. No Qt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.journal import Key, append_translation
from engine.errors import NestlingError

if TYPE_CHECKING:
    from engine.datatypes import Translation


class LateTranslations:
    """Adds to kept transcripts.

    State: clauses that the disk refused, in the order in which they came.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Path, Key, Translation]] = []

    @property
    def waiting(self) -> bool:
        """Whether the disk has refused something."""
        return bool(self._waiting)

    def record(self, path: Path, key: Key, translation: Translation) -> None:
        """Put down a clause, once it is final.

        Raises:
            NestlingError: DISK, once when writing begins to fail; the clause is kept for `write`.
        """
        if not translation.final or not translation.text:
            return
        self._waiting.append((path, key, translation))
        if len(self._waiting) == 1:
            self.write()

    def write(self) -> None:
        """Put down what waits.

        Raises:
            NestlingError: DISK, if it is still refused.
        """
        while self._waiting:
            append_translation(*self._waiting[0])
            del self._waiting[0]

    def retry(self) -> bool:
        """Try to write what waits. Returns: whether nothing waits any more."""
        try:
            self.write()
        except NestlingError:
            return False
        return True
