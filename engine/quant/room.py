"""How much memory this process may still take."""

from pathlib import Path

import psutil

_CGROUPS = Path("/proc/self/cgroup")
_CGROUP_ROOT = Path("/sys/fs/cgroup")


def available_bytes() -> int:
    """Memory that this process may still take: what the system has, or its control groups."""
    free: int = psutil.virtual_memory().available
    try:
        groups = _CGROUPS.read_text(encoding="utf-8").splitlines()
    except OSError:  # another system
        return free
    for group in groups:
        _, controllers, path = group.split(":", 2)
        if controllers == "":
            root, limit, used = _CGROUP_ROOT, "memory.max", "memory.current"
        elif "memory" in controllers.split(","):
            root = _CGROUP_ROOT / "memory"
            limit, used = "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        folder = root / path.lstrip("/")
        for place in (folder, *folder.parents):
            free = min(free, _left(place / limit, place / used, place / "memory.stat", free))
            if place == root:
                break
    return max(0, free)


def _left(limit: Path, used: Path, statistics: Path, otherwise: int) -> int:
    """What one group may still take: what it holds of files makes room by itself."""
    most, taken = _number(limit), _number(used)
    if most is None or taken is None:
        return otherwise
    try:
        lines = statistics.read_text(encoding="ascii").splitlines()
        counts = {name: int(count) for name, count in (line.split() for line in lines)}
    except (OSError, ValueError):
        counts = {}
    files = sum(
        counts.get(f"total_{name}", counts.get(name, 0))
        for name in ("inactive_file", "active_file")
    )
    return most - taken + files


def _number(file: Path) -> int | None:
    """The number in a file; None = no such file, or no limit."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
