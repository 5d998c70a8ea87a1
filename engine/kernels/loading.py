"""This machine's kernels: compiled once into the user's cache folder, read, and run.

They run on the threads that torch has already (of the same OpenMP library), so that no core is
asked for twice.
"""

import contextlib
import ctypes
import functools
import hashlib
import json
import mmap
import os
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import platformdirs
import torch

from engine.kernels.machine import (
    ENTRIES,
    ENTRY_WORDS,
    LENGTH,
    THREAD,
    THREADS,
    YIELD,
    Machine,
    this_machine,
)

SWITCH = "NESTLING_KERNELS"
"""Environment: "off" leaves everything to torch."""

_FOLDER = Path(__file__).resolve().parent
_COMPILING_S = 120  # allowed; it takes about one
_KEPT = 8  # files of code, of other versions and machines too
_ARCH_PRCTL, _REQ_XCOMP_PERM, _TILE_DATA = 158, 0x1023, 18  # Linux, arch/x86/include/uapi/asm


class Kernels:
    """Machine code in memory.

    code: of all kernels. functions: where each begins.
    """

    def __init__(self, machine: Machine, code: mmap.mmap, functions: Mapping[str, int]) -> None:
        self.machine = machine
        self._code = code  # mapped as long as this lives
        start = np.frombuffer(code, np.uint8).ctypes.data
        self.places = {name: start + offset for name, offset in functions.items()}
        team = ctypes.CDLL(str(_openmp()))
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        self.alone = kind(self.places["run_alone"])
        self._body = self.places["run"]
        self._team = team.GOMP_parallel
        self._team.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint)
        self._team.restype = None
        asked = team.omp_get_thread_num, team.omp_get_num_threads, ctypes.CDLL(None).sched_yield
        self.asked = [ctypes.cast(one, ctypes.c_void_p).value or 0 for one in asked]

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def run(self, control: int) -> None:
        """Go through a tape on torch's threads. control: the address of its words."""
        threads = torch.get_num_threads()
        if threads == 1:
            self.alone(control)
        else:
            self._team(self._body, control, threads, 0)


class Tape:
    """Kernels in the order in which they run, to be run as often as wanted.

    Call = (kernel's name, its arguments as 64-bit words, whether all threads wait for its end).
    Addresses among the arguments must stay valid. Not to be run by two threads at once.
    """

    def __init__(self, kernels: Kernels, calls: Sequence[tuple[str, Sequence[int], bool]]) -> None:
        self._kernels = kernels
        first = ENTRIES + ENTRY_WORDS * len(calls)
        arguments = [word for _, words, _ in calls for word in words]
        self.words = array("q", bytes(8 * first))
        self.words.extend(arguments)
        self._start = self.words.buffer_info()[0]
        self.words[THREAD], self.words[THREADS], self.words[YIELD] = kernels.asked
        self.words[LENGTH] = len(calls)
        self.places: list[int] = []
        """Of each call's first argument among `words`."""
        for index, (name, words, joins) in enumerate(calls):
            entry = ENTRIES + ENTRY_WORDS * index
            self.words[entry] = kernels.places[name]
            self.words[entry + 1] = self._start + 8 * first
            self.words[entry + 2] = int(joins)
            self.places.append(first)
            first += len(words)

    def run(self) -> None:
        """All of it; returns when every thread is through."""
        self._kernels.run(self._start)


def available() -> Kernels | None:
    """The kernels of this machine; None where there are none, or they are switched off."""
    return None if os.environ.get(SWITCH) == "off" else _loaded()


@functools.cache
def _loaded() -> Kernels | None:
    machine = this_machine()
    return None if machine is None else load(machine)


def load(machine: Machine) -> Kernels | None:
    """Kernels made of chosen instructions; None if they cannot be made or run here."""
    if machine.tiles and not _may_use_tiles():
        machine = Machine(machine.lanes, machine.dots, tiles=False)
    if _openmp() is None:
        return None
    try:
        return _mapped(machine, _made(machine))
    except (OSError, ValueError, subprocess.SubprocessError, PackageNotFoundError):
        return None  # a full disk, a folder that forbids code: torch's own kernels do


def _made(machine: Machine) -> Path:
    """The file of a machine's code, compiled now unless it is there."""
    digest = hashlib.sha256(version("llvmlite").encode())
    for source in sorted(_FOLDER.glob("*.py")):
        digest.update(source.read_bytes())
    folder = platformdirs.user_cache_path("nestling", appauthor=False) / "kernels"
    file = folder / f"{machine.name}-{digest.hexdigest()[:16]}.bin"
    if not _is_whole(file):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            unfinished = Path(scratch) / file.name
            told = [str(unfinished), str(machine.lanes)]
            told += [str(int(flag)) for flag in (machine.dots, machine.tiles)]
            subprocess.run(
                [sys.executable, "-m", "engine.kernels.compiling", *told],
                check=True,
                cwd=_FOLDER.parents[1],
                capture_output=True,
                timeout=_COMPILING_S,
            )
            os.replace(unfinished, file)
        _forget_old(folder)
    return file


def _forget_old(folder: Path) -> None:
    """Each version of the program leaves a file: the newest stay."""
    dated = []
    for file in folder.glob("*.bin"):
        with contextlib.suppress(OSError):  # another program's turn came first
            dated.append((file.stat().st_mtime, file))
    for _, file in sorted(dated, reverse=True)[_KEPT:]:
        with contextlib.suppress(OSError):
            file.unlink()


def _is_whole(file: Path) -> bool:
    try:
        head, _, code = file.read_bytes().partition(b"\n")
        sound: bool = json.loads(head)["sha256"] == hashlib.sha256(code).hexdigest()
    except (OSError, ValueError, KeyError):
        return False
    return sound


def _mapped(machine: Machine, file: Path) -> Kernels:
    head, _, code = file.read_bytes().partition(b"\n")
    memory = mmap.mmap(-1, len(code), prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    return Kernels(machine, memory, json.loads(head)["functions"])


def _openmp() -> Path | None:
    """The OpenMP library that torch brings and uses."""
    found = sorted((Path(torch.__file__).parent / "lib").glob("libgomp*.so*"))
    return found[0] if found else None


def _may_use_tiles() -> bool:
    """Ask the system for the tile registers, as any program must that uses them."""
    call = ctypes.CDLL(None, use_errno=True).syscall
    granted: int = call(_ARCH_PRCTL, _REQ_XCOMP_PERM, _TILE_DATA)
    return granted == 0
