"""The only file that sets torch's global switches."""

import os
import platform

import psutil
import torch


def configure(threads: int | None = None, *, large: bool = False) -> int:
    """Set how many cores one operator may use, and return that number.

    Args:
        threads: None = the physical cores this process may use but one, at least 1. On a machine
            that is busy otherwise, one thread too many costs more than one too few: every
            operator waits for the thread that found no core.
        large: for a model whose operators take long enough that a second core is worth waiting
            for: at least 2 where there are as many.

    Errors: ValueError for a number below 1.
    """
    if threads is None:
        cores = usable_cores()
        threads = max(min(cores, 2 if large else 1), cores - 1)
    if threads < 1:
        raise ValueError(f"the number of threads is {threads}: expected at least 1")
    torch.set_num_threads(threads)
    return threads


def usable_cores() -> int:
    """Physical cores that this process may run on, at least 1."""
    physical = psutil.cpu_count(logical=False) or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def describe() -> str:
    """What the engine computes on, in words."""
    threads = torch.get_num_threads()
    return f"{platform.machine()}, {threads} thread{'s' if threads > 1 else ''}"
