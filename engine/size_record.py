"""What was measured of models on this machine, kept in a file. Knows nothing of how it is measured.

An entry holds as long as machine, program and weights are the same.
"""

import dataclasses
import hashlib
import json
import logging
import math
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import torch

from engine.datatypes import SizeFigures
from engine.model import Gemma3n

VERSION = 1  # of the file, and of how figures are made
MOST_MODELS = 8  # kept; the one measured longest ago goes first

log = logging.getLogger(__name__)


def fingerprint(model: Gemma3n) -> str:
    """What figures depend on: processor, threads, torch, device, number format, weights, sizes."""
    known = (
        *(platform.machine(), _processor(), os.cpu_count(), psutil.virtual_memory().total),
        *(torch.__version__, torch.get_num_threads(), str(model.device), str(model.dtype)),
        *(VERSION, sorted(model.files.stamps.items()), model.sizes),
    )
    return hashlib.sha256(repr(known).encode()).hexdigest()


def recall(record: Path, model: Gemma3n) -> tuple[SizeFigures, ...] | None:
    """What the file says of the model; None if nothing, or not of all its sizes."""
    try:
        figures = tuple(_figures(entry) for entry in _read(record)[fingerprint(model)])
    except (KeyError, TypeError, ValueError):
        return None
    names = [size.name for size in model.sizes.sizes]
    return figures if [one.name for one in figures] == names else None


def keep(record: Path, model: Gemma3n, figures: tuple[SizeFigures, ...]) -> None:
    """Put figures into the file, whole or not at all; without room they are measured again."""
    entries = {**_read(record)}
    key = fingerprint(model)
    entries.pop(key, None)
    entries[key] = [dataclasses.asdict(one) for one in figures]
    kept = dict(list(entries.items())[-MOST_MODELS:])
    temporary = record.with_name(f".{record.name}.{os.getpid()}.part")
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump({"version": VERSION, "models": kept}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, record)
    except OSError as error:
        log.warning("%s cannot be written (%s)", record, error.strerror)
        temporary.unlink(missing_ok=True)


def _read(record: Path) -> Mapping[str, Any]:
    try:
        raw = json.loads(record.read_text(encoding="utf-8"))
        models = raw["models"] if raw["version"] == VERSION else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return models if isinstance(models, dict) else {}


def _figures(entry: Mapping[str, Any]) -> SizeFigures:
    figures = SizeFigures(**entry)
    numbers = (figures.memory, figures.tokens_per_s, figures.read_per_s, figures.live_load or 0.0)
    if not all(isinstance(n, int | float) and math.isfinite(n) and n >= 0 for n in numbers):
        raise ValueError(f"{entry} is no measurement")
    return figures


def _processor() -> str:
    """The processor's name; the system's own words where it does not tell (Linux)."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()
