"""A scene drawn: background, clutter, items or a sign, seen from a little aside, photographed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.datatypes import Rgb
from engine.training.pictures.fonts import font
from engine.training.pictures.photograph import darkened, photographed
from engine.training.pictures.scene import Item, Kind, Scene
from engine.training.pictures.shapes import colour_value, outlines
from engine.vision.opencv import cv2

Sprite = NDArray[np.uint8]  # [H, W, 4], alpha last, not premultiplied
Points = NDArray[np.float64]
Colour = NDArray[np.float32]

_CONTRAST = 48.0  # least distance in CIELAB from an item to what is behind it
_BITS = 4  # fractions of a pixel in OpenCV's coordinates
_TRIES = 30


@dataclass(frozen=True, slots=True)
class Letter:
    """A printed letter or digit; x, y: of its centre, 0..1."""

    character: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """rgb: uint8 [H, W, 3]; items, letters: where they came to stand, seen from aside."""

    rgb: Rgb
    scene: Scene
    items: tuple[Item, ...] = ()
    letters: tuple[Letter, ...] = ()


def draw(
    scene: Scene,
    rng: np.random.Generator,
    size: tuple[int, int],
    fonts: Sequence[str],
    sprite: Callable[[str], Sprite] | None = None,
) -> Picture:
    """A picture of `scene`, [height, width] by `size`.

    fonts: names for `fonts.font`. sprite: the picture of a thing by its name.
    """
    canvas = _Canvas(size, rng)
    if scene.kind is Kind.NOTHING:
        return Picture(_nothing(canvas, rng), scene)
    sprites = [sprite(item.name) if sprite and not item.colour else None for item in scene.items]
    colours = [
        _mean_colour(thing) if thing is not None else colour_value(item.colour, rng)
        for item, thing in zip(scene.items, sprites, strict=True)
    ]
    canvas.paint_background(colours)
    canvas.scatter(int(rng.integers(0, 9)))
    if scene.kind is Kind.SIGN:
        letters = _sign(canvas, scene.text, fonts[int(rng.integers(len(fonts)))], rng)
        return Picture(photographed(canvas.rgb, rng), scene, letters=letters)
    for item, thing, colour in zip(scene.items, sprites, colours, strict=True):
        if thing is None:
            canvas.shape(item, colour)
        else:
            canvas.place(thing, item)
    items = tuple(canvas.moved(item) for item in scene.items)
    return Picture(photographed(canvas.rgb, rng), scene, items)


def _nothing(canvas: "_Canvas", rng: np.random.Generator) -> Rgb:
    """A blank wall, a dark room, or noise."""
    kind = rng.random()
    canvas.paint_background([])
    if kind < 0.45:
        return photographed(canvas.rgb, rng)
    if kind < 0.85:
        canvas.scatter(6)
        return darkened(canvas.rgb, rng)
    grain = max(1, int(rng.integers(1, 6)))
    height, width = canvas.rgb.shape[:2]
    noise = rng.integers(0, 256, (height // grain + 1, width // grain + 1, 3), np.uint8)
    coarse = cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST)
    return photographed(np.asarray(coarse, np.uint8), rng)


def _sign(canvas: "_Canvas", text: str, name: str, rng: np.random.Generator) -> tuple[Letter, ...]:
    """A plate with a word on it; where the letters are."""
    face, points = font(name), 64
    plate, ink = _two_colours(rng)
    box = cv2.getTextSize((0, 0), text, (0, 0), face, points)
    margin = int(points * rng.uniform(0.15, 0.5))
    width, height = box[2] + 2 * margin, box[3] + 2 * margin
    board = np.empty((height, width, 3), np.uint8)
    board[:] = plate
    origin = (margin - box[0], margin - box[1])
    cv2.putText(board, text, origin, ink.tolist(), face, points)
    if rng.random() < 0.4:
        edge = int(rng.integers(2, 5))
        cv2.rectangle(board, (0, 0), (width - 1, height - 1), ink.tolist(), edge)
    rows, columns = canvas.rgb.shape[:2]
    share = rng.uniform(0.6, 0.92) if len(text) > 3 else rng.uniform(0.3, 0.65)
    scale = min(share * columns / width, 0.8 * rows / height)
    half = np.array([width, height]) * scale / 2
    centre = np.array(
        [rng.uniform(half[0], columns - half[0]), rng.uniform(half[1], rows - half[1])]
    )
    angle = math.radians(rng.uniform(-9, 9))
    onto = _placing(centre, scale, angle, np.array([width, height]) / 2)
    canvas.overlay(np.dstack([board, np.full((height, width), 255, np.uint8)]), onto)
    letters = []
    for position, character in enumerate(text):
        before = (
            cv2.getTextSize((0, 0), text[:position], (0, 0), face, points)[2] if position else 0
        )
        behind = cv2.getTextSize((0, 0), text[: position + 1], (0, 0), face, points)[2]
        place = np.array([[margin + (before + behind) / 2, height / 2]])
        x, y = canvas.seen(_mapped(onto, place))[0]
        letters.append(Letter(character, x, y))
    return tuple(letters)


def _two_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Of a plate and of what is printed on it: they differ in brightness."""
    for _ in range(_TRIES):
        plate, ink = rng.uniform(0, 255, (2, 3)).astype(np.float32)
        if abs(_lab(plate)[0] - _lab(ink)[0]) > 50:
            return plate, ink
    return np.full(3, 255, np.float32), np.zeros(3, np.float32)


