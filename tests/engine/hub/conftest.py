"""A repository of the Hub's shape, and a server for it."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.hub.catalogue import Entry
from engine.hub.download import Patience, download
from engine.hub.events import Event
from engine.hub.server import Server
from engine.hub.store import Store
from tests.hub_server import HubServer, serving

WEIGHTS = "model-00001-of-00002.safetensors"
MORE_WEIGHTS = "model-00002-of-00002.safetensors"
HURRY = Patience(attempts=4, first_s=0.01, longest_s=0.02, limit_s=5.0)
Fetch = Callable[..., list[Event]]


@pytest.fixture
def files(nano_folder: Path) -> dict[str, bytes]:
    """nano's own configuration, and weights of nothing: nobody opens them here."""
    bytes_of = random.Random(0).randbytes
    return {
        ".gitattributes": b"*.safetensors filter=lfs\n",
        "README.md": b"# A model\n",
        "config.json": (nano_folder / "config.json").read_bytes(),
        "model.safetensors.index.json": json.dumps({"weight_map": {}}).encode(),
        WEIGHTS: bytes_of(600_000),
        MORE_WEIGHTS: bytes_of(300_000),
        "tokenizer.model": bytes_of(30_000),
        "original/weights.safetensors": bytes_of(20_000),
        "model.onnx": bytes_of(20_000),
    }


@pytest.fixture
def entry() -> Entry:
    return Entry("E2B", "google/gemma-3n-E2B-it")


@pytest.fixture
def hub(entry: Entry, files: dict[str, bytes]) -> Iterator[HubServer]:
    with serving(entry.repo, files) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


@pytest.fixture
def fetch(entry: Entry, store: Store, hub: HubServer) -> Fetch:
    """Download with little patience; returns what was told."""

    def run(token: str | None = None, patience: Patience = HURRY, stall: float = 20) -> list[Event]:
        return list(download(entry, store, Server(hub.address, token, stall), patience))

    return run


def of_kind(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def whole(store: Store, entry: Entry, files: dict[str, bytes]) -> bool:
    """Whether exactly the wanted files are there, byte for byte."""
    folder = store.folder(entry)
    names = {path.name for path in folder.iterdir()} - {"source.json"}
    wanted = {name for name in files if not name.startswith((".", "original", "model.onnx"))}
    return names == wanted and all((folder / n).read_bytes() == files[n] for n in wanted)
