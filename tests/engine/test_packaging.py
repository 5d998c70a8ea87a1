"""What pip installs is the whole program: its files come with it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = ("__pycache__", "*.qm", "nestling-*")


def test_the_wheel_holds_every_file_and_runs_from_where_it_is_installed(tmp_path: Path) -> None:
    copy = tmp_path / "source"
    for part in ("app", "engine", "assets"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns(*NOT_OURS))
    for name in ("main.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    names = [
        path.relative_to(copy).as_posix()
        for part in ("app", "engine", "assets")
        for path in (copy / part).rglob("*")
        if path.is_file()
    ]
    prepared = copy / "assets" / "nano" / "nestling-int4.safetensors"
    prepared.touch()
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", tmp_path, copy], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("nestling-*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    assert [name for name in names if not (site / name).exists()] == []
    assert not (site / "assets" / "nano" / prepared.name).exists()
    told = subprocess.run(
        [sys.executable, "-c", "import sys, main; sys.argv[1:] = ['info']; sys.exit(main.main())"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "audio" in told.stdout
