"""Which weights a size uses, and giving back those that it does not. Knows no speed, no window.

Mapped weights of a larger size stay resident after a change to a smaller one until their pages are
given back; they come again from the file by themselves when a larger size reads them.
"""

from collections.abc import Iterator

from torch import Tensor

from engine import residency
from engine.text.layers import DecoderLayer
from engine.text.matformer import Size
from engine.text.model import TextModel


def idle_weights(text: TextModel, size: Size) -> Iterator[Tensor]:
    """Contiguous weights that `size` never reads: of layers left out, of halves not computed."""
    per_layer = text.config.hidden_size_per_layer_input
    for layer, block in enumerate(text.layers):
        assert isinstance(block, DecoderLayer)
        if layer in size.skip:
            yield from block.parameters()
            yield from block.buffers()  # small integers are
            first = layer * per_layer
            projection = text.per_layer_model_projection
            for weight in (*projection.parameters(), *projection.buffers()):
                yield weight[first : first + per_layer]
        else:
            yield from block.mlp.idle(size.widths[layer])


def give_back(text: TextModel, size: Size) -> None:
    """Unmap the pages of mapped weights that `size` does not use: also those around used ones,
    which the system brings in with them.
    """
    if extents := _extents(text, size):
        residency.drop_mapped(extents)


def weights_bytes(text: TextModel, size: Size) -> int:
    """Bytes of the decoder's weights that are in memory once `size` has used all of its own.

    Weights that are not pages of a file, as converted ones are, stay whatever the size.
    """
    whole = sum(weight.nbytes for weight in (*text.parameters(), *text.buffers()))
    return whole - residency.mapped_bytes(_extents(text, size))


def _extents(text: TextModel, size: Size) -> list[residency.Extent]:
    return [
        residency.Extent(weight.data_ptr(), weight.nbytes)
        for weight in idle_weights(text, size)
        if weight.device.type == "cpu" and weight.nbytes
    ]
