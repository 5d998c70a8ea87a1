"""A new user speaks: a person's English is written down before there is a full model."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.models.memory import PARTS, MemoryModel, Usage
from tests.checkpoints import tiny_config, write_checkpoint
from tests.e2e.program import SOON, Program
from tests.e2e.speech import share_heard, words, write_wav
from tests.reader import SAID, reading
from tests.virtual_audio import VirtualAudio

NAME = "Starter ears: Moonshine tiny, English"


@pytest.fixture(scope="module")
def program(start: Callable[..., Program]) -> Program:
    """As a new user has it, past its first screen."""
    program = start(starter_ears=True)
    program.wait_for_model()
    return program


def read_aloud(sound: VirtualAudio, folder: Path) -> "subprocess.Popen[bytes]":
    return sound.play(write_wav(folder / "reading.wav", reading()), "mic")


def memory(program: Program) -> Usage:
    index = program.application.memory.index(list(PARTS).index("starter"))
    usage = index.data(MemoryModel.USAGE_ROLE)
    assert isinstance(usage, Usage)
    return usage


def test_it_says_who_hears_before_anything_is_said(program: Program) -> None:
    assert program.window.status.model.text().startswith(NAME)
    welcome = program.window.welcome
    assert any("Moonshine tiny" in line for line in welcome.lines)
    welcome.begin.click()
    assert memory(program) == Usage()


def test_a_person_is_written_down_while_they_speak(
    program: Program, sound: VirtualAudio, tmp_path: Path
) -> None:
    program.listen()
    player = read_aloud(sound, tmp_path)
    program.wait(lambda: bool(program.text))
    program.wait(lambda: player.poll() is not None)
    program.wait(lambda: memory(program).private > 20_000_000)
    program.stop()
    assert share_heard(SAID, program.text) >= 0.8, program.text
    assert words(program.text) == program.confirmed  # nothing tentative is left
    program.photograph("starter-ears")
    times = [
        word for segment in program.application.transcript.segments() for word in segment.words
    ]
    assert all(word.heard_s <= word.confirmed_s for word in times)
    lines = [json.loads(line) for line in program.journals[-1].read_text("utf-8").splitlines()]
    assert lines[0]["about"]["heard by"] == "Moonshine tiny"
    kept = [word for line in lines for word, *_ in line.get("words", ())]
    assert words(" ".join(kept)) == program.confirmed


def test_the_memory_goes_when_nobody_has_listened_for_long(program: Program) -> None:
    program.application.settings.change(idle_release_s=1)
    program.wait(lambda: memory(program) == Usage(), SOON)


def test_the_setting_gives_the_model_its_own_ears_back(program: Program) -> None:
    program.application.settings.change(starter_ears=False)
    assert "Moonshine" not in program.window.status.model.text()
    program.application.settings.change(starter_ears=True)
    assert program.window.status.model.text().startswith(NAME)


def test_a_full_model_takes_their_place(program: Program, tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "full", tiny_config(audio=True), seed=3)
    program.application.commands.model_chosen.emit(str(folder))
    program.wait(
        lambda: (
            program.application.state.model is not None
            and program.application.state.model.name == "full"
        )
    )
    assert "Moonshine" not in program.window.status.model.text()
    program.listen()
    program.stop()
    assert memory(program) == Usage()
