"""Whether the files of an open model are still those that were opened. Knows no format.

A mapped file that is written to changes the weights in mid-answer, and one that is cut short ends
the process that reads behind its new end (SIGBUS). Asked before each step, neither happens unless
the file changes during that step.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ErrorKind, NestlingError


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from another one in its place, and from itself once written to."""

    device: int
    inode: int
    size: int
    modified_ns: int


class IntactFiles:
    """Files as they were when this was made.

    Errors: BAD_MODEL if one cannot be found.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self.stamps = {file: self._stamp(file) for file in sorted(set(files))}

    def check(self) -> None:
        """Raise BAD_MODEL if a file was replaced, written to, cut short or taken away."""
        for file, stamp in self.stamps.items():
            if self._stamp(file) != stamp:
                raise NestlingError(
                    ErrorKind.BAD_MODEL,
                    f"{file} has changed since the model was opened: expected the same file for as "
                    "long as the model is in use; open the model folder again",
                )

    def _stamp(self, file: Path) -> Stamp:
        try:
            status = os.stat(file)
        except OSError as error:
            raise NestlingError(
                ErrorKind.BAD_MODEL,
                f"{file} can no longer be read ({error.strerror}): expected it for as long as the "
                "model is in use; bring it back, then open the model folder again",
            ) from error
        return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