def _mean_colour(sprite: Sprite) -> Colour:
    """Of what is not transparent."""
    weights = sprite[..., 3].astype(np.float32)
    return np.asarray(np.average(sprite[..., :3].reshape(-1, 3), 0, weights.ravel()), np.float32)


def _lab(colour: Colour) -> NDArray[np.float32]:
    pixel = (colour / np.float32(255)).reshape(1, 1, 3).astype(np.float32)
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)[0, 0], np.float32)


def _placing(centre: Points, scale: float, angle: float, middle: Points) -> Points:
    """The matrix [3, 3] that turns, scales and moves `middle` to `centre`."""
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    matrix: Points = np.eye(3)
    matrix[:2, :2] = turn
    matrix[:2, 2] = centre - turn @ middle
    return matrix


def _mapped(matrix: Points, points: Points) -> Points:
    """Points [N, 2] through a homography."""
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


class _Canvas:
    """Pixels that are drawn on in plain coordinates, and where these are seen from aside."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self.rgb: Rgb = np.zeros((*size, 3), np.uint8)
        self._rng = rng
        self._behind: Colour = np.zeros(3, np.float32)
        height, width = size
        self._extent = np.array([width, height], float)
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        aside = rng.uniform(-0.06, 0.06, (4, 2)) * rng.random() * self._extent
        self._aside: Points = np.asarray(
            cv2.getPerspectiveTransform(corners, corners + aside.astype(np.float32)), float
        )

    def seen(self, points: Points) -> Points:
        """Places in pixels as they are seen, 0..1."""
        return np.asarray(_mapped(self._aside, points) / self._extent)

    def moved(self, item: Item) -> Item:
        """An item where it is seen."""
        x, y = self.seen(np.array([[item.x, item.y]]) * self._extent)[0]
        return replace(item, x=float(x), y=float(y))

    def paint_background(self, items: Sequence[Colour]) -> None:
        """A wall or a wall and a table, in colours that all items stand out from."""
        rng = self._rng
        pair = [self._standing_out(items) for _ in range(2)]
        self.rgb[:] = pair[0]
        if rng.random() < 0.4:
            tops = rng.uniform(0.2, 0.8, 2) * self._extent[1]
            width, height = self._extent
            table = np.array([(0, tops[0]), (width, tops[1]), (width, height), (0, height)])
            self._fill([table], pair[1])
        self._behind = pair[0]
        coarse = rng.uniform(-1, 1, (*rng.integers(2, 14, 2), 3)).astype(np.float32)
        texture = cv2.resize(coarse, self.rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        painted = self.rgb + texture * np.float32(rng.uniform(0, 12))
        self.rgb = np.clip(painted, 0, 255).astype(np.uint8)

    def _standing_out(self, items: Sequence[Colour]) -> Colour:
        """A random colour, muted more often than not, far from all items'."""
        labs = [_lab(item) for item in items]
        best, distance = np.zeros(3, np.float32), -1.0
        for _ in range(_TRIES):
            grey = self._rng.uniform(25, 240)
            colour = np.clip(grey + self._rng.uniform(-30, 30, 3), 0, 255).astype(np.float32)
            lab = _lab(colour)
            nearest = min((float(np.linalg.norm(lab - other)) for other in labs), default=1e9)
            if nearest > distance:
                best, distance = colour, nearest
            if distance > _CONTRAST:
                break
        return best

    def scatter(self, count: int) -> None:
        """Clutter: scratches and specks that are no shapes, in the background's colours."""
        rng = self._rng
        for _ in range(count):
            colour = np.clip(self._behind + rng.uniform(-28, 28, 3), 0, 255)
            start = (rng.uniform(0, 1, 2) * self._extent).astype(int)
            if rng.random() < 0.7:
                end = start + (rng.uniform(-0.5, 0.5, 2) * self._extent).astype(int)
                thickness = int(rng.integers(1, 3))
                cv2.line(
                    self.rgb, start.tolist(), end.tolist(), colour.tolist(), thickness, cv2.LINE_AA
                )
            else:
                radius = max(1, int(rng.uniform(0.005, 0.02) * self._extent.min()))
                cv2.circle(self.rgb, start.tolist(), radius, colour.tolist(), -1, cv2.LINE_AA)

    def shape(self, item: Item, colour: Colour) -> None:
        """A shape, some with a darker rim or a shadow."""
        rng = self._rng
        angle = math.radians(rng.uniform(-14, 14))
        across = item.size * self._extent.min()
        centre = np.array([item.x, item.y]) * self._extent
        onto = _placing(centre, across, angle, np.zeros(2))
        lines = [_mapped(onto, line) for line in outlines(item.name)]
        if rng.random() < 0.3:
            shift = rng.uniform(0.02, 0.05, 2) * across
            self._fill([line + shift for line in lines], self._behind * np.float32(0.8))
        self._fill(lines, colour)
        if rng.random() < 0.3:
            rim = colour * np.float32(rng.uniform(0.55, 0.85))
            for line in lines:
                points = self._fixed(_mapped(self._aside, line))
                thickness = max(1, int(across / 40))
                cv2.polylines(self.rgb, [points], True, rim.tolist(), thickness, cv2.LINE_AA, _BITS)

    def place(self, sprite: Sprite, item: Item) -> None:
        """A thing by its picture, a little turned, some mirrored."""
        if self._rng.random() < 0.3:
            sprite = np.ascontiguousarray(sprite[:, ::-1])
        across = item.size * self._extent.min()
        height, width = sprite.shape[:2]
        while across < 0.5 * width:  # halved first, so that nothing is left out in between
            halved = cv2.resize(sprite, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            sprite = np.asarray(halved, np.uint8)
            height, width = sprite.shape[:2]
        angle = math.radians(self._rng.uniform(-12, 12))
        centre = np.array([item.x, item.y]) * self._extent
        middle = np.array([width, height]) / 2
        self.overlay(sprite, _placing(centre, across / width, angle, middle))

    def overlay(self, sprite: Sprite, onto: Points) -> None:
        """A sprite [H, W, 4] by the matrix from its pixels to the plain coordinates."""
        alpha = sprite[..., 3:].astype(np.float32) / 255
        layer = np.dstack([sprite[..., :3] * alpha, alpha])
        warped = cv2.warpPerspective(
            layer, self._aside @ onto, self.rgb.shape[1::-1], flags=cv2.INTER_LINEAR
        )
        mixed = self.rgb * (1 - warped[..., 3:]) + warped[..., :3]
        self.rgb = np.clip(mixed, 0, 255).astype(np.uint8)

    def _fill(self, lines: Sequence[Points], colour: Colour) -> None:
        fixed = [self._fixed(_mapped(self._aside, line)) for line in lines]
        cv2.fillPoly(self.rgb, fixed, colour.tolist(), cv2.LINE_AA, _BITS)

    @staticmethod
    def _fixed(points: Points) -> NDArray[np.int32]:
        return np.round(points * (1 << _BITS)).astype(np.int32)
