"""How much memory is a process's own."""

from pathlib import Path


def own_bytes(pid: int) -> int:
    """Anonymous memory of a process, bytes, swapped pages included.

    Not its unique set size: pages of a library count there or not as other programs that have
    mapped it come and go.
    """
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    sizes = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
    return sum(1024 * int(sizes[name].split()[0]) for name in ("Anonymous", "Swap"))
