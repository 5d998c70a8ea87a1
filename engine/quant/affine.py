"""Weights that were quantised elsewhere: MLX's affine layout, read as it is stored.

A weight of `bits` is uint32 [rows, columns * bits / 32]: its values as one stream of bits, the
lowest first. Each `group` of columns has a scale and a bias: number = scale * value + bias.
Source: the documentation of mlx.core.quantize (ml-explore.github.io/mlx). What a config.json says
of groups and bits is not needed: the shapes tell them, also where modules differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.quant.packing import MIDDLE
from engine.shard import TensorPlace, map_tensors
from engine.text.ple import PleTable

BITS = (2, 3, 4, 5, 6, 8)
GROUPS = (32, 64, 128)
WEIGHT, SCALES, BIASES = ".weight", ".scales", ".biases"

_WORD = 32
_STEP_VALUES = 1 << 22  # widened at once


@dataclass(frozen=True, slots=True)
class AffinePlace:
    """Where a quantised weight lies: three stored tensors, maybe in different files.

    shape: rows and columns of the numbers.
    """

    weight: TensorPlace
    scales: TensorPlace
    biases: TensorPlace
    shape: tuple[int, ...]

    @property
    def bits(self) -> int:
        """Of one value."""
        return _WORD * self.weight.shape[1] // self.shape[1]

    @property
    def group(self) -> int:
        """Columns that share a scale."""
        return self.shape[1] // self.scales.shape[1]

    @property
    def dtype(self) -> torch.dtype:
        """Of the numbers."""
        return self.scales.dtype

    @property
    def numel(self) -> int:
        """Number of values."""
        return self.shape[0] * self.shape[1]

    @property
    def nbytes(self) -> int:
        """In the files."""
        return self.weight.nbytes + self.scales.nbytes + self.biases.nbytes

    @property
    def files(self) -> frozenset[Path]:
        """That hold a part of it."""
        return frozenset((self.weight.file, self.scales.file, self.biases.file))

    @property
    def is_sound(self) -> bool:
        """Whether the three shapes make a weight of this shape."""
        shapes = (self.shape, self.weight.shape, self.scales.shape)
        if any(len(shape) != 2 or 0 in shape for shape in shapes):
            return False
        rows, columns = self.shape
        grouped = (rows, columns // self.group)
        return (
            self.bits in BITS
            and self.group in GROUPS
            and columns % self.group == 0
            and self.weight.shape == (rows, columns * self.bits // _WORD)
            and self.scales.shape == self.biases.shape == grouped
            and self.biases.dtype is self.scales.dtype
        )


def triples(stored: Mapping[str, TensorPlace]) -> Iterator[tuple[str, str, str]]:
    """Names of weight, scales and biases of every quantised weight among stored tensors."""
    for name, place in stored.items():
        if place.dtype is torch.uint32 and name.endswith(WEIGHT):
            module = name.removesuffix(WEIGHT)
            if module + SCALES in stored and module + BIASES in stored:
                yield name, module + SCALES, module + BIASES


def values_of(packed: Tensor, bits: int) -> Tensor:
    """Values uint8 [rows, columns] of whole words, uint8 [rows, columns * bits / 8]."""
    if bits == 8:
        return packed
    if bits == 4:
        return torch.stack((packed & 15, packed >> 4), 2).flatten(1)
    stream = np.unpackbits(packed.numpy(), axis=1, bitorder="little")
    values = np.packbits(stream.reshape(len(stream), -1, bits), axis=2, bitorder="little")
    return torch.from_numpy(values[..., 0])


def numbers_of(values: Tensor, scales: Tensor, biases: Tensor) -> Tensor:
    """Numbers fp32 [rows, columns] of values; scales, biases: [rows, columns / group]."""
    grouped = values.float().view(*scales.shape, -1)
    wide = (part.float().unsqueeze(2) for part in (scales, biases))
    scale, bias = wide
    return torch.addcmul(bias, grouped, scale).flatten(1)


class AffineWeight:
    """A quantised weight, mapped; read part by part."""

    def __init__(self, place: AffinePlace) -> None:
        self._place = place
        parts = (place.weight, place.scales, place.biases)
        weight, self._scales, self._biases = (map_tensors(part.file, [part])[0] for part in parts)
        self._packed = weight.view(torch.uint8)

    def values(self, rows: slice, columns: slice) -> Tensor:
        """Values uint8 of a part. columns: from a multiple of 32 to another."""
        bits = self._place.bits
        span = slice(columns.start * bits // 8, columns.stop * bits // 8)
        return values_of(self._packed[rows, span], bits)

    def factors(self, rows: slice, columns: slice) -> tuple[Tensor, Tensor]:
        """Scales and biases [rows, groups] of a part. columns: whole groups."""
        group = self._place.group
        span = slice(columns.start // group, columns.stop // group)
        return self._scales[rows, span], self._biases[rows, span]

    def packed(self, rows: slice, columns: slice) -> tuple[Tensor, Tensor]:
        """For `packing.pack`: values uint8, and bfloat16 scales [groups, rows, 2].

        Nothing is rounded but scales that were no bfloat16, and the middle of each range.
        """
        scales, biases = (part.float().t() for part in self.factors(rows, columns))
        pairs = torch.stack((scales, biases + MIDDLE * scales), 2)
        return self.values(rows, columns), pairs.bfloat16()

    def numbers(self, rows: slice, columns: slice) -> Tensor:
        """Numbers fp32 of a part. columns: any."""
        group = self._place.group
        start, stop = columns.start // group * group, -(-columns.stop // group) * group
        whole = slice(start, stop)
        wide = numbers_of(self.values(rows, whole), *self.factors(rows, whole))
        return wide[:, columns.start - start : columns.stop - start]

    def dense(self) -> Tensor:
        """All numbers, in the type of the scales."""
        rows, columns = self._place.shape
        out = torch.empty(rows, columns, dtype=self._place.dtype)
        step = max(1, _STEP_VALUES // columns)
        for start in range(0, rows, step):
            part = slice(start, min(start + step, rows))
            out[part] = self.numbers(part, slice(0, columns))
        return out


class AffineTable:
    """Rows of a quantised table, read from its files and widened as they are wanted."""

    def __init__(self, place: AffinePlace) -> None:
        self._place = place
        self.rows, self.width = place.shape
        self.dtype = place.dtype
        word_bytes = place.weight.dtype.itemsize
        self._packed = _rows_of(place.weight, torch.uint8, word_bytes)
        self._scales = _rows_of(place.scales, place.dtype, 1)
        self._biases = _rows_of(place.biases, place.dtype, 1)

    @property
    def nbytes(self) -> int:
        """Bytes of the table once it is widened."""
        return self.rows * self.width * self.dtype.itemsize

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Address and bytes of each of its parts in this process's memory."""
        return (*self._packed.spans, *self._scales.spans, *self._biases.spans)

    def gather(self, ids: Tensor, columns: slice = slice(None)) -> Tensor:
        """Rows of ids [...], [..., columns]. columns: the part of each row that is read."""
        bits, group = self._place.bits, self._place.group
        first, last, _ = columns.indices(self.width)
        start, stop = first // group, -(-last // group)
        groups = slice(start, stop)
        words = slice(start * group * bits // 8, stop * group * bits // 8)
        flat = ids.reshape(-1).cpu()
        values = values_of(self._packed.gather(flat, words), bits)
        scales, biases = (part.gather(flat, groups) for part in (self._scales, self._biases))
        wide = numbers_of(values, scales, biases)[:, first - start * group : last - start * group]
        return wide.to(self.dtype).view(*ids.shape, -1).to(ids.device)

    def close(self) -> None:
        """Unmap the files; the table must not be used afterwards."""
        for part in (self._packed, self._scales, self._biases):
            part.close()


def _rows_of(place: TensorPlace, dtype: torch.dtype, per_value: int) -> PleTable:
    rows, width = place.shape
    return PleTable(
        place.file, offset=place.offset, rows=rows, width=width * per_value, dtype=dtype
    )
