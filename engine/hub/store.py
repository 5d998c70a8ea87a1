"""The folder of models on this computer: what is there, what is on its way, what can go."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.errors import ErrorKind, NestlingError
from engine.hub.catalogue import Entry
from engine.hub.part import PART, SYNCED, bytes_here
from engine.hub.server import Listing, RemoteFile

SOURCE_FILE = "source.json"  # beside the weights: where they are from, and every file's checksum
_ARRIVING = ".arriving"
_LEAVING = ".leaving"


class State(StrEnum):
    """What of a model is here."""

    ABSENT = "absent"
    PARTIAL = "partial"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Found:
    """What of a model is here. total: bytes wanted, 0 if unknown.

    here: bytes on the disk; of an absent one, what a removal that was cut off has left.
    """

    state: State
    folder: Path
    here: int
    total: int
    commit: str = ""


class Store:
    """One folder of models. Only folders that it made are ever removed.

    Args:
        root: made when something is first put there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, entry: Entry) -> Path:
        """Where the model lies once it is whole."""
        return self.root / entry.folder_name

    def arriving(self, entry: Entry) -> Path:
        """Where it lies until then."""
        return self.root / f".{entry.folder_name}{_ARRIVING}"

    def leaving(self, entry: Entry) -> Path:
        """Where it lies while it is removed, and what is left of it if that is cut off."""
        return self.root / f".{entry.folder_name}{_LEAVING}"

    def find(self, entry: Entry) -> Found:
        """What of a model is here.

        Errors: DISK where the folder may not be looked at.
        """
        with disk_errors(self.root):
            return self._found(entry)

    def _found(self, entry: Entry) -> Found:
        folder = self.folder(entry)
        if folder.is_dir():
            source = read_source(folder)
            here = _bytes_in(folder)
            return Found(State.READY, folder, here, here, source.commit if source else "")
        arriving = self.arriving(entry)
        source = read_source(arriving)
        if source is None:
            left = _left_in(self.leaving(entry))
            return Found(State.ABSENT, folder, left, entry.download_bytes)
        here = sum(bytes_here(arriving, file) for file in source.files)
        total = sum(file.size for file in source.files)
        return Found(State.PARTIAL, folder, here, total, source.commit)

    def others(self, known: tuple[Entry, ...]) -> list[Entry]:
        """Models that are here, or on their way, besides the known ones.

        Errors: as `find`.
        """
        folders = {self.folder(entry).name for entry in known}
        found = []
        with disk_errors(self.root):
            paths = sorted(self.root.iterdir()) if self.root.is_dir() else []
        for path in paths:
            name = path.name.removeprefix(".").removesuffix(_ARRIVING).removesuffix(_LEAVING)
            source = read_source(path)
            if source is not None and name not in folders:
                entry = Entry(source.repo, source.repo)
                places = self.folder(entry), self.arriving(entry), self.leaving(entry)
                if path in places and entry not in found:
                    found.append(entry)
        return found

    def free(self) -> int:
        """Bytes that the disk has room for. Errors: as `find`."""
        with disk_errors(self.root):
            return shutil.disk_usage(_existing(self.root)).free

    @contextmanager
    def held(self, entry: Entry) -> Iterator[None]:
        """While inside, no other program changes this model.

        Errors: BAD_INPUT if another one does so now; DISK.
        """
        from filelock import FileLock, Timeout

        with disk_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / f".{entry.folder_name}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                raise NestlingError(
                    ErrorKind.BAD_INPUT,
                    f"{entry.name} is being downloaded or removed by another Nestling now: wait "
                    "until it has finished, or stop it there",
                ) from error
        try:
            yield
        finally:
            lock.release()

    def remove(self, entry: Entry) -> int:
        """Take a model, whole or in part, off the disk. Returns: bytes that were freed.

        Errors: BAD_INPUT if nothing is here, or another program is at it; DISK.
        """
        found, leaving = self.find(entry), self.leaving(entry)
        paths = [path for path in (found.folder, self.arriving(entry)) if path.exists()]
        if not paths and not leaving.exists():
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"nothing of {entry.name} is in {self.root}: there is nothing to remove",
            )
        if found.state is State.READY and read_source(found.folder) is None:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"{found.folder} was not downloaded by Nestling: remove it yourself if you want to",
            )
        if found.folder.is_symlink():
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"{found.folder} leads to {found.folder.resolve()}, which Nestling did not make: "
                "remove both yourself if you want to",
            )
        with self.held(entry), disk_errors(self.root):
            self.end_removal(entry)
            for path in paths:
                # Out of sight at once: a removal that is cut off leaves nothing half there.
                os.replace(path, leaving)
                shutil.rmtree(leaving)
        return found.here

    def end_removal(self, entry: Entry) -> None:
        """Remove what is left of one that was cut off. To be called while `held`."""
        leaving = self.leaving(entry)
        if leaving.is_symlink():
            leaving.unlink()
        elif leaving.exists():
            shutil.rmtree(leaving)


def read_source(folder: Path) -> Listing | None:
    """What a folder's files are; None if it says nothing that can be used."""
    try:
        data: Any = json.loads((folder / SOURCE_FILE).read_text(encoding="utf-8"))
        files = tuple(RemoteFile(**file) for file in data["files"])
        return Listing(str(data["repo"]), str(data["commit"]), files)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def write_source(folder: Path, listing: Listing) -> None:
    """Say what a folder's files are."""
    text = json.dumps(asdict(listing), indent=1)
    fresh = folder / (SOURCE_FILE + PART)
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(fresh, folder / SOURCE_FILE)


def names_of(file: RemoteFile) -> tuple[str, ...]:
    """What a file may be called on the disk, whole and on its way."""
    return tuple(file.name + ending for ending in ("", PART, SYNCED))


def sync_folder(folder: Path) -> None:
    """Put the names in a folder onto the disk, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems know no such thing
                os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """Turn what the disk raises into a sentence."""
    try:
        yield
    except OSError as error:
        raise NestlingError(
            ErrorKind.DISK,
            f"{error.filename or root} cannot be used ({error.strerror or error}): make room, "
            "allow reading and writing there or choose another folder, then go on; what has "
            "arrived is kept",
        ) from error


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _left_in(leaving: Path) -> int:
    """Bytes of what is being removed, or was to be."""
    try:
        return _bytes_in(leaving) if leaving.is_dir() and not leaving.is_symlink() else 0
    except FileNotFoundError:  # gone meanwhile
        return 0


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
