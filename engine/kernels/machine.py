"""What kernels need to know of a processor, and how their numbers lie."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

BLOCK_ROWS = 16
"""Rows of a 4-bit weight that lie together."""
SHARED = 32
"""Columns of an input that share a scale once they are 8 bits."""
CODED_BYTES = 48
"""Of so many columns: their codes, scale, scale x sum of codes, -8 x sum of codes, nothing."""
ROWS_AT_ONCE = 4
"""Of weights whose rows lie together."""
MAP_NORMS = {
    "norm_rows": frozenset[str](),
    "norm_rows_gelu": frozenset({"gelu"}),
    "norm_rows_added": frozenset({"added"}),
    "norm_rows_scaled_added": frozenset({"scaled", "added"}),
}
"""Kernels of norms over maps, and what each does besides."""
STREAMS = 4
"""Of AltUp, where a layer's kernels know them."""
GROUPED = (1, 2, 4)
"""How many query heads may read the same keys where kernels attend."""
ATTENDED_VECTORS = 4
"""A head's width is a multiple of so many vectors there."""
TOGETHER = (4, 2, 1)
"""Inputs that a weight of 8 bits is multiplied with at once."""
TILE_BYTES = 1024
TILE_CONFIG = 64
"""Bytes of the tile registers' settings."""
WIDE_BLOCKS, WIDENED_COLUMNS = 8, 256
"""Of a 4-bit weight, widened at once: times 32 rows, and columns. 128 KiB: with the inputs that it
meets, what a core's own cache holds."""

# Words of what `running` goes through: addresses of functions, how many entries, the barrier's
# two (in cache lines of their own), then entries: kernel, its arguments, whether all wait for it.
THREAD, THREADS, YIELD, LENGTH, WAITING, GENERATION, ENTRIES = 0, 1, 2, 3, 8, 16, 24
ENTRY_WORDS = 3

_CPUS = Path("/proc/cpuinfo")
ISA_LIMIT = "ONEDNN_MAX_CPU_ISA"  # variable: torch's products do without what is newer


@dataclass(frozen=True, slots=True)
class Machine:
    """Which instructions kernels are made of.

    lanes: 32-bit numbers in a vector. dots: whether four products of bytes are one instruction.
    tiles: whether there are tile registers for bfloat16.
    """

    lanes: int
    dots: bool
    tiles: bool

    @property
    def name(self) -> str:
        """As file names have it."""
        return f"{32 * self.lanes}{'d' if self.dots else ''}{'t' if self.tiles else ''}"

    @property
    def features(self) -> str:
        """As LLVM spells them."""
        names = ["avx2", "fma", "bmi2", "f16c"]
        if self.lanes == 16:
            names += ["avx512f", "avx512bw", "avx512dq", "avx512vl"]
            names += ["avx512vnni"] if self.dots else []
        elif self.dots:
            names.append("avxvnni")
        names += ["amx-tile", "amx-bf16"] if self.tiles else []
        return ",".join(f"+{name}" for name in names)


def this_machine() -> Machine | None:
    """What this processor has; None = no kernels are known for it."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    has = flags()
    if not {"avx2", "fma", "bmi2", "f16c"} <= has:
        return None
    if {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"} <= has:
        tiles = {"amx_tile", "amx_bf16"} <= has and ISA_LIMIT not in os.environ
        return Machine(16, True, tiles)
    return Machine(8, "avx_vnni" in has, False)


def flags() -> frozenset[str]:
    """What this processor says that it can, as Linux spells it."""
    try:
        lines = _CPUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = [line.partition(":")[2].split() for line in lines if line.startswith("flags")]
    return frozenset(flags[0]) if flags else frozenset()
