"""A file written whole or not at all, where a person asks for one."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """A path to write to; what is there in the end takes the place of `file`.

    Nothing is left of it where that fails.

    Errors: OSError, whatever writing or replacing says.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        yield temporary
        os.replace(temporary, file)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
