"""Processes that train one model together: by a share of every step each, or by steps of its own
and, now and then, the mean of their weights."""

import multiprocessing
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn


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
        given = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        for parameter, mean in zip(parameters, self._means(given), strict=True):
            parameter.grad = mean

    @torch.no_grad()
    def meet(self, weights: Sequence[Tensor]) -> None:
        """Replace weights, of which each member made steps of its own, by their mean over the team.

        Source: Lin et al. 2020 (arXiv:1808.07217), local SGD.
        """
        if self.workers > 1:
            for weight, mean in zip(weights, self._means(weights), strict=True):
                weight.copy_(mean)

    def _means(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        dist.all_reduce(flat)
        flat /= self.workers
        parts = torch.split(flat, [tensor.numel() for tensor in tensors])
        return [part.view_as(tensor) for part, tensor in zip(parts, tensors, strict=True)]

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
