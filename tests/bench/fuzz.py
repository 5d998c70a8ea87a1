"""Model folders broken at random: opening one gives a model or a sentence, and nothing else.

    python tests/bench/fuzz.py --seconds 600 [--seed N] [--keep DIR]

A child process breaks one file of a small model folder at a time and opens the folder. What is no
NestlingError, ends the child, computes longer than PATIENCE_S or lets it grow by more than GROWTH
bytes is a finding: its folder is kept, and the exit code is 1. Every case follows from its number.
"""

import argparse
import itertools
import json
import math
import multiprocessing
import random
import resource
import shutil
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

PATIENCE_S = 20.0  # of its own processor's time, for one case
START_S = 120.0  # the same, for the child to be there
WAITING_S = 900.0  # by the clock, on a machine that does other things
GROWTH = 100_000_000  # bytes of the child's peak above what sound folders take
_LOOK_S = 1.0  # between two looks at a silent child
_DEEPEST = 2_000  # brackets inside one another
_LONGEST = 5_000

CONFIG, GENERATION, SIZES = "config.json", "generation_config.json", "matformer.json"
INDEX, TOKENIZER = "model.safetensors.index.json", "tokenizer.model"
JSON_FILES = (CONFIG, GENERATION, SIZES, INDEX)

# What a value is exchanged for: other types, and numbers where sizes, loops and floats give way.
_NASTY: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 255, 65_536, 2**31 - 1, 2**31, 2**63, 2**64, 10**30),
    *(10**400, -(10**400), 0.5, -0.5, 1e-320, 1e308, -1e308, math.nan, math.inf, -math.inf),
    *("", "x", "0", "2_048 * 8", "gemma3n", "\ud800", "\0", "../..", "/dev/zero", "模型 one"),
    *([], {}, [[]], [0], [None], [1, 2], ["sliding_attention"], {"": 0}, {"x": {"x": []}}),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that went wrong. what: one line; folder: as it was opened."""

    case: int
    what: str
    folder: Path


@dataclass(slots=True)
class Tally:
    """How many cases ended how. growth: bytes of the child's peak above its beginning."""

    refused: int = 0
    opened: int = 0
    growth: int = 0


def write_sound(folder: Path) -> Path:
    """A small model with everything that is read: two shards with an index, towers, sizes."""
    from tests.checkpoints import tiny_config, write_checkpoint

    raw = tiny_config(vision=True, widths=[48] * 12)
    write_checkpoint(folder, raw, shards=2)
    sizes = [
        {"name": "small", "widths": [24] * 12, "skip": [9], "score": 1.5},
        {"name": "full", "widths": [48] * 12, "skip": [], "score": None},
    ]
    table = {"splits": [24, 48], "sizes": sizes, "tasks": {"chat": {}, "transcribe": {}}}
    (folder / SIZES).write_text(json.dumps(table), encoding="utf-8")
    return folder


# --- breaking -------------------------------------------------------------------------------------


def break_folder(folder: Path, rng: random.Random) -> str:
    """Break one file, or now and then two. Returns: which."""
    shards = sorted(file.name for file in folder.glob("*.safetensors"))
    names = [CONFIG, CONFIG, CONFIG, GENERATION, SIZES, SIZES, INDEX, TOKENIZER, *shards]
    chosen = {rng.choice(names) for _ in range(rng.choice((1, 1, 1, 2)))}
    for name in chosen:
        _break_file(folder / name, rng)
    return ", ".join(sorted(chosen))


def _break_file(file: Path, rng: random.Random) -> None:
    kind = rng.random()
    if kind < 0.02:
        file.unlink()
    elif kind < 0.04:
        file.unlink()
        file.mkdir()
    elif kind < 0.25:
        file.write_bytes(_broken_bytes(file.read_bytes(), rng))
    elif file.name in JSON_FILES:
        text = json.dumps(_broken_json(json.loads(file.read_text(encoding="utf-8")), rng))
        file.write_text(text, encoding="utf-8", errors="surrogatepass")
    elif file.suffix == ".safetensors":
        file.write_bytes(_broken_shard(file.read_bytes(), rng))
    else:
        file.write_bytes(_broken_bytes(file.read_bytes(), rng))


