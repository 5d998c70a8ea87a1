"""How scripts write words: with spaces between them, or without. Pure; knows no model, no sound.

A unit is what gets confirmed at once: a word where words stand apart, else one character with the
marks that belong to it. Chinese, Japanese, Thai, Lao, Khmer and Burmese are written without spaces.
"""

import itertools
import unicodedata
from collections.abc import Iterator, Sequence

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3000, 0x312F),  # CJK punctuation, kana, bopomofo
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFF9F),  # full-width punctuation, half-width kana
    (0x20000, 0x3FFFF),
)
_FOLLOWING_VOWELS = "\u0e33\u0eb3"  # letters to Unicode, but never without a consonant before them
_CLOSING = "。，、！？；：」』）】》〉”’…・ー々ฯๆ.,!?;:)]}'\"%"

SENTENCE_ENDS = ".!?…。！？｡؟।॥۔։።៕။"
_CLAUSE_ENDS = ",;:，、；：،؛"
_QUOTES = "\"'”’»›)]}」』）】》〉"

# Written with a full stop that ends no sentence; single letters and what has a full stop inside
# ("J.", "e.g.", "z.B.") and ordinals ("3.") are seen without a list.
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "jr",
        "sr",
        "vs",
        "etc",
        "no",
        "nr",
        "str",
        "bzw",
        "ca",
        "usw",
        "mme",
        "mlle",
        "sra",
        "srta",
        "av",
        "tel",
        "inc",
        "ltd",
    ]
)


def is_unspaced(character: str) -> bool:
    """Whether words of this character's script are written without spaces between them."""
    code = ord(character)
    return code >= 0x0E00 and any(first <= code <= last for first, last in _UNSPACED)


def joined(units: Sequence[str]) -> str:
    """Units as a line of text; what `units` cuts, this puts together again."""
    text = ""
    for unit in units:
        if text and unit and not _glued(text[-1], unit[0]):
            text += " "
        text += unit
    return text


def units(text: str) -> list[str]:
    """Cut a text into units; runs of white space become one space."""
    return [unit for unit, _ in placed_units(text)]


def placed_units(text: str) -> Iterator[tuple[str, int]]:
    """Each unit of a text, and the index behind its last character that is no space.

    A space that `joined` would not put back stays at the end of the unit before it.
    """
    before: tuple[str, int] | None = None
    for begin, end in _places(text):
        if before is not None:
            unit, stop = before
            spaced = stop < begin and _glued(text[stop - 1], text[begin])
            yield (unit + " " if spaced else unit), stop
        before = text[begin:end], end
    if before is not None:
        yield before


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with this unit, by its punctuation."""
    bare = word.strip().rstrip(_QUOTES)
    if not bare or bare[-1] not in SENTENCE_ENDS:
        return False
    if bare[-1] != "." or bare.endswith(".."):
        return True
    stem = bare[:-1].lstrip("\"'“‘«‹([{„").casefold()
    abbreviated = "." in stem or stem in _ABBREVIATIONS or stem.isdecimal()
    return not abbreviated and not (len(stem) == 1 and stem.isalpha() and stem not in ("i", "o"))


def ends_clause(word: str) -> bool:
    """Whether a reader would pause behind this unit: a comma, a colon, or a sentence's end."""
    bare = word.strip().rstrip(_QUOTES)
    return bool(bare) and (bare[-1] in _CLAUSE_ENDS or ends_sentence(word))


def weight(unit: str) -> float:
    """How much of a spoken word a unit is: a character of an unspaced script is about half."""
    return 0.5 if unit and is_unspaced(unit.strip()[:1] or " ") else 1.0


def spread(units: Sequence[str], start_s: float, end_s: float) -> list[float]:
    """When each unit ends, if together they fill a time evenly, by their weight."""
    passed = list(itertools.accumulate(map(weight, units)))
    # Counted back from the end, so that the last one ends exactly there.
    return [end_s - (end_s - start_s) * (1 - done / passed[-1]) for done in passed]


def _glued(left: str, right: str) -> bool:
    """Whether nothing is put between two characters that meet."""
    return left.isspace() or is_unspaced(left) or is_unspaced(right)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each unit, without spaces."""
    begin: int | None = None
    whole = False  # the unit is a complete character: only marks and closing signs may follow
    for index, character in enumerate(text):
        if character.isspace():
            if begin is not None:
                yield begin, index
            begin, whole = None, False
            continue
        belongs = unicodedata.category(character).startswith("M") or (
            character in _FOLLOWING_VOWELS or character == "\u200d"
        )
        if begin is None:
            begin, whole = index, is_unspaced(character) and not _opens(character)
        elif belongs or (whole and character in _CLOSING):
            continue
        elif whole or (is_unspaced(character) and not _opens(text[index - 1])):
            if character in _CLOSING or not _glued(text[index - 1], character):
                whole = False
                continue
            yield begin, index
            begin, whole = index, is_unspaced(character) and not _opens(character)
        else:
            whole = is_unspaced(character) and not _opens(character)
    if begin is not None:
        yield begin, len(text)


def _opens(character: str) -> bool:
    """Whether it is an opening bracket or quotation mark, which belongs to what follows."""
    return unicodedata.category(character) in ("Ps", "Pi")
