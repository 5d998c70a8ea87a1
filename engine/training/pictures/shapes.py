"""The outlines of shapes and the values of colours."""

import numpy as np
from numpy.typing import NDArray

from engine.vision.opencv import cv2

Outline = NDArray[np.float64]  # [points, 2], within -0.5..0.5, y downwards

# Hue in degrees, saturation and value: ranges that stay apart under any light of `photograph`.
_COLOURS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((-6, 5), (0.85, 1.0), (0.75, 0.95)),
    "orange": ((24, 33), (0.88, 1.0), (0.92, 1.0)),
    "yellow": ((51, 59), (0.8, 1.0), (0.92, 1.0)),
    "green": ((100, 145), (0.65, 1.0), (0.45, 0.8)),
    "blue": ((208, 235), (0.75, 1.0), (0.6, 0.95)),
    "purple": ((268, 284), (0.65, 0.9), (0.45, 0.7)),
    "pink": ((322, 340), (0.35, 0.55), (0.95, 1.0)),
    "brown": ((18, 28), (0.6, 0.8), (0.32, 0.48)),
    "black": ((0, 360), (0.0, 0.1), (0.02, 0.1)),
    "white": ((0, 360), (0.0, 0.04), (0.96, 1.0)),
}
_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)


def colour_value(name: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """A random shade of a colour: RGB, 0..255."""
    hue, saturation, value = (rng.uniform(*ends) for ends in _COLOURS[name])
    shade = np.array([[[hue % 360, saturation, value]]], np.float32)
    return np.asarray(cv2.cvtColor(shade, cv2.COLOR_HSV2RGB)[0, 0] * 255, np.float32)


def outlines(shape: str) -> list[Outline]:
    """Closed lines around a shape; what lies inside two of them is a hole."""
    return _OUTLINES[shape]


def _polar(angles: NDArray[np.float64], radii: NDArray[np.float64] | float) -> Outline:
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _corners(count: int, radius: float, inner: float | None = None) -> Outline:
    """A polygon that stands on a side, or a star."""
    points = count * (1 if inner is None else 2)
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False) - np.pi / 2
    radii = np.full(points, radius)
    if inner is not None:
        radii[1::2] = inner
    return _polar(angles, radii)


def _cross() -> Outline:
    arm, half = 0.16, 0.46
    quarter = np.array([(arm, -half), (arm, -arm), (half, -arm)])
    turns = [np.array([[0, -1], [1, 0]]), np.eye(2)]
    points = [quarter]
    for _ in range(3):
        points.append(points[-1] @ turns[0].T)
    return np.concatenate(points)


def _heart() -> Outline:
    x = 16 * np.sin(_ROUND) ** 3
    y = 13 * np.cos(_ROUND) - 5 * np.cos(2 * _ROUND) - 2 * np.cos(3 * _ROUND) - np.cos(4 * _ROUND)
    return np.stack([x / 34, -(y + 2.5) / 34], axis=1)


def _moon() -> Outline:
    """A disc without a disc of the same size beside it."""
    outer = np.linspace(np.pi / 3, 5 * np.pi / 3, 32)
    inner = np.linspace(1.315 * np.pi, 0.685 * np.pi, 24)
    far = _polar(outer, 0.48)
    near = _polar(inner, 0.5)
    near[:, 0] += far[-1, 0] - near[0, 0]
    near[:, 1] *= far[-1, 1] / near[0, 1]
    return np.concatenate([far, near]) + (0.12, 0.0)


_OUTLINES: dict[str, list[Outline]] = {
    "circle": [_polar(_ROUND, 0.48)],
    "square": [np.array([(-0.42, -0.42), (0.42, -0.42), (0.42, 0.42), (-0.42, 0.42)])],
    "triangle": [_corners(3, 0.54) + (0.0, 0.1)],
    "star": [_corners(5, 0.53, 0.215)],
    "cross": [_cross()],
    "heart": [_heart()],
    "ring": [_polar(_ROUND, 0.48), _polar(_ROUND, 0.27)],
    "moon": [_moon()],
}
