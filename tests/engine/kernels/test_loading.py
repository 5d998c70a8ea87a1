"""Kernels are compiled once, and left out where they cannot be made."""

import os
import subprocess
from pathlib import Path

import pytest

from engine.kernels.linking import linked
from engine.kernels.loading import SWITCH, available, load
from engine.kernels.machine import Machine, this_machine
from engine.quant.packing import LANES, machine_layout
from tests.engine.machine_code import needs_machine_code

MACHINE = Machine(8, False, tiles=False)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "nestling" / "kernels"


@needs_machine_code
def test_compiled_once_and_anew_when_damaged(cache: Path) -> None:
    assert load(MACHINE) is not None
    (file,) = cache.iterdir()
    whole, written = file.read_bytes(), file.stat().st_mtime_ns
    assert load(MACHINE) is not None
    assert file.stat().st_mtime_ns == written
    file.write_bytes(whole[:-1])
    assert load(MACHINE) is not None
    assert file.read_bytes() == whole
    assert [*cache.iterdir()] == [file]


@needs_machine_code
def test_of_the_files_of_other_versions_only_the_newest_stay(cache: Path) -> None:
    cache.mkdir(parents=True)
    old = [cache / f"256-{number:016}.bin" for number in range(20)]
    for age, file in enumerate(old):
        file.touch()
        os.utime(file, (1000 - age, 1000 - age))
    assert load(MACHINE) is not None
    made = set(cache.iterdir()) - set(old)
    assert len(made) == 1
    assert set(cache.iterdir()) - made == set(old[:7])


def test_nothing_is_made_where_it_cannot_be(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.parent.mkdir()
    cache.write_text("no folder")
    assert load(MACHINE) is None
    cache.unlink()

    def without(*args: object, **kwargs: object) -> None:
        raise subprocess.CalledProcessError(1, "no LLVM")

    monkeypatch.setattr("engine.kernels.loading.subprocess.run", without)
    assert load(MACHINE) is None


def test_weights_are_packed_for_whoever_multiplies_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "off")
    assert available() is None
    assert machine_layout() != LANES
    monkeypatch.setenv(SWITCH, "on")
    assert (machine_layout() == LANES) == (available() is not None)


def test_processors_without_these_instructions_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "cpuinfo"
    monkeypatch.setattr("engine.kernels.machine._CPUS", told)
    assert this_machine() is None
    told.write_text("processor: 0\nflags\t\t: fpu sse2\n")
    assert this_machine() is None
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("sys.platform", "linux")
    told.write_text("flags\t\t: avx2 fma bmi2 f16c\n")
    assert this_machine() == Machine(8, False, tiles=False)
    told.write_text("flags\t\t: avx2 fma bmi2 f16c avx_vnni\n")
    assert this_machine() == Machine(8, True, tiles=False)
    wide = "avx512f avx512bw avx512dq avx512vl avx512_vnni amx_tile amx_bf16"
    told.write_text(f"flags\t\t: avx2 fma bmi2 f16c {wide}\n")
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    assert this_machine() == Machine(16, True, tiles=True)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16")
    assert this_machine() == Machine(16, True, tiles=False)


@needs_machine_code
def test_an_object_that_needs_others_is_refused() -> None:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple = "x86_64-unknown-linux-gnu"
    target = llvm.Target.from_triple(triple).create_target_machine(reloc="pic")
    source = f'target triple = "{triple}"\n'
    source += "declare void @other()\ndefine void @one() {\n call void @other()\n ret void\n}\n"
    with pytest.raises(ValueError, match="a relocation"):
        linked(target.emit_object(llvm.parse_assembly(source)))
