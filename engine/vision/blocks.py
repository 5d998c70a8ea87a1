"""Blocks of MobileNet-V5. Maps are [B, H, W, C]: most of the work is 1x1, a matrix product there.

Parameter names are the Hub's, where every norm is called `bn` or `norm`.
Source: spec/audio-vision.md section 10.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.norm import RMSNorm
from engine.vision.norms import joined, normed
from engine.vision.table import AttentionSpec, BlockSpec, BottleneckSpec, EdgeSpec


class Convolution(nn.Module):
    """A k x k convolution with TensorFlow's SAME padding: at stride 2 more right and below.

    Args:
        channels, out: of the map before and after; equal and with `depthwise`, one filter each.
        bias: only the stem has one.
    """

    def __init__(
        self,
        channels: int,
        out: int,
        kernel: int,
        *,
        stride: int = 1,
        depthwise: bool = False,
        bias: bool = False,
    ) -> None:
        super().__init__()
        self.kernel = kernel
        self.stride = stride
        self.groups = channels if depthwise else 1
        self.weight = nn.Parameter(torch.empty(out, channels // self.groups, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(out)) if bias else None
        nn.init.kaiming_normal_(self.weight, nonlinearity="linear")

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, ceil(H / stride), ceil(W / stride), out]."""
        if self.kernel == self.stride == 1:
            return F.linear(x, self.weight.flatten(1), self.bias)
        top, bottom = self._padding(x.shape[1])
        left, right = self._padding(x.shape[2])
        x = x.movedim(-1, 1)  # channels last in memory
        weight: Tensor = self.weight
        padding = (top, left)
        if (top, left) != (bottom, right):
            if self.groups > 1 and (bottom - top, right - left) == (1, 1):
                # Zeros before the kernel in place of a copy of a large map.
                weight, padding = F.pad(weight, (1, 0, 1, 0)), (bottom, right)
            else:
                x, padding = F.pad(x, (left, right, top, bottom)), (0, 0)
        out = F.conv2d(x, weight, self.bias, self.stride, padding, groups=self.groups)
        return out.movedim(1, -1)

    def _padding(self, size: int) -> tuple[int, int]:
        """Zeros before and behind an axis of `size`."""
        steps = -(-size // self.stride)
        total = max(0, (steps - 1) * self.stride + self.kernel - size)
        return total // 2, total - total // 2


class ConvNorm(nn.Module):
    """Convolution, norm over the channels of each pixel and, if `act`, GELU."""

    def __init__(
        self,
        channels: int,
        out: int,
        kernel: int = 1,
        *,
        stride: int = 1,
        depthwise: bool = False,
        bias: bool = False,
        act: bool = False,
    ) -> None:
        super().__init__()
        self.conv = Convolution(
            channels, out, kernel, stride=stride, depthwise=depthwise, bias=bias
        )
        self.bn = RMSNorm(out)
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, H', W', out]."""
        return normed(self.bn, self.conv(x), act=self.act)


class LayerScale(nn.Module):
    """A factor for each channel; trained from nearly nothing on."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels,), 1e-5))

    def forward(self, x: Tensor) -> Tensor:
        """[..., C] -> [..., C]."""
        return x * self.gamma


