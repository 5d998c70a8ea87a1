"""What the system has back after a tower went: real bytes of a tower of 450 MB, twice over.

Once its weights are pages of the file, once copies in memory of the process's own, made because
it computes in another type. Each in a fresh process.
"""

import pytest
import torch

from engine.datatypes import Modality
from tests.tower_memory import Cycle, in_fresh_process, life_cycles, total, write_towers

CYCLES = 4
LAYERS = 2  # of twelve
TOWER_BYTES = 450_000_000
RETURNED = 0.95
GROWTH_BYTES = 10_000_000


@pytest.fixture(scope="module", params=[torch.float32, torch.bfloat16], ids=["mapped", "copied"])
def cycles(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[torch.dtype, list[Cycle]]:
    """Lives of a tower, one after the other; the first one also warms the process up."""
    folder = tmp_path_factory.mktemp("towers") / "model"
    write_towers(folder, LAYERS, vision=False, dtype=request.param)
    return request.param, in_fresh_process(life_cycles, folder, Modality.AUDIO, CYCLES)


def test_a_loaded_tower_is_in_memory_whole_and_the_bars_say_so(
    cycles: tuple[torch.dtype, list[Cycle]],
) -> None:
    dtype, lives = cycles
    for life in lives:
        assert total(life.loaded) - total(life.before) >= TOWER_BYTES
        mapped = dtype is torch.float32
        shown = life.bars.file_backed if mapped else life.bars.private
        other = life.bars.private if mapped else life.bars.file_backed
        assert shown >= TOWER_BYTES
        assert other < 1_000_000


def test_a_released_tower_gives_its_memory_back_to_the_system(
    cycles: tuple[torch.dtype, list[Cycle]],
) -> None:
    _, lives = cycles
    for life in lives[1:]:
        assert life.returned >= RETURNED, life


def test_coming_and_going_again_and_again_makes_nothing_grow(
    cycles: tuple[torch.dtype, list[Cycle]],
) -> None:
    _, lives = cycles
    assert total(lives[-1].released) - total(lives[0].released) <= GROWTH_BYTES
