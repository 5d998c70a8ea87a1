"""The prepared file: a checkpoint's weights as small integers, made once and then mapped.

It lies beside the checkpoint, or in the user's cache folder where that cannot be written. Its
header says what it was made from; a file made from anything else is made anew. It is written under
another name, piece by piece, with a journal: after a kill it goes on where it was, and it appears
whole or not at all. Whoever else prepares the same model meanwhile waits for it.
"""

import errno
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import filelock
import platformdirs
import torch
from torch import Tensor

from engine.checkpoint import Checkpoint
from engine.errors import ErrorKind, NestlingError
from engine.quant.affine import AffinePlace, AffineWeight
from engine.quant.linear import Linear4, Linear8
from engine.quant.packing import Layout, arranged, machine_layout, pack
from engine.quant.plan import Piece, Scheme, digest_of, plan
from engine.quant.rounding import round_to_4_bits, round_to_8_bits
from engine.shard import (
    StoredTensor,
    TensorPlace,
    encoded_header,
    map_tensors,
    read_header,
    read_metadata,
)

VERSION = 1
ALIGNMENT = 64  # of the first tensor in the file; the sizes of all keep it

_STEP_VALUES = 16 << 20  # rounded and written at once
_POLL_S = 0.2  # between two looks at another program's work
_CHECKSUMS = "checksums"
_CHECKSUM_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a prepared file of a checkpoint would be.

    splits: nested widths at which feed-forward networks may be cut.
    identity: what its header must say.
    """

    checkpoint: Checkpoint
    splits: tuple[int, ...]
    scheme: Scheme
    layout: Layout
    pieces: tuple[Piece, ...]
    identity: dict[str, str]

    @classmethod
    def of(cls, checkpoint: Checkpoint, splits: tuple[int, ...], scheme: Scheme) -> "Preparation":
        """For this machine.

        Errors: BAD_INPUT where torch packs 4 bits in a way that is not known here.
        """
        layout = machine_layout()
        if layout is None:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                "this processor packs 4-bit weights in a way that Nestling does not know: expected "
                "an x86-64 or ARM processor; choose --weights bf16",
            )
        pieces = tuple(plan(checkpoint, splits, scheme))
        identity = {
            "version": str(VERSION),
            "scheme": scheme.name,
            "layout": layout.name,
            "plan": hashlib.sha256(digest_of(list(pieces)).encode()).hexdigest(),
            "source": _fingerprint(checkpoint),
        }
        return cls(checkpoint, splits, scheme, layout, pieces, identity)

    @property
    def stored(self) -> list[StoredTensor]:
        """Every tensor of the file, in its order."""
        return [tensor for piece in self.pieces for tensor in piece.tensors(self.layout)]

    @property
    def nbytes(self) -> int:
        """About how large the file is."""
        return sum(tensor.nbytes for tensor in self.stored)

    def places(self) -> list[Path]:
        """Where the file may lie, the first that can be written first."""
        folder = self.checkpoint.folder
        name = f"nestling-{self.scheme.name}.safetensors"
        key = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
        cache = platformdirs.user_cache_path("nestling", appauthor=False) / "prepared" / key
        return [folder / name, cache / name]

    def find(self) -> "Prepared | None":
        """The file, if it is there and was made from just this."""
        for file in self.places():
            if os.path.isfile(file) and (found := self._read(file)) is not None:
                return found
        return None

    def _read(self, file: Path) -> "Prepared | None":
        try:
            metadata = read_metadata(file)
            if any(metadata.get(key) != value for key, value in self.identity.items()):
                return None
            places = read_header(file)
        except (NestlingError, OSError):
            return None
        expected = {tensor.name: (tensor.dtype, tensor.shape) for tensor in self.stored}
        if {name: (place.dtype, place.shape) for name, place in places.items()} != expected:
            return None
        return Prepared(self, file, places, metadata.get(_CHECKSUMS, ""))


class Prepared:
    """A prepared file, ready to be mapped."""

    def __init__(
        self,
        preparation: Preparation,
        file: Path,
        places: dict[str, TensorPlace],
        checksums: str,
    ) -> None:
        self.preparation = preparation
        self.file = file
        self._places = places
        self._checksums = checksums
        self.pieces = {piece.name: piece for piece in preparation.pieces}
        self.sources = frozenset(piece.source for piece in preparation.pieces)

    def linears(self, dtype: torch.dtype) -> dict[str, Linear4 | Linear8]:
        """A linear map for each piece, by its name. All share one mapping.

        dtype: that they compute in.
        """
        names = list(self._places)
        places = [self._places[name] for name in names]
        mapped = map_tensors(self.file, places, large_pages=True)
        tensors = dict(zip(names, mapped, strict=True))
        layout = self.preparation.layout
        linears: dict[str, Linear4 | Linear8] = {}
        for name, piece in self.pieces.items():
            values, scales = tensors[f"{name}.values"], tensors[f"{name}.scales"]
            if piece.bits == 8:
                linears[name] = Linear8(values, scales.to(dtype))
            else:  # our own kernels read scales as they are stored
                wide = scales if layout.lanes else scales.to(dtype)
                linears[name] = Linear4(values, wide, layout)
        return linears

    def verify(self) -> None:
        """Errors: BAD_MODEL if the file is not what was written; it is removed, to be made anew."""
        if names := self.damaged():
            self.file.unlink()
            raise NestlingError(
                ErrorKind.BAD_MODEL,
                f"{self.file} was damaged ({len(names)} tensors, {names[0]} first) and has been "
                "removed: expected what was written; prepare the model again and check the disk",
            )

    def damaged(self) -> list[str]:
        """Names of tensors whose bytes are not those that were written; reads the whole file."""
        tensors = self.preparation.stored
        mapped = map_tensors(self.file, [self._places[tensor.name] for tensor in tensors])
        step = _CHECKSUM_DIGITS
        written = [self._checksums[at : at + step] for at in range(0, step * len(tensors), step)]
        return [
            tensor.name
            for tensor, values, checksum in zip(tensors, mapped, written, strict=True)
            if _checksum(0, values) != checksum
        ]


def prepare(preparation: Preparation) -> Generator[float, None, None]:
    """Have the file made unless it is there; yields how much is done, 0..1.

    Waits while another program makes it. Closing the generator keeps what was done so far.

    Errors: DISK if there is no room or no right to write.
    """
    yield 0.0
    if preparation.find() is not None:
        return
    file = _writable(preparation)
    unfinished = file.with_name(file.name + ".part")
    lock = _lock(file)
    total = preparation.nbytes
    try:
        while not lock.is_locked:
            try:
                lock.acquire(timeout=_POLL_S)
            except filelock.Timeout:
                done = unfinished.stat().st_size if unfinished.is_file() else 0
                yield min(1.0, done / total)
        if preparation.find() is None:  # the other program may have made it
            yield from _write(preparation, unfinished)
            os.replace(unfinished, file)
            _journal_of(unfinished).unlink(missing_ok=True)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _remove(unfinished)
        raise _no_room(file, error.strerror or str(error), total) from error
    finally:
        lock.release()
    yield 1.0


def _lock(file: Path) -> filelock.BaseFileLock:
    # Never a lock that is a file's mere presence: it outlives a program that is killed.
    return filelock.FileLock(file.with_name(file.name + ".lock"), fallback_to_soft=False)


def _writable(preparation: Preparation) -> Path:
    """The first place that can be written and has room. Errors: DISK."""
    found = ""
    for file in preparation.places():
        unfinished = file.with_name(file.name + ".part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with suppress(filelock.Timeout), _lock(file).acquire(timeout=0):
                pass  # not every file system knows locks; who has this one can write
            done = unfinished.stat().st_size if unfinished.is_file() else 0
            free = shutil.disk_usage(file.parent).free
        except OSError as error:
            found = found or f"{file.parent} cannot be written ({error.strerror})"
            continue
        if free + done >= preparation.nbytes:
            return file
        found = f"{file.parent} has {free / 1e9:.1f} GB free"
    raise NestlingError(
        ErrorKind.DISK,
        f"{found}: expected {preparation.nbytes / 1e9:.1f} GB for the prepared weights; make room "
        "or choose --weights bf16",
    )


def _no_room(file: Path, found: str, total: int) -> NestlingError:
    return NestlingError(
        ErrorKind.DISK,
        f"{file} cannot be written ({found}): expected room for {total / 1e9:.1f} GB; make room, "
        "or choose --weights bf16",
    )


def _journal_of(unfinished: Path) -> Path:
    return unfinished.with_name(unfinished.name + ".journal")


def _remove(unfinished: Path) -> None:
    for file in (unfinished, _journal_of(unfinished)):
        file.unlink(missing_ok=True)


def _write(preparation: Preparation, unfinished: Path) -> Iterator[float]:
    """Write what is missing of the unfinished file; its header gets its checksums at the end."""
    stored = preparation.stored
    identity = hashlib.sha256(repr(sorted(preparation.identity.items())).encode()).hexdigest()
    header = _header(preparation, ["0" * _CHECKSUM_DIGITS] * len(stored))
    checksums = _resumable(unfinished, identity)
    if checksums is not None:
        done = sum(tensor.nbytes for tensor in stored[: len(checksums)])
        if unfinished.stat().st_size < len(header) + done:  # a repaired disk, a copy cut off
            checksums = None
    if checksums is None:
        _remove(unfinished)
        unfinished.write_bytes(header)
        _journal_of(unfinished).write_text(identity + "\n", encoding="ascii")
        checksums = []
    total = preparation.nbytes
    with unfinished.open("r+b") as stream, _journal_of(unfinished).open("ab") as journal:
        done = sum(tensor.nbytes for tensor in stored[: len(checksums)])
        stream.truncate(len(header) + done)
        stream.seek(0, os.SEEK_END)
        for piece in preparation.pieces[len(checksums) // 2 :]:
            pair = []
            for checksum in _write_piece(stream, preparation, piece):
                pair += [checksum] if checksum else []
                yield min(1.0, stream.tell() / total)
            stream.flush()
            os.fsync(stream.fileno())  # the journal never tells of more than there is
            journal.write((" ".join(pair) + "\n").encode("ascii"))
            journal.flush()
            checksums += pair
        stream.seek(0)
        stream.write(_header(preparation, checksums))
        stream.flush()
        os.fsync(stream.fileno())


def _header(preparation: Preparation, checksums: list[str]) -> bytes:
    metadata = preparation.identity | {_CHECKSUMS: "".join(checksums)}
    return encoded_header(preparation.stored, metadata, alignment=ALIGNMENT)


def _resumable(unfinished: Path, identity: str) -> list[str] | None:
    """Checksums of the pieces that are there, two for each; None = begin anew."""
    if not unfinished.is_file() or not _journal_of(unfinished).is_file():
        return None
    first, *lines = _journal_of(unfinished).read_text(errors="replace").split("\n")
    if first != identity:
        return None
    # What follows the last line break was being written when the program was killed.
    pairs = [line.split() for line in lines[:-1]]
    return [checksum for pair in pairs for checksum in pair]


def _write_piece(stream: BinaryIO, preparation: Preparation, piece: Piece) -> Iterator[str]:
    """Write a piece's integers, then its scales; yields their checksums, and "" in between."""
    small = _small(preparation.checkpoint, piece)
    step = max(1, _STEP_VALUES // piece.shape[1] // preparation.layout.block)
    step *= preparation.layout.block
    scales, checksum = [], 0
    for start in range(*piece.rows, step):
        values, scale = small(slice(start, min(start + step, piece.rows[1])))
        if piece.bits == 4:
            values = pack(values, preparation.layout)
        scales.append(scale)
        checksum = _crc(checksum, values)
        stream.write(_bytes(values))
        yield ""
    whole = torch.cat(scales, 0 if piece.bits == 8 else 1).contiguous()
    if piece.bits == 4:
        whole = arranged(whole, preparation.layout)
    stream.write(_bytes(whole))
    yield f"{checksum:08x}"
    yield _checksum(0, whole)


def _small(checkpoint: Checkpoint, piece: Piece) -> Callable[[slice], tuple[Tensor, Tensor]]:
    """What gives the integers and scales of some rows of a piece's source."""
    place, columns = checkpoint.places[piece.source], slice(*piece.columns)
    if isinstance(place, AffinePlace):
        weight = AffineWeight(place)
        if piece.bits == 4:
            return lambda rows: weight.packed(rows, columns)
        return lambda rows: round_to_8_bits(weight.numbers(rows, columns))
    stored = _mapped(place)
    if piece.bits == 8:
        return lambda rows: round_to_8_bits(stored[rows, columns])
    importance = None
    if piece.norm:
        norm = checkpoint.places[piece.norm]
        assert isinstance(norm, TensorPlace)  # a vector has no columns to share scales
        importance = _mapped(norm).float().square()[columns]
    return lambda rows: round_to_4_bits(stored[rows, columns], piece.group, importance)


def _mapped(place: TensorPlace) -> Tensor:
    (tensor,) = map_tensors(place.file, [place])
    return tensor


def _bytes(tensor: Tensor) -> memoryview:
    return tensor.contiguous().view(-1).view(torch.uint8).numpy().data


def _crc(start: int, tensor: Tensor) -> int:
    return zlib.crc32(_bytes(tensor), start)


def _checksum(start: int, tensor: Tensor) -> str:
    return f"{_crc(start, tensor):08x}"


def _fingerprint(checkpoint: Checkpoint) -> str:
    """What tells another state of the source's files: their headers, sizes and times."""
    digest = hashlib.sha256()
    for file in sorted(checkpoint.files):
        status = file.stat()
        digest.update(f"{file.name} {status.st_size} {status.st_mtime_ns}\n".encode())
        with file.open("rb", buffering=0) as stream:
            length = int.from_bytes(stream.read(8), "little")
            digest.update(stream.read(length))
    return digest.hexdigest()