def _broken_bytes(data: bytes, rng: random.Random) -> bytes:
    broken = bytearray(data)
    kind = rng.randrange(6)
    at = rng.randrange(len(broken)) if broken else 0
    if rng.random() < 0.5:
        at = min(at, 200)  # where formats have their lengths
    if kind == 0:
        return bytes(broken[:at])
    if kind == 1:
        return bytes(broken + rng.randbytes(rng.choice((1, 8, 1_000))))
    if kind == 2:
        broken[at:at] = rng.randbytes(rng.choice((1, 4, 100)))
    elif kind == 3:
        del broken[at : at + rng.choice((1, 4, 100))]
    elif kind == 4:
        return rng.choice((b"", b"\0" * 64, b"[" * _DEEPEST, b'{"a":' * _DEEPEST, b"\xff" * 64))
    else:
        for _ in range(rng.choice((1, 2, 16))):
            place = min(rng.randrange(len(broken)), rng.choice((8, 400, len(broken) - 1)))
            broken[place] ^= 1 << rng.randrange(8)
    return bytes(broken)


def _broken_shard(data: bytes, rng: random.Random) -> bytes:
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    encoded = json.dumps(_broken_json(header, rng)).encode("utf-8", "surrogatepass")
    said = rng.choice((0, 1, length, 2**40, 2**63, 2**64 - 1))
    if rng.random() < 0.9:
        said = len(encoded)
    return struct.pack("<Q", said) + encoded + data[8 + length :]


def _broken_json(value: Any, rng: random.Random) -> Any:
    """The same with one to three places changed."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(value))
        if not places:
            return rng.choice(_NASTY)
        container, key = rng.choice(places)
        kind = rng.random()
        if kind < 0.12:
            del container[key]
        elif kind < 0.2 and isinstance(container, list):
            container += [container[key]] * rng.choice((1, 2, _LONGEST))
        elif kind < 0.25 and isinstance(container, dict):
            container[rng.choice(("", "x", "__metadata__", "\ud800"))] = container[key]
        elif kind < 0.35 and _is_number(container[key]):
            container[key] = container[key] * rng.choice((-1, 2, 10, 0.5, 10**6)) + 1
        elif kind < 0.45:
            other, place = rng.choice(places)
            container[key] = json.loads(json.dumps(other[place]))  # a copy, not a ring
        elif kind < 0.48:
            container[key] = _nested(rng.choice((50, _DEEPEST // 4)))
        elif kind < 0.5:
            container[key] = rng.choice(("x", "9", 7)) * _LONGEST
        else:
            container[key] = json.loads(json.dumps(rng.choice(_NASTY)))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in it with each of its keys."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 1e300


# --- opening --------------------------------------------------------------------------------------


def open_all(folder: Path) -> None:
    """Everything that opening and using a folder reads. Errors: NestlingError."""
    import torch

    from engine.datatypes import Modality
    from engine.info import describe
    from engine.model import Gemma3n

    describe(folder)
    model = Gemma3n.open(folder)
    with torch.inference_mode():
        ids = torch.tensor([model.tokenizer.encode("hello 1")[:4]])
        for size in model.sizes.sizes[:3]:
            model.text.logits(model.text(model.embed(ids), ids, size=size, want=1))
        for modality in model.modalities:
            if modality is not Modality.TEXT:
                model.read_tower(modality)


def _serve(connection: Connection, sound: Path, seed: int) -> None:
    """The child: told a case's number and a folder for it, it answers how that ended."""
    from engine import device
    from engine.errors import NestlingError

    device.configure()
    open_all(sound)
    connection.send(("ready", "", _peak()))
    while True:
        case, folder = connection.recv()
        try:
            with _copied(sound, folder):
                break_folder(folder, random.Random(f"{seed} {case}"))
                open_all(folder)
                outcome = ("opened", "")
        except NestlingError as error:
            outcome = ("refused", error.message)
        except BaseException:  # noqa: BLE001 - what comes is the finding
            outcome = ("raised", traceback.format_exc())
        connection.send((*outcome, _peak()))


