"""How much memory this process may still take."""

from pathlib import Path

import psutil

_CGROUPS = Path("/proc/self/cgroup")
_CGROUP_ROOT = Path("/sys/fs/cgroup")


def available_bytes() -> int:
    """Memory that this process may still take: what the system has, or its control group."""
    free: int = psutil.virtual_memory().available
    try:
        groups = _CGROUPS.read_text(encoding="utf-8").splitlines()
    except OSError:  # another system
        return free
    for group in groups:
        _, controllers, path = group.split(":", 2)
        if controllers == "":
            files = _CGROUP_ROOT / path.lstrip("/"), "memory.max", "memory.current"
        elif "memory" in controllers.split(","):
            folder = _CGROUP_ROOT / "memory" / path.lstrip("/")
            files = folder, "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        limit, used = (_number(files[0] / name) for name in files[1:])
        if limit is not None and used is not None:
            free = min(free, limit - used)
    return max(0, free)


def _number(file: Path) -> int | None:
    """The number in a file; None = no such file, or no limit."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