class EdgeResidual(nn.Module):
    """Dense kernel up, 1x1 down; a skip where the map keeps its shape."""

    def __init__(self, spec: EdgeSpec) -> None:
        super().__init__()
        self.skip = spec.stride == 1 and spec.channels == spec.out
        self.conv_exp = Convolution(spec.channels, spec.mid, spec.kernel, stride=spec.stride)
        self.bn1 = RMSNorm(spec.mid)
        self.conv_pwl = Convolution(spec.mid, spec.out, 1)
        self.bn2 = RMSNorm(spec.out)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, H', W', out]."""
        y = self.conv_pwl(normed(self.bn1, self.conv_exp(x), act=True))
        return joined(self.bn2, y, x) if self.skip else normed(self.bn2, y)


class Bottleneck(nn.Module):
    """Universal inverted bottleneck: depthwise, 1x1 up, depthwise, 1x1 down, layer scale."""

    def __init__(self, spec: BottleneckSpec) -> None:
        super().__init__()
        self.skip = spec.stride == 1 and spec.channels == spec.out
        # The stride sits on the later of the two depthwise kernels.
        first = 1 if spec.middle else spec.stride
        self.dw_start = (
            ConvNorm(spec.channels, spec.channels, spec.start, stride=first, depthwise=True)
            if spec.start
            else nn.Identity()
        )
        self.pw_exp = ConvNorm(spec.channels, spec.mid, act=True)
        self.dw_mid = (
            ConvNorm(spec.mid, spec.mid, spec.middle, stride=spec.stride, depthwise=True, act=True)
            if spec.middle
            else nn.Identity()
        )
        self.pw_proj = ConvNorm(spec.mid, spec.out)
        self.layer_scale = LayerScale(spec.out)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, H', W', out]."""
        y = self.dw_mid(self.pw_exp(self.dw_start(x)))
        if not self.skip:
            out: Tensor = self.layer_scale(self.pw_proj(y))
            return out
        y = self.pw_proj.conv(y)
        return joined(self.pw_proj.bn, y, x, self.layer_scale.gamma)


class _Projection(nn.Module):
    """Queries, keys, values or the output: 1x1, and for strided keys and values a map half as big.

    Halved by a depthwise kernel and a norm, without activation.
    """

    def __init__(self, channels: int, out: int, *, stride: int = 1, kernel: int = 3) -> None:
        super().__init__()
        self.stride = stride
        if stride > 1:
            self.down_conv = Convolution(channels, channels, kernel, stride=stride, depthwise=True)
            self.norm = RMSNorm(channels)
        self.proj = Convolution(channels, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, places, out]."""
        if self.stride > 1:
            x = normed(self.norm, self.down_conv(x))
        out: Tensor = self.proj(x)
        return out.flatten(1, 2)


class _Attention(nn.Module):
    """Every pixel looks at all; the heads share one key and one value each place."""

    def __init__(self, spec: AttentionSpec) -> None:
        super().__init__()
        self.heads = spec.heads
        inner = spec.heads * spec.head_dim
        self.query = _Projection(spec.channels, inner)
        self.key = _Projection(
            spec.channels, spec.head_dim, stride=spec.kv_stride, kernel=spec.kernel
        )
        self.value = _Projection(
            spec.channels, spec.head_dim, stride=spec.kv_stride, kernel=spec.kernel
        )
        self.output = _Projection(inner, spec.channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, H, W, C]."""
        batch, height, width, _ = x.shape
        query = self.query(x).unflatten(-1, (self.heads, -1))  # [B, HW, heads, d]
        # One long row of queries instead of copies of keys and values for each head.
        mixed = F.scaled_dot_product_attention(
            query.flatten(1, 2)[:, None], self.key(x)[:, None], self.value(x)[:, None]
        )
        mixed = mixed.view(batch, height, width, -1)  # channel = head * d + i
        out: Tensor = self.output(mixed)
        return out.view(batch, height, width, -1)


class AttentionBlock(nn.Module):
    """Norm, multi-query attention, layer scale, skip."""

    def __init__(self, spec: AttentionSpec) -> None:
        super().__init__()
        self.norm = RMSNorm(spec.channels)
        self.attn = _Attention(spec)
        self.layer_scale = LayerScale(spec.channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, H, W, C]."""
        y = self.attn(normed(self.norm, x, own=False))
        return torch.addcmul(x, y, self.layer_scale.gamma)


def block(spec: BlockSpec) -> nn.Module:
    """The block that a specification describes."""
    if isinstance(spec, EdgeSpec):
        return EdgeResidual(spec)
    if isinstance(spec, BottleneckSpec):
        return Bottleneck(spec)
    return AttentionBlock(spec)
