"""The bench's figure that does not depend on the machine: it passes, and it can fail."""

import pytest
import torch

from engine.vision.table import parse_vision
from tests.bench import vision
from tests.checkpoints import TINY_TOWER
from tests.tiny_vision import section


def run(bound_mb: float) -> int:
    tower = vision.random_tower(parse_vision(section(24, TINY_TOWER)), torch.float32)
    return vision.report(tower, "tiny", check=True, bound_mb=bound_mb)


def test_a_modest_tower_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(600.0) == 0
    table = capsys.readouterr().out
    assert [line.split()[0] for line in table.splitlines()[2:]] == ["256", "512", "768"]


def test_a_tower_that_takes_too_much_falls_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(-1.0) == 1
    assert "SHORT: a picture takes" in capsys.readouterr().out
