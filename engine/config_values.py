"""Single values of config.json, checked. Knows no section of it."""

import math
from collections.abc import Mapping
from typing import Any

from engine.errors import ErrorKind, NestlingError

MOST = 2**31 - 1
"""Of any size or id: larger ones are nonsense, and no float may hold them."""
_LARGEST = (2 - 2**-23) * 2.0**127  # of single precision, which models compute in


def mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object. Errors: BAD_MODEL."""
    if isinstance(raw[key], Mapping):
        return dict(raw[key])
    raise bad(f"config.json has {key} {raw[key]!r}, expected an object: download it again")


def integer(section: Mapping[str, Any], key: str, least: int = 0) -> int:
    """A whole number from `least` on, below 2^31. Errors: BAD_MODEL."""
    value = section[key]
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST:
        return value
    raise bad(
        f"config.json has {key} {repr(value):.200}, expected a whole number from {least} to "
        f"{MOST}: download it again"
    )


def number(section: Mapping[str, Any], key: str) -> float:
    """A number above 0, within single precision. Errors: BAD_MODEL."""
    value = section[key]
    if is_number(value) and 0 < value <= _LARGEST:
        return float(value)
    raise bad(
        f"config.json has {key} {repr(value):.200}, expected a number above 0, at most "
        f"{_LARGEST:.3g}: download it again"
    )


def end_ids(value: object, file: str, vocab_size: int) -> tuple[int, ...]:
    """The ids that end an answer: none, one or a list. Errors: BAD_MODEL, naming the file.

    transformers passes over an id outside the vocabulary. Here it is refused: it is the mark of
    another model's file, whose other ids would end answers in their middle.
    """
    ids = value if isinstance(value, list | tuple) else [] if value is None else [value]
    if all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one < vocab_size for one in ids
    ):
        return tuple(ids)
    raise bad(
        f"{file} has the eos_token_id {repr(value):.200}, expected an id below {vocab_size} or a "
        "list of them: it may be another model's, download it again"
    )


def is_number(value: object) -> bool:
    """Whether it is a finite number, not too large to compute with."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def bad(message: str) -> NestlingError:
    """The error of a configuration that cannot be used."""
    return NestlingError(ErrorKind.BAD_MODEL, message)
