import random

import numpy as np

from engine.training.pictures import restyle
from engine.training.pictures.drawing import Sprite
from engine.training.pictures.restyle import restyled


def shaded() -> Sprite:
    """A ball that grows lighter from left to right, on nothing."""
    sprite = np.zeros((64, 64, 4), np.uint8)
    sprite[..., 0] = np.arange(64) * 4
    sprite[..., 1] = 80
    y, x = np.mgrid[:64, :64] - 31.5
    sprite[..., 3] = np.where(x**2 + y**2 < 30**2, 255, 0)
    return sprite


def test_a_thing_keeps_its_outline_and_the_original_is_not_touched() -> None:
    sprite = shaded()
    for seed in range(30):
        drawn = restyled(sprite, random.Random(seed))
        assert (drawn.shape, drawn.dtype) == (sprite.shape, np.uint8)
        assert np.array_equal(drawn[..., 3], sprite[..., 3])
    assert np.array_equal(sprite, shaded())


def test_flat_colours_are_few_and_are_those_of_the_thing() -> None:
    sprite = shaded()
    flat = restyle._flattened(sprite[..., :3], sprite[..., 3], 4)
    colours = np.unique(flat[sprite[..., 3] > 0], axis=0)
    assert 2 <= len(colours) <= 4
    assert np.abs(colours[:, 1].astype(int) - 80).max() <= 2
    assert np.ptp(colours[:, 0]) > 80
    speck = np.zeros_like(sprite[..., 3])
    assert np.array_equal(restyle._flattened(sprite[..., :3], speck, 4), sprite[..., :3])


def test_each_change_is_made_now_and_then_and_some_pictures_stay_as_they_are() -> None:
    sprite = shaded()
    inside = sprite[..., 3] > 0
    drawn = [restyled(sprite, random.Random(seed)) for seed in range(200)]
    same = sum(np.array_equal(one, sprite) for one in drawn)
    grey = sum(bool((np.ptp(one[inside][:, :3], axis=1) == 0).all()) for one in drawn)
    flat = sum(len(np.unique(one[inside][:, :3], axis=0)) <= 8 for one in drawn)
    assert 30 < same < 90
    assert 2 < grey < 30
    assert 60 < flat < 120
