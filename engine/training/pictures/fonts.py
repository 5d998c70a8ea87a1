"""Fonts to print with: OpenCV's own, and those of Debian packages, fetched into the cache."""

from functools import cache
from pathlib import Path

from engine.training.debian import fetch
from engine.vision.opencv import cv2

BUILT_IN = ("sans", "italic")
# All under licences that leave what is printed with them free: OFL, Apache, Bitstream Vera, GPL
# with the font exception.
PACKAGES = (
    "fonts-liberation",
    "fonts-lato",
    "fonts-open-sans",
    "fonts-freefont-ttf",
    "fonts-roboto-unhinted",
    "fonts-crosextra-carlito",
    "fonts-crosextra-caladea",
    "fonts-quicksand",
    "fonts-dejavu-core",
)
_FAINT = ("Hairline", "Thin", "Light")  # strokes that vanish at the size nano looks at


def fonts(cache_folder: Path) -> tuple[str, ...]:
    """Names that `font` takes; the packages are fetched if they are not there."""
    folder = cache_folder / "fonts"
    if not folder.exists():
        advice = "Connect to the network and run the command again."
        fetch(folder, PACKAGES, "The fonts to print with", advice)
    files = sorted(folder.rglob("*.ttf"))
    printed = [str(file) for file in files if not any(word in file.stem for word in _FAINT)]
    return (*BUILT_IN, *printed)


@cache
def font(name: str) -> cv2.FontFace:
    """A font by the name that `fonts` gave it."""
    return cv2.FontFace(name)
