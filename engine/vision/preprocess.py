"""Pictures as the tower wants them: a square of uint8, and crops of what is wide or of fine print.

Pixels are neither normalised nor letterboxed: the family was trained with neither.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.datatypes import Rgb

# Gemma 3's settings for crops; Gemma 3n was not documented as trained with any.
MIN_CROP_PIXELS = 256
MAX_CROPS = 4
MIN_RATIO = 1.2


def resized(rgb: Rgb, size: int) -> Tensor:
    """A picture [H, W, 3] as uint8 [size, size, 3]; its aspect is not kept.

    Bilinear and antialiased on uint8, as the reference does it: one rounding after each axis.
    Source: spec/audio-vision.md section 9.
    """
    # A copy: what came by the wire is read-only, and what was turned has strides below zero.
    pixels = torch.from_numpy(np.array(rgb, np.uint8, order="C"))[None].movedim(-1, 1)
    if rgb.shape[:2] != (size, size):
        pixels = F.interpolate(
            pixels, (size, size), mode="bilinear", antialias=True, align_corners=False
        )
    return pixels[0].movedim(0, -1).contiguous()


def crops(rgb: Rgb) -> list[Rgb]:
    """Parts of a picture to be looked at beside the whole: side by side, none for a square one.

    Source: spec/audio-vision.md section 15, "pan and scan" of Gemma 3.
    """
    height, width = rgb.shape[:2]
    if width >= height:
        return [rgb[:, start:end] for start, end in _cuts(width, height)]
    return [rgb[start:end] for start, end in _cuts(height, width)]


def _cuts(long: int, short: int) -> list[tuple[int, int]]:
    """Where the longer axis is cut; the last part may be some pixels shorter."""
    if long / short < MIN_RATIO:
        return []
    count = min(math.floor(long / short + 0.5), long // MIN_CROP_PIXELS)
    count = min(MAX_CROPS, max(2, count))
    part = math.ceil(long / count)
    if min(part, short) < MIN_CROP_PIXELS:
        return []
    return [(start, min(start + part, long)) for start in range(0, count * part, part)]
