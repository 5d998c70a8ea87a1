import json
from pathlib import Path

import torch
from torch import nn

from engine.training.team import Team, gather


def _work(rank: int, folder: Path) -> None:
    team = Team(rank, 2, folder / "meeting")
    (clock,) = team.told(10.0 + rank)
    weight, bias = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))
    weight.grad = torch.tensor([1.0, 3.0]) * (rank + 1)
    if rank == 0:
        bias.grad = torch.tensor([4.0])
    team.average([weight, bias])
    assert weight.grad is not None
    assert bias.grad is not None
    with torch.no_grad():
        weight += torch.tensor([[2.0, 6.0], [4.0, 0.0]][rank])
    team.meet([weight, bias])
    seen = {
        "clock": clock,
        "weight": weight.grad.tolist(),
        "bias": bias.grad.tolist(),
        "met": weight.tolist(),
    }
    (folder / f"{rank}.json").write_text(json.dumps(seen))
    team.leave()


def test_everyone_has_the_leaders_values_and_the_means_of_gradients_and_weights(
    tmp_path: Path,
) -> None:
    gather(_work, 2, tmp_path / "meeting", tmp_path)
    first, second = (json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(2))
    assert first == second
    assert first == {"clock": 10.0, "weight": [1.5, 4.5], "bias": [2.0], "met": [3.0, 3.0]}


def test_a_team_of_one_does_nothing(tmp_path: Path) -> None:
    team = Team(0, 1, tmp_path / "meeting")
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(2)
    team.average([weight])
    team.meet([weight])
    assert weight.grad.tolist() == [1.0, 1.0]
    assert weight.tolist() == [0.0, 0.0]
    assert team.told(3.0) == [3.0]
    team.leave()
    assert not (tmp_path / "meeting").exists()
