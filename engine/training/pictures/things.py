"""Pictures of things in three styles, from the npm package fluentui-emoji (MIT, Microsoft).

Fetched into the cache by the command and never shipped. The style `flat` is for the tests alone.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np

from engine.errors import ErrorKind, NestlingError
from engine.training.grammar import is_held_out
from engine.training.npm import Package, fetch
from engine.training.pictures.drawing import Sprite
from engine.training.pictures.scene import SHAPES
from engine.vision.opencv import cv2

PACKAGE = Package(
    "fluentui-emoji",
    "1.3.0",
    "ec892e607e854859b812c7d827801756adc19955b0ef56d4ae8afcddd19492c5",
    "icons",
)
_PIXELS = 112  # of a kept picture's side


class Style(StrEnum):
    """How a thing is drawn."""

    MODERN = "modern"
    HIGH_CONTRAST = "high-contrast"
    FLAT = "flat"


TRAINED = (Style.MODERN, Style.MODERN, Style.HIGH_CONTRAST)  # as often: most pictures are coloured
HELD_OUT = Style.FLAT

# In the names of many pictures that are almost the same, and of the shapes that are drawn.
_ALIKE = {"arrow", "button", "face", "hearts", "keycap", "oclock", "thirty", *SHAPES}

# Nouns, "_" for a space; with "=" where the package calls the picture otherwise.
_NOUNS = """
airplane alarm_clock=alarm-clock ambulance anchor ant apple=red-apple avocado axe backpack bacon
balloon banana banjo baseball basket basketball bat bathtub battery bear beaver bed beetle bell
bicycle bird bomb bone book=closed-book bread brain briefcase broccoli broom bucket bus butter
butterfly cactus calendar camel camera candle candy canoe car=automobile carrot castle cat chair
cheese=cheese-wedge cherries chicken church coat coconut cookie couch=couch-and-lamp cow crab
croissant crown cucumber cupcake dagger deer dog dolphin door doughnut dove dress drum duck
ear=ear-default egg eggplant elephant envelope eye feather fire fish flamingo fly fox frog garlic
gear ghost giraffe glasses goat gorilla grapes guitar hamburger hammer handbag hedgehog helicopter
horse house jeans kangaroo key keyboard kite ladder laptop lemon lion lipstick lizard lollipop
magnet microphone mirror monkey moose motorcycle mountain mouse mouth mushroom necktie newspaper
notebook octopus onion owl paintbrush palm_tree=palm-tree pancakes panda parachute parrot peach
pear pen pencil penguin pig piano=musical-keyboard pineapple pizza printer rabbit rainbow ribbon
robot rock rocket rooster rose ruler=straight-ruler sailboat sandwich scarf scissors scorpion
screwdriver shark shield ship shirt=t-shirt shoe=running-shoe shower shrimp skateboard skull snail
snake snowflake snowman soap socks spaghetti spider sponge spoon strawberry sun sunflower swan
sword=crossed-swords taxi teapot telephone telescope television tent thermometer tiger toilet
tomato tooth toothbrush tractor train tree=deciduous-tree trophy truck=delivery-truck trumpet
turkey turtle umbrella unicorn violin volcano watch watermelon whale wheel window wolf zebra
"""


@cache
def nouns() -> dict[str, str]:
    """Nouns named to the model, and the file name of each."""
    named = {}
    for entry in _NOUNS.split():
        noun, _, file = entry.partition("=")
        named[noun.replace("_", " ")] = file or noun
    return named


class Things:
    """Pictures of things, drawn from the package when first asked for.

    Args:
        cache_folder: of the recipe; the package is fetched into it if it is not there.
    """

    def __init__(self, cache_folder: Path) -> None:
        self._folder = cache_folder / "fluentui-emoji"
        if not self._folder.exists():
            fetch(self._folder, PACKAGE, "The pictures of things")
        self._drawn: dict[tuple[str, Style], Sprite] = {}
        self.nouns = tuple(noun for noun in nouns() if self._in_all_styles(nouns()[noun]))

    def unknown(self, *, held_out: bool) -> tuple[str, ...]:
        """Names of things that no training names: one side of a split.

        Training has those of several words, too: of some 240 things alone, it learnt which ones
        they are rather than that they have no name.
        """
        single = tuple(name for name in self._unnamed() if is_held_out(name) == held_out)
        return single if held_out else (*single, *self._unnamed_pairs())

    def sprite(self, name: str, style: Style) -> Sprite:
        """A thing, by its noun or by an unknown one's name: RGB and alpha, uint8 [n, n, 4]."""
        if (name, style) not in self._drawn:
            path = self._path(nouns().get(name, name), style)
            self._drawn[name, style] = rasterised(path.read_text(), _PIXELS)
        return self._drawn[name, style]

    def _path(self, file: str, style: Style) -> Path:
        return self._folder / style / f"{file}.svg"

    def _in_all_styles(self, file: str) -> bool:
        return all(self._path(file, style).exists() for style in Style)

    def _unnamed(self) -> Iterator[str]:
        """Single words that name no noun of ours: one thing each, no person, no symbol."""
        known = {*nouns(), *nouns().values()}
        for path in sorted((self._folder / Style.HIGH_CONTRAST).glob("*.svg")):
            name = path.stem
            if "-" not in name and name not in known and self._in_all_styles(name):
                yield name

    def _unnamed_pairs(self) -> Iterator[str]:
        """Names of several words, none of them of ours: no shape, and no row of almost the same."""
        known = {word for name in (*nouns(), *nouns().values()) for word in re.split(r"\W", name)}
        for path in sorted((self._folder / Style.HIGH_CONTRAST).glob("*-*.svg")):
            words = set(path.stem.split("-"))
            if not words & (known | _ALIKE) and self._in_all_styles(path.stem):
                yield path.stem


def rasterised(svg: str, pixels: int) -> Sprite:
    """A drawing of lines as uint8 [pixels, pixels, 4], RGB and alpha."""
    try:
        import resvg_py
    except ImportError as missing:
        raise NestlingError(
            ErrorKind.MISSING_LIBRARY,
            "The pictures of things cannot be drawn: install the extra `train` (resvg_py).",
        ) from missing
    png = resvg_py.svg_to_bytes(svg_string=svg, width=pixels, height=pixels)
    bgra = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)
    return np.ascontiguousarray(bgra[..., [2, 1, 0, 3]])
