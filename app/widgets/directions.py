"""Which way text is read, and text of one direction within another. Pure."""

import unicodedata

ISOLATE, ISOLATED = "\u2068", "\u2069"


def goes_left(text: str) -> bool:
    """Whether a text is read from right to left: by its first letter that says so."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def isolated(text: str) -> str:
    """A text that keeps its own direction, and leaves that of the text around it alone."""
    return ISOLATE + text + ISOLATED if text else ""


def plain(text: str) -> str:
    """Text without the signs of `isolated`."""
    return text.replace(ISOLATE, "").replace(ISOLATED, "")
