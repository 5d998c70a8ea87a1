"""Questions about a picture with their exact answers; some phrasings are held out for the tests."""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import numpy as np

from engine.training.knowledge.phrasings import filled, typed
from engine.training.pictures.drawing import Picture
from engine.training.pictures.scene import COLOURS, MOST, SHAPES, Cast, Item, Kind, scene

UNSURE = "I don't know."
YES, NO = "Yes.", "No."

ACROSS, DOWN = ("left", "middle", "right"), ("top", "middle", "bottom")

_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five")
_CLEARLY = 0.06  # how far a place must lie from the lines between left, middle and right
_LARGER = 1.35  # the biggest is so many times as large as the next


class Topic(StrEnum):
    """What is asked."""

    COLOUR = "colour"
    SHAPE = "shape"
    COUNT = "count"
    PRESENCE = "presence"
    PLACE = "place"
    WORDS = "printed words"
    THING = "things"
    UNSURE = "unsure"  # what cannot be told from the picture


@dataclass(frozen=True, slots=True)
class Question:
    """A question in lower case and words alone, and its answer."""

    topic: Topic
    text: str
    answer: str

    def typed(self, rng: random.Random) -> Self:
        """The same as a person might type it."""
        return replace(self, text=typed(self.text, rng))


# Of each topic: phrasings for training, then held-out ones. <x> is what it is about.
_COLOUR = (
    ("what colour is the <x>", "what color is the <x>", "which colour is the <x>",
     "which colour does the <x> have", "tell me the colour of the <x>",
     "what is the colour of the <x>", "the <x> is what colour"),
    ("what colour does the <x> have", "can you tell me what colour the <x> is",
     "please tell me the colour of the <x>"),
)  # fmt: skip
_BIGGEST_COLOUR = (
    ("what colour is the biggest shape", "which colour is the largest shape",
     "tell me the colour of the biggest shape"),
    ("what colour does the biggest shape have", "what colour is the largest shape"),
)  # fmt: skip
_SHAPE = (
    ("what shape is <x>", "which shape is <x>", "what is the <x> shape", "what is <x> here",
     "tell me the shape that is <x>", "which of the shapes is <x>"),
    ("what kind of shape is <x>", "can you tell me which shape is <x>"),
)  # fmt: skip
_ONLY_SHAPE = (
    ("what shape is this", "what shape do you see", "which shape is in the picture",
     "what is this shape called", "name the shape"),
    ("what shape is in the picture", "which shape do you see", "what kind of shape is this"),
)  # fmt: skip
_COUNT = (
    ("how many <x> are there", "how many <x> do you see", "how many <x> are in the picture",
     "count the <x>", "what is the number of <x>", "how many <x>"),
    ("how many <x> can you see", "please count the <x>", "how many <x> does the picture show"),
)  # fmt: skip
_PRESENCE = (
    ("is there a <x>", "is there a <x> in the picture", "do you see a <x>", "can you see a <x>",
     "does the picture show a <x>", "is a <x> there"),
    ("can you find a <x>", "is there a <x> here", "does the picture have a <x>"),
)  # fmt: skip
_PLACE = (
    ("where is the <x>", "where do you see the <x>", "where in the picture is the <x>",
     "tell me where the <x> is", "in which part is the <x>"),
    ("where can you see the <x>", "please tell me where the <x> is"),
)  # fmt: skip
_WORDS = (
    ("what does the sign say", "read the sign", "what is written on the sign",
     "what does it say", "read the word", "what is printed here", "what can you read"),
    ("what does it say on the sign", "please read the sign", "can you read the sign"),
)  # fmt: skip
_THING = (
    ("what is this", "what do you see", "what is in the picture", "what does the picture show",
     "what am i showing you", "tell me what this is", "name this thing"),
    ("what can you see", "can you tell me what this is", "what is it"),
)  # fmt: skip

_Phrasings = tuple[Sequence[str], Sequence[str]]


def questions(
    picture: Picture, nouns: Sequence[str], rng: random.Random, *, held_out: bool
) -> list[Question]:
    """One question of every topic that the picture gives an answer to, in a random order.

    nouns: that may be asked for where they are not there.
    """
    ask = _Asker(picture, nouns, rng, held_out)
    found = [question for topic in _TOPICS[picture.scene.kind] for question in topic(ask)]
    rng.shuffle(found)
    return found


