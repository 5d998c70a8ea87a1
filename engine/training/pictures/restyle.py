"""Pictures of things as another hand might have drawn them: for training alone."""

import random

import numpy as np

from engine.training.pictures.drawing import Sprite
from engine.vision.opencv import cv2

_FLATTENED, _TINTED, _GREY = 0.45, 0.5, 0.06  # shares of the pictures
_FEWEST_COLOURS, _MOST_COLOURS = 3, 8
_TINT = 0.22  # of a channel's strength, standard deviation
_SAMPLE = 28  # pixels of the side from which the colours are taken


def restyled(sprite: Sprite, rng: random.Random) -> Sprite:
    """A thing in a few flat colours, in other colours or without, each by its share.

    Of the styles to learn from, one shades everything and one is black and white: nouns were told
    by these, and of a style with flat colours a quarter was taken for something else.
    """
    rgb = sprite[..., :3]
    if rng.random() < _FLATTENED:
        rgb = _flattened(rgb, sprite[..., 3], rng.randint(_FEWEST_COLOURS, _MOST_COLOURS))
    if rng.random() < _TINTED:
        gains = np.exp([rng.gauss(0, _TINT) for _ in range(3)]).astype(np.float32)
        rgb = np.clip(rgb * gains, 0, 255).astype(np.uint8)
    if rng.random() < _GREY:
        rgb = np.repeat(rgb.mean(-1, keepdims=True), 3, -1).astype(np.uint8)
    return np.dstack([rgb, sprite[..., 3]])


def _flattened(rgb: Sprite, alpha: Sprite, count: int) -> Sprite:
    """Every pixel in the nearest of `count` colours that what is not transparent is made of."""
    small = (_SAMPLE, _SAMPLE)
    opaque = cv2.resize(alpha, small, interpolation=cv2.INTER_NEAREST) > 127
    colours = cv2.resize(rgb, small, interpolation=cv2.INTER_AREA)[opaque].astype(np.float32)
    if len(colours) <= count:
        return rgb
    ends = (cv2.TERM_CRITERIA_MAX_ITER, 6, 0.0)
    _, _, few = cv2.kmeans(colours, count, np.empty(0), ends, 1, cv2.KMEANS_PP_CENTERS)
    smooth = cv2.medianBlur(rgb, 5).reshape(-1, 1, 3).astype(np.float32)
    nearest = np.square(smooth - few[None]).sum(-1).argmin(-1)
    return np.asarray(few[nearest].reshape(rgb.shape), np.uint8)
