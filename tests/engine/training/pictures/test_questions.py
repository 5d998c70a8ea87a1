import random
from collections import Counter

import numpy as np
import pytest

from engine.training.pictures import questions as asking
from engine.training.pictures.drawing import Picture
from engine.training.pictures.questions import (
    NO,
    UNSURE,
    YES,
    Question,
    Topic,
    place,
    plural,
    questions,
)
from engine.training.pictures.scene import SHAPES, Cast, Item, Kind, Scene, scene

NOUNS = ("cat", "owl", "alarm clock")
CAST = Cast(["stop"], NOUNS, ["gizmo"])
BLACK = np.zeros((4, 4, 3), np.uint8)


def picture(*items: Item, kind: Kind = Kind.SHAPES, text: str = "") -> Picture:
    return Picture(BLACK, Scene(kind, items, text), items)


def asked(seen: Picture, topic: Topic, count: int = 60) -> set[tuple[str, str]]:
    found: list[Question] = []
    for seed in range(count):
        found += questions(seen, NOUNS, random.Random(seed), held_out=False)
    return {(one.text, one.answer) for one in found if one.topic is topic}


RED_STAR = Item("star", "red", 0.1, 0.1, 0.2)
TWO = picture(RED_STAR, Item("circle", "blue", 0.9, 0.9, 0.2), Item("circle", "red", 0.5, 0.1, 0.2))


def test_colours_are_asked_of_what_is_there_once() -> None:
    answers = asked(TWO, Topic.COLOUR)
    assert {answer for _, answer in answers} == {"Red."}
    assert all("star" in text for text, _ in answers)


def test_shapes_are_asked_of_a_colour_that_is_there_once() -> None:
    answers = asked(TWO, Topic.SHAPE)
    assert {answer for _, answer in answers} == {"A circle."}
    assert all("blue" in text for text, _ in answers)


def test_counts_are_right() -> None:
    answers = dict(asked(TWO, Topic.COUNT, 3000))
    assert answers["how many shapes are there"] == "Three."
    assert answers["how many circles are there"] == "Two."
    assert answers["how many stars are there"] == "One."
    assert answers["how many red shapes are there"] == "Two."
    assert answers["how many rings are there"] == "None."


def test_counts_of_a_form_and_a_colour_are_right_and_asked_in_training_alone() -> None:
    found: set[tuple[str, str]] = set()
    for seed in range(600):
        drawn = asking.harder_questions(TWO, NOUNS, random.Random(seed))
        found |= {(one.text, one.answer) for one in drawn if one.topic is Topic.COUNT}
    answers = dict(found)
    assert answers["how many red circles are there"] == "One."
    assert answers["how many red stars are there"] == "One."
    assert "None." in answers.values()
    assert not any("red circles" in text for text, _ in asked(TWO, Topic.COUNT, 600))


def test_presence_is_right_and_asked_both_ways() -> None:
    answers = dict(asked(TWO, Topic.PRESENCE, 1500))
    assert answers["is there a star"] == YES
    assert answers["is there a red star"] == YES
    assert answers["is there a blue star"] == NO
    assert answers["is there a ring"] == NO
    counts = Counter(answers.values())
    assert min(counts.values()) > 20


def test_places_near_a_line_are_not_asked_for() -> None:
    for x, y, said in (
        (0.1, 0.1, "At the top left."),
        (0.5, 0.5, "In the middle."),
        (0.9, 0.5, "On the right."),
        (0.5, 0.95, "At the bottom."),
        (1.02, -0.01, "At the top right."),
        (0.34, 0.5, None),
        (0.1, 0.66, None),
    ):
        assert place(Item("star", "red", x, y, 0.2)) == said
    answers = asked(TWO, Topic.PLACE)
    assert {answer for _, answer in answers} == {"At the top left."}


def test_one_thing_is_named_and_many_are_looked_for() -> None:
    one = picture(Item("owl", "", 0.5, 0.5, 0.7), kind=Kind.THING)
    assert {answer for _, answer in asked(one, Topic.THING)} == {"An owl."}
    assert ("is there an owl", YES) in asked(one, Topic.PRESENCE, 300)
    assert ("is there an alarm clock", NO) in asked(one, Topic.PRESENCE, 600)
    two = picture(Item("owl", "", 0.1, 0.1, 0.3), Item("cat", "", 0.9, 0.9, 0.3), kind=Kind.THING)
    assert asked(two, Topic.THING) == set()


def test_a_sign_says_what_is_printed_in_lower_case() -> None:
    sign = picture(kind=Kind.SIGN, text="STOP")
    assert {answer for _, answer in asked(sign, Topic.WORDS)} == {"stop"}


@pytest.mark.parametrize("kind", [Kind.UNKNOWN, Kind.NOTHING])
def test_what_cannot_be_told_is_not_told(kind: Kind) -> None:
    items = (Item("gizmo", "", 0.5, 0.5, 0.5),) if kind is Kind.UNKNOWN else ()
    for seed in range(40):
        found = questions(picture(*items, kind=kind), NOUNS, random.Random(seed), held_out=False)
        assert found
        assert {(one.topic, one.answer) for one in found} == {(Topic.UNSURE, UNSURE)}


def test_what_is_absent_has_no_colour_and_no_place() -> None:
    answers = asked(TWO, Topic.UNSURE, 300)
    assert {answer for _, answer in answers} == {UNSURE}
    assert not any("star" in text or "circle" in text for text, _ in answers)


def test_held_out_phrasings_are_never_used_in_training() -> None:
    texts: dict[bool, set[str]] = {False: set(), True: set()}
    for held_out, found in texts.items():
        for seed in range(700):
            rng = random.Random(seed)
            seen = scene(rng.choice(list(Kind)), CAST, rng)
            drawn = Picture(BLACK, seen, seen.items)
            found.update(one.text for one in questions(drawn, NOUNS, rng, held_out=held_out))
    assert len(texts[True]) > 150
    assert not texts[True] & texts[False]


def test_questions_can_be_spoken() -> None:
    phrasings = [value for name, value in vars(asking).items() if isinstance(value, tuple)]
    texts = [
        text for group in phrasings for side in group if isinstance(side, tuple) for text in side
    ]
    assert len(texts) > 60
    for text in texts:
        assert all(letter in " <>" or "a" <= letter <= "z" for letter in text), text


def test_plurals() -> None:
    assert {plural(shape) for shape in SHAPES} >= {"crosses", "hearts", "circles"}
