"""How a bench ends."""

import sys
from collections.abc import Sequence


def exit_status(short: Sequence[str], *, check: bool) -> int:
    """1 where figures fall short and --check asks, and names them on stderr; else 0."""
    if check and short:
        print("short: " + "; ".join(short), file=sys.stderr)
        return 1
    return 0
