"""MobileNet-V5 with its fusion adapter: pixels to a fixed grid of features. Knows no text.

Source: spec/audio-vision.md sections 10 to 12.
"""

from collections.abc import Generator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.norm import RMSNorm
from engine.vision.blocks import ConvNorm, block
from engine.vision.table import VisionConfig


def completed(steps: Generator[None, None, Tensor]) -> Tensor:
    """What comes of work in steps, all of it done now."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Tensor = end.value
            return result


class FusionAdapter(nn.Module):
    """The last two stages' maps, one upon the other, through a feed-forward, onto the grid."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.grid = config.grid
        self.ffn = _FusionFeedForward(config)
        self.norm = RMSNorm(config.hidden_size)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        """[B, h, w, C] and the coarser [B, h', w', C'] -> [B, grid, grid, hidden]."""
        size = fine.shape[1:3]
        if coarse.shape[1:3] != size:
            spread = F.interpolate(coarse.movedim(-1, 1), size=size, mode="nearest")
            coarse = spread.movedim(1, -1)
        out: Tensor = self.norm(self._onto_grid(self.ffn(torch.cat((fine, coarse), dim=-1))))
        return out

    def _onto_grid(self, x: Tensor) -> Tensor:
        height, width = x.shape[1:3]
        if height == width == self.grid:
            return x
        if height % self.grid or width % self.grid:
            resized = F.interpolate(
                x.movedim(-1, 1), size=(self.grid, self.grid), mode="bilinear", align_corners=False
            )
        else:
            resized = F.avg_pool2d(x.movedim(-1, 1), (height // self.grid, width // self.grid))
        return resized.movedim(1, -1)


class _FusionFeedForward(nn.Module):
    """1x1 up with activation and 1x1 down: a bottleneck without kernels, scale and skip."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.pw_exp = ConvNorm(config.fused_channels, config.fusion_mid, act=True)
        self.pw_proj = ConvNorm(config.fusion_mid, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        """[B, h, w, C] -> [B, h, w, hidden]."""
        out: Tensor = self.pw_proj(self.pw_exp(x))
        return out


class MobileNetV5(nn.Module):
    """The encoder. Its state dict is the Hub's below `vision_tower.timm_model.`.

    Takes pictures of any size; the published sizes are 256, 512 and 768 pixels square.
    """

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.conv_stem = ConvNorm(3, config.stem, 3, stride=2, bias=True, act=True)
        self.blocks = nn.ModuleList(
            nn.Sequential(*(block(spec) for spec in stage)) for stage in config.stages
        )
        self.msfa = FusionAdapter(config)

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels [B, H, W, 3] in 0..1 -> features [B, grid, grid, hidden]."""
        return completed(self.steps(pixels))

    def steps(self, pixels: Tensor) -> Generator[None, None, Tensor]:
        """The same block by block, so that other work can come in between."""
        fine = x = self.conv_stem(pixels)
        for stage in self.blocks:
            fine = x  # in the end, what the last stage began with
            for layer in stage:  # type: ignore[attr-defined]
                yield
                x = layer(x)
        features: Tensor = self.msfa(fine, x)
        return features

    @property
    def dtype(self) -> torch.dtype:
        """Type of the weights."""
        return self.conv_stem.conv.weight.dtype

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.conv_stem.conv.weight.device
