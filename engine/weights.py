"""How the decoder's weights are held. The standard library alone: command lines read it."""

from enum import StrEnum

VARIABLE = "NESTLING_WEIGHTS"  # of the environment: what `--weights` says, for the worker


class Weights(StrEnum):
    """How the decoder's weights are held in memory.

    AUTO: as stored where there is room, else in 4 bits. EXACT: as stored ("bf16", as published).
    """

    AUTO = "auto"
    EXACT = "bf16"
    INT8 = "int8"
    INT4 = "int4"
