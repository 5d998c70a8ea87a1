"""Four mel frames to one: two strided convolutions with cumulative normalisation.

Both convolutions look ahead, never back, so a step keeps the frames that a later output still
needs, and the end of a clip is two zero frames. Knows nothing of what follows.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import AudioConfig
from engine.product import Linear

KERNEL = 3
STRIDE = 2


@dataclass(frozen=True, slots=True)
class CumulativeState:
    """Running statistics of a cumulative norm.

    total, squares: float64 [B], sum of the values and of their squared deviations.
    frames: how many frames they cover.
    """

    total: Tensor
    squares: Tensor
    frames: int

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.total.nbytes + self.squares.nbytes


@dataclass(frozen=True, slots=True)
class ConvState:
    """Where one subsampling convolution stands.

    frames: [B, C, n <= 2, F], inputs that a later output still needs.
    norm: its statistics.
    """

    frames: Tensor
    norm: CumulativeState

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.frames.nbytes + self.norm.nbytes


class CumulativeGroupNorm(nn.Module):
    """Normalise each frame by the mean and variance of everything up to and including it.

    A frame's squared deviation is taken from the mean known at that frame and never revised;
    this is the original's definition, not the exact running variance.

    Source: spec/audio-vision.md section 3.
    """

    def __init__(self, channels: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor, state: CumulativeState) -> tuple[Tensor, CumulativeState]:
        """[B, C, T, F] -> the same shape, and the statistics after the last frame."""
        per_frame = x.shape[1] * x.shape[3]
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        # float64 sums: a stream may run for an hour, and the counts grow with it.
        count = per_frame * torch.arange(
            state.frames + 1, state.frames + x.shape[2] + 1, dtype=torch.float64, device=x.device
        )
        total = state.total[:, None] + wide.sum((1, 3)).to(torch.float64).cumsum(1)  # [B, T]
        centred = wide - (total / count).to(wide.dtype)[:, None, :, None]
        deviation = centred.square().sum((1, 3)).to(torch.float64)
        squares = state.squares[:, None] + deviation.cumsum(1)
        scale = torch.rsqrt(squares / count + self.eps).to(wide.dtype)  # [B, T]
        factor = scale[:, None, :] * self.weight.to(wide.dtype)[:, None]  # [B, C, T]
        after = CumulativeState(
            total[:, -1].clone(), squares[:, -1].clone(), state.frames + x.shape[2]
        )
        return (centred * factor[..., None]).to(x.dtype), after


class SubsampleConv(nn.Module):
    """3x3 convolution of stride 2 over time and frequency, cumulative norm, ReLU."""

    def __init__(self, channels_in: int, channels_out: int, eps: float) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, KERNEL, STRIDE, padding=(0, 1), bias=False)
        self.norm = CumulativeGroupNorm(channels_out, eps)

    def initial_state(self, batch: int, bands: int) -> ConvState:
        """The start of a clip; `bands` is the input's size along frequency."""
        weight = self.conv.weight
        zero = torch.zeros(batch, dtype=torch.float64, device=weight.device)
        frames = weight.new_empty(batch, weight.shape[1], 0, bands)
        return ConvState(frames, CumulativeState(zero, zero, 0))

    def forward(self, x: Tensor, state: ConvState, *, final: bool) -> tuple[Tensor, ConvState]:
        """[B, C, T, F] -> [B, C', T', ceil(F / 2)] and the state after it.

        final: the input ends here; all outputs come, as if two zero frames followed.
        """
        x = torch.cat([state.frames, x], dim=2)
        if final:
            x = F.pad(x, (0, 0, 0, KERNEL - 1))
        outputs = max(0, (x.shape[2] - KERNEL) // STRIDE + 1)
        rest = x[:, :, outputs * STRIDE :].clone()
        if outputs == 0:
            bands = (x.shape[3] + 1) // STRIDE
            empty = x.new_empty(x.shape[0], self.conv.out_channels, 0, bands)
            return empty, ConvState(rest, state.norm)
        convolved = self.conv(x[:, :, : (outputs - 1) * STRIDE + KERNEL])
        normed, norm = self.norm(convolved, state.norm)
        return F.relu(normed), ConvState(rest, norm)


@dataclass(frozen=True, slots=True)
class SubsampleState:
    """Both convolutions' states."""

    conv_0: ConvState
    conv_1: ConvState

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.conv_0.nbytes + self.conv_1.nbytes


class SubsampleConvProjection(nn.Module):
    """Mel frames to conformer inputs: both convolutions and the projection.

    Output u sees mel frames 4u .. 4u + 6.

    Source: spec/audio-vision.md sections 3 and 8.
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        first, second = config.sscp_conv_channel_size
        eps = config.sscp_conv_group_norm_eps
        self.bands_0 = config.input_feat_size
        self.bands_1 = (self.bands_0 + 1) // STRIDE
        bands_out = (self.bands_1 + 1) // STRIDE
        self.conv_0 = SubsampleConv(1, first, eps)
        self.conv_1 = SubsampleConv(first, second, eps)
        self.input_proj_linear = Linear(second * bands_out, config.hidden_size)

    def initial_state(self, batch: int) -> SubsampleState:
        """The start of `batch` clips."""
        return SubsampleState(
            self.conv_0.initial_state(batch, self.bands_0),
            self.conv_1.initial_state(batch, self.bands_1),
        )

    def forward(
        self, mel: Tensor, state: SubsampleState, *, final: bool, lengths: Tensor | None
    ) -> tuple[Tensor, SubsampleState]:
        """[B, T, bands] -> [B, U, hidden] and the state after it.

        lengths: int64 [B], mel frames of each clip of a batch padded on the right. What follows a
            clip's end is zeroed before each convolution, as if the clip stood alone.
        """
        x = mel.to(self.conv_0.conv.weight.dtype)[:, None]  # [B, 1, T, bands]
        if lengths is not None:
            x = _zero_from(x, lengths)
        x, conv_0 = self.conv_0(x, state.conv_0, final=final)
        if lengths is not None:
            x = _zero_from(x, (lengths + 1) // STRIDE)
        x, conv_1 = self.conv_1(x, state.conv_1, final=final)
        flat = x.permute(0, 2, 3, 1).flatten(2)  # frequency major, channel minor
        return self.input_proj_linear(flat), SubsampleState(conv_0, conv_1)


def _zero_from(x: Tensor, ends: Tensor) -> Tensor:
    """[B, C, T, F] with the frames from each clip's end on set to zero."""
    inside = torch.arange(x.shape[2], device=x.device) < ends[:, None]
    return x * inside[:, None, :, None].to(x.dtype)
