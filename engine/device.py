"""The only file that sets torch's global switches."""

import os

import psutil
import torch


def configure_threads(count: int | None = None) -> int:
    """Set how many cores one operator may use, and return that number.

    Args:
        count: None = the physical cores this process may use but one, at least 1. On a machine
            that is busy otherwise, one thread too many costs more than one too few: every
            operator waits for the thread that found no core.

    Errors: ValueError for a count below 1.
    """
    if count is None:
        count = max(1, usable_cores() - 1)
    if count < 1:
        raise ValueError(f"the number of threads is {count}: expected at least 1")
    torch.set_num_threads(count)
    return count


def usable_cores() -> int:
    """Physical cores that this process may run on, at least 1."""
    physical = psutil.cpu_count(logical=False) or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))
