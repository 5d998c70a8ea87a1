"""What is in a picture, before it is drawn: items with their places, or words on a sign."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

MOST = 5  # items of a picture
COLOURS = (
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "black",
    "white",
)
SHAPES = ("circle", "square", "triangle", "star", "cross", "heart", "ring", "moon")

_APART = 0.75  # of the sum of two items' sizes, between their centres: they never touch
_TRIES = 60
_ALIKE = 0.4  # of the pictures repeat a shape or a colour, so that there is something to count
_LONGEST_NUMBER = 4


class Kind(StrEnum):
    """What a picture shows."""

    SHAPES = "shapes"
    SIGN = "sign"
    THING = "thing"
    UNKNOWN = "unknown"  # a thing that nobody named to the model
    NOTHING = "nothing"  # blank, dark, or noise


@dataclass(frozen=True, slots=True)
class Item:
    """A shape or a thing. colour: "" of a thing, which has its own.

    x, y: of the centre, 0..1 from the left and from the top; size: across, as a share of the
    picture's shorter side.
    """

    name: str
    colour: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows. text: what is printed on its sign, "" without one."""

    kind: Kind
    items: tuple[Item, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """What may appear.

    words: for signs.
    things: nouns that are named to the model; unknown: names of pictures that are not.
    """

    words: Sequence[str]
    things: Sequence[str] = ()
    unknown: Sequence[str] = ()


def scene(kind: Kind, cast: Cast, rng: random.Random, most: int = MOST) -> Scene:
    """A random picture of a kind. most: items at most."""
    if kind is Kind.SHAPES:
        return Scene(kind, _shapes(rng, rng.randint(1, most)))
    if kind is Kind.SIGN:
        return Scene(kind, text=_printed(cast.words, rng))
    if kind is Kind.NOTHING:
        return Scene(kind)
    names = cast.things if kind is Kind.THING else cast.unknown
    count = rng.choice((1, 1, 1, 2, 3)) if kind is Kind.THING else 1
    chosen = rng.sample(names, min(most, count, len(names)))
    sizes = [rng.uniform(0.5, 0.85) if count == 1 else rng.uniform(0.28, 0.4) for _ in chosen]
    places = _places(sizes, rng)
    return Scene(
        kind,
        tuple(
            Item(name, "", *place, size)
            for name, place, size in zip(chosen, places, sizes, strict=False)
        ),
    )


def _shapes(rng: random.Random, count: int) -> tuple[Item, ...]:
    largest = (0.75, 0.5, 0.42, 0.36, 0.34)[count - 1]
    sizes = [rng.uniform(0.2, largest) for _ in range(count)]
    shapes, colours = list(SHAPES), list(COLOURS)
    if rng.random() < _ALIKE:
        shapes, colours = rng.sample(SHAPES, rng.randint(1, 2)), rng.sample(COLOURS, 3)
    return tuple(
        Item(rng.choice(shapes), rng.choice(colours), *place, size)
        for place, size in zip(_places(sizes, rng), sizes, strict=False)
    )


def repeated(shown: Scene, rng: random.Random) -> Scene:
    """The same with one shape everywhere, in one colour or two, most often of about one size.

    Four equal circles were counted as two or three: hardly a picture of `scene` has as many.
    """
    first = shown.items[0]
    colours = (first.colour, first.colour if rng.random() < 0.6 else rng.choice(COLOURS))
    smallest = min(item.size for item in shown.items)
    like = rng.random() < 0.7
    return replace(
        shown,
        items=tuple(
            replace(
                item,
                name=first.name,
                colour=rng.choice(colours),
                size=smallest if like else item.size,
            )
            for item in shown.items
        ),
    )


def _places(sizes: Sequence[float], rng: random.Random) -> list[tuple[float, float]]:
    """Centres so that nothing touches another or the edge; fewer where no room is left."""
    places: list[tuple[float, float]] = []
    for size in sizes:
        for _ in range(_TRIES):
            x, y = (rng.uniform(0.55 * size, 1 - 0.55 * size) for _ in range(2))
            apart = (
                math.hypot(x - other[0], y - other[1]) > _APART * (size + sizes[index])
                for index, other in enumerate(places)
            )
            if all(apart):
                places.append((x, y))
                break
        else:
            break
    return places


def _printed(words: Sequence[str], rng: random.Random) -> str:
    if rng.random() < 0.2:
        return "".join(rng.choice("0123456789") for _ in range(rng.randint(1, _LONGEST_NUMBER)))
    word = rng.choice(words)
    return rng.choice((word, word.upper(), word.capitalize()))
