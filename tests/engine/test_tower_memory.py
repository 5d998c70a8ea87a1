"""What the system has back after a tower went: real bytes of towers of 450 and 590 MB.

Hearing once with weights that are pages of the file, once with copies in memory of the process's
own, made because it computes in another type; seeing as in the published size. Each in a fresh
process.
"""

from dataclasses import dataclass

import pytest
import torch

from engine.datatypes import PICTURE_PIXELS, Modality, Seeing
from tests.tower_memory import Cycle, in_fresh_process, life_cycles, total, write_towers

CYCLES = 3
RETURNED = 0.95
GROWTH_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """A tower. layers: of hearing, of the published twelve. mapped: its weights are the file's."""

    modality: Modality
    layers: int
    dtype: torch.dtype
    mapped: bool
    tower_bytes: int


CASES = {
    "hearing, mapped": Case(Modality.AUDIO, 2, torch.float32, True, 450_000_000),
    "hearing, copied": Case(Modality.AUDIO, 2, torch.bfloat16, False, 450_000_000),
    "seeing, mapped": Case(Modality.VISION, 0, torch.bfloat16, True, 590_000_000),
}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def lives(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, list[Cycle]]:
    """A tower's lives, one after the other; the first one also warms the process up."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp("towers") / "model"
    seeing = case.modality is Modality.VISION
    write_towers(folder, dtype=case.dtype, audio_layers=case.layers, vision=seeing)
    look = Seeing(pixels=PICTURE_PIXELS[0])
    return case, in_fresh_process(life_cycles, folder, case.modality, CYCLES, look)


def test_a_loaded_tower_is_in_memory_whole_and_the_bars_say_so(
    lives: tuple[Case, list[Cycle]],
) -> None:
    case, cycles = lives
    for cycle in cycles:
        assert total(cycle.loaded) - total(cycle.before) >= case.tower_bytes
        bars = (cycle.bars.file_backed, cycle.bars.private)
        shown, other = bars if case.mapped else bars[::-1]
        assert shown >= case.tower_bytes
        assert other < 1_000_000


def test_a_released_tower_gives_its_memory_back_to_the_system(
    lives: tuple[Case, list[Cycle]],
) -> None:
    _, cycles = lives
    for cycle in cycles[1:]:
        assert cycle.returned >= RETURNED, cycle


def test_coming_and_going_again_and_again_makes_nothing_grow(
    lives: tuple[Case, list[Cycle]],
) -> None:
    _, cycles = lives
    assert total(cycles[-1].released) - total(cycles[0].released) <= GROWTH_BYTES
