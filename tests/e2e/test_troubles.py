"""Whatever breaks is told in one sentence, mends itself where it can, and blocks nothing."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.models.live import ModelState, Phase
from tests.e2e.program import SOON, Program, worker
from tests.e2e.speech import MORNING, QUESTION, SHOPPING
from tests.virtual_audio import VirtualAudio


@pytest.fixture(scope="module")
def one_program(start: Callable[..., Program]) -> Program:
    program = start()
    program.window.welcome.begin.click()
    return program


@pytest.fixture
def program(one_program: Program, sound: VirtualAudio) -> Iterator[Program]:
    """Idle, with a model, and with an empty transcript."""
    one_program.wait_for_model()
    yield one_program
    sound.revive()
    if one_program.phase is not Phase.IDLE:
        one_program.stop()
    one_program.click("clear")


def test_a_killed_worker_loses_no_confirmed_word_and_another_goes_on(program: Program) -> None:
    program.listen()
    program.hear(MORNING)
    program.wait(lambda: bool(program.confirmed))
    said = program.confirmed
    os.kill(worker().pid, signal.SIGKILL)
    program.wait(lambda: "memory ran out or it was killed" in program.sentence, SOON)
    assert program.confirmed[: len(said)] == said
    program.photograph("worker-killed")
    program.say(SHOPPING)  # while the new one is loading: the sound waits for it
    program.wait_for_model()
    program.wait(lambda: len(program.confirmed) > len(said))
    assert program.confirmed[: len(said)] == said
    program.stop()
    assert "killed" not in program.sentence


def test_without_a_microphone_it_says_so_and_waits_for_one(
    program: Program, sound: VirtualAudio
) -> None:
    sound.kill()
    program.wait(lambda: "no microphone" in program.window.picker.currentText(), SOON)
    program.click("listen")
    program.wait(lambda: "No microphone was found" in program.sentence, SOON)
    program.photograph("no-microphone")
    sound.start()
    program.wait_for_sound()
    program.wait(lambda: program.sentence == "", SOON)
    program.hear(QUESTION)
    program.stop()
    assert program.confirmed


def test_the_only_microphone_is_unplugged_while_listening(
    program: Program, sound: VirtualAudio
) -> None:
    program.listen()
    for line in sound.control("list", "short", "modules").splitlines():
        number, name, *_ = line.split("\t")
        if name == "module-null-sink":
            sound.unplug(number)
    program.wait(lambda: "The microphone is gone" in program.sentence, SOON)
    assert program.phase is Phase.LISTENING
    for name in ("mic", "desk"):
        sound.plug_in(name)
    program.wait_for_sound()
    program.wait(lambda: program.sentence == "", SOON)
    program.hear(QUESTION)
    program.stop()
    assert program.confirmed


def test_a_server_that_dies_while_listening_is_told_and_found_again(
    program: Program, sound: VirtualAudio
) -> None:
    program.listen()
    program.hear(MORNING)
    sound.kill()
    program.wait(lambda: "sound server does not answer" in program.sentence, SOON)
    assert program.phase is Phase.LISTENING
    program.wait(lambda: "waiting for sound" in program.window.mark.text, SOON)
    said = len(program.confirmed)
    sound.start()
    program.wait_for_sound()
    program.hear(SHOPPING)
    program.stop()
    assert len(program.confirmed) > said
    assert program.sentence == ""
    assert "sound missing" in program.text


def test_a_frozen_server_does_not_freeze_the_window(program: Program, sound: VirtualAudio) -> None:
    """The server thaws only at the end: if anything here waited for it, none of it would be."""
    program.listen()
    sound.freeze()
    program.wait(lambda: "sound server does not answer" in program.sentence, SOON)
    program.photograph("frozen")
    before = program.application.settings.values.text_size
    program.click("text_larger")
    assert program.application.settings.values.text_size > before
    program.click("text_normal")
    program.stop()
    assert program.phase is Phase.IDLE
    sound.thaw()
    program.wait(lambda: sound.recorders() == [], SOON)
    program.listen()
    program.hear(QUESTION)
    program.stop()
    assert program.confirmed


def test_a_broken_model_folder_is_told_and_the_old_model_stays(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    before = program.application.state.model
    assert before is not None
    program.application.commands.model_chosen.emit(str(tmp_path))
    program.wait(lambda: bool(program.sentence), SOON)
    assert str(tmp_path) in program.sentence or "config.json" in program.sentence
    program.photograph("broken-model")
    program.wait(lambda: program.application.state.model_state is ModelState.READY)
    assert program.application.state.model == before
    program.window.banner.dismiss.click()
    program.listen()
    program.hear(QUESTION)
    program.stop()
    assert program.confirmed


def test_a_start_with_a_broken_model_is_told_and_the_bundled_one_is_used(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    program = start(model=tmp_path)
    program.wait(lambda: str(tmp_path) in program.sentence)
    assert program.window.isVisible()
    program.wait_for_model()  # the bundled one takes its place
    assert str(tmp_path) in program.sentence
    program.close()
