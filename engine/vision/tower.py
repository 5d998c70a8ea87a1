"""Seeing: a picture in, rows for the text decoder out, the same number for any size. No prompt."""

from collections.abc import Generator

import torch
from torch import Tensor, nn

from engine.embedder import MultimodalEmbedder
from engine.vision.encoder import MobileNetV5, completed


class VisionTower(nn.Module):
    """Encoder and the embedder's soft path.

    Source: spec/audio-vision.md section 13.
    """

    def __init__(self, encoder: MobileNetV5, embedder: MultimodalEmbedder) -> None:
        super().__init__()
        self.vision_tower = encoder
        self.embed_vision = embedder
        self._scale = encoder.config.hidden_size**0.5

    @property
    def tokens(self) -> int:
        """Soft tokens of a picture, whatever its size: 256 in the published models."""
        return self.vision_tower.config.grid**2

    def forward(self, pixels: Tensor) -> Tensor:
        """Pictures uint8 [B, H, W, 3] of one size -> rows [B, tokens, text hidden].

        Rows of the grid one after the other, each from left to right. Pixels are only scaled to
        0..1: no mean, no deviation.
        """
        return completed(self.steps(pixels))

    def steps(self, pixels: Tensor) -> Generator[None, None, Tensor]:
        """The same block by block, so that other work can come in between."""
        encoder = self.vision_tower
        scaled = pixels.to(encoder.device, torch.float32) / 255
        features = yield from encoder.steps(scaled.to(encoder.dtype))
        rows = features.flatten(1, 2)
        # The norm behind takes the factor out again; what it leaves in the last digits counts.
        return self.embed_vision.soft((rows.float() * self._scale).to(rows.dtype))
