"""A sentencepiece model whose pieces get other ids, filled up to a larger vocabulary."""

import struct
from collections.abc import Mapping

from engine.tokenizer import message_fields

_PIECES = 1  # sentencepiece_model.proto: ModelProto.pieces
_LEAST_SCORE = -1e9  # never merged to


def renumbered(serialised: bytes, ids: Mapping[str, int], count: int) -> bytes:
    """The model with the pieces of `ids` at those ids, and `count` pieces in all.

    The others keep their order around them; what is left is filled with pieces that no text gives.
    """
    messages: list[bytes] = []
    others = b""
    for number, value in message_fields(memoryview(serialised)):
        if isinstance(value, memoryview):
            if number == _PIECES:
                messages.append(bytes(value))
            else:
                others += _delimited(number, bytes(value))
    fixed = {ids[text]: message for message in messages if (text := _text(message)) in ids}
    free = iter([message for message in messages if _text(message) not in ids])
    pieces = (fixed.get(index) or next(free, None) or _filler(index) for index in range(count))
    return b"".join(_delimited(_PIECES, piece) for piece in pieces) + others


def _text(message: bytes) -> str:
    fields = dict(message_fields(memoryview(message)))
    text = fields[1]
    assert isinstance(text, memoryview)
    return str(text, "utf-8")


def _filler(index: int) -> bytes:
    # Digits are split off before merging: no text comes to such a piece.
    return _delimited(1, f"\u2581w{index}".encode()) + b"\x15" + struct.pack("<f", _LEAST_SCORE)


def _delimited(number: int, value: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes([number << 3 | 2]) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
