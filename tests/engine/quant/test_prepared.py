"""The prepared file: made once, whole or not at all, anew when anything else is wanted."""

import errno
import fcntl
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.checkpoint import Checkpoint
from engine.config import load_config
from engine.errors import ErrorKind, NestlingError
from engine.quant import prepared
from engine.quant.choice import scheme_for
from engine.quant.packing import Layout, machine_layout
from engine.quant.plan import Scheme
from engine.quant.prepared import Preparation, prepare
from engine.text.matformer import load_size_table
from engine.weights import Weights
from tests.engine.quant.models import logits, opened, write


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written to the real one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def preparation_of(folder: Path, scheme: Scheme | None = None) -> Preparation:
    settings = load_config(folder)
    splits = load_size_table(folder, settings.text).splits
    return Preparation.of(Checkpoint(folder, settings), splits, scheme or Scheme(4))


def made(folder: Path) -> Path:
    """The prepared file of a folder, made now if need be."""
    preparation = preparation_of(folder)
    for _ in prepare(preparation):
        pass
    found = preparation.find()
    assert found is not None
    return found.file


def test_made_once_and_whole(tmp_path: Path) -> None:
    folder = write(tmp_path / "a folder with spaces, 模型")
    shares = list(prepare(preparation_of(folder)))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)
    file = made(folder)
    written = file.stat().st_mtime_ns
    assert file.parent == folder
    assert made(folder) == file
    assert file.stat().st_mtime_ns == written
    assert not list(folder.glob("*.part*"))
    found = preparation_of(folder).find()
    assert found is not None
    assert found.damaged() == []


def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    folder = write(tmp_path / os.fsdecode(b"mod\xe8le"))
    file = made(folder)
    assert file.parent == folder
    assert opened(folder, Weights.INT4) is not None


def test_another_source_scheme_or_machine_needs_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "model")
    made(folder)
    assert preparation_of(folder, Scheme(4, 64)).find() is None
    assert preparation_of(folder, Scheme(8)).find() is None
    assert preparation_of(folder).find() is not None
    with monkeypatch.context() as changed:
        changed.setattr(prepared, "VERSION", prepared.VERSION + 1)
        assert preparation_of(folder).find() is None
    with monkeypatch.context() as changed:
        layout = machine_layout()
        assert layout is not None
        other = Layout(32, not layout.paired)
        changed.setattr(prepared, "machine_layout", lambda: other)
        assert preparation_of(folder).find() is None
    before = logits(opened(folder, Weights.INT4))
    write(folder, seed=1)
    assert preparation_of(folder).find() is None
    assert not torch.equal(logits(opened(folder, Weights.INT4)), before)


