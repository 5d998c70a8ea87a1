"""A scripted room for the camera's bench and tests: what happens when, and how it looks.

The picture has what makes real ones hard: sensor noise, light that drifts, automatic exposure,
mains flicker, a swaying plant, and a clock's hand. Events are things that come, go and move.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

SIZE = (640, 360)  # width, height
Picture = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in the room from one moment to another.

    at: left, top; size: width, height (pixels). seconds: from, to.
    """

    at: tuple[int, int]
    size: tuple[int, int]
    colour: tuple[int, int, int]
    seconds: tuple[float, float]
    round: bool


@dataclass(frozen=True, slots=True)
class Script:
    """What happens: the things, and the moments at which the scene changes, s."""

    seconds: float
    things: tuple[Thing, ...]
    changes: tuple[float, ...]


def script(seconds: float, events: int, seed: int) -> Script:
    """Things that come and go at random moments, at least 5 s from one change to the next."""
    random = np.random.default_rng(seed)
    things, changes = [], []
    slot = seconds / events
    for number in range(events // 2):
        comes = (2 * number + random.uniform(0.1, 0.4)) * slot
        stays = random.uniform(max(5.0, 0.7 * slot), 1.3 * slot)
        size = tuple(int(side) for side in random.integers(32, 150, 2))
        place = (
            int(random.integers(150, SIZE[0] - size[0])),
            int(random.integers(20, SIZE[1] - size[1])),
        )
        goes = comes + stays
        colour = tuple(int(level) for level in random.integers(0, 256, 3))
        while np.abs(np.array(colour) - WALL).max() < 60:
            colour = tuple(int(level) for level in random.integers(0, 256, 3))
        is_round = bool(random.integers(2))
        things.append(Thing(place, size, colour, (comes, goes), is_round))  # type: ignore[arg-type]
        changes += [comes, goes]
    return Script(seconds, tuple(things), tuple(changes))


WALL = np.array((176, 170, 158))


class Room:
    """Draws the scripted room at any moment."""

    def __init__(self, script: Script, seed: int = 0) -> None:
        self._script = script
        self._random = np.random.default_rng(seed)
        self._still = _still_room()
        # Drawing noise anew for each frame would take longer than all the rest.
        noise = self._random.normal(0, 5, (SIZE[1] + 64, SIZE[0] + 64, 3))
        self._noise = noise.astype(np.int16)

    def picture(self, second: float) -> Picture:
        """uint8 [360, 640, 3], RGB."""
        picture = self._still.copy()
        _plant(picture, second)
        _clock(picture, second)
        for thing in self._script.things:
            _draw(picture, thing, second)
        light = 1 + 0.12 * np.sin(2 * np.pi * second / 400)  # clouds
        light *= 1 + 0.02 * np.sin(2 * np.pi * second * 0.7)  # mains against the shutter
        light *= 0.9 if second % 97 < 30 else 1.0  # the exposure jumps
        top, left = self._random.integers(0, 64, 2)
        noise = self._noise[top : top + SIZE[1], left : left + SIZE[0]]
        return np.clip(picture * light + noise, 0, 255).astype(np.uint8)


def _still_room() -> Picture:
    """Wall, floor, shelf, window: enough texture that a fit of the light has something to hold."""
    room = np.full((SIZE[1], SIZE[0], 3), WALL, np.float32)
    room *= np.linspace(1.1, 0.85, SIZE[0], dtype=np.float32)[None, :, None]
    room[270:] = (104, 82, 60)
    for plank in range(0, SIZE[0], 40):
        cv2.line(room, (plank, 270), (plank - 60, SIZE[1]), (80, 62, 44), 2)
    cv2.rectangle(room, (20, 150), (120, 158), (92, 66, 40), -1)
    for book in range(8):
        colour = ((37 * book) % 200 + 30, (91 * book) % 180 + 20, (53 * book) % 190 + 40)
        cv2.rectangle(room, (24 + 11 * book, 108), (32 + 11 * book, 149), colour, -1)
    cv2.rectangle(room, (470, 30), (600, 130), (225, 232, 240), -1)
    cv2.rectangle(room, (470, 30), (600, 130), (120, 110, 100), 4)
    return room


def _plant(picture: Picture, second: float) -> None:
    """Leaves that sway all the time."""
    for leaf in range(5):
        sway = 5 * np.sin(2 * np.pi * second / (2.1 + 0.3 * leaf) + leaf)
        end = (int(60 + 12 * (leaf - 2) + sway), 195 + 6 * leaf)
        cv2.line(picture, (60, 260), end, (60, 120 + 8 * leaf, 50), 5)
    cv2.rectangle(picture, (45, 250), (75, 275), (150, 90, 60), -1)


def _clock(picture: Picture, second: float) -> None:
    """A face whose hand jumps each second."""
    cv2.circle(picture, (300, 60), 16, (240, 240, 235), -1)
    angle = 2 * np.pi * int(second) / 60
    hand = (int(300 + 13 * np.sin(angle)), int(60 - 13 * np.cos(angle)))
    cv2.line(picture, (300, 60), hand, (30, 30, 30), 2)


def _draw(picture: Picture, thing: Thing, second: float) -> None:
    comes, goes = thing.seconds
    if not comes <= second < goes:
        return
    (left, top), (width, height) = thing.at, thing.size
    if thing.round:
        middle, axes = (left + width // 2, top + height // 2), (width // 2, height // 2)
        cv2.ellipse(picture, middle, axes, 0, 0, 360, thing.colour, -1)
    else:
        cv2.rectangle(picture, (left, top), (left + width, top + height), thing.colour, -1)
