"""What counts as a change of the scene, on the scripted room of the bench and on plain pictures."""

import numpy as np
import pytest

from app.capture.scene import CELLS, SceneGate, Sensitivity, Verdict, cells
from engine.datatypes import CameraFrame, Rgb
from tests.bench.scripted_scene import Room, Script, Thing


class Watcher:
    """A gate and the moments at which it let a frame through."""

    def __init__(self, sensitivity: Sensitivity = Sensitivity.NORMAL) -> None:
        self.gate = SceneGate(sensitivity)
        self.second = 0.0
        self.index = 0
        self.passed: list[float] = []
        self.frames: list[CameraFrame] = []

    def see(self, picture: Rgb, seconds: float = 0.2) -> Verdict:
        self.second += seconds
        look = self.gate.look(CameraFrame(np.array(picture), self.index, self.second))
        self.index += 1
        if look.verdict is Verdict.CHANGED:
            assert look.frame is not None
            self.passed.append(self.second)
            self.frames.append(look.frame)
        return look.verdict


def wall(level: int = 120) -> Rgb:
    columns = np.linspace(0.6, 1.2, 320)[None, :, None]
    return (level * np.broadcast_to(columns, (240, 320, 3))).astype(np.uint8)


def with_box(picture: Rgb, size: int = 60, colour: tuple[int, int, int] = (240, 40, 40)) -> Rgb:
    changed = picture.copy()
    changed[100 : 100 + size, 140 : 140 + size] = colour
    return changed


def test_the_first_frame_passes() -> None:
    assert Watcher().see(wall()) is Verdict.CHANGED


def test_a_resting_scene_does_not_pass_again() -> None:
    watcher = Watcher()
    for _ in range(50):
        watcher.see(wall())
    assert len(watcher.passed) == 1


@pytest.mark.parametrize("colour", [(240, 40, 40), (10, 10, 10), (72, 160, 72)])
def test_something_new_passes_once_it_rests(colour: tuple[int, int, int]) -> None:
    watcher = Watcher()
    watcher.see(wall())
    watcher.see(wall())
    assert watcher.see(with_box(wall(), colour=colour)) is Verdict.MOVING
    assert watcher.see(with_box(wall(), colour=colour)) is Verdict.CHANGED
    assert watcher.see(with_box(wall(), colour=colour)) is Verdict.SAME


def test_what_is_over_before_it_rests_passes_with_its_strongest_moment() -> None:
    watcher = Watcher()
    watcher.see(wall())
    watcher.see(with_box(wall(), 40))
    watcher.see(with_box(wall(), 90))
    assert watcher.see(wall()) is Verdict.CHANGED
    assert np.array_equal(watcher.frames[-1].rgb, with_box(wall(), 90))
    assert watcher.see(wall()) is Verdict.SAME, "the scene is as it was"


def test_what_never_rests_passes_all_the_same() -> None:
    watcher = Watcher()
    watcher.see(wall())
    for step in range(30):
        moving = wall()
        moving[60:160, 5 * step : 5 * step + 80] = 250
        watcher.see(moving)
    assert 2 <= len(watcher.passed) <= 6
    assert watcher.passed[1] <= 2.2


@pytest.mark.parametrize("gain", [0.75, 0.9, 1.1, 1.3])
def test_light_that_changes_everywhere_is_no_change(gain: float) -> None:
    watcher = Watcher()
    watcher.see(wall())
    for _ in range(10):
        watcher.see(np.clip(wall() * gain, 0, 255).astype(np.uint8))
    assert len(watcher.passed) == 1


def test_a_light_that_goes_out_is_a_change() -> None:
    watcher = Watcher()
    watcher.see(wall())
    for _ in range(10):
        watcher.see((wall() * 0.15).astype(np.uint8))
    assert len(watcher.passed) == 2


def test_in_other_light_something_new_is_still_seen() -> None:
    watcher = Watcher()
    watcher.see(wall())
    for _ in range(5):
        watcher.see(with_box((wall() * 0.8).astype(np.uint8)))
    assert len(watcher.passed) == 2


@pytest.mark.parametrize(
    ("sensitivity", "passes"),
    [(Sensitivity.LOW, 1), (Sensitivity.NORMAL, 1), (Sensitivity.HIGH, 2)],
)
def test_sensitivity_decides_about_small_things(sensitivity: Sensitivity, passes: int) -> None:
    watcher = Watcher(sensitivity)
    watcher.see(wall())
    for _ in range(5):
        watcher.see(with_box(wall(), 16))
    assert len(watcher.passed) == passes


def test_after_a_reset_the_next_frame_passes() -> None:
    watcher = Watcher()
    watcher.see(wall())
    watcher.gate.reset()
    assert watcher.see(wall()) is Verdict.CHANGED


@pytest.mark.parametrize("shape", [(1, 1), (47, 63), (48, 64), (241, 319), (1080, 1920)])
def test_pictures_of_any_size_become_cells(shape: tuple[int, int]) -> None:
    small = cells(np.full((*shape, 3), 77, np.uint8))
    assert small.shape == (*CELLS, 3)
    assert np.all(small == 77)


def test_a_room_with_noise_a_plant_and_a_clock_rests_but_for_what_comes_and_goes() -> None:
    """Two minutes of the bench's room, uncompressed; the whole is tests/bench/camera.py."""
    thing = Thing((350, 200), (70, 60), (30, 60, 200), (40.0, 80.0), round=True)
    room, watcher = Room(Script(120, (thing,), (40.0, 80.0))), Watcher()
    for number in range(4 * 120):
        watcher.see(room.picture(number / 4), 0.25)
    passed = [moment - 0.25 for moment in watcher.passed]
    assert passed[0] == 0
    assert len(passed) == 3
    assert 40 <= passed[1] <= 42
    assert 80 <= passed[2] <= 82
