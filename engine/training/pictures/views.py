"""Training pictures by number: pixels, what stands in each cell of the grid, and questions."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.training.grammar import is_held_out, vocabulary
from engine.training.pictures.drawing import Picture, Sprite, draw
from engine.training.pictures.fonts import fonts
from engine.training.pictures.questions import (
    ACROSS,
    DOWN,
    Question,
    harder_questions,
    part,
    questions,
)
from engine.training.pictures.restyle import restyled
from engine.training.pictures.scene import (
    COLOURS,
    MOST,
    SHAPES,
    Cast,
    Item,
    Kind,
    Scene,
    repeated,
    scene,
)
from engine.training.pictures.things import TRAINED, Style, Things
from engine.vision.preprocess import resized

CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST_WORD = 6  # letters of a printed word
ORDER = ("one", "two", "three", "four", "five", "six")  # places in it
UNMARKED = -100  # a cell that a loss leaves out

_HEIGHT, _WIDTHS = 192, (144, 288)  # of a drawing before it is resized
_INSIDE, _OUTSIDE = 0.36, 0.62  # of an item's size: from its centre to a cell's
_REPEATED = 0.3  # of the pictures of shapes show one shape alone, again and again
_STRANGE_WORDS = 0.5  # of the words on signs are none: letters at random, or the ends of two words


@dataclass(frozen=True, slots=True)
class Mixture:
    """What a stage is shown: shares of the kinds of pictures, and items of a picture at most."""

    shares: dict[Kind, float]
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Views:
    """One step's pictures.

    pixels: uint8 [B, S, S, 3].
    marks: int64 [B, heads, grid * grid]: of each head the class in a cell, -100 where it has none;
        heads are those of `Classes`.
    asked: questions about each picture.
    """

    pixels: Tensor
    marks: Tensor
    asked: list[list[Question]]


class Classes:
    """What can stand in a cell: by head the names of its classes.

    The first two tell whether something stands there, "" for nothing, and of what kind; the others
    only which one, where there is one. Asked of every cell, the others said "nothing" for hundreds
    of steps before they told any shape from another.

    Args:
        things: nouns.
    """

    def __init__(self, things: Sequence[str]) -> None:
        self.names: dict[str, tuple[str, ...]] = {
            "centre": ("", "centre"),
            "kind": ("", "shape", "letter", "thing"),
            "shape": SHAPES,
            "colour": COLOURS,
            "letter": tuple(CHARACTERS),
            "order": ORDER,
            "thing": ("?", *things),  # "?" has no name that the model was told
            "across": ACROSS,
            "down": DOWN,
        }
        self._places = {
            head: {name: place for place, name in enumerate(names)}
            for head, names in self.names.items()
        }

    def marks(self, picture: Picture, grid: int) -> Tensor:
        """int64 [heads, grid * grid]: of the cells that an item covers, what it is, of what kind
        and whether its centre is there; of the cells with a letter's centre, which, and its place
        in the word; elsewhere that there is nothing. Cells at an item's edge are left out."""
        marks = torch.full((len(self.names), grid * grid), UNMARKED)
        of = dict(zip(self.names, marks, strict=True))
        of["centre"].zero_()
        of["kind"].zero_()
        height, width = picture.rgb.shape[:2]
        shorter = min(height, width)
        for item in picture.items:
            inside, edge = _covered(item, grid, shorter / width, shorter / height)
            kind = "shape" if item.colour else "thing"
            of["kind"][edge] = UNMARKED
            of["kind"][inside] = self._places["kind"][kind]
            of[kind][inside] = self._places[kind].get(item.name, 0)
            if item.colour:
                of["colour"][inside] = self._places["colour"][item.colour]
            parts = part(item)
            if parts is not None:
                of["across"][inside], of["down"][inside] = parts
            of["centre"][cell_of(item.x, item.y, grid)] = 1
        for position, letter in enumerate(picture.letters):
            cell = cell_of(letter.x, letter.y, grid)
            of["kind"][cell] = self._places["kind"]["letter"]
            of["letter"][cell] = self._places["letter"][letter.character.lower()]
            of["order"][cell] = position
        return marks


