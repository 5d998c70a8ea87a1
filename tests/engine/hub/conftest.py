"""A repository of the Hub's shape, and a server for it."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.hub.catalogue import Entry
from engine.hub.store import Store
from tests.hub_server import HubServer, serving

WEIGHTS = "model-00001-of-00002.safetensors"
MORE_WEIGHTS = "model-00002-of-00002.safetensors"


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
