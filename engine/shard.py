"""One safetensors file: its header, checked, and its tensors as views of the mapped file.

Knows no model. Source: the format's description, github.com/huggingface/safetensors.
"""

import contextlib
import json
import math
import mmap
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import ErrorKind, NestlingError
from engine.mapping import map_private

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U32": torch.uint32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}

_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_ALIGNMENT = 8
_LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 100_000_000  # the format's own limit


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where a stored tensor lies.

    offset, nbytes: in bytes, from the beginning of the file.
    channels_last: the file holds the second dimension behind all others.
    """

    file: Path
    dtype: torch.dtype
    shape: tuple[int, ...]
    offset: int
    nbytes: int
    channels_last: bool = False

    @property
    def files(self) -> frozenset[Path]:
        """That hold it: one."""
        return frozenset((self.file,))

    @property
    def numel(self) -> int:
        """Number of values."""
        return math.prod(self.shape)


def read_header(file: Path) -> dict[str, TensorPlace]:
    """Every tensor of a safetensors file by name; no tensor's bytes are read.

    Errors: BAD_MODEL if the file cannot be read, is of another format, or ends too early.
    """
    header, start, size = _header(file)
    header.pop("__metadata__", None)
    places = {name: _place(file, name, entry, start) for name, entry in header.items()}
    _check_extent(file, places, start, size)
    return places


def read_metadata(file: Path) -> dict[str, str]:
    """What the writer of a safetensors file noted in it. Errors: as of `read_header`."""
    metadata = _header(file)[0].get("__metadata__")
    if not isinstance(metadata, dict):
        return {}
    return {str(key): str(value) for key, value in metadata.items()}


def _header(file: Path) -> tuple[dict[str, Any], int, int]:
    """The header as it is, where the tensors begin, and how large the file is."""
    try:
        with file.open("rb", buffering=0) as stream:
            if hasattr(os, "posix_fadvise"):
                # Else the system reads ahead into tensors that may never be wanted.
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
            size = file.stat().st_size
            length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
            if not 0 < length <= min(size - _LENGTH_BYTES, _MAX_HEADER_BYTES):
                raise _not_safetensors(file, f"its header would be {length} of {size} bytes long")
            header = json.loads(stream.read(length))
    except OSError as error:
        raise _bad(
            f"{file} cannot be read ({error.strerror}): check the file, or download it again"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _not_safetensors(file, "its header is no JSON") from error
    if not isinstance(header, dict):
        raise _not_safetensors(file, "its header is no JSON object")
    return header, _LENGTH_BYTES + length, size


def _place(file: Path, name: str, entry: Any, data_start: int) -> TensorPlace:
    try:
        dtype = DTYPES[entry["dtype"]]
        shape = tuple(int(length) for length in entry["shape"])
        begin, end = (int(offset) for offset in entry["data_offsets"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _not_safetensors(
            file, f"the header's entry of {name} is {str(entry)[:120]!r}"
        ) from error
    place = TensorPlace(file, dtype, shape, data_start + begin, end - begin)
    if begin < 0 or min(shape, default=0) < 0 or place.nbytes != place.numel * dtype.itemsize:
        raise _not_safetensors(file, f"the size of {name} does not agree with its place")
    return place


def _check_extent(file: Path, places: dict[str, TensorPlace], start: int, size: int) -> None:
    """Tensors follow one another without a hole or an overlap, and fill the file."""
    end = start
    for name, place in sorted(places.items(), key=lambda item: (item[1].offset, item[1].nbytes)):
        if place.offset != end:
            raise _not_safetensors(file, f"{name} does not begin where the tensor before it ends")
        end += place.nbytes
    if size < end:
        raise _bad(
            f"{file} is truncated: it holds {size} bytes of the {end} that its header announces; "
            "download it again"
        )
    if size > end:
        raise _not_safetensors(file, f"{size - end} bytes follow its last tensor")


def map_tensors(
    file: Path, places: Iterable[TensorPlace], *, large_pages: bool = False
) -> list[Tensor]:
    """The tensors at `places` of one file, as views of a mapping of their own.

    large_pages: what is read comes in pages of 2 MB, where the system has such for files: products
    that read all of it are up to half as fast again.

    Nothing is read before a value is used, and unused pages go back to the system by themselves.
    The mapping is private: a tensor that is written to is copied by the page, the file never
    changes. It lasts as long as any of the tensors.
    """
    mapping = map_private(file)
    if large_pages and hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a kernel without them
            mapping.madvise(mmap.MADV_HUGEPAGE)
    return [_view(mapping, place) for place in places]


def _view(mapping: mmap.mmap, place: TensorPlace) -> Tensor:
    if place.numel == 0:
        return torch.empty(place.shape, dtype=place.dtype)
    if place.offset % place.dtype.itemsize == 0:
        flat = torch.frombuffer(mapping, dtype=place.dtype, count=place.numel, offset=place.offset)
    else:  # other writers need not align; processors may refuse such a view
        raw = bytearray(mapping[place.offset : place.offset + place.nbytes])
        flat = torch.frombuffer(raw, dtype=place.dtype)
    if place.channels_last:
        first, second, *rest = place.shape
        return flat.view(first, *rest, second).movedim(-1, 1).contiguous()
    return flat.view(place.shape)


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor to be written."""

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of its values."""
        return math.prod(self.shape) * self.dtype.itemsize


def encoded_header(
    tensors: Sequence[StoredTensor],
    metadata: Mapping[str, str] | None = None,
    *,
    alignment: int = _ALIGNMENT,
) -> bytes:
    """What a file of these tensors begins with, its length included; they follow in this order.

    alignment: of the first of them, in bytes.
    """
    header: dict[str, Any] = {"__metadata__": {"format": "pt", **(metadata or {})}}
    end = 0
    for tensor in tensors:
        header[tensor.name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [end, end + tensor.nbytes],
        }
        end += tensor.nbytes
    encoded = json.dumps(header, ensure_ascii=False).encode()
    encoded += b" " * (-(len(encoded) + _LENGTH_BYTES) % alignment)
    return len(encoded).to_bytes(_LENGTH_BYTES, "little") + encoded


def write_safetensors(
    file: Path,
    tensors: Sequence[StoredTensor],
    parts: Iterable[Tensor],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write a file and wait until it is on the disk.

    parts: values of the tensors in their order, in pieces of any shape.

    Errors: OSError.
    """
    with file.open("wb") as stream:
        stream.write(encoded_header(tensors, metadata))
        for part in parts:
            stream.write(part.contiguous().reshape(-1).view(torch.uint8).numpy().data)
        stream.flush()
        os.fsync(stream.fileno())


def _not_safetensors(file: Path, found: str) -> NestlingError:
    return _bad(f"{file} is not a safetensors file ({found}): download it again")


def _bad(message: str) -> NestlingError:
    return NestlingError(ErrorKind.BAD_MODEL, message)