def harder_questions(picture: Picture, nouns: Sequence[str], rng: random.Random) -> list[Question]:
    """More training questions of what is learnt late: what is there, how many of it, and where.

    Of a thing there is little else to ask, so that its name would be one question in thirty.
    """
    ask = _Asker(picture, nouns, rng, held_out=False)
    topics = {*_TOPICS[picture.scene.kind], _count_both}
    again = (
        *(_presence, _presence, _presence, _count, _count, _count, _count_both, _count_both),
        *(_place, _absent, _absent),
        *(_thing, _thing, _unknown, _unknown),
    )
    return [question for topic in again if topic in topics for question in topic(ask)]


def asked_of_pictures(seed: int) -> Iterator[str]:
    """Endless training questions about pictures of shapes, and of nothing."""
    rng = random.Random(f"asked of pictures {seed}")
    unseen = np.zeros((1, 1, 3), np.uint8)
    while True:
        drawn = scene(rng.choice((Kind.SHAPES, Kind.SHAPES, Kind.NOTHING)), Cast(()), rng)
        picture = Picture(unseen, drawn, drawn.items)
        yield from (asked.text for asked in questions(picture, (), rng, held_out=False))


@dataclass(frozen=True, slots=True)
class _Asker:
    picture: Picture
    nouns: Sequence[str]
    rng: random.Random
    held_out: bool

    @property
    def items(self) -> tuple[Item, ...]:
        return self.picture.items

    def question(self, topic: Topic, phrasings: _Phrasings, answer: str, x: str = "") -> Question:
        return Question(topic, filled(self.rng.choice(phrasings[self.held_out]), x=x), answer)


def _once(names: Sequence[str]) -> list[int]:
    """Positions of names that stand there once."""
    counts = Counter(names)
    return [position for position, name in enumerate(names) if counts[name] == 1]


def _colour(ask: _Asker) -> list[Question]:
    """Of a shape that is there once; now and then of the biggest."""
    by_size = sorted(ask.items, key=lambda item: -item.size)
    if len(by_size) > 1 and by_size[0].size > _LARGER * by_size[1].size and ask.rng.random() < 0.3:
        return [ask.question(Topic.COLOUR, _BIGGEST_COLOUR, _said(by_size[0].colour))]
    alone = _once([item.name for item in ask.items])
    if not alone:
        return []
    item = ask.items[ask.rng.choice(alone)]
    return [ask.question(Topic.COLOUR, _COLOUR, _said(item.colour), item.name)]


def _shape(ask: _Asker) -> list[Question]:
    if len(ask.items) == 1 and ask.rng.random() < 0.6:
        return [ask.question(Topic.SHAPE, _ONLY_SHAPE, _a(ask.items[0].name))]
    alone = _once([item.colour for item in ask.items])
    if not alone:
        return []
    item = ask.items[ask.rng.choice(alone)]
    return [ask.question(Topic.SHAPE, _SHAPE, _a(item.name), item.colour)]


def _count(ask: _Asker) -> list[Question]:
    """Of all shapes, of those of a form, or of a colour."""
    kind = ask.rng.random()
    if kind < 0.4:
        return [ask.question(Topic.COUNT, _COUNT, _number(len(ask.items)), "shapes")]
    if kind < 0.75:
        names = [item.name for item in ask.items]
        name = ask.rng.choice([*names, *names, ask.rng.choice(SHAPES)])
        return [ask.question(Topic.COUNT, _COUNT, _number(names.count(name)), plural(name))]
    colours = [item.colour for item in ask.items]
    colour = ask.rng.choice([*colours, *colours, ask.rng.choice(COLOURS)])
    return [ask.question(Topic.COUNT, _COUNT, _number(colours.count(colour)), f"{colour} shapes")]


def _count_both(ask: _Asker) -> list[Question]:
    """Of the shapes of a form and a colour."""
    pairs = [(item.colour, item.name) for item in ask.items if item.colour]
    if not pairs:
        return []
    colour, name = ask.rng.choice([*pairs, *pairs, (ask.rng.choice(COLOURS), pairs[0][1])])
    said = f"{colour} {plural(name)}"
    return [ask.question(Topic.COUNT, _COUNT, _number(pairs.count((colour, name))), said)]


