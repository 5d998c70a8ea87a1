import math
import random

import pytest

from engine.training.pictures.scene import COLOURS, MOST, SHAPES, Cast, Kind, Scene, repeated, scene

CAST = Cast(["stop", "open"], ["cat", "dog", "key"], ["gizmo"])


def scenes(kind: Kind, count: int, most: int = MOST) -> list[Scene]:
    return [scene(kind, CAST, random.Random(seed), most) for seed in range(count)]


def test_shapes_never_touch_one_another_or_the_edge() -> None:
    for drawn in scenes(Kind.SHAPES, 300):
        for place, item in enumerate(drawn.items):
            half = item.size / 2
            assert half < item.x < 1 - half
            assert half < item.y < 1 - half
            for other in drawn.items[:place]:
                apart = math.hypot(item.x - other.x, item.y - other.y)
                assert apart > half + other.size / 2


def test_every_shape_colour_and_count_appears() -> None:
    drawn = scenes(Kind.SHAPES, 400)
    assert {item.name for seen in drawn for item in seen.items} == set(SHAPES)
    assert {item.colour for seen in drawn for item in seen.items} == set(COLOURS)
    assert {len(seen.items) for seen in drawn} == set(range(1, MOST + 1))


def test_a_curriculum_can_ask_for_fewer_items() -> None:
    assert {len(seen.items) for seen in scenes(Kind.SHAPES, 50, most=2)} == {1, 2}
    assert {len(seen.items) for seen in scenes(Kind.THING, 50, most=1)} == {1}


def test_signs_bear_words_in_any_case_and_numbers() -> None:
    texts = {seen.text for seen in scenes(Kind.SIGN, 200)}
    assert {"stop", "STOP", "Stop"} <= texts
    assert any(text.isdigit() for text in texts)
    assert {text.lower() for text in texts if not text.isdigit()} == {"stop", "open"}


@pytest.mark.parametrize(("kind", "names"), [(Kind.THING, CAST.things), (Kind.UNKNOWN, ["gizmo"])])
def test_things_have_no_colour_of_ours(kind: Kind, names: list[str]) -> None:
    items = [item for seen in scenes(kind, 60) for item in seen.items]
    assert {item.name for item in items} == set(names)
    assert {item.colour for item in items} == {""}


def test_nothing_is_empty() -> None:
    assert scenes(Kind.NOTHING, 1) == [Scene(Kind.NOTHING)]


def test_one_shape_can_stand_there_again_and_again() -> None:
    rng = random.Random(7)
    for _ in range(200):
        shown = scene(Kind.SHAPES, Cast(()), rng)
        again = repeated(shown, rng)
        assert len({item.name for item in again.items}) == 1
        assert len({item.colour for item in again.items}) <= 2
        for before, item in zip(shown.items, again.items, strict=True):
            assert (item.x, item.y) == (before.x, before.y)
            assert item.size <= before.size  # so that still nothing touches
