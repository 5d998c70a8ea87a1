"""What goes wrong around a running model: memory, files that change, folders of any kind."""

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.bridge.host import ProcessHost
from engine import cli
from engine.datatypes import Modality, Role, SamplingParams, Turn
from engine.errors import ErrorKind, NestlingError
from engine.protocol import Ask, Failed, Finished, Loaded, LoadModel
from engine.residency import OUT_OF_MEMORY
from engine.session import Session
from tests.checkpoints import tiny_config, write_checkpoint
from tests.elastic import write_elastic
from tests.engine.test_worker import TIMEOUT_S, Worker

GREEDY = SamplingParams(temperature=0.0, max_tokens=2)
QUESTION = (Turn(1, Role.USER, "hello"),)
WEIGHTS = "model-00002-of-00002.safetensors"
ROOM = 30_000_000  # bytes that a process of limited size may still grow by


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("models") / "tiny", shards=2, seed=3)


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "tiny"))


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    session = Session()
    list(session.load(folder))
    yield session
    session.close()


@pytest.fixture(scope="module")
def worker(original: Path) -> Iterator[Worker]:
    """One process for all of them: it must survive each."""
    worker = Worker(ProcessHost, original)
    yield worker
    assert worker.death.empty()
    worker.host.close()


def failure(worker: Worker) -> Failed:
    """What the worker fails with next."""
    while not isinstance(event := worker.events.get(timeout=TIMEOUT_S), Failed):
        worker.seen.append(event)
    return event


def shorter(file: Path) -> None:
    """The same file, cut in the middle: what is mapped behind it is no memory any more."""
    os.truncate(file, file.stat().st_size // 2)


def replaced_by_shorter(file: Path) -> None:
    cut = file.with_name("cut")
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    cut.replace(file)


def written_to(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(-8, os.SEEK_END)
        stream.write(b"\x42" * 8)


CHANGES = (shorter, replaced_by_shorter, written_to)


@pytest.mark.parametrize("change", CHANGES)
def test_weights_that_changed_are_not_read_any_further(
    session: Session, folder: Path, change: Callable[[Path], None]
) -> None:
    list(session.ask(QUESTION, GREEDY))
    change(folder / WEIGHTS)
    longer = (*QUESTION, Turn(2, Role.MODEL, "hi"), Turn(3, Role.USER, "and now?"))
    with pytest.raises(NestlingError, match="has changed since the model was opened") as caught:
        list(session.ask(longer, GREEDY))
    assert caught.value.kind is ErrorKind.BAD_MODEL
    assert str(folder / WEIGHTS) in caught.value.message


def test_weights_that_change_during_an_answer_end_it(session: Session, folder: Path) -> None:
    events = session.ask(QUESTION, SamplingParams(temperature=1.0, max_tokens=100, seed=1))
    next(events)  # the question has been read
    shorter(folder / WEIGHTS)
    with pytest.raises(NestlingError, match="has changed"):
        list(events)


def test_weights_that_are_gone_are_told(session: Session, folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    with pytest.raises(NestlingError, match="can no longer be read"):
        list(session.ask(QUESTION, GREEDY))


def test_a_tower_is_not_read_from_changed_files(session: Session, folder: Path) -> None:
    replaced_by_shorter(folder / WEIGHTS)
    with pytest.raises(NestlingError, match="has changed"):
        list(session.start_listening(1))
    assert not session._opened.model.has_tower(Modality.AUDIO)


def test_opening_the_changed_folder_again_says_what_is_wrong_with_it(
    session: Session, folder: Path
) -> None:
    shorter(folder / WEIGHTS)
    with pytest.raises(NestlingError, match="is truncated"):
        list(session.load(folder))


def test_a_worker_survives_a_file_that_is_cut_short(worker: Worker, folder: Path) -> None:
    """Without looking first it would be ended by the system in the middle of a word."""
    worker.host.send(LoadModel(str(folder)))
    worker.wait_for(Loaded)
    worker.host.send(Ask(QUESTION, GREEDY))
    worker.wait_for(Finished)
    for file in folder.glob("*.safetensors"):
        os.truncate(file, 4096)
    worker.host.send(Ask((*QUESTION, Turn(2, Role.MODEL, "x"), Turn(3, Role.USER, "y")), GREEDY))
    failed = failure(worker)
    assert (failed.kind, failed.turn) == (ErrorKind.BAD_MODEL, 3)
    assert "open the model folder again" in failed.message


def test_a_read_only_folder_with_any_name_is_used_and_left_as_it_is(
    worker: Worker, original: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(original, tmp_path / "große Modelle" / "模型 one & two"))
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    for file in (*folder.iterdir(), folder):
        file.chmod(0o555)
    try:
        worker.host.send(LoadModel(str(folder)))
        assert worker.wait_for(Loaded).model.folder == str(folder)
        worker.host.send(Ask(QUESTION, GREEDY))
        worker.wait_for(Finished)
    finally:
        folder.chmod(0o755)
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before


def test_memory_that_runs_out_while_loading_is_one_sentence(
    worker: Worker, original: Path, tmp_path: Path
) -> None:
    """A process that may not grow: the system refuses to map the weights."""
    large = write_elastic(tmp_path / "large")
    process = psutil.Process(worker.ready.pid)
    resource.prlimit(
        process.pid, resource.RLIMIT_AS, (process.memory_info().vms + ROOM, resource.RLIM_INFINITY)
    )
    worker.host.send(LoadModel(str(large)))
    failed = failure(worker)
    assert (failed.kind, failed.message) == (ErrorKind.OUT_OF_MEMORY, OUT_OF_MEMORY)
    resource.prlimit(
        process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )
    worker.host.send(LoadModel(str(large)))  # the same process, with room
    assert worker.wait_for(Loaded).model.folder == str(large)


def test_a_slice_on_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_checkpoint(tmp_path / "tiny", tiny_config())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        code = cli.run(cli.parse(["slice", str(folder), "full", str(tmp_path / "out")]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert code == cli.FAILED
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tiny"]
