"""Figures of ours beside timm's and torchvision's; weights are shared, so that both fit in memory.

Only `beside_timm.py` imports this.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
import timm
import torch
from timm.models.mobilenetv5 import MobileNetV5MultiScaleFusionAdapter
from torch import Tensor, nn
from transformers import Gemma3ImageProcessor, SiglipImageProcessor
from transformers.image_transforms import convert_to_rgb

from engine.datatypes import PICTURE_PIXELS
from engine.vision.encoder import MobileNetV5
from engine.vision.pictures import read_picture
from engine.vision.preprocess import crops, resized
from engine.vision.table import parse_vision
from tests.tiny_vision import PICTURE_SIZES, TOWERS, randomise

TIMM_WIDTH = 2048  # timm's adapter has one width


def encoders() -> Iterator[tuple[str, float]]:
    """Largest difference of the features [1, hidden, grid, grid] for each tower and size."""
    for name, (section, sizes) in TOWERS.items():
        config = parse_vision(section)
        reference = timm.create_model(
            section["architecture"], pretrained=False, **(section["model_args"] or {})
        ).eval()
        if config.hidden_size != TIMM_WIDTH:
            reference.msfa = MobileNetV5MultiScaleFusionAdapter(
                reference.msfa_in_chs, config.hidden_size, reference.msfa_output_resolution
            )
        randomise(reference, seed=1)
        with torch.device("meta"):
            ours = MobileNetV5(config)
        ours.load_state_dict(reference.state_dict(), strict=True, assign=True)
        generator = torch.Generator().manual_seed(2)
        for height, width in sizes:
            pixels = torch.rand((1, height, width, 3), generator=generator)
            yield f"{name} {height}x{width}", _difference(reference, ours, pixels)


@torch.inference_mode()
def _difference(reference: nn.Module, ours: nn.Module, pixels: Tensor) -> float:
    expected = reference(pixels.movedim(-1, 1)).movedim(1, -1)
    return float((ours(pixels) - expected).abs().max())


def resizing() -> Iterator[tuple[str, int]]:
    """Largest difference in levels of the picture that enters the tower."""
    rng = np.random.default_rng(0)
    for height, width in PICTURE_SIZES:
        rgb = rng.integers(0, 256, (height, width, 3), np.uint8)
        for size in PICTURE_PIXELS:
            processor = SiglipImageProcessor(
                size={"height": size, "width": size}, resample=2, do_normalize=False
            )
            (expected,) = processor(rgb, input_data_format="channels_last", return_tensors="pt")[
                "pixel_values"
            ]
            levels = (expected * 255).movedim(0, -1)
            difference = (levels - resized(rgb, size)).abs().max()
            yield f"{height}x{width} -> {size}", round(float(difference), 3)


def slicing() -> Iterator[tuple[str, list[list[int]]]]:
    """Height and width of every crop, theirs and ours one behind the other."""
    processor = Gemma3ImageProcessor()
    for height, width in PICTURE_SIZES:
        rgb = np.zeros((height, width, 3), np.uint8)
        theirs = processor.pan_and_scan_batched(
            torch.tensor(rgb).movedim(-1, 0)[None],
            pan_and_scan_min_crop_size=256,
            pan_and_scan_max_num_crops=4,
            pan_and_scan_min_ratio_to_activate=1.2,
        )
        yield (
            f"{height}x{width}",
            [[list(crop.shape[-2:]) for crop in theirs], [list(c.shape[:2]) for c in crops(rgb)]],
        )


def files(folder: Path) -> Iterator[tuple[str, int]]:
    """Largest difference in levels of pictures that Pillow wrote, read by the reference and us."""
    for path, picture, options in _written(folder):
        picture.save(path, **options)
        # Not by transformers' load_image, which drops transparency before anything could blend it.
        upright = PIL.ImageOps.exif_transpose(PIL.Image.open(path))
        expected = convert_to_rgb(upright, return_numpy=True)
        ours = read_picture(path)
        same = ours.shape == expected.shape
        difference = np.abs(ours.astype(int) - expected).max() if same else 255
        yield path.name, int(difference)


def _written(folder: Path) -> Iterator[tuple[Path, PIL.Image.Image, dict[str, Any]]]:
    rng = np.random.default_rng(1)
    # Smooth, so that decoders that differ by a rounding do not differ by more.
    slope = np.linspace(0, 255, 48 * 64 * 4).reshape(48, 64, 4).astype(np.uint8)
    rgba = PIL.Image.fromarray(np.ascontiguousarray(slope[::-1]) ^ rng.integers(0, 4, 4, np.uint8))
    rgb = rgba.convert("RGB")
    for orientation in range(1, 9):
        exif = PIL.Image.Exif()
        exif[0x0112] = orientation
        for kind in ("jpg", "png", "webp"):
            options = {"exif": exif} | ({"lossless": True} if kind == "webp" else {})
            yield folder / f"turned {orientation}.{kind}", rgb, options
    yield folder / "alpha.png", rgba, {}
    yield folder / "alpha.webp", rgba, {"lossless": True, "exact": True}
    yield folder / "grey.png", rgb.convert("L"), {}
    yield folder / "grey.jpg", rgb.convert("L"), {}
    yield folder / "grey with alpha.png", rgba.convert("LA"), {}
    yield folder / "one bit.png", rgb.convert("1"), {}
    yield folder / "palette.png", rgb.quantize(16), {}
    yield folder / "transparent palette.png", rgb.quantize(16), {"transparency": 3}
    yield folder / "progressive.jpg", rgb, {"progressive": True, "quality": 95}
