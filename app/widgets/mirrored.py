"""What Qt does not turn round in texts that are read from right to left: tables, numbers of lists.

Knows nothing of how they are painted.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument, QTextList

from app.widgets.directions import goes_left

if TYPE_CHECKING:
    from markdown_it.token import Token

MIRRORED = "mirrored"  # in the `meta` of a token: it belongs to a block that is read to the left
_CLOSING = {"table_open": "table_close", "blockquote_open": "blockquote_close"}


def mirror(tokens: "Sequence[Token]") -> "list[Token]":
    """Tables and quotations that are read to the left are marked; first cells stand at the right.

    Qt lays columns out from the left whatever the direction of the table, so cells come in the
    order in which they are seen.
    """
    made: list[Token] = []
    cells: list[list[Token]] = []  # of the row that is gone through
    to_the_left = [False]
    for place, token in enumerate(tokens):
        if token.type in _CLOSING:
            to_the_left.append(goes_left("".join(_words(tokens, place))))
        if to_the_left[-1]:
            token.meta[MIRRORED] = True
        if token.type in ("th_open", "td_open"):
            cells.append([token])
        elif token.type == "tr_close":
            made += chain.from_iterable(reversed(cells) if to_the_left[-1] else cells)
            made.append(token)
            cells = []
        else:
            (cells[-1] if cells else made).append(token)
        if token.type in _CLOSING.values():
            to_the_left.pop()
    return made


def _words(tokens: "Sequence[Token]", place: int) -> Iterator[str]:
    opening = tokens[place]
    for token in tokens[place:]:
        if token.type == _CLOSING[opening.type] and token.level == opening.level:
            return
        if token.type == "inline":
            yield token.content


def number_from_the_right(document: QTextDocument) -> None:
    """In lists that are read to the left the point stands left of the number.

    Qt turns "1." round itself, into ".1", and then lays it out from the right, which turns it back.
    """
    seen: set[int] = set()
    block = document.begin()
    while block.isValid():
        found = block.textList()
        if found is not None and found.objectIndex() not in seen:
            seen.add(found.objectIndex())
            if _goes_left(found):
                numbers = found.format()
                numbers.setNumberPrefix(numbers.numberSuffix() or ".")
                numbers.setNumberSuffix("")
                found.setFormat(numbers)
        block = block.next()


def _goes_left(found: QTextList) -> bool:
    right = Qt.LayoutDirection.RightToLeft
    return all(found.item(place).textDirection() == right for place in range(found.count()))
