"""Linear maps whose weights are small integers. One interface: [..., columns] -> [..., rows].

All are inference only. Few rows of input go through torch's own kernel, which reads the integers;
many rows make it worth while to widen the weight, a tile at a time, for a matrix product.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.kernels import loading, products, products8
from engine.kernels.loading import Kernels, Tape
from engine.norm import widened
from engine.product import product
from engine.quant.packing import Layout, Unpacker, multiply, unpack_rows
from engine.text.fused import gaussian_cut

FEW_ROWS = 24
"""Inputs up to which a kernel of 4 bits is faster than widening the weight first."""
FEW_INPUTS = 8
"""The same of our own kernel over integers, beside tile registers."""
_FEW_ROWS_8 = 12  # the same of 8 bits
_SEVERAL_ROWS_8 = 128  # and of its tiles: more inputs do not stay in a core's own cache
_TILE_WEIGHTS = 1 << 20  # widened at once: what a core's own cache holds
_KERNEL_MULTIPLE = 32
_KERNEL_DTYPES = (torch.bfloat16, torch.float32)


class Linear(Protocol):
    """What the decoder needs of a head."""

    def __call__(self, x: Tensor) -> Tensor:
        """[..., columns] -> [..., rows]."""
        ...

    def scores(self, x: Tensor) -> Tensor:
        """As a call, at least fp32."""
        ...


class Linear4(nn.Module):
    """A weight of 4 bits with a scale and a zero for each group of columns (see packing.py).

    packed, scales: as the layout says; scales of torch's layouts are of the computing dtype, of
    our own kernels bfloat16.
    """

    packed: Tensor
    scales: Tensor

    def __init__(self, packed: Tensor, scales: Tensor, layout: Layout) -> None:
        super().__init__()
        self.layout = layout
        self.register_buffer("packed", packed, persistent=False)
        self.register_buffer("scales", scales, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[..., columns] -> [..., rows]."""
        if self.layout.lanes:
            return self._by_lanes(x).to(x.dtype)
        columns, rows = self.packed.shape[1], self.scales.shape[1]
        flat = x.reshape(-1, columns)
        if len(flat) <= FEW_ROWS and flat.dtype in _KERNEL_DTYPES:
            # The kernel reads whole rows: blocks of a wider input come as slices of it.
            return multiply(flat.contiguous(), self.packed, self.scales).view(*x.shape[:-1], rows)
        out = flat.new_empty(len(flat), rows)
        step = min(len(self.packed), max(1, _TILE_WEIGHTS // (columns * self.layout.block)))
        unpacker = Unpacker((step, columns, self.packed.shape[2]), flat.dtype)
        for start in range(0, len(self.packed), step):
            tile = slice(start * self.layout.block, (start + step) * self.layout.block)
            part = self.packed[start : start + step]
            out[:, tile] = flat @ unpacker.unpack(part, self.scales[:, tile], self.layout)
        return out.view(*x.shape[:-1], rows)

    def scores(self, x: Tensor) -> Tensor:
        """As `forward`, at least fp32; not rounded in between where the kernel's sums are."""
        product = self._by_lanes(x) if self.layout.lanes else self(x)
        return product.to(widened(x.dtype))

    def _by_lanes(self, x: Tensor) -> Tensor:
        kernels = loading.available()
        assert kernels is not None  # or the layout would be another
        columns = self.packed.shape[1] * 8
        rows = len(self.packed) * self.layout.block
        flat = x.reshape(-1, columns).contiguous()
        narrow = flat.dtype is torch.bfloat16
        if narrow and len(flat) <= FEW_INPUTS:
            out = products.few(kernels, flat, self.packed, self.scales)
        elif narrow and "multiply4_tiles" in kernels:
            out = products.many(kernels, flat, self.packed, self.scales)
        elif flat.dtype is torch.float32 and len(flat) <= FEW_ROWS:
            out = products.few_exact(kernels, flat, self.packed, self.scales)
        else:
            wide = flat if narrow else flat.to(widened(flat.dtype))
            step = max(1, _TILE_WEIGHTS // (columns * self.layout.block))
            room = torch.empty(
                step * self.layout.block * columns,
                dtype=torch.bfloat16 if narrow else torch.float32,
            )
            out = flat.new_empty(len(flat), rows)
            for start in range(0, len(self.packed), step):
                part = slice(start, start + step)
                tile = slice(start * self.layout.block, (start + step) * self.layout.block)
                turned = products.widened(kernels, self.packed[part], self.scales[part], room)
                out[:, tile] = wide @ turned.to(wide.dtype)
        return out.view(*x.shape[:-1], rows)

    def rows(self, indices: Tensor) -> Tensor:
        """Rows of the weight, fp32 [n, columns], of int64 indices [n]."""
        return unpack_rows(self.packed, self.scales, self.layout, indices)


class Linear8(nn.Module):
    """A weight of 8 bits with a scale for each row.

    values: int8 [rows, columns]; scales: [rows], of the computing dtype.
    """

    values: Tensor
    scales: Tensor

    def __init__(self, values: Tensor, scales: Tensor) -> None:
        super().__init__()
        self.register_buffer("values", values, persistent=False)
        self.register_buffer("scales", scales, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[..., columns] -> [..., rows]."""
        rows, columns = self.values.shape
        flat = x.reshape(-1, columns)
        narrow = flat.dtype is torch.bfloat16
        count = len(flat)
        kernels = loading.available() if narrow and count <= _SEVERAL_ROWS_8 else None
        if kernels is not None and products8.suits(self.values, self.scales):
            weight = self.values, self.scales
            if "multiply8_tiles" in kernels and count > FEW_INPUTS:
                return products8.several8(kernels, flat, *weight).view(*x.shape[:-1], rows)
            if count <= _FEW_ROWS_8:
                few = products8.few8(kernels, flat, *weight).to(flat.dtype)
                return few.view(*x.shape[:-1], rows)
        # WORKAROUND: torch 2.13's kernel gives NaN for shapes that do not fill its vectors.
        fills = rows % _KERNEL_MULTIPLE == 0 and columns % _KERNEL_MULTIPLE == 0
        if fills and narrow and count <= _FEW_ROWS_8:
            # The kernel reads whole rows: the light convolution's frames lie by columns.
            out: Tensor = torch._weight_int8pack_mm(flat.contiguous(), self.values, self.scales)
            return out.view(*x.shape[:-1], rows)
        out = flat.new_empty(len(flat), rows)
        step = max(1, _TILE_WEIGHTS // columns)
        for start in range(0, rows, step):
            tile = slice(start, start + step)
            # The scale is one number for an output: it need not touch the weight.
            out[:, tile] = product(flat, self.values[tile].to(flat.dtype)) * self.scales[tile]
        return out.view(*x.shape[:-1], rows)

    def scores(self, x: Tensor) -> Tensor:
        """As `forward`, at least fp32."""
        return self(x).to(widened(x.dtype))  # type: ignore[no-any-return]

    def partly(self, x: Tensor, rows: slice) -> Tensor:
        """[..., columns] -> [..., len(rows)]: some neighbouring outputs alone."""
        out: Tensor = Linear8(self.values[rows], self.scales[rows])(x)
        return out

    def rows(self, indices: Tensor) -> Tensor:
        """Rows of the weight, fp32 [n, columns], of int64 indices [n]."""
        return self.values[indices].float() * self.scales[indices].float().unsqueeze(1)


class FeedForward(nn.Module):
    """The decoder's gated network over blocks that are packed apart (text.md 8.3).

    ends: where the blocks end, ascending. blocks: gate, up and down of each.
    deviations: of the cut of gate values, None = dense.
    """

    def __init__(
        self,
        ends: Sequence[int],
        blocks: Sequence[tuple[nn.Module, nn.Module, nn.Module]],
        deviations: float | None,
    ) -> None:
        super().__init__()
        self.ends = tuple(ends)
        self.deviations = deviations
        self.gate_proj = nn.ModuleList(gate for gate, _, _ in blocks)
        self.up_proj = nn.ModuleList(up for _, up, _ in blocks)
        self.down_proj = nn.ModuleList(down for _, _, down in blocks)

    def forward(self, x: Tensor, width: int) -> Tensor:
        """x: [B, T, D]; width: how many of the inner values are computed, one of the ends."""
        used = self.ends.index(width) + 1
        rows = x.flatten(0, 1)
        if (kernels := self._tiled(rows, used)) is not None:
            return self._by_tiles(kernels, rows, width).view_as(x)
        gate = _joined([project(rows) for project in self.gate_proj[:used]])
        if self.deviations is not None:
            gate = gaussian_cut(gate, self.deviations)
        up = _joined([project(rows) for project in self.up_proj[:used]])
        inner = F.gelu(gate, approximate="tanh").mul_(up)
        out: Tensor | None = None
        for project, (start, end) in zip(
            self.down_proj, pairwise((0, *self.ends[:used])), strict=False
        ):
            part = project(inner[:, start:end])
            out = part if out is None else out.add_(part)
        assert out is not None
        return out.view_as(x)

    def _tiled(self, rows: Tensor, used: int) -> Kernels | None:
        """The kernels, where all weights and these inputs go through tile registers."""
        if rows.dtype is not torch.bfloat16 or len(rows) <= FEW_INPUTS:
            return None
        lists = (self.gate_proj, self.up_proj, self.down_proj)
        weights = [weight for one in lists for weight in one[:used]]
        if not all(isinstance(one, Linear4) and one.layout.lanes for one in weights):
            return None
        kernels = loading.available()
        return kernels if kernels is not None and "multiply4_tiles" in kernels else None

    def _by_tiles(self, kernels: Kernels, rows: Tensor, width: int) -> Tensor:
        used, deviations = self.ends.index(width) + 1, self.deviations
        gate, up = (rows.new_empty(len(rows), width) for _ in range(2))
        tiled, tiling = products.tile(rows)
        calls = [tiling]
        spans = list(pairwise((0, *self.ends[:used])))
        for blocks, out in ((self.gate_proj, gate), (self.up_proj, up)):
            for block, (start, end) in zip(blocks, spans, strict=False):
                assert isinstance(block, Linear4)
                weight = block.packed, block.scales
                calls.append(products.tile_product(tiled, len(rows), *weight, out[:, start:end]))
        calls.append(products.gated(gate, up, deviations))
        Tape(kernels, calls).run()
        total: Tensor | None = None
        for block, (start, end) in zip(self.down_proj, spans, strict=False):
            part = block(gate[:, start:end])
            total = part if total is None else total.add_(part)
        assert total is not None
        return total

    def idle(self, width: int) -> tuple[Tensor, ...]:
        """Weights that `forward` does not read at this width."""
        unused = range(self.ends.index(width) + 1, len(self.ends))
        lists = (self.gate_proj, self.up_proj, self.down_proj)
        return tuple(weight for one in lists for i in unused for weight in one[i].buffers())


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts, 1)
