import itertools
import random
from pathlib import Path

import numpy as np
import pytest

from engine.datatypes import Rgb
from engine.training.pictures import things
from engine.training.pictures.drawing import Picture, draw
from engine.training.pictures.fonts import BUILT_IN, fonts
from engine.training.pictures.scene import COLOURS, SHAPES, Cast, Item, Kind, Scene, scene
from engine.training.pictures.shapes import colour_value, outlines
from engine.vision.opencv import cv2

SIZE = (96, 128)
CAST = Cast(["stop"], ["cat"])


def drawn(seen: Scene, seed: int = 0) -> Picture:
    sprite = np.full((40, 40, 4), 255, np.uint8)
    return draw(seen, np.random.default_rng(seed), SIZE, BUILT_IN, lambda _: sprite)


def at(rgb: Rgb, x: float, y: float) -> np.ndarray:
    return rgb[int(y * SIZE[0]), int(x * SIZE[1])].astype(int)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_seed_draws_the_same_picture(kind: Kind) -> None:
    cast = Cast(["stop"], ["cat"], ["gizmo"])
    seen = scene(kind, cast, random.Random(1))
    one, two, other = (drawn(seen, seed).rgb for seed in (5, 5, 6))
    assert one.shape == (*SIZE, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_a_shape_stands_where_the_picture_says_and_stands_out() -> None:
    for seed in range(40):
        seen = Scene(Kind.SHAPES, (Item("circle", "red", 0.5, 0.5, 0.6),))
        picture = drawn(seen, seed)
        (item,) = picture.items
        red, green, blue = at(picture.rgb, item.x, item.y)
        assert red > green + 40
        assert red > blue + 40
        corner = at(picture.rgb, 0.02, 0.02)
        assert np.abs(corner - (red, green, blue)).sum() > 45


def test_letters_are_where_the_ink_is() -> None:
    hits = []
    for seed in range(20):
        picture = drawn(Scene(Kind.SIGN, text="HHHH"), seed)
        assert [letter.character for letter in picture.letters] == list("HHHH")
        xs = [letter.x for letter in picture.letters]
        assert xs == sorted(xs)
        # The bar of an H is in its middle: ink there, the plate left of the first letter.
        bars = [at(picture.rgb, letter.x, letter.y) for letter in picture.letters]
        step = xs[1] - xs[0]
        plate = at(picture.rgb, xs[0] + step / 2, picture.letters[0].y)
        hits.append(np.mean([np.abs(bar - plate).sum() > 30 for bar in bars]))
    assert np.mean(hits) > 0.6


def test_nothing_shows_blank_dark_and_noise() -> None:
    pictures = [drawn(Scene(Kind.NOTHING), seed).rgb.astype(float) for seed in range(40)]
    levels = [picture.mean() for picture in pictures]
    assert min(levels) < 25
    assert max(levels) > 80
    assert max(picture.std() for picture in pictures) > 30  # noise
    assert min(picture.std() for picture in pictures if picture.mean() > 80) < 25  # blank


def test_colours_stay_apart() -> None:
    def lab(name: str, seed: int) -> np.ndarray:
        shade = colour_value(name, np.random.default_rng(seed)) / 255
        return cv2.cvtColor(shade.reshape(1, 1, 3).astype(np.float32), cv2.COLOR_RGB2LAB)[0, 0]

    for one, two in itertools.combinations(COLOURS, 2):
        distances = [
            np.linalg.norm(lab(one, seed) - lab(two, other))
            for seed in range(12)
            for other in range(12)
        ]
        assert min(distances) > 12, (one, two)


@pytest.mark.parametrize("shape", SHAPES)
def test_outlines_fill_their_square_without_leaving_it(shape: str) -> None:
    points = np.concatenate(outlines(shape))
    assert np.abs(points).max() < 0.65
    assert np.ptp(points, axis=0).max() > 0.75


def test_fonts_are_opencvs_and_those_in_the_cache(tmp_path: Path) -> None:
    (tmp_path / "fonts" / "family").mkdir(parents=True)
    for name in ("Plain-Regular.ttf", "Plain-Thin.ttf", "readme.txt"):
        (tmp_path / "fonts" / "family" / name).touch()
    found = fonts(tmp_path)
    assert found[: len(BUILT_IN)] == BUILT_IN
    assert [Path(name).name for name in found[len(BUILT_IN) :]] == ["Plain-Regular.ttf"]


def test_a_thing_is_drawn_with_its_transparency() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
        '<rect width="4" height="8" fill="#ff0000"/></svg>'
    )
    sprite = things.rasterised(svg, 16)
    assert sprite.shape == (16, 16, 4)
    assert sprite[8, 2].tolist() == [255, 0, 0, 255]
    assert sprite[8, 14, 3] == 0
