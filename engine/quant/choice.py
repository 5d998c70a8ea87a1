"""What the decoder's weights shall be on this machine."""

import torch

from engine.checkpoint import Checkpoint
from engine.layout import PLE_TABLE, consumer_extras
from engine.quant.packing import machine_layout
from engine.quant.plan import Scheme
from engine.quant.room import available_bytes
from engine.weights import Weights

# Beside the weights: the program, its libraries, caches of a long conversation, other programs.
_ROOM_BYTES = 2_000_000_000
# Checkpoints above this have a wider group: with 64 columns E4B would not stay below 3.0e9 bytes.
_LARGE_PARAMS = 6_000_000_000
SMALL_GROUP, LARGE_GROUP = 64, 128


def scheme_for(
    wanted: Weights, checkpoint: Checkpoint, dtype: torch.dtype, device: torch.device
) -> Scheme | None:
    """How to round the decoder's weights; None = as stored.

    dtype, device: that it computes in and on. Small integers are for processors alone.
    """
    if wanted is Weights.INT8:
        return Scheme(8)
    if wanted is Weights.INT4 or (
        wanted is Weights.AUTO
        and device.type == "cpu"
        and dtype is torch.bfloat16
        and machine_layout() is not None
        and _exact_bytes(checkpoint, dtype) + _ROOM_BYTES > available_bytes()
    ):
        params = sum(place.numel for place in checkpoint.places.values())
        text_group = LARGE_GROUP if params > _LARGE_PARAMS else SMALL_GROUP
        return Scheme(4, text_group)
    return None


def _exact_bytes(checkpoint: Checkpoint, dtype: torch.dtype) -> int:
    """What all weights take in memory as stored, towers included."""
    left_out = consumer_extras(checkpoint.config.text) | {PLE_TABLE}
    places = checkpoint.places.items()
    return dtype.itemsize * sum(place.numel for name, place in places if name not in left_out)
