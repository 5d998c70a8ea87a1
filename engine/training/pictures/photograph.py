"""What a camera does to what it sees: light, blur, noise, compression."""

import numpy as np
from numpy.typing import NDArray

from engine.datatypes import Rgb
from engine.vision.opencv import cv2

_MOST_NOISE = 9.0  # levels of 255
_LEAST_QUALITY = 35  # of JPEG
DARK = 14.0  # mean level of a picture that shows nothing because it is dark


def photographed(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """A drawing [H, W, 3] as a camera might have taken it."""
    lit = rgb.astype(np.float32) * _light(rgb.shape[:2], rng)
    if rng.random() < 0.6:
        lit = _blurred(lit, rng)
    return _stored(_noisy(lit, rng), rng)


def darkened(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """A drawing in a dark room, where only noise is left."""
    level = rng.uniform(0.0, DARK / 255)
    return _stored(_noisy(rgb.astype(np.float32) * level, rng), rng)


def _light(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Brightness that changes over the picture, and a tint: factors [H, W, 3]."""
    corners = rng.uniform(0.72, 1.1, (2, 2)).astype(np.float32)
    field = cv2.resize(corners, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    tint = rng.uniform(0.94, 1.06, 3).astype(np.float32)
    return np.asarray(field[..., None] * tint, np.float32)


def _blurred(lit: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Out of focus, or moved."""
    shorter = min(lit.shape[:2])
    if rng.random() < 0.7:
        sigma = float(rng.uniform(0.2, 1.4)) * shorter / 256
        return np.asarray(cv2.GaussianBlur(lit, (0, 0), max(sigma, 0.1)), np.float32)
    length = max(2, round(float(rng.uniform(2, 5)) * shorter / 256))
    kernel = np.zeros((length, length), np.float32)
    if rng.random() < 0.5:
        kernel[length // 2] = 1 / length
    else:
        kernel[:, length // 2] = 1 / length
    return np.asarray(cv2.filter2D(lit, -1, kernel), np.float32)


def _noisy(lit: NDArray[np.float32], rng: np.random.Generator) -> Rgb:
    sigma = rng.uniform(0.0, _MOST_NOISE)
    noise = rng.standard_normal(lit.shape, np.float32) * np.float32(sigma)
    return np.clip(lit + noise, 0, 255).astype(np.uint8)


def _stored(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """Through JPEG, as cameras give it."""
    quality = int(rng.integers(_LEAST_QUALITY, 96))
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return decoded[..., ::-1]
