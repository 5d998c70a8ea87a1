import itertools
from pathlib import Path

import pytest
import torch

from engine.training.grammar import is_held_out
from engine.training.pictures.drawing import Letter, Picture
from engine.training.pictures.scene import SHAPES, Item, Kind, Scene
from engine.training.pictures.things import HELD_OUT, TRAINED, Style, Things, nouns
from engine.training.pictures.views import (
    LONGEST_WORD,
    UNMARKED,
    Classes,
    Mixture,
    Painter,
    cell_of,
    words,
)
from tests.picture_sources import NOUNS, UNNAMED, sources

MIXTURE = Mixture({kind: 1.0 for kind in Kind})
GRID = 4


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("sources"))


def test_the_same_number_gives_the_same_views(cache: Path) -> None:
    one, two = (Painter(cache, 1, 32, GRID).views(7, 6, MIXTURE) for _ in range(2))
    assert one.pixels.shape == (6, 32, 32, 3)
    assert one.pixels.dtype == torch.uint8
    assert torch.equal(one.pixels, two.pixels)
    assert torch.equal(one.marks, two.marks)
    assert one.asked == two.asked
    other = Painter(cache, 1, 32, GRID).views(8, 6, MIXTURE)
    assert not torch.equal(one.pixels, other.pixels)


def test_training_never_shows_what_is_held_out(cache: Path) -> None:
    training, tests = (Painter(cache, 1, 16, GRID, held_out=side) for side in (False, True))
    assert not set(training.words) & set(tests.words)
    things = Things(cache)
    assert set(things.nouns) == set(NOUNS)
    sides = [set(things.unknown(held_out=side)) for side in (False, True)]
    assert sides[0] | sides[1] == {*UNNAMED, "odd-gizmo"}
    assert "odd-gizmo" in sides[0]
    assert not sides[0] & sides[1]
    assert HELD_OUT not in TRAINED


def test_cells_are_marked_with_what_has_its_centre_there() -> None:
    classes = Classes(NOUNS)
    items = (Item("star", "red", 0.1, 0.1, 0.2), Item("cat", "", 0.9, 0.4, 0.3))
    letters = (Letter("I", 0.3, 0.99), Letter("T", 0.6, 0.99))
    picture = Picture(torch.zeros(1, 1, 3).numpy(), Scene(Kind.SHAPES, items), items, letters)
    marks = classes.marks(picture, GRID)
    centre, kind, shape, colour, letter, order, thing, across, down = marks
    names = {head: list(of_head) for head, of_head in classes.names.items()}
    assert names["shape"][shape[0]] == "star"
    assert names["colour"][colour[0]] == "red"
    for one, count in ((shape, 1), (colour, 1), (letter, 2), (order, 2), (thing, 1)):
        assert (one != UNMARKED).sum() == count
    kinds = {0: "shape", 7: "thing", 13: "letter", 14: "letter"}
    assert {cell: names["kind"][kind[cell]] for cell in kinds} == kinds
    assert (kind > 0).sum() == 4
    assert centre.nonzero().flatten().tolist() == [0, 7]
    assert [names["letter"][letter[cell]] for cell in (13, 14)] == ["i", "t"]
    assert [names["order"][order[cell]] for cell in (13, 14)] == ["one", "two"]
    assert names["thing"][thing[7]] == "cat"
    assert names["thing"][0] == "?"
    assert [names["across"][across[cell]] for cell in (0, 7)] == ["left", "right"]
    assert [names["down"][down[cell]] for cell in (0, 7)] == ["top", "middle"]
    assert (across != UNMARKED).sum() == (down != UNMARKED).sum() == 2
    assert cell_of(1.2, -0.3, GRID) == 3


def test_unknown_things_are_marked_as_such(cache: Path) -> None:
    views = Painter(cache, 1, 16, GRID).views(0, 4, Mixture({Kind.UNKNOWN: 1.0}))
    unknown = (views.marks[:, 6] == 0).sum(1)
    assert (unknown >= 1).all()
    assert (unknown < GRID * GRID).all()
    assert (views.marks[:, 1] == UNMARKED).any()  # at its edge


def test_signs_of_training_bear_strange_words_too_and_none_that_is_held_out(cache: Path) -> None:
    painter = Painter(cache, 1, 16, GRID)
    asked = itertools.chain.from_iterable(painter.views(0, 200, Mixture({Kind.SIGN: 1.0})).asked)
    said = [question.answer for question in asked]
    assert all(len(text) <= LONGEST_WORD for text in said)
    strange = [text for text in said if not text.isdigit() and text not in painter.words]
    assert 60 < len(strange) < 140
    assert all(len(text) > 1 and not is_held_out(text) for text in strange)


def test_there_are_enough_words_and_nouns() -> None:
    assert len(words(held_out=False)) > 300
    assert len(words(held_out=True)) >= 30
    assert len(nouns()) >= 200
    assert not set(nouns()) & set(SHAPES)


def test_each_thing_has_a_picture_in_every_style(cache: Path) -> None:
    things = Things(cache)
    drawn = [things.sprite("cat", style) for style in Style]
    assert all(sprite.shape == drawn[0].shape for sprite in drawn)
    assert not (drawn[0] == drawn[2]).all()
