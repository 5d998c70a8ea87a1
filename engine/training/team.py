"""Processes that train one model together: each takes a share of every step's sound."""

import multiprocessing
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn


class Team:
    """This process's place among `workers`; number 0 leads. A team of one does nothing.

    Args:
        rank: which of them this is.
        workers: how many there are.
        meeting: a file that does not exist yet, through which they find each other.
    """

    def __init__(self, rank: int, workers: int, meeting: Path) -> None:
        self.rank = rank
        self.workers = workers
        if workers > 1:
            dist.init_process_group(
                "gloo", init_method=meeting.resolve().as_uri(), rank=rank, world_size=workers
            )

    def told(self, *values: float) -> list[float]:
        """The leader's values, at everyone: clocks and signals may differ between processes."""
        if self.workers == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64)
        dist.broadcast(shared, 0)
        return shared.tolist()

    def average(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace gradients by their mean over the team; a missing one counts as zero."""
        if self.workers == 1:
            return
        flat = torch.cat(
            [(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in parameters]
        )
        dist.all_reduce(flat)
        flat /= self.workers
        for parameter, mean in zip(
            parameters, torch.split(flat, [p.numel() for p in parameters]), strict=True
        ):
            parameter.grad = mean.view_as(parameter)

    def leave(self) -> None:
        """Part; the last call of every member."""
        if self.workers > 1:
            dist.destroy_process_group()


def gather(work: Callable[..., None], workers: int, meeting: Path, *arguments: object) -> None:
    """Run `work(rank, *arguments)` in each of `workers` processes, the leader's in this one."""
    meeting.unlink(missing_ok=True)
    others = [
        multiprocessing.get_context("spawn").Process(
            target=work, args=(rank, *arguments), daemon=True
        )
        for rank in range(1, workers)
    ]
    for process in others:
        process.start()
    work(0, *arguments)
    for process in others:
        process.join()