def _presence(ask: _Asker) -> list[Question]:
    """As often there as not; a shape of another colour is not there."""
    names = {item.name for item in ask.items}
    there = ask.rng.random() < 0.5
    item = ask.rng.choice(ask.items)
    if not item.colour:
        absent = [noun for noun in ask.nouns if noun not in names]
        name = item.name if there or not absent else ask.rng.choice(absent)
    elif ask.rng.random() < 0.5:
        name = item.name if there else ask.rng.choice([s for s in SHAPES if s not in names] or [""])
    else:
        seen = {(other.colour, other.name) for other in ask.items}
        pairs = [(c, item.name) for c in COLOURS] + [(item.colour, s) for s in SHAPES]
        absent_pairs = [pair for pair in pairs if pair not in seen]
        name = " ".join((item.colour, item.name) if there else ask.rng.choice(absent_pairs))
    if not name:
        return []
    said = {other.name for other in ask.items} | {f"{i.colour} {i.name}" for i in ask.items}
    return [ask.question(Topic.PRESENCE, _PRESENCE, YES if name in said else NO, name)]


def _place(ask: _Asker) -> list[Question]:
    """Of an item that is there once and lies clearly in one of nine parts."""
    alone = _once([item.name for item in ask.items])
    clear = [ask.items[index] for index in alone if place(ask.items[index]) is not None]
    if not clear:
        return []
    item = ask.rng.choice(clear)
    return [ask.question(Topic.PLACE, _PLACE, place(item) or "", item.name)]


def place(item: Item) -> str | None:
    """Where an item is, None if it lies near the line between two parts."""
    parts = part(item)
    if parts is None:
        return None
    column, row = parts
    words = ("" if row == 1 else DOWN[row], "" if column == 1 else ACROSS[column])
    said = " ".join(filter(None, words))
    if not said:
        return "In the middle."
    return f"On the {said}." if row == 1 else f"At the {said}."


def part(item: Item) -> tuple[int, int] | None:
    """Which of three columns and of three rows an item lies in, None if near a line."""
    thirds = (3 * item.x, 3 * item.y)
    if any(min(abs(third - 1), abs(third - 2)) < 3 * _CLEARLY for third in thirds):
        return None
    column, row = (min(2, max(0, math.floor(third))) for third in thirds)
    return column, row


def _words(ask: _Asker) -> list[Question]:
    return [ask.question(Topic.WORDS, _WORDS, ask.picture.scene.text.lower())]


def _thing(ask: _Asker) -> list[Question]:
    if len(ask.items) != 1:
        return []
    return [ask.question(Topic.THING, _THING, _a(ask.items[0].name))]


def _unknown(ask: _Asker) -> list[Question]:
    return [ask.question(Topic.UNSURE, _THING, UNSURE)]


def _nothing(ask: _Asker) -> list[Question]:
    """Whatever takes for granted that there is something."""
    choices: tuple[tuple[_Phrasings, Sequence[str]], ...] = (
        (_THING, ("",)),
        (_ONLY_SHAPE, ("",)),
        (_WORDS, ("",)),
        (_COLOUR, SHAPES),
        (_PLACE, (*SHAPES, *ask.nouns)),
        (_SHAPE, COLOURS),
    )
    chosen = ask.rng.sample(choices, 3)
    return [
        ask.question(Topic.UNSURE, phrasings, UNSURE, ask.rng.choice(names))
        for phrasings, names in chosen
    ]


def _absent(ask: _Asker) -> list[Question]:
    """The colour or the place of what is not there, now and then."""
    names = {item.name for item in ask.items}
    absent = [name for name in (SHAPES if ask.items[0].colour else ask.nouns) if name not in names]
    if not absent or ask.rng.random() > 0.25:
        return []
    phrasings = ask.rng.choice((_COLOUR, _PLACE))
    return [ask.question(Topic.UNSURE, phrasings, UNSURE, ask.rng.choice(absent))]


_TOPICS: dict[Kind, tuple[Callable[[_Asker], list[Question]], ...]] = {
    Kind.SHAPES: (_colour, _shape, _count, _presence, _place, _absent),
    Kind.SIGN: (_words,),
    Kind.THING: (_thing, _presence, _place, _absent),
    Kind.UNKNOWN: (_unknown,),
    Kind.NOTHING: (_nothing,),
}


def plural(name: str) -> str:
    """Of a shape."""
    return f"{name}es" if name.endswith("s") else f"{name}s"


def _number(count: int) -> str:
    assert count <= MOST
    return f"{_NUMBERS[count]}."


def _said(word: str) -> str:
    return f"{word.capitalize()}."


def _a(name: str) -> str:
    said = filled("a <x>", x=name)
    return f"{said[0].upper()}{said[1:]}."
