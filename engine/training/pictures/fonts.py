"""Fonts to print with: OpenCV's own, and those of Debian packages, fetched into the cache."""

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from engine.errors import ErrorKind, NestlingError
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
        fetch(folder)
    files = sorted(folder.rglob("*.ttf"))
    printed = [str(file) for file in files if not any(word in file.stem for word in _FAINT)]
    return (*BUILT_IN, *printed)


def fetch(folder: Path, packages: Sequence[str] = PACKAGES) -> None:
    """Download Debian packages and unpack them into `folder`; nothing is installed.

    Errors: MISSING_LIBRARY where they cannot be had.
    """
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        subprocess.run(
            ["apt-get", "download", *packages], cwd=partial, check=True, capture_output=True
        )
        for package in partial.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, partial], check=True, capture_output=True)
            package.unlink()
    except (OSError, subprocess.CalledProcessError) as failed:
        shutil.rmtree(partial, ignore_errors=True)
        raise NestlingError(
            ErrorKind.MISSING_LIBRARY,
            f"The fonts to print with could not be fetched ({failed}); they are in the Debian "
            f"packages {', '.join(packages)}. Connect to the network and run the command again.",
        ) from failed
    partial.rename(folder)


@cache
def font(name: str) -> cv2.FontFace:
    """A font by the name that `fonts` gave it."""
    return cv2.FontFace(name)
