"""Pictures and videos from a shell: the real program on real files."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine import cli
from engine.datatypes import Task
from engine.opened import UNSUPPORTED
from tests.checkpoints import tiny_config, write_checkpoint
from tests.films import film, plain

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "seeing"
    return write_checkpoint(folder, tiny_config(vision=True))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    paths = [folder / name for name in ("one.jpg", "two.png", "three.webp")]
    for path in paths:
        cv2.imwrite(str(path), rng.integers(0, 256, (300, 700, 3), np.uint8))
    return paths


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    words = ["chat", "what?", "--tokens", "6", "--seed", "1", *map(str, arguments)]
    assert cli.run(cli.parse(words)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_a_question_about_pictures_is_answered(seeing: Path, pictures: list[Path]) -> None:
    shown = [word for path in pictures for word in ("--image", str(path))]
    command = [sys.executable, "main.py", "chat", "what are these?", *shown]
    how = ["--tokens", "4", "--pixels", "256", "--model", str(seeing)]
    done = subprocess.run([*command, *how], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n")


def test_sizes_and_crops_are_looked_at_as_asked(
    seeing: Path, pictures: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    base = ("--model", seeing, "--image", pictures[0])
    how = [(), ("--pixels", 256), ("--crops",), ("--look-seconds", "1000")]
    answers = [answer(capsys, *base, *words) for words in how]
    assert answers[0] == answer(capsys, *base, "--pixels", 768)
    assert answers[3] == answers[0]  # there was time enough
    assert len(set(answers[:3])) > 1


def test_a_video_is_asked_about_and_what_does_not_fit_is_said(
    seeing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = film(tmp_path / "film.mkv", [plain(n) for n in range(60)], rate=1, tone_s=20)
    words = ["chat", "what happens?", "--tokens", "6", "--video", str(path), "--model", str(seeing)]
    assert cli.run(cli.parse(words)) == 0
    captured = capsys.readouterr()
    assert "of the video's 60 seconds are shown" in captured.err
    assert captured.out.endswith("\n")  # random weights may answer without a word
    assert cli.run(cli.parse([*words, "--scenes"])) == 0
    assert "seconds are shown" not in capsys.readouterr().err


def test_a_model_without_eyes_says_so_in_one_sentence(
    pictures: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blind = write_checkpoint(tmp_path / "blind", tiny_config())
    clip = film(tmp_path / "film.mp4", [plain(3)] * 3)
    for option, path in (("--image", pictures[0]), ("--video", clip)):
        words = ["chat", "hi", option, str(path), "--model", str(blind)]
        assert cli.run(cli.parse(words)) == cli.FAILED
        assert capsys.readouterr().err == UNSUPPORTED[Task.SEE] + "\n"


def test_a_broken_picture_is_one_sentence(
    seeing: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    words = ["chat", "hi", "--image", str(tmp_path / "broken.png"), "--model", str(seeing)]
    assert cli.run(cli.parse(words)) == cli.FAILED
    assert capfd.readouterr().err.count("\n") == 1
