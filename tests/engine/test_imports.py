"""Walls of the house: what may import what, and how long a file may be."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
APP = sorted((ROOT / "app").rglob("*.py"))
SOURCES = [*ENGINE, *APP, ROOT / "main.py"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

REFERENCE = {"transformers", "timm", "torchvision", "torchaudio"}
LIGHT = {"engine.datatypes", "engine.protocol", "engine.errors", "engine.provision"}
MAX_LINES = 500
MAX_LINES_MAIN_WINDOW = 300


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports anywhere in it, and of names from packages."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: imports are absolute here"
            if node.module in {"engine", "app"}:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter holds after a statement."""
    code = f"import sys; {statement}; print(*{{n.split('.')[0] for n in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_engine_brings_no_qt() -> None:
    loaded = loaded_by("import engine.serve")
    assert "torch" in loaded
    assert not loaded & ({"PySide6", "shiboken6", "app"} | REFERENCE)


def test_the_window_brings_no_torch() -> None:
    loaded = loaded_by("import app.application")
    assert "PySide6" in loaded
    assert not loaded & {"torch", "safetensors", "sentencepiece"}


def test_the_command_line_needs_the_standard_library_only() -> None:
    """`python3 main.py setup` runs where nothing is installed."""
    loaded = loaded_by("import main; from engine import cli")
    assert not loaded & {"numpy", "torch", "PySide6", "psutil"}


def test_every_message_module_is_light() -> None:
    loaded = loaded_by(f"import {', '.join(sorted(LIGHT))}")
    assert not loaded & {"torch", "PySide6"}


def packages(path: Path) -> set[str]:
    """Top-level packages that a file imports."""
    return {module.split(".")[0] for module in imported(path)}


def test_the_reference_is_never_imported_at_run_time() -> None:
    assert not [path for path in SOURCES if packages(path) & REFERENCE]


def test_the_reference_is_no_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["train"]]
    names = {re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower() for requirement in wanted}
    assert "torch" in names
    assert not names & REFERENCE


def test_the_engine_knows_no_window() -> None:
    assert not [path for path in ENGINE if packages(path) & {"PySide6", "app"}]


def test_the_window_knows_only_the_engines_messages() -> None:
    engines = {
        (path, module)
        for path in APP
        for module in imported(path)
        if module.split(".")[0] == "engine"
    }
    assert engines
    assert not {(path, module) for path, module in engines if module not in LIGHT}
    assert not [path for path in APP if "torch" in packages(path)]


@pytest.mark.parametrize("forbidden", ["processEvents(", "BlockingQueuedConnection"])
def test_nothing_blocks_or_reenters_the_event_loop(forbidden: str) -> None:
    assert not [path for path in APP if forbidden in path.read_text(encoding="utf-8")]


def test_files_stay_short() -> None:
    lines = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in [*SOURCES, *TESTS]
    }
    assert not {path: count for path, count in lines.items() if count > MAX_LINES}
    main_window = ROOT / "app" / "widgets" / "main_window.py"
    assert lines[main_window] <= MAX_LINES_MAIN_WINDOW


def test_main_does_nothing_before_freezing_is_served() -> None:
    """A spawned worker of a frozen program runs main.py up to `freeze_support`, and no further."""
    guard = ast.parse((ROOT / "main.py").read_text(encoding="utf-8")).body[-1]
    assert isinstance(guard, ast.If)
    assert ast.unparse(guard.test) == "__name__ == '__main__'"
    assert ast.unparse(guard.body[0]) == "multiprocessing.freeze_support()"
