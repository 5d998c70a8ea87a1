"""The models that the program knows by name, and what each takes."""

import re
from dataclasses import dataclass

from engine.errors import ErrorKind, NestlingError

BUNDLED = "nano"
_PUBLISHER = "google"

# What the Hub allows as an owner's and a repository's name.
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that can be had.

    name: for the command line. repo: on the Hub, "" for the bundled one.
    download_bytes: of all its files, 0 if only the Hub knows.
    memory_bytes: in memory at least, while it reads and writes text with weights of 4 bits;
    published_bytes: the same with weights as published, in bf16 (0: in 4 bits alone);
    senses_bytes: besides, while it hears and sees. Sources: the bound that tests/bench/memory.py
    holds; shapes of the published checkpoints, without the per-layer embeddings, which stay on
    disk. 0 if unknown.
    """

    name: str
    repo: str
    download_bytes: int = 0
    memory_bytes: int = 0
    published_bytes: int = 0
    senses_bytes: int = 0

    @property
    def folder_name(self) -> str:
        """Of the folder that it is kept in: others may publish under the same name."""
        owner, _, name = self.repo.partition("/")
        return name if owner == _PUBLISHER else f"{owner}--{name}"


ENTRIES = (
    Entry(
        "E2B", "google/gemma-3n-E2B-it", 10_920_000_000, 2_000_000_000, 4_890_000_000, 1_970_000_000
    ),
    Entry(
        "E4B", "google/gemma-3n-E4B-it", 15_740_000_000, 3_000_000_000, 9_040_000_000, 1_970_000_000
    ),
    # Quantised by others with mlx-vlm, in groups of 64: a smaller download, no sizes to cut.
    Entry(
        "E2B-4bit",
        "mlx-community/gemma-3n-E2B-it-4bit",
        4_520_000_000,
        2_200_000_000,
        0,
        1_970_000_000,
    ),
    Entry(
        "E4B-4bit",
        "mlx-community/gemma-3n-E4B-it-4bit",
        5_870_000_000,
        3_250_000_000,
        0,
        1_970_000_000,
    ),
)


def find(name: str) -> Entry:
    """The entry called so (in any case), or one for a repository "owner/name".

    Errors: BAD_INPUT for anything else, and for nano, which is here already.
    """
    for entry in ENTRIES:
        if name.lower() in (entry.name.lower(), entry.repo.lower(), entry.folder_name.lower()):
            return entry
    if _REPOSITORY.fullmatch(name) and ".." not in name:
        return Entry(name, name)
    if name.lower() == BUNDLED:
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"{BUNDLED} comes with the program: it needs no download and cannot be removed",
        )
    known = ", ".join(entry.name for entry in ENTRIES)
    raise NestlingError(
        ErrorKind.BAD_INPUT,
        f"no model is called {name!r}: expected {known}, or a repository of the Hub as OWNER/NAME",
    )
