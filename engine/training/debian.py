"""Files of Debian packages, fetched into the cache; nothing is installed."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from engine.errors import ErrorKind, NestlingError


def fetch(folder: Path, packages: Sequence[str], content: str, advice: str) -> None:
    """Download packages and unpack them all into `folder`, which appears when it is complete.

    content, advice: what they hold and what to do without it, for the sentence of an error.
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
            f"{content} could not be fetched ({failed}); expected the Debian packages "
            f"{', '.join(packages)}. {advice}",
        ) from failed
    partial.rename(folder)
