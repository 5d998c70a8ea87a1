"""Which weights of a checkpoint become small integers, how they are cut, and what each turns into.

The decoder's attention and feed-forward weights and the head. Norms, AltUp, router, LAuReL and the
per-layer projections stay as they are stored, and rows of both tables are read from the checkpoint.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise

import torch

from engine.checkpoint import Checkpoint, Place
from engine.layout import LANGUAGE_MODEL, TOKEN_TABLE
from engine.quant.affine import AffinePlace
from engine.quant.packing import ROWS, Layout
from engine.shard import StoredTensor
from engine.weights import Weights

HEAD = "head"


@dataclass(frozen=True, slots=True)
class Scheme:
    """What the integers are.

    bits: 4 or 8, of all that can be; a weight whose shape 4 bits cannot have gets 8.
    group: columns that share a scale, of 4 bits.
    head_bits: of the scores over the vocabulary; the best of them are computed anew, exactly.
    kept: the checkpoint's own small integers, with its own groups; what they cannot be gets 8.
    """

    bits: int
    group: int = 32
    head_bits: int = 4
    kept: bool = False

    @property
    def held(self) -> Weights:
        """How it is asked for."""
        return Weights.INT8 if self.bits == 8 else Weights.INT4

    @property
    def name(self) -> str:
        """As file names have it."""
        if self.kept:
            return "repacked"
        return "int8" if self.bits == 8 else f"int4-{self.group}-{self.head_bits}"


@dataclass(frozen=True, slots=True)
class Piece:
    """One weight to be made.

    name: of the module that it becomes, below the decoder.
    source: the stored tensor, and which rows and columns of it.
    norm: the stored norm whose weight tells how strongly each column is driven, or "".
    """

    name: str
    source: str
    rows: tuple[int, int]
    columns: tuple[int, int]
    norm: str
    bits: int
    group: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]

    def tensors(self, layout: Layout) -> tuple[StoredTensor, StoredTensor]:
        """What is stored of it: the integers, then the scales."""
        rows, columns = self.shape
        if self.bits == 8:
            return (
                StoredTensor(f"{self.name}.values", torch.int8, (rows, columns)),
                StoredTensor(f"{self.name}.scales", torch.bfloat16, (rows,)),
            )
        packed, scales = layout.shapes(rows, columns, self.group)
        return (
            StoredTensor(f"{self.name}.values", torch.uint8, packed),
            StoredTensor(f"{self.name}.scales", torch.bfloat16, scales),
        )


def block_ends(inner: int, splits: tuple[int, ...]) -> tuple[int, ...]:
    """Where the blocks of a feed-forward network of width `inner` end."""
    return (*sorted(split for split in splits if split < inner), inner)


def plan(checkpoint: Checkpoint, splits: tuple[int, ...], scheme: Scheme) -> list[Piece]:
    """Every piece, in the order in which a forward reads them.

    splits: nested widths at which feed-forward networks may be cut.
    """
    pieces = []
    for name, source, rows, columns, norm in _cuts(checkpoint, splits):
        bits = scheme.head_bits if name == HEAD and scheme.bits == 4 else scheme.bits
        group = scheme.group
        if scheme.kept:
            bits, group = _own(checkpoint.places[source])
        if (rows[1] - rows[0]) % ROWS or columns[0] % group or columns[1] % group:
            bits = 8
        group = group if bits == 4 else 0
        pieces.append(Piece(name, source, rows, columns, norm, bits, group))
    return pieces


def _own(place: Place) -> tuple[int, int]:
    """Bits and group of a stored weight's own integers: 8 where they do not go into 4."""
    if isinstance(place, AffinePlace) and place.bits <= 4:
        return 4, place.group
    return 8, 1


def digest_of(pieces: list[Piece]) -> str:
    """All of a plan in one text, for comparing."""
    return json.dumps([asdict(piece) for piece in pieces])


_Cut = tuple[str, str, tuple[int, int], tuple[int, int], str]


def _cuts(checkpoint: Checkpoint, splits: tuple[int, ...]) -> Iterator[_Cut]:
    config = checkpoint.config.text
    for layer in range(config.num_hidden_layers):
        prefix = f"{LANGUAGE_MODEL}layers.{layer}."
        own = config.kv_source(layer) == layer
        for part in ("q_proj", "k_proj", "v_proj", "o_proj") if own else ("q_proj", "o_proj"):
            source = f"{prefix}self_attn.{part}.weight"
            rows, columns = checkpoint.places[source].shape
            norm = "" if part == "o_proj" else f"{prefix}input_layernorm.weight"
            yield f"layers.{layer}.self_attn.{part}", source, (0, rows), (0, columns), norm
        norm = f"{prefix}pre_feedforward_layernorm.weight"
        width = config.hidden_size
        ends = block_ends(config.intermediate_size[layer], splits)
        for block, span in enumerate(pairwise((0, *ends))):
            name = f"layers.{layer}.mlp.{{}}.{block}"
            for part in ("gate_proj", "up_proj"):
                yield name.format(part), f"{prefix}mlp.{part}.weight", span, (0, width), norm
            yield name.format("down_proj"), f"{prefix}mlp.down_proj.weight", (0, width), span, ""
    rows, columns = checkpoint.places[TOKEN_TABLE].shape
    yield HEAD, TOKEN_TABLE, (0, rows), (0, columns), f"{LANGUAGE_MODEL}norm.weight"
