"""What a tower costs a process from before its loading to after its release, as the system sees it.

Random weights: memory and time do not depend on their values.
"""

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine import device, residency
from engine.datatypes import Modality, PartMemory, Role, SamplingParams, Seeing, Turn
from engine.protocol import Event, Finished, Tower, TowerState
from engine.published import published_config
from engine.session import Session
from tests.checkpoints import tiny_config, write_checkpoint

SECONDS = 2  # of sound in a question
PARAMS = SamplingParams(temperature=0.0, max_tokens=2)
LONG_WORDS = 100  # no fewer tokens than with a picture
_TEXT_HIDDEN = 2_048
_CONTEXT = 2_048


@dataclass(frozen=True, slots=True)
class Cycle:
    """Memory of the whole process, and how long what lies between the readings took.

    bars: what the worker says of this tower once it is loaded.
    """

    before: PartMemory
    loaded: PartMemory
    used: PartMemory
    released: PartMemory
    bars: PartMemory
    load_s: float
    release_s: float

    @property
    def increase(self) -> int:
        """Bytes that came with the tower's loading and use."""
        return total(self.used) - total(self.before)

    @property
    def returned(self) -> float:
        """The share of them that the system has back."""
        return (total(self.used) - total(self.released)) / self.increase


def total(memory: PartMemory) -> int:
    """Private and file-backed bytes together."""
    return memory.private + memory.file_backed


def towers_config(audio_layers: int = 12) -> dict[str, Any]:
    """Towers and embedders as E2B and E4B have them around a tiny text decoder.

    audio_layers: fewer make the tower that hears smaller.
    """
    raw = tiny_config(hidden=_TEXT_HIDDEN, vision=True, max_position_embeddings=_CONTEXT)
    published = published_config(30, 10, 8192)
    for section in ("audio_config", "vision_config"):
        ids = {key: raw[section][key] for key in ("vocab_size", "vocab_offset")}
        raw[section] = published[section] | ids
    raw["audio_config"]["conf_num_hidden_layers"] = audio_layers
    raw["vision_soft_tokens_per_image"] = published["vision_soft_tokens_per_image"]
    return raw


def write_towers(
    folder: Path, *, dtype: torch.dtype, audio_layers: int = 12, vision: bool = True
) -> Path:
    """Write such a checkpoint, weights drawn at random; in a process that ends with it.

    audio_layers: 0 = a model that does not hear.
    """
    raw = towers_config(audio_layers)
    if not vision:
        del raw["vision_config"]
    if not audio_layers:
        del raw["audio_config"]
    return in_fresh_process(write_checkpoint, folder, raw, dtype=dtype)


def in_fresh_process(function: Any, *arguments: Any, **named: Any) -> Any:
    """Call it where nothing else has left its mark on the memory."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments, **named).result()


def life_cycles(
    folder: Path,
    modality: Modality,
    count: int,
    seeing: Seeing = Seeing(),  # noqa: B008 - frozen
) -> list[Cycle]:
    """Load, use and release a tower so often. Call it in a process of its own."""
    residency.share_one_heap()
    device.configure()
    session = Session(idle_release_s=0)
    _drain(session.load(folder))
    # What the decoder's first long prompt brings along for good has nothing to do with a tower.
    _drain(session.ask((Turn(0, Role.USER, "hello " * LONG_WORDS),), PARAMS))
    residency.trim()
    return [_cycle(session, modality, number, seeing) for number in range(count)]


def _cycle(session: Session, modality: Modality, number: int, seeing: Seeing) -> Cycle:
    question = _question(modality, number)
    before = _process_memory()
    begin = time.perf_counter()
    events = session.ask((question,), PARAMS, seeing=seeing)
    for event in events:
        if event == Tower(modality, TowerState.LOADED):
            load_s = time.perf_counter() - begin
            loaded, bars = _process_memory(), session.memory()[modality.value]
    assert isinstance(event, Finished)
    used = _process_memory()
    begin = time.perf_counter()
    session.release(modality)
    release_s = time.perf_counter() - begin
    return Cycle(before, loaded, used, _process_memory(), bars, load_s, release_s)


def _question(modality: Modality, number: int) -> Turn:
    """About a sound or a picture that was never met before."""
    random = np.random.default_rng(number)
    if modality is Modality.AUDIO:
        noise = random.normal(0, 0.1, SECONDS * 16_000).astype(np.float32)
        return Turn(number, Role.USER, "what was said?", noise)
    picture = random.integers(0, 256, (480, 640, 3), np.uint8)
    return Turn(number, Role.USER, "what is this?", images=(picture,))


def _process_memory() -> PartMemory:
    return residency.measure({}, {})[residency.APP]


def _drain(events: Iterator[Event]) -> None:
    for _ in events:
        pass
