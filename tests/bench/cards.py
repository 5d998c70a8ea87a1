"""Half an hour of cards held before a camera, for "tell me when …": what is shown when.

Cards are pictures of the kind that the bundled nano was taught, from numbers it never saw.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.training.pictures.drawing import draw
from engine.training.pictures.scene import COLOURS, MOST, SHAPES, Cast, Item, Kind, Scene, scene

CONDITION = "a red circle"
SIZE = (240, 320)  # height, width
NOISE = 3.0  # of the sensor, levels of 255
Picture = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """seconds: from, to. holds: whether it shows what the condition says."""

    seconds: tuple[float, float]
    holds: bool
    picture: Picture


def cards(seconds: float, events: int, seed: int) -> list[Card]:
    """Twice as many cards as events: at every other one, on average, the answer is another."""
    rng = random.Random(f"cards {seed}")
    count = 2 * events
    flips = set(rng.sample(range(1, count), events))
    made: list[Card] = []
    holds = False
    for number in range(count):
        holds ^= number in flips
        times = (number * seconds / count, (number + 1) * seconds / count)
        made.append(Card(times, holds, _picture(holds, rng)))
    return made


def _picture(holds: bool, rng: random.Random) -> Picture:
    """With a red circle, or with none: then often with something red, or another circle."""
    colour, shape = CONDITION.removeprefix("a ").split()
    while True:
        drawn = scene(Kind.SHAPES, Cast(()), rng, MOST)
        items = list(drawn.items)
        near = rng.choice(
            ((colour, shape), (rng.choice(COLOURS), shape), (colour, rng.choice(SHAPES)))
        )
        kind = (colour, shape) if holds else near
        place = rng.randrange(len(items))
        old = items[place]
        items[place] = Item(kind[1], kind[0], old.x, old.y, old.size)
        if any((item.colour, item.name) == (colour, shape) for item in items) is holds:
            break
    made = Scene(Kind.SHAPES, tuple(items))
    return draw(made, np.random.default_rng(rng.getrandbits(64)), SIZE, ()).rgb


def frames(shown: list[Card], fps: int, seed: int) -> Iterator[tuple[float, Picture]]:
    """Time and frame, with noise that is new in each."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, NOISE, (SIZE[0] + 64, SIZE[1] + 64, 3))
    number = 0
    for card in shown:
        while number / fps < card.seconds[1]:
            top, left = rng.integers(0, 64, 2)
            grain = noise[top : top + SIZE[0], left : left + SIZE[1]]
            yield number / fps, np.clip(card.picture + grain, 0, 255).astype(np.uint8)
            number += 1
