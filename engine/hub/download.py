"""A model's way from the Hub into its folder: planned, fetched file by file, proved, published.

Killing the process at any moment is fine: the next run goes on where the last one was. The
folder gets its name when everything in it is proved.
"""

import math
import os
import random
import re
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import ErrorKind, NestlingError
from engine.hub.catalogue import Entry
from engine.hub.events import Arriving, Checking, Damaged, Event, Finished, Planned, Waiting
from engine.hub.part import Part, bytes_here
from engine.hub.server import Interrupted, Listing, RemoteFile, Server
from engine.hub.store import (
    SOURCE_FILE,
    State,
    Store,
    disk_errors,
    names_of,
    read_source,
    sync_folder,
    write_source,
)
from engine.pace import Pace

T = TypeVar("T")

SPARE_BYTES = 256_000_000  # left free for everything else
_TELL_S = 0.25  # between two words about the same file
_WEIGHTS = ".safetensors"
# What a model folder needs, and what people and other programs expect beside it.
_ENDINGS = (_WEIGHTS, ".json", ".model", ".jinja", ".md", ".txt")
_QUANTISED = ("quantization", "quantization_config")  # MLX says both, others the second
_SHA256 = re.compile("[0-9a-f]{64}")
_SHA1 = re.compile("[0-9a-f]{40}")
_NEEDED = ("config.json", "tokenizer.model")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a download goes on by itself.

    attempts: in a row without one new byte. first_s, longest_s: waits between them, doubled each
    time. limit_s: the longest wait that a server may ask for. crawl_bytes: in crawl_s, less is
    as bad as nothing: the line is dead or another one is better.
    """

    attempts: int = 8
    first_s: float = 1.0
    longest_s: float = 60.0
    limit_s: float = 900.0
    crawl_bytes: int = 16_000
    crawl_s: float = 60.0


def download(
    entry: Entry, store: Store, server: Server, patience: Patience | None = None
) -> Iterator[Event]:
    """Fetch a model; a generator that tells what it does. Closing it stops it.

    Errors: as of `Server`; BAD_DOWNLOAD for files that arrive damaged twice or are no Gemma 3n;
        DISK for a full disk or a folder that cannot be written; NETWORK when patience ends.
    """
    found = store.find(entry)
    if found.state is State.READY:
        yield Finished(found.folder)
        return
    with store.held(entry):
        yield from _Download(entry, store, server, patience or Patience()).run()


class _Download:
    def __init__(self, entry: Entry, store: Store, server: Server, patience: Patience) -> None:
        self._entry, self._store, self._server = entry, store, server
        self._patience = patience
        self._folder = store.arriving(entry)
        self._failures = self._furthest = 0
        self._pace = Pace()
        self._told = 0.0
        self._done = self._total = 0

    def run(self) -> Iterator[Event]:
        listing = yield from self._patiently(self._listing)
        with disk_errors(self._store.root):
            self._store.end_removal(self._entry)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._keep_what_is_still_wanted(listing)
            yield self._planned(listing)
            for file in listing.files:
                yield from self._fetch(listing, file)
                if file.name == "config.json":
                    check_config(self._folder, self._entry)
            yield Finished(self._publish())

    # --- what is wanted --------------------------------------------------------------------------

    def _listing(self) -> Generator[Event, None, Listing]:
        yield from ()
        return wanted(self._server.listing(self._entry.repo))

    def _keep_what_is_still_wanted(self, listing: Listing) -> None:
        """Another commit may have other files; equal ones stay. Then the plan is written down."""
        before = read_source(self._folder)
        same = set(before.files) & set(listing.files) if before else set()
        kept = {SOURCE_FILE, *(name for file in same for name in names_of(file))}
        for path in self._folder.iterdir():
            if path.name not in kept:
                path.unlink()
        write_source(self._folder, listing)

    def _planned(self, listing: Listing) -> Planned:
        self._total = sum(file.size for file in listing.files)
        here = sum(bytes_here(self._folder, file) for file in listing.files)
        free = self._store.free()
        missing = self._total - here + SPARE_BYTES - free
        if missing > 0:
            raise NestlingError(
                ErrorKind.DISK,
                f"{self._entry.name} needs {gigabytes(self._total - here)} more in "
                f"{self._store.root}, and {gigabytes(free)} are free: free another "
                f"{gigabytes(missing)}, or choose a folder on another disk",
            )
        return Planned(listing.repo, listing.commit, len(listing.files), self._total, here, free)

    # --- one file --------------------------------------------------------------------------------

    def _fetch(self, listing: Listing, file: RemoteFile) -> Iterator[Event]:
        if (self._folder / file.name).is_file():
            self._done += file.size
            return
        self._furthest = 0
        with Part(self._folder, file) as part:
            for done in part.take_up():
                yield Checking(file.name, done, file.size)
            before = self._done
            for last in (False, True):
                while not part.whole:
                    yield from self._patiently(lambda: self._stream(listing, part, before))
                if part.prove():
                    break
                if last:
                    part.restart()
                    raise NestlingError(
                        ErrorKind.BAD_DOWNLOAD,
                        f"{file.name} arrived damaged twice: its checksum is not the one that "
                        f"{self._server.address} announced. Try another network or turn off what "
                        "inspects your downloads, then go on; it is fetched anew",
                    )
                yield Damaged(file.name)
                part.restart()
                self._furthest = 0
            self._done = before + file.size
            yield self._arriving(part, before)

    def _stream(self, listing: Listing, part: Part, before: int) -> Generator[Event, None, None]:
        """One request's worth of a file."""
        since, crawled = time.monotonic(), 0
        with self._server.content(listing.repo, listing.commit, part.file, part.done) as content:
            if content.start != part.done:
                if content.start:  # an answer to another question
                    raise self._server.broken_off()
                part.restart()  # the server gives no ranges
            for piece in content.pieces:
                part.write(piece)
                if part.done > self._furthest:
                    self._failures, self._furthest = 0, part.done
                now = time.monotonic()
                self._pace.add(len(piece), now)
                crawled += len(piece)
                if part.whole:
                    return
                if now - since > self._patience.crawl_s:
                    if crawled < self._patience.crawl_bytes:
                        raise self._server.stalled()
                    since, crawled = now, 0
                if now - self._told >= _TELL_S:
                    yield self._arriving(part, before)
        if not part.whole:
            raise self._server.broken_off()

    def _arriving(self, part: Part, before: int) -> Arriving:
        now = self._told = time.monotonic()
        done = min(before + part.done, self._total)
        return Arriving(
            part.file.name,
            min(part.done, part.file.size),
            part.file.size,
            done,
            self._total,
            self._pace.rate(now),
            self._pace.seconds_left(self._total - done, now),
        )

    # --- going on, and ending --------------------------------------------------------------------

    def _patiently(
        self, step: Callable[[], Generator[Event, None, T]]
    ) -> Generator[Event, None, T]:
        """Do a step, and do it again after a while if it was interrupted."""
        while True:
            try:
                return (yield from step())
            except Interrupted as trouble:
                self._failures += 1
                seconds = self._wait(trouble)
                yield Waiting(trouble.reason, seconds, self._failures + 1)
                time.sleep(seconds)
                self._pace.restart()

    def _wait(self, trouble: Interrupted) -> float:
        """Seconds until the next attempt. Errors: NETWORK if there is none."""
        patience = self._patience
        asked = trouble.after_s
        if self._failures >= patience.attempts or (asked or 0.0) > patience.limit_s:
            raise NestlingError(ErrorKind.NETWORK, trouble.sentence) from trouble
        longest = min(patience.first_s * 2.0 ** (self._failures - 1), patience.longest_s)
        # Not all at the same moment, when a server comes back.
        ours = longest * random.uniform(0.5, 1.0)
        if asked is None:
            return ours
        return asked if self._failures == 1 else max(asked, ours)  # "at once" is believed once

    def _publish(self) -> Path:
        """Everything is proved: give the folder its name."""
        folder = self._store.folder(self._entry)
        sync_folder(self._folder)
        os.replace(self._folder, folder)
        sync_folder(folder.parent)
        return folder


