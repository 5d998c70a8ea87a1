"""`main.py prepare` and `--weights`; how much memory there is."""

from pathlib import Path

import pytest

from engine import cli
from engine.quant import room
from engine.weights import VARIABLE, Weights
from tests.engine.quant.models import write


def run(*arguments: object) -> int:
    return cli.run(cli.parse([str(argument) for argument in arguments]))


def test_prepare_makes_and_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "model")
    assert run("prepare", folder) == 0
    (file,) = folder.glob("nestling-*.safetensors")
    assert capsys.readouterr().out == f"{file}\n"
    assert run("prepare", "--verify", "--weights", "int8", folder) == 0
    assert (folder / "nestling-int8.safetensors").is_file()


def test_nothing_is_prepared_for_weights_as_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "model")
    assert run("prepare", "--weights", "bf16", folder) == cli.FAILED
    assert "bf16 needs no preparing" in capsys.readouterr().err
    assert not list(folder.glob("nestling*"))


def test_weights_of_the_command_line_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "model")
    monkeypatch.setenv(VARIABLE, Weights.INT8)
    assert run("prepare", folder) == 0
    assert run("--weights", "int4", "prepare", folder) == 0
    assert len(list(folder.glob("nestling-*.safetensors"))) == 2


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/mine\n", {"mine/memory.max": "5000", "mine/memory.current": "2000"}, 3000),
        ("0::/mine\n", {"mine/memory.max": "max", "mine/memory.current": "2000"}, None),
        (
            "3:cpu:/x\n4:memory:/a\n",
            {"memory/a/memory.limit_in_bytes": "900", "memory/a/memory.usage_in_bytes": "1000"},
            0,
        ),
        ("", {}, None),
        (
            "0::/mine\n",
            {
                "mine/memory.max": "16000",
                "mine/memory.current": "12000",
                "mine/memory.stat": "anon 1000\ninactive_file 8000\nactive_file 3000",
            },
            15000,
        ),
        (
            "0::/user/mine\n",
            {
                "user/mine/memory.max": "max",
                "user/mine/memory.current": "2000",
                "user/memory.max": "4000",
                "user/memory.current": "2500",
            },
            1500,
        ),
    ],
)
def test_memory_is_bounded_by_the_control_group(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    groups: str,
    files: dict[str, str],
    expected: int | None,
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content + "\n")
    (tmp_path / "groups").write_text(groups)
    monkeypatch.setattr(room, "_CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(room, "_CGROUP_ROOT", tmp_path)
    found = room.available_bytes()
    assert found == expected if expected is not None else found > 1 << 20