@contextmanager
def _copied(sound: Path, folder: Path) -> Iterator[None]:
    """A copy, which stays only if something unforeseen happens."""
    from engine.errors import NestlingError

    shutil.copytree(sound, folder)
    try:
        yield
    except NestlingError:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)


def _peak() -> int:
    """Bytes this process has had in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class _Child:
    """The process that opens. A new one takes over where one died."""

    def __init__(self, sound: Path, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, sound, seed), daemon=True)
        self._process.start()
        far.close()
        outcome, words, self.before = self._answer(START_S)
        if outcome != "ready":
            raise SystemExit(f"the child that opens folders does not begin: {words}")

    def open(self, case: int, folder: Path) -> tuple[str, str, int]:
        """How a case ended: (what, words, the child's peak)."""
        self.connection.send((case, folder))
        return self._answer(PATIENCE_S)

    def _answer(self, patience_s: float) -> tuple[str, str, int]:
        began, used = time.monotonic(), self._used_s()
        while not self.connection.poll(_LOOK_S):
            waited, computed = time.monotonic() - began, self._used_s() - used
            if computed > patience_s or waited > WAITING_S:
                self.end()
                return "hung", f"no answer in {waited:.0f} s, {computed:.0f} s of computing", 0
        try:
            outcome, words, peak = self.connection.recv()
        except EOFError:
            self.end()
            return "crashed", f"exit code {self._process.exitcode}", 0
        return str(outcome), str(words), int(peak)

    def _used_s(self) -> float:
        """Processor time of the child; of one that has ended, without end."""
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.NoSuchProcess:
            return math.inf
        return float(times.user + times.system)

    def end(self) -> None:
        """Whatever it does."""
        self._process.kill()
        self._process.join()


def fuzz(
    cases: Iterable[int], seed: int, keep: Path, say: Callable[[str], None] = lambda _: None
) -> tuple[Tally, list[Finding]]:
    """Break and open, once for each number of a case.

    keep: an empty folder for the folders of findings.
    """
    tally, findings = Tally(), []
    sound = write_sound(keep / "sound")
    child = _Child(sound, seed)
    for case in cases:
        folder = keep / f"case {case} 模型"
        what, words, peak = child.open(case, folder)
        growth = peak - child.before
        tally.growth = max(tally.growth, growth)
        if what == "opened":
            tally.opened += 1
        elif what == "refused":
            tally.refused += 1
            if not words or "\n" in words.strip():
                what, words = "said no sentence", words[:200]
        if growth > GROWTH:
            what, words = "grew", f"{growth / 1e6:.0f} MB"
        if what not in ("opened", "refused"):
            findings.append(Finding(case, f"{what}: {words}", folder))
            say(f"case {case}: {what}: {words}")
            if what in ("hung", "crashed", "grew"):
                child.end()
                child = _Child(sound, seed)
    child.end()
    return tally, findings


def _for(seconds: float) -> Iterator[int]:
    end = time.monotonic() + seconds
    return itertools.takewhile(lambda _: time.monotonic() < end, itertools.count())


def main() -> int:
    """Print what was found. Returns: 1 if something was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", type=Path, help="for the folders of findings; must not exist")
    options = parser.parse_args()
    keep = options.keep or Path(tempfile.mkdtemp(prefix="nestling-fuzz-"))
    keep.mkdir(parents=True, exist_ok=options.keep is None)
    tally, findings = fuzz(_for(options.seconds), options.seed, keep, print)
    print(
        f"seed {options.seed}: {tally.refused} folders refused with a sentence, {tally.opened} "
        f"opened, {len(findings)} findings; growth {tally.growth / 1e6:.1f} MB"
    )
    if not findings and options.keep is None:
        shutil.rmtree(keep)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