def wanted(listing: Listing) -> Listing:
    """The files of a listing that make a model, the small ones first.

    Errors: BAD_DOWNLOAD if they make none, or one comes without a checksum.
    """
    files = [
        file
        for file in listing.files
        if file.name.endswith(_ENDINGS)
        and not file.name.startswith(".")
        and not set(file.name) & set('/\\:*?"<>|\0')
    ]
    names = {file.name for file in files}
    missing = [name for name in _NEEDED if name not in names]
    if not any(name.endswith(_WEIGHTS) for name in names):
        missing.append(f"*{_WEIGHTS}")
    if missing:
        raise NestlingError(
            ErrorKind.BAD_DOWNLOAD,
            f"{listing.repo} holds no {', '.join(missing)}: expected a Gemma 3n model as "
            "safetensors; choose another repository",
        )
    bare = [
        file.name
        for file in files
        if not (_SHA256.fullmatch(file.sha256) or _SHA1.fullmatch(file.git_sha1))
    ]
    if bare or not _SHA1.fullmatch(listing.commit):
        raise NestlingError(
            ErrorKind.BAD_DOWNLOAD,
            f"the server gives no checksum for {', '.join(bare) or 'the version'} of "
            f"{listing.repo}, so nothing could be proved: use another server",
        )
    files.sort(key=lambda file: (file.name.endswith(_WEIGHTS), file.name))
    return replace(listing, files=tuple(files))


def check_config(folder: Path, entry: Entry) -> None:
    """Look at config.json before gigabytes follow. Errors: BAD_MODEL."""
    from engine.config import load_config, read_json

    try:
        load_config(folder)
        if not _is_readable(read_json(folder / "config.json")):
            raise NestlingError(
                ErrorKind.BAD_MODEL,
                "its weights were quantised in a way that is not read here; expected them as "
                "published, in bf16, or in MLX's affine layout: choose another repository",
            )
    except NestlingError as error:
        raise NestlingError(
            error.kind, f"{entry.repo} cannot be used here: {error.message}"
        ) from error


def _is_readable(raw: dict[str, Any]) -> bool:
    """Whether config.json tells of weights as published, or of MLX's affine layout."""
    told = [raw[key] for key in _QUANTISED if raw.get(key) is not None]
    return all(
        isinstance(one, dict)
        and {"group_size", "bits"} <= one.keys()
        and one.get("mode", "affine") == "affine"
        and "quant_method" not in one
        for one in told
    )


def gigabytes(nbytes: int) -> str:
    """1 GB = 1e9 bytes, rounded up."""
    return f"{math.ceil(nbytes / 1e7) / 100:.2f} GB"
