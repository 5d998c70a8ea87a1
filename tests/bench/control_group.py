"""A memory limit for processes, where control groups can be written (root, either version)."""

import os
from contextlib import suppress
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


class ControlGroup:
    """Made at once. Errors: OSError where groups cannot be written."""

    def __init__(self, name: str, limit: int) -> None:
        second = (_ROOT / "cgroup.controllers").exists()
        self._folder = (_ROOT if second else _ROOT / "memory") / name
        self._folder.mkdir(exist_ok=True)
        limits = ("memory.max", "memory.swap.max") if second else ("memory.limit_in_bytes",)
        for file in limits:
            with suppress(FileNotFoundError):  # a system without swap
                (self._folder / file).write_text("0" if "swap" in file else str(limit))

    def enter(self) -> None:
        """Put the calling process into it."""
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self) -> None:
        """Once its processes have ended."""
        self._folder.rmdir()
