"""How the decoder's weights are held. The standard library alone: command lines read it."""

import os
from enum import StrEnum

from engine.errors import ErrorKind, NestlingError

VARIABLE = "NESTLING_WEIGHTS"  # of the environment: what `--weights` says, for the worker


class Weights(StrEnum):
    """How the decoder's weights are held in memory.

    AUTO: as stored where there is room, else in 4 bits. EXACT: as stored ("bf16", as published).
    """

    AUTO = "auto"
    EXACT = "bf16"
    INT8 = "int8"
    INT4 = "int4"


def weights_of_environment() -> Weights | None:
    """What the environment says; None if nothing. Errors: BAD_INPUT if that is none of them."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return None
    try:
        return Weights(wanted)
    except ValueError:
        *others, last = Weights
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"{VARIABLE} is {wanted!r}: expected {', '.join(others)} or {last}; set it to one of "
            "these, or unset it",
        ) from None