def _covered(item: Item, grid: int, wide: float, high: float) -> tuple[list[int], list[int]]:
    """Cells that an item covers, that of its centre included, and those at its edge.

    wide, high: the picture's shorter side as a share of its width and of its height.
    """
    inside, edge = [cell_of(item.x, item.y, grid)], []
    for cell in range(grid * grid):
        x, y = ((place + 0.5) / grid for place in (cell % grid, cell // grid))
        away = math.hypot((x - item.x) / wide, (y - item.y) / high) / item.size
        if away < _INSIDE:
            inside.append(cell)
        elif away < _OUTSIDE:
            edge.append(cell)
    return inside, edge


def cell_of(x: float, y: float, grid: int) -> int:
    """The cell of a place 0..1; places outside belong to the nearest."""
    column, row = (min(grid - 1, max(0, int(value * grid))) for value in (x, y))
    return row * grid + column


class Painter:
    """Pictures and questions of one side of the split, by number: the same seed gives the same.

    Args:
        cache_folder: of fonts and of things, which are fetched into it.
        seed: of everything drawn here.
        pixels: side of a picture, as the tower gets it; grid: cells of a side.
        held_out: whether for tests: words, unknown things and phrasings of the other side.
        styles: how things are drawn.
        frame: height and width of every picture as it is drawn; None = of many forms.
    """

    def __init__(
        self,
        cache_folder: Path,
        seed: int,
        pixels: int,
        grid: int,
        *,
        held_out: bool = False,
        styles: Sequence[Style] = TRAINED,
        frame: tuple[int, int] | None = None,
    ) -> None:
        self._seed, self._pixels, self._grid, self._held_out = seed, pixels, grid, held_out
        self._fonts = fonts(cache_folder)
        self._things = Things(cache_folder)
        self._styles, self._frame = styles, frame
        unknown = self._things.unknown(held_out=held_out)
        self.words = words(held_out=held_out)
        self._cast = Cast(self.words, self._things.nouns, unknown)
        self.classes = Classes(self._things.nouns)

    def views(self, number: int, count: int, mixture: Mixture) -> Views:
        """One step's pictures."""
        kinds, shares = list(mixture.shares), list(mixture.shares.values())
        pixels, marks, asked = [], [], []
        for position in range(count):
            rng = random.Random(f"view {self._seed} {number} {position}")
            picture, questions_of_it = self.picture(
                rng.choices(kinds, shares)[0], rng, mixture.most
            )
            pixels.append(resized(picture.rgb, self._pixels))
            marks.append(self.classes.marks(picture, self._grid))
            asked.append(questions_of_it)
        return Views(torch.stack(pixels), torch.stack(marks), asked)

    def picture(
        self, kind: Kind, rng: random.Random, most: int = MOST
    ) -> tuple[Picture, list[Question]]:
        """A picture of a kind, and what may be asked about it."""
        seen = scene(kind, self._cast, rng, most)
        if kind is Kind.SIGN and not self._held_out and rng.random() < _STRANGE_WORDS:
            seen = Scene(kind, text=rng.choice((str.upper, str.lower))(self._strange(rng)))
        if kind is Kind.SHAPES and not self._held_out and rng.random() < _REPEATED:
            seen = repeated(seen, rng)
        style = rng.choice(self._styles)
        picture = draw(
            seen,
            np.random.default_rng(rng.getrandbits(64)),
            self._frame or (_HEIGHT, rng.randint(*_WIDTHS)),
            self._fonts,
            lambda name: self._sprite(name, style, rng),
        )
        asked = questions(picture, self._things.nouns, rng, held_out=self._held_out)
        if not self._held_out:
            asked += harder_questions(picture, self._things.nouns, rng)
        return picture, asked

    def _strange(self, rng: random.Random) -> str:
        """What is no word, or a word by chance; never one that is held out."""
        while True:
            if rng.random() < 0.5:
                text = "".join(rng.choices(CHARACTERS[10:], k=rng.randint(2, LONGEST_WORD)))
            else:
                first, last = rng.choices(self.words, k=2)
                text = first[: rng.randint(1, len(first))] + last[rng.randint(0, len(last) - 1) :]
            if 2 <= len(text) <= LONGEST_WORD and not is_held_out(text):
                return text

    def _sprite(self, name: str, style: Style, rng: random.Random) -> Sprite:
        """A thing as it is drawn; in training also as it might have been."""
        sprite = self._things.sprite(name, style)
        return sprite if self._held_out else restyled(sprite, rng)


def words(*, held_out: bool) -> tuple[str, ...]:
    """Words of two to six letters for signs: one side of a split."""
    return tuple(
        word
        for word in vocabulary()
        if 2 <= len(word) <= LONGEST_WORD
        and word.isascii()
        and word.isalpha()
        and is_held_out(word) == held_out
    )
