"""A repository of the Hub's shape, and a server for it."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.hub.catalogue import Entry
from engine.hub.download import Patience, download
from engine.hub.events import Event
from engine.hub.server import Server
from engine.hub.store import Store
from tests.file_keyring import VARIABLE
from tests.hub_server import HubServer, serving

ROOT = Path(__file__).resolve().parents[3]
LONG = 90.0  # s; for a process of its own on a busy machine
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


@pytest.fixture
def environment(hub: HubServer, tmp_path: Path) -> dict[str, str]:
    """Of the processes: the local server, a keyring in a file, a home of their own."""
    kept = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    return kept | {
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(tmp_path / "huggingface"),
        "HF_TOKEN": "",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHON_KEYRING_BACKEND": "tests.file_keyring.FileKeyring",
        "PYTHONPATH": str(ROOT),
        VARIABLE: str(tmp_path / "keyring.json"),
    }


@pytest.fixture
def models(environment: dict[str, str], tmp_path: Path) -> Callable[..., Any]:
    """Run `main.py models` to its end."""

    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "models", *words],
            env=environment | more,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONG,
            check=False,
        )

    return run
