"""The doctor on sound, random and broken models: a table every time, never a traceback."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine import cli
from engine.doctor import examine as examining
from engine.doctor import material, witness
from engine.doctor.examine import examine
from engine.doctor.report import Report, Row, Verdict
from tests.checkpoints import tiny_config, write_checkpoint
from tests.conftest import ROOT

CHECKS = (
    "machine",
    "files and shapes",
    "parameters",
    "tokenizer",
    "opens",
    "perplexity, bf16",
    "perplexity, int4",
    "perplexity, int8",
    "logits, transformers",
    "hears one sentence",
    "sees one picture",
    "speed",
    "memory",
)


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With every tower; its weights know nothing."""
    folder = tmp_path_factory.mktemp("anna's models") / "random"
    return write_checkpoint(folder, tiny_config(vision=True), dtype=torch.bfloat16)


@pytest.fixture
def broken(random_model: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return shutil.copytree(random_model, tmp_path / "broken")


def verdicts(folder: Path) -> dict[str, Row]:
    return {row.check: row for row in examine(folder)}


def test_random_weights_pass_every_check_that_asks_no_knowledge(random_model: Path) -> None:
    rows = verdicts(random_model)
    assert tuple(rows) == CHECKS
    failed = [row for row in rows.values() if row.verdict is Verdict.FAIL]
    assert not failed
    assert "untrained" in rows["perplexity, bf16"].found
    assert rows["logits, transformers"].verdict is Verdict.PASS
    assert rows["hears one sentence"].verdict is Verdict.PASS
    assert rows["sees one picture"].verdict is Verdict.PASS
    assert "not prepared" in rows["perplexity, int4"].found


def test_nano_hears_its_sentence_and_the_command_ends_well(
    nano_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(cli.parse(["doctor", str(nano_folder)])) == 0
    table = capsys.readouterr().out
    (heard,) = (line for line in table.splitlines() if line.startswith("hears one sentence"))
    assert "PASS" in heard
    assert "of its words wrong" in heard
    assert "Nothing is wrong with this model." in table


def break_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def break_shape(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["hidden_size"] *= 2
    (folder / "config.json").write_text(json.dumps(config))


def break_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.model").write_bytes(b"not a tokenizer")


def break_weights(folder: Path) -> None:
    for file in folder.glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:1000])


def break_everything(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("break_it", "check"),
    [
        (break_config, "files and shapes"),
        (break_shape, "files and shapes"),
        (break_weights, "files and shapes"),
        (break_everything, "files and shapes"),
        (break_tokenizer, "opens"),
    ],
)
def test_a_broken_folder_is_a_row_and_exit_code_1(
    broken: Path, break_it, check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it(broken)
    assert cli.run(cli.parse(["doctor", str(broken)])) == 1
    captured = capsys.readouterr()
    assert all(line.startswith("checking: ") for line in captured.err.splitlines())
    (row,) = (line for line in captured.out.splitlines() if "FAIL" in line)
    assert row.startswith(check)
    assert str(broken) not in captured.out
    assert "1 check failed." in captured.out


def test_weights_that_are_no_numbers_fail(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_ROUND", examining._ROUND[:3])
    from safetensors.torch import load_file, save_file

    for file in broken.glob("*.safetensors"):
        weights = load_file(file)
        weights = {name: torch.full_like(weight, torch.nan) for name, weight in weights.items()}
        save_file(weights, file)
    assert verdicts(broken)["perplexity, bf16"].verdict is Verdict.FAIL


def test_a_real_model_is_held_to_what_it_should_know(
    random_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "perplexity", lambda *_, **__: (140.0, 63))
    monkeypatch.setattr(witness.importlib.util, "find_spec", lambda name: None)
    rows = verdicts(random_model)
    assert rows["perplexity, bf16"].verdict is Verdict.FAIL
    assert rows["hears one sentence"].verdict is Verdict.FAIL
    assert rows["sees one picture"].verdict is Verdict.FAIL


def test_without_transformers_its_row_says_so(
    random_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness.importlib.util, "find_spec", lambda name: None)
    row = witness.beside_transformers(examining.Gemma3n.open(random_model))
    assert (row.verdict, row.found) == (Verdict.NOTE, "transformers is not installed")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("raise SystemExit('no such layer')", "FAIL exit code 1): no such layer"),
        ("import time; time.sleep(600)", "- transformers took longer"),
    ],
)
def test_a_reference_that_fails_is_a_row(
    random_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    (tmp_path / "script.py").write_text(script)
    monkeypatch.setattr(witness, "SCRIPT", tmp_path / "script.py")
    monkeypatch.setattr(witness, "PATIENCE_S", 5.0)
    row = witness.beside_transformers(examining.Gemma3n.open(random_model))
    verdict, words = sentence.split(" ", 1)
    assert row.verdict.value == verdict
    assert words in row.found


def test_what_breaks_unforeseen_is_a_row_too(
    random_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object, **__: object) -> tuple[float, int]:
        raise ZeroDivisionError

    monkeypatch.setattr(witness, "perplexity", burst)
    monkeypatch.setattr(examining, "_ROUND", examining._ROUND[:3])
    rows = list(examine(random_model))
    assert rows[-1] == Row("perplexity, bf16", Verdict.FAIL, "ZeroDivisionError")


def test_the_table_names_no_folder_of_a_person() -> None:
    report = Report(Path.home() / "models" / "mine")
    line = report.line(
        Row("opens", Verdict.FAIL, f"{Path.home()}/models/mine/x of {Path.home()}/y")
    )
    assert line.endswith("FAIL  MODEL_DIR/x of ~/y")
    assert report.verdict() == "1 check failed."


def test_the_spoken_sentence_is_compared_word_by_word() -> None:
    assert material.word_error_rate("The meeting with Sarah is on Monday at 9.") == 0
    assert material.word_error_rate("the meeting is on monday at nine") == pytest.approx(2 / 9)
    assert material.word_error_rate("") == 1


def test_the_command_needs_no_working_folder(random_model: Path, tmp_path: Path) -> None:
    """Started as the window starts it, on a broken folder, which is quick."""
    done = subprocess.run(
        [sys.executable, "-m", "main", "doctor", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert "config.json" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_slow_machine_is_told_what_was_not_finished(
    random_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "CHECK_S", -1.0)
    begun: list[str] = []
    rows = {row.check: row for row in examine(random_model, begun.append)}
    for check in ("hears one sentence", "sees one picture", "speed"):
        assert rows[check].verdict is Verdict.NOTE
        assert "not finished" in rows[check].found
    # Of the text there is at least a first piece.
    assert f"over {witness.PIECE_TOKENS}" in rows["perplexity, bf16"].found
    assert begun[0] == "files and shapes"
    assert begun[-1] == "memory"
