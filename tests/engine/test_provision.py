"""Which Python a command goes on with: the real program, started by one without any packages."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import provision

ROOT = Path(__file__).resolve().parents[2]
LONG = 90.0  # s; for a process on a busy machine
ADVICE = "`python3 main.py setup`"
Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the standard library only."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True)
    return folder / "bin" / "python"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The program in a folder of its own, so with an environment of its own, or none."""
    folder = tmp_path / "nestling"
    shutil.copytree(ROOT / "engine", folder / "engine", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "main.py", folder)
    return folder


@pytest.fixture
def program(bare: Path, checkout: Path) -> Program:
    """Run the copy's `main.py` with the bare Python."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [bare, checkout / "main.py", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONG,
            check=False,
        )

    return run


def make_environment(checkout: Path) -> Path:
    """What set-up leaves, but for the packages. Returns: the folder that they belong in."""
    folder = checkout / ".venv"
    venv.create(folder, symlinks=True)
    (folder / "installed.txt").write_text("digest starter\n")
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))


def is_advice(done: "subprocess.CompletedProcess[str]") -> bool:
    """Whether it ended with the one sentence that says what to do."""
    one = done.stderr.count("\n") == 1 and ADVICE in done.stderr
    return one and (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("words", [(), ("chat", "hello"), ("models", "list")], ids=str)
def test_without_an_environment_one_sentence_says_how_to_make_it(
    program: Program, words: tuple[str, ...]
) -> None:
    """It was a traceback."""
    assert is_advice(program(*words))


def test_an_environment_that_has_the_packages_is_entered(program: Program, checkout: Path) -> None:
    packages = make_environment(checkout)
    (packages / "these.pth").write_text("\n".join(path for path in sys.path if "site-pac" in path))
    done = program("models", "where", "--folder", str(checkout))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{checkout}\n", "")


def test_another_torch_does_not_keep_it_out_of_its_environment(
    program: Program, checkout: Path, bare: Path
) -> None:
    """As a distribution's, or one that pip put into a person's home."""
    packages = make_environment(checkout)
    (packages / "these.pth").write_text("\n".join(path for path in sys.path if "site-pac" in path))
    theirs = Path(sysconfig.get_path("purelib", "venv", {"base": str(bare.parents[1])}))
    (theirs / "torch.py").touch()
    try:
        done = program("models", "list", "--folder", str(checkout))
    finally:
        (theirs / "torch.py").unlink()
    assert (done.returncode, done.stderr) == (0, "")
    assert "comes with Nestling" in done.stdout


def test_an_environment_that_lost_the_packages_is_entered_once(
    program: Program, checkout: Path
) -> None:
    """As after an upgrade of the system's Python. It started itself again and again."""
    make_environment(checkout)
    assert is_advice(program("chat", "hello"))


def test_an_environment_that_lost_its_python_is_not_entered(
    program: Program, checkout: Path
) -> None:
    """It was a traceback."""
    make_environment(checkout)
    for name in (checkout / ".venv" / "bin").glob("python*"):
        name.unlink()
    assert is_advice(program("chat", "hello"))


def test_a_set_up_that_breaks_is_not_taken_for_the_one_before(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """And the environment gets a new Python, if its own points to one that is gone."""
    make_environment(checkout)
    for name in (checkout / ".venv" / "bin").glob("python*"):
        name.unlink()
        name.symlink_to("/usr/bin/python2.9")
    (checkout / "pyproject.toml").write_text("[project\n")  # nothing that pip could install
    monkeypatch.setattr(provision, "ROOT", checkout)
    monkeypatch.setattr(provision, "ENVIRONMENT", checkout / ".venv")
    assert not provision._environment("starter")
    assert "-m pip install" in capfd.readouterr().err.splitlines()[-1]
    assert not (checkout / ".venv" / "installed.txt").exists()


def test_set_up_opens_the_window_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It opened the user's own, on the bundled model."""
    became: list[list[str]] = []
    monkeypatch.setattr(provision, "_debian_packages", lambda wanted: True)
    monkeypatch.setattr(provision, "_environment", lambda *extras: True)
    monkeypatch.setattr(provision, "_become", lambda command: became.append(command) or 0)
    assert provision.setup(["--profile", "elsewhere"]) == 0
    (command,) = became
    assert command[1:] == [str(ROOT / "main.py"), "--profile", "elsewhere"]
