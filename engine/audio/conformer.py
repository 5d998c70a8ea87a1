"""One conformer block: feed-forward, local attention, light convolution, feed-forward."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.audio.attention import KeyValueState, LocalAttention
from engine.config import AudioConfig
from engine.norm import RMSNorm, widened
from engine.product import Linear

# The reference reads rms_norm_eps in the light convolution alone; every other norm has this one.
# All published configurations say the same value, so only another one would show it.
NORM_EPS = 1e-6


def clip(x: Tensor) -> Tensor:
    """Keep activations finite: the original limits them to 1e10, beyond what float16 can hold.

    Other types never come near that limit, so they are spared the pass over memory.
    """
    return x.clamp(-65504.0, 65504.0) if x.dtype == torch.float16 else x


class FeedForward(nn.Module):
    """Two linear layers with SiLU between, normalised before and after, half of it added."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.residual_weight = config.conf_residual_weight
        self.pre_layer_norm = RMSNorm(size, NORM_EPS)
        self.ffw_layer_1 = Linear(size, 4 * size)
        self.ffw_layer_2 = Linear(4 * size, size)
        self.post_layer_norm = RMSNorm(size, NORM_EPS)

    def forward(self, x: Tensor) -> Tensor:
        """[B, U, D] -> [B, U, D]."""
        hidden = F.silu(self.ffw_layer_1(self.pre_layer_norm(clip(x))))
        branch = self.post_layer_norm(clip(self.ffw_layer_2(hidden)))
        return torch.add(x, branch, alpha=self.residual_weight)


class AttentionBranch(nn.Module):
    """Local attention, its output projection and the norms around both."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.pre_attn_norm = RMSNorm(size, NORM_EPS)
        self.attn = LocalAttention(config)
        self.post = Linear(size, size)
        self.post_norm = RMSNorm(size, NORM_EPS)

    def forward(
        self, x: Tensor, state: KeyValueState, visible: Tensor
    ) -> tuple[Tensor, KeyValueState]:
        """[B, U, D] -> what is added to it, and the state after it.

        visible: from `window_mask`.
        """
        mixed, after = self.attn(self.pre_attn_norm(clip(x)), state, visible)
        return self.post_norm(clip(self.post(mixed))), after


class LightConv(nn.Module):
    """Gated causal depthwise convolution over a few frames.

    Its state is the gated input of the last kernel - 1 frames, [B, kernel - 1, D]; zeros at first.
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        size, eps = config.hidden_size, config.rms_norm_eps
        kernel = config.conf_conv_kernel_size
        self.pre_layer_norm = RMSNorm(size, eps)
        self.linear_start = Linear(size, 2 * size)
        self.depthwise_conv1d = nn.Conv1d(size, size, kernel, groups=size, bias=False)
        self.conv_norm = RMSNorm(size, eps)
        self.linear_end = Linear(size, size)

    def initial_state(self, batch: int) -> Tensor:
        """Silence before the first frame."""
        weight = self.depthwise_conv1d.weight
        return weight.new_zeros(batch, weight.shape[2] - 1, weight.shape[0])

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """[B, U, D] -> what is added to it, and the state after it."""
        gated = F.glu(self.linear_start(self.pre_layer_norm(x)), dim=-1)
        history = torch.cat([state, gated], dim=1)
        hidden = F.silu(self.conv_norm(clip(self._convolved(history))))
        return self.linear_end(hidden), history[:, x.shape[1] :].clone()

    def _convolved(self, history: Tensor) -> Tensor:
        """[B, kernel - 1 + U, D] -> [B, U, D]."""
        if torch.is_grad_enabled():
            turned: Tensor = self.depthwise_conv1d(history.transpose(1, 2)).transpose(1, 2)
            return turned
        # A sum of a few rows for each frame: torch's convolution takes many times as long.
        wide = widened(history.dtype)
        rows, factors = history.to(wide), self.depthwise_conv1d.weight[:, 0].t().to(wide)
        frames = history.shape[1] - factors.shape[0] + 1
        total = rows[:, :frames] * factors[0]
        for index, factor in enumerate(factors[1:], 1):
            total.addcmul_(rows[:, index : index + frames], factor)
        return total.to(history.dtype)


@dataclass(frozen=True, slots=True)
class BlockState:
    """What one conformer block keeps of the frames before.

    attention: keys and values.
    conv: [B, kernel - 1, D], gated inputs of the light convolution.
    """

    attention: KeyValueState
    conv: Tensor

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.attention.nbytes + self.conv.nbytes


class ConformerBlock(nn.Module):
    """Source: spec/audio-vision.md section 4."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.ffw_layer_start = FeedForward(config)
        self.attention = AttentionBranch(config)
        self.lconv1d = LightConv(config)
        self.ffw_layer_end = FeedForward(config)
        self.norm = RMSNorm(config.hidden_size, NORM_EPS)

    def initial_state(self, batch: int) -> BlockState:
        """The start of `batch` clips."""
        return BlockState(
            self.attention.attn.initial_state(batch), self.lconv1d.initial_state(batch)
        )

    def forward(self, x: Tensor, state: BlockState, visible: Tensor) -> tuple[Tensor, BlockState]:
        """[B, U, D] -> [B, U, D] and the state after it; `visible` is from `window_mask`."""
        x = self.ffw_layer_start(x)
        branch, attention = self.attention(x, state.attention, visible)
        x = x + branch
        branch, conv = self.lconv1d(x, state.conv)
        x = self.ffw_layer_end(x + branch)
        return self.norm(clip(x)), BlockState(attention, conv)
