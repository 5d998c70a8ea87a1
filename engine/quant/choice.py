"""What the decoder's weights shall be on this machine."""

import torch

from engine.checkpoint import Checkpoint
from engine.layout import LANGUAGE_MODEL, PLE_TABLE, consumer_extras
from engine.quant.packing import machine_layout, measured_layout
from engine.quant.plan import Scheme, plan
from engine.quant.room import available_bytes
from engine.weights import Weights

# Beside the weights: the program, its libraries, caches of a long conversation, other programs.
_ROOM_BYTES = 2_000_000_000
# With 64 columns E2B comes to 2.07e9 bytes with the window, above its 2.0e9; E4B with 128 to 3.0e9.
# Relative error of normal weights, nearest step in brackets: 32 columns 7.5 % (7.9), 64 8.6 %
# (9.0), 128 9.5 % (10.0), 256 10.2 % (11.0).
GROUP = 128
SMALL_GROUP = 32  # of models whose memory nobody counts; the default of a scheme
_SMALL_PARAMS = 300_000_000


def scheme_for(
    wanted: Weights, checkpoint: Checkpoint, dtype: torch.dtype, device: torch.device
) -> Scheme | None:
    """How to round the decoder's weights; None = as stored.

    dtype, device: that it computes in and on. Small integers are for processors alone.
    """
    if checkpoint.quantised:
        # As stored are few bits already: they are packed anew, and nothing is rounded.
        packs = device.type == "cpu" and machine_layout() is not None
        return Scheme(4, kept=True) if packs else None
    if wanted is Weights.INT8:
        return Scheme(8)
    if wanted is Weights.INT4 or (
        wanted is Weights.AUTO
        and device.type == "cpu"
        and dtype is torch.bfloat16
        and machine_layout() is not None
        and _exact_bytes(checkpoint, dtype) + _ROOM_BYTES > available_bytes()
    ):
        return _four_bits(checkpoint)
    return None


def costs(checkpoint: Checkpoint, splits: tuple[int, ...], dtype: torch.dtype) -> dict[str, int]:
    """Bytes of the decoder in memory with each kind of weights, without the per-layer embeddings.

    None for weights that were quantised elsewhere: they are as they are.
    """
    layout = measured_layout()
    if checkpoint.quantised or layout is None:
        return {}
    left_out = consumer_extras(checkpoint.config.text) | {PLE_TABLE}
    sizes = {
        name: place.numel * dtype.itemsize
        for name, place in checkpoint.places.items()
        if name.startswith(LANGUAGE_MODEL) and name not in left_out
    }
    whole = sum(sizes.values())
    found = {Weights.EXACT.value: whole}
    for scheme in (Scheme(8), _four_bits(checkpoint)):
        pieces = plan(checkpoint, splits, scheme)
        replaced = sum(sizes[source] for source in {piece.source for piece in pieces})
        small = sum(tensor.nbytes for piece in pieces for tensor in piece.tensors(layout))
        found[scheme.held.value] = whole - replaced + small
    return found


def _four_bits(checkpoint: Checkpoint) -> Scheme:
    small = sum(place.numel for place in checkpoint.places.values()) < _SMALL_PARAMS
    return Scheme(4, SMALL_GROUP if small else GROUP)


def _exact_bytes(checkpoint: Checkpoint, dtype: torch.dtype) -> int:
    """What all weights take in memory as stored, towers included."""
    left_out = consumer_extras(checkpoint.config.text) | {PLE_TABLE}
    places = checkpoint.places.items()
    return dtype.itemsize * sum(place.numel for name, place in places if name not in left_out)
