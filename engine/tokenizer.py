"""Text to ids and back. Knows no template and no model: only `tokenizer.model`."""

import codecs
import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path

import sentencepiece

from engine.errors import ErrorKind, NestlingError

FILE_NAME = "tokenizer.model"

_SPACE = "\u2581"  # how sentencepiece writes a space inside a piece
_BRACKETED = re.compile(r"<[^<>\s]+>|\[[^\[\]\s]+\]")
# HTML that the family's vocabulary holds as whole pieces: ordinary text, unlike every other
# user-defined piece in brackets.
_HTML = re.compile(
    r"</?(table|caption|thead|tbody|tfoot|tr|th|td|h[1-6]|blockquote|strong|em|b|i|u|s|sub|sup|code)>"
)


_PIECE_TAG, _SCORE_TAG = 1 << 3 | 2, 2 << 3 | 5  # of a piece's fields; the model's tag of pieces
_BESIDE = 7  # bytes of a piece's message beside its spelling: tag, length, tag and score
_BETWEEN = b"\xff"  # in no UTF-8


class _Kind(IntEnum):
    """Kinds of pieces. Source: sentencepiece_model.proto, SentencePiece.Type."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


class Tokenizer:
    """The vocabulary of one model.

    A special piece is one that text never stands for: control pieces, and the user-defined ones in
    brackets such as `<start_of_turn>`. Only `id_of` gives their ids.

    Args:
        folder: a model folder; its `tokenizer.model` is read.

    Errors: BAD_MODEL if the file is missing or not a sentencepiece model.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE_NAME
        self._model, serialised = _read(path)
        try:
            pieces, kinds = _pieces(serialised)
            self._texts = _texts(pieces, kinds)
        except (ValueError, IndexError) as error:  # sentencepiece looks at less of it
            raise _not_sentencepiece(path, serialised) from error
        self.size = len(pieces)
        self.special_ids = frozenset(index for index in kinds if self._texts[index] is None)
        special = {pieces[index].decode() for index in self.special_ids}
        self._bracketed = frozenset(filter(_BRACKETED.fullmatch, special))
        others = "|".join(map(re.escape, special - self._bracketed))
        self._other = re.compile(others) if others else None

    def id_of(self, piece: str) -> int:
        """Id of a piece as the vocabulary spells it.

        Errors: BAD_MODEL if the vocabulary has no such piece.
        """
        index: int = self._model.piece_to_id(piece)
        if self._model.id_to_piece(index) != piece:
            raise NestlingError(
                ErrorKind.BAD_MODEL,
                f"{FILE_NAME} has no piece {piece!r}: expected the tokenizer of a Gemma 3n model; "
                "download it again",
            )
        return index

    def encode(self, text: str) -> list[int]:
        """Ids of ordinary text; what looks like a special piece is spelled out instead.

        Nothing is put before or after. Half a surrogate pair becomes U+FFFD.
        """
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        ids: list[int] = []
        begin = 0
        # A cut behind the first character of each special piece leaves no whole one to be matched.
        for place in self._special_places(text):
            ids += self._model.encode(text[begin : place + 1])
            begin = place + 1
        return ids + list(self._model.encode(text[begin:]))

    def _special_places(self, text: str) -> list[int]:
        """Where special pieces begin. Thousands in brackets are looked up: to try each at every
        bracket of a web page takes half a second."""
        places = {at for at, found in _overlapping(_BRACKETED, text) if found in self._bracketed}
        if self._other is not None:
            places.update(at for at, _ in _overlapping(self._other, text))
        return sorted(places)

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids; special ones give none, broken UTF-8 gives U+FFFD."""
        stream = self.stream()
        return "".join([stream.push(index) for index in ids]) + stream.flush()

    def stream(self) -> "Detokenizer":
        """A decoder for one answer, id by id."""
        return Detokenizer(self._texts, self._model.unk_id())


class Detokenizer:
    """Ids of one answer to text, piece by piece.

    State: the bytes of a character that is not complete yet; `flush` clears it.
    """

    def __init__(self, texts: list[bytes | None], unknown: int) -> None:
        self._texts = texts
        self._unknown = unknown
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, index: int) -> str:
        """Text that has become certain with this id; may be empty. Ids without text give none."""
        if index == self._unknown:
            return self._decoder.decode("\ufffd".encode())
        text = self._texts[index] if index < len(self._texts) else None
        return self._decoder.decode(text or b"")

    def flush(self) -> str:
        """What is left at the end: U+FFFD for half a character, else nothing."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    """Every match, with those that begin inside another one."""
    begin = 0
    while (match := pattern.search(text, begin)) is not None:
        yield match.start(), match.group()
        begin = match.start() + 1


def _texts(pieces: list[bytes], kinds: dict[int, _Kind]) -> list[bytes | None]:
    """UTF-8 that each piece stands for. Errors: ValueError for one that is no UTF-8."""
    joined = _BETWEEN.join(pieces)
    joined.replace(_BETWEEN, b"\n").decode()
    texts: list[bytes | None] = [*joined.replace(_SPACE.encode(), b" ").split(_BETWEEN)]
    if len(texts) != len(pieces):
        raise ValueError(f"{len(texts)} texts of {len(pieces)} pieces")
    for index, kind in kinds.items():
        texts[index] = _text(pieces[index].decode(), kind)
    return texts


def _text(piece: str, kind: _Kind) -> bytes | None:
    """UTF-8 that a piece stands for; None for special pieces."""
    if kind is _Kind.BYTE:
        return bytes([int(piece[1:-1], 16)])
    if kind in (_Kind.UNKNOWN, _Kind.CONTROL, _Kind.UNUSED):
        return None
    if kind is _Kind.USER_DEFINED and _BRACKETED.fullmatch(piece) and not _HTML.fullmatch(piece):
        return None
    return piece.replace(_SPACE, " ").encode()


def _read(path: Path) -> tuple[sentencepiece.SentencePieceProcessor, bytes]:
    try:
        serialised = path.read_bytes()
    except OSError as error:
        raise NestlingError(
            ErrorKind.BAD_MODEL,
            f"{path.parent} has no readable {path.name} ({error.strerror}): expected the "
            "sentencepiece model beside the weights; download it into the same folder",
        ) from error
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(serialised)
    except (
        RuntimeError,
        UnicodeDecodeError,
    ) as error:  # the second where the first's words are broken
        raise _not_sentencepiece(path, serialised) from error
    return processor, serialised


def _not_sentencepiece(path: Path, serialised: bytes) -> NestlingError:
    return NestlingError(
        ErrorKind.BAD_MODEL,
        f"{path} ({len(serialised)} bytes) is not a sentencepiece model: download it again",
    )


def _pieces(serialised: bytes) -> tuple[list[bytes], dict[int, _Kind]]:
    """How every piece is spelled; the kinds of those that are not NORMAL.

    The binding does not tell user-defined pieces from trained ones.
    Source: sentencepiece_model.proto, ModelProto.pieces = 1 {piece = 1, score = 2, type = 3}.
    """
    spelled: list[bytes] = []
    kinds: dict[int, _Kind] = {}
    whole, at = memoryview(serialised), 0
    while at < len(serialised):
        # As nearly all are written: a short piece, its score, and no kind. A fifth of the time.
        if serialised[at] == _PIECE_TAG == serialised[at + 2]:
            length = serialised[at + 1]
            end = at + 2 + length
            short = length < 128 and serialised[at + 3] == length - _BESIDE
            if short and serialised[end - 5] == _SCORE_TAG:
                spelled.append(serialised[at + 4 : end - 5])
                at = end
                continue
        number, message, at = _field(whole, at)
        if number == 1 and isinstance(message, memoryview):
            piece, kind = b"", _Kind.NORMAL
            for field, value in message_fields(message):
                if field == 1 and isinstance(value, memoryview):
                    piece = bytes(value)
                elif field == 3 and isinstance(value, int):
                    kind = _Kind(value)
            if kind is not _Kind.NORMAL:
                kinds[len(spelled)] = kind
            spelled.append(piece)
    return spelled, kinds


def message_fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a well-formed protobuf message."""
    at = 0
    while at < len(message):
        number, value, at = _field(message, at)
        yield number, value


def _field(message: memoryview, at: int) -> tuple[int, int | memoryview, int]:
    """Number and value of the field at a place, and the place behind it."""
    tag, at = _varint(message, at)
    wire = tag & 7
    if wire == 0:
        value, at = _varint(message, at)
        return tag >> 3, value, at
    length = 4 if wire == 5 else 8
    if wire == 2:
        length, at = _varint(message, at)
    return tag >> 3, message[at : at + length], at + length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