@pytest.mark.parametrize("damage", ["cut", "longer", "no header"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    folder = write(tmp_path / "model")
    file = made(folder)
    expected = logits(opened(folder, Weights.INT4))
    whole = file.read_bytes()
    file.write_bytes({"cut": whole[:-7], "longer": whole + b"?", "no header": b""}[damage])
    assert torch.equal(logits(opened(folder, Weights.INT4)), expected)
    assert file.read_bytes() == whole


def test_verifying_finds_a_changed_byte(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    file = made(folder)
    with file.open("r+b") as stream:
        stream.seek(-200, os.SEEK_END)
        byte = stream.read(1)
        stream.seek(-200, os.SEEK_END)
        stream.write(bytes([byte[0] ^ 1]))
    found = preparation_of(folder).find()
    assert found is not None
    with pytest.raises(NestlingError, match="damaged .1 tensors") as caught:
        found.verify()
    assert caught.value.kind is ErrorKind.BAD_MODEL
    assert not file.exists()


def killed_while_preparing(folder: Path, pieces: int) -> None:
    """Another process that prepares, killed for good after so many pieces."""
    script = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from tests.engine.quant.test_prepared import preparation_of, prepare\n"
        "for _ in prepare(preparation_of(Path(sys.argv[1]))):\n"
        "    journal = list(Path(sys.argv[1]).glob('*.journal'))\n"
        "    if journal and len(journal[0].read_text().splitlines()) > int(sys.argv[2]):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(pieces)], check=False, timeout=120
    )
    assert run.returncode == -signal.SIGKILL


def test_goes_on_after_a_kill(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    whole = made(folder).read_bytes()
    made(folder).unlink()
    killed_while_preparing(folder, 20)
    assert preparation_of(folder).find() is None
    (unfinished,) = folder.glob("*.part")
    # What was being written at the end is not to be trusted, what the journal tells is.
    with unfinished.open("r+b") as stream:
        stream.seek(0, os.SEEK_END)
        stream.write(b"half a piece")
    shares = list(prepare(preparation_of(folder)))
    assert shares[1] > 0.2
    assert made(folder).read_bytes() == whole


@pytest.mark.parametrize("damage", ["file cut off", "journal overwritten"])
def test_what_a_damaged_disk_left_is_begun_anew(tmp_path: Path, damage: str) -> None:
    folder = write(tmp_path / "model")
    whole = made(folder).read_bytes()
    made(folder).unlink()
    killed_while_preparing(folder, 20)
    (unfinished,) = folder.glob("*.part")
    (journal,) = folder.glob("*.journal")
    if damage == "file cut off":
        os.truncate(unfinished, unfinished.stat().st_size // 2)
    else:
        journal.write_bytes(b"\xff\xfe" + journal.read_bytes())
    assert made(folder).read_bytes() == whole


def test_what_was_begun_for_another_source_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    killed_while_preparing(folder, 20)
    write(folder, seed=1)
    resumed = made(folder).read_bytes()
    made(folder).unlink()
    assert made(folder).read_bytes() == resumed


def test_two_programs_make_one_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    mine = prepare(preparation_of(folder))
    while next(mine) < 0.4:
        pass
    theirs = prepare(preparation_of(folder))
    waiting = [next(theirs) for _ in range(3)]
    assert waiting[-1] >= 0.3
    assert not list(folder.glob("*.safetensors.part.part"))
    for _ in mine:
        pass
    file = made(folder)
    written = file.stat().st_mtime_ns
    assert list(theirs)[-1] == 1.0
    assert file.stat().st_mtime_ns == written


def test_a_closed_preparation_lets_others_go_on(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    mine = prepare(preparation_of(folder))
    while next(mine) < 0.4:
        pass
    mine.close()
    assert next(iter(list(prepare(preparation_of(folder)))[1:])) >= 0.3


def test_a_folder_that_cannot_be_written_is_left_alone(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "model")
    # Rights do not bind root: a folder stands where the lock belongs.
    (lock := folder / f"nestling-{Scheme(4).name}.safetensors.lock").mkdir()
    file = made(folder)
    assert cache_folder in file.parents
    assert not list(folder.glob("nestling*.part"))
    assert list(folder.glob("nestling*")) == [lock]
    logits(opened(folder, Weights.INT4))
    shutil.rmtree(cache_folder)
    cache_folder.write_text("a file where the cache belongs")
    with pytest.raises(NestlingError, match="cannot be written.*--weights bf16") as caught:
        made(folder)
    assert caught.value.kind is ErrorKind.DISK


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS], ids=os.strerror)
def test_a_folder_without_locks_is_left_to_the_cache(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As some network file systems are."""
    folder = write(tmp_path / "model")
    lock, without = fcntl.flock, [folder]

    def flock(file: int, operation: int) -> None:
        if Path(os.readlink(f"/proc/self/fd/{file}")).is_relative_to(without[-1]):
            raise OSError(number, os.strerror(number))
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    assert cache_folder in made(folder).parents
    shutil.rmtree(cache_folder)
    without.append(tmp_path)
    with pytest.raises(NestlingError, match="cannot be written.*--weights bf16") as caught:
        made(folder)
    assert caught.value.kind is ErrorKind.DISK


def test_no_room_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "model")
    full = shutil._ntuple_diskusage(10, 10, 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(NestlingError, match=r"0\.0 GB free: expected") as caught:
        made(folder)
    assert caught.value.kind is ErrorKind.DISK
    assert not list(folder.glob("*.part"))


def test_a_disk_that_fills_up_is_one_sentence(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
        with pytest.raises(NestlingError, match="cannot be written .*expected room") as caught:
            made(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert caught.value.kind is ErrorKind.DISK
    assert preparation_of(folder).find() is None
    assert made(folder).is_file()


def test_a_way_of_packing_that_is_not_known_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "model")
    monkeypatch.setattr(prepared, "machine_layout", lambda: None)
    with pytest.raises(NestlingError, match="packs 4-bit weights.*bf16") as caught:
        preparation_of(folder)
    assert caught.value.kind is ErrorKind.BAD_INPUT


def test_weights_are_small_only_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "model")
    checkpoint = Checkpoint(folder, load_config(folder))
    cpu, wide, narrow = torch.device("cpu"), torch.float32, torch.bfloat16

    def chosen(wanted: Weights, dtype: torch.dtype, device: torch.device) -> Scheme | None:
        return scheme_for(wanted, checkpoint, dtype, device)

    monkeypatch.setattr("engine.quant.choice.available_bytes", lambda: 1 << 40)
    assert chosen(Weights.AUTO, narrow, cpu) is None
    assert chosen(Weights.INT4, narrow, cpu) == Scheme(4, 32)
    assert chosen(Weights.INT8, narrow, cpu) == Scheme(8)
    monkeypatch.setattr("engine.quant.choice.available_bytes", lambda: 1 << 30)
    assert chosen(Weights.AUTO, narrow, cpu) == Scheme(4, 32)
    assert chosen(Weights.EXACT, narrow, cpu) is None
    assert chosen(Weights.AUTO, wide, cpu) is None
    assert chosen(Weights.AUTO, narrow, torch.device("meta")) is None
