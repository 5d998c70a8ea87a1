"""Figures of ours beside timm's and torchvision's; weights are shared, so that both fit in memory.

Only `beside_timm.py` imports this.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
import timm
import torch
from timm.models.mobilenetv5 import MobileNetV5MultiScaleFusionAdapter
from torch import Tensor, nn
from transformers import (
    Gemma3ImageProcessor,
    Gemma3nForConditionalGeneration,
    SiglipImageProcessor,
)
from transformers.image_transforms import convert_to_rgb
from transformers.models.gemma3n.feature_extraction_gemma3n import Gemma3nAudioFeatureExtractor

from engine.chat import Chat
from engine.datatypes import PICTURE_PIXELS, SAMPLE_RATE, Role, SamplingParams, Seeing, Turn
from engine.model import Gemma3n
from engine.protocol import Context
from engine.vision.encoder import MobileNetV5
from engine.vision.pictures import read_picture
from engine.vision.preprocess import crops, resized
from engine.vision.table import parse_vision
from tests.checkpoints import tiny_config, write_checkpoint
from tests.tiny_vision import PICTURE_SIZES, TOWERS, randomise

TIMM_WIDTH = 2048  # timm's adapter has one width


def encoders() -> Iterator[tuple[str, float]]:
    """Largest difference of the features [1, hidden, grid, grid] for each tower and size."""
    for name, (section, sizes) in TOWERS.items():
        config = parse_vision(section)
        args = json.loads(json.dumps(section["model_args"] or {}))  # timm empties them
        reference = timm.create_model(section["architecture"], pretrained=False, **args).eval()
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


def logits(folder: Path) -> Iterator[tuple[str, float]]:
    """Largest difference of a prompt's logits, in their standard deviations, by what it holds."""
    raw = tiny_config(vision=True, max_position_embeddings=4096)
    raw["vision_config"]["hidden_size"] = TIMM_WIDTH
    raw["audio_soft_tokens_per_image"] = 7  # as many as a second of sound makes: nothing is padded
    write_checkpoint(folder, raw, seed=5)
    # In double precision: rounding alone, which random weights amplify, comes to 1e-4 in single.
    reference = Gemma3nForConditionalGeneration.from_pretrained(folder).double().eval()
    model = Gemma3n.open(folder, dtype=torch.float64)
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 256, (90, 120 + n, 3), np.uint8) for n in range(4)]
    sounds = [rng.uniform(-0.5, 0.5, SAMPLE_RATE).astype(np.float32) for _ in range(3)]

    def user(number: int, text: str, seen: slice, heard: int | None) -> Turn:
        audio = None if heard is None else sounds[heard]
        return Turn(number, Role.USER, text, audio, tuple(pictures[seen]))

    answer = Turn(1, Role.MODEL, "the quick brown fox")
    prompts = {
        "text": (user(0, "hello world", slice(0), None),),
        "picture": (user(0, "the quick fox", slice(1), None),),
        "sound": (user(0, "12 apples", slice(0), 0),),
        "two of each": (user(0, "hello", slice(2), 0), answer, user(2, "fox", slice(2, 4), 1)),
        "pictures of one turn, sounds of two": (
            Turn(7, Role.SYSTEM, "are you fine"),
            user(0, "how are you?", slice(4), 2),
            answer,
            user(2, "and this", slice(0), 1),
        ),
    }
    for name, turns in prompts.items():
        ids, ours = _our_logits(model, turns)
        (theirs,) = _their_logits(reference, ids, turns)
        yield name, float((ours - theirs).abs().max() / theirs.std())


@torch.inference_mode()
def _our_logits(model: Gemma3n, turns: Sequence[Turn]) -> tuple[Tensor, Tensor]:
    """Ids [T] and logits [T, vocab] of a conversation's whole prompt, as the chat reads it."""
    ids: list[Tensor] = []
    read: list[Tensor] = []
    forward = model.text.forward

    def recording(embeds: Tensor, chunk: Tensor, **how: Any) -> Tensor:
        hidden = forward(embeds, chunk, **(how | {"want": None}))
        ids.append(chunk[0])
        read.append(model.text.logits(hidden)[0])
        return hidden[:, -1:]

    model.text.forward = recording
    answer = Chat(model).answer(
        turns, SamplingParams(max_tokens=1), model.sizes.largest, lambda: False, Seeing(pixels=256)
    )
    while not isinstance(next(answer), Context):
        pass
    model.text.forward = forward
    return torch.cat(ids), torch.cat(read)


@torch.inference_mode()
def _their_logits(reference: nn.Module, ids: Tensor, turns: Sequence[Turn]) -> Tensor:
    seen = [resized(rgb, 256) for turn in turns for rgb in turn.images]
    heard = [turn.audio for turn in turns if turn.audio is not None]
    inputs: dict[str, Tensor] = {}
    if seen:
        inputs["pixel_values"] = (torch.stack(seen).movedim(-1, 1) / 255).double()
    if heard:
        features = Gemma3nAudioFeatureExtractor()(heard, return_tensors="pt")
        inputs["input_features"] = features["input_features"].double()
        inputs["input_features_mask"] = features["input_features_mask"]
    out: Tensor = reference(input_ids=ids[None], **inputs).logits
    return out
