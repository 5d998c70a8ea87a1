"""A person watches a video in another language: its sound, captions in two languages, subtitles.

The model's weights are random: what it hears and how it translates it means nothing, and every
part between the loudspeaker and the subtitle file does its real work.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from app.capture.sources import COMPUTER_SOUND
from app.export import Words
from app.models.live import Phase
from app.settings.choices import Language
from engine.datatypes import SAMPLE_RATE
from tests.checkpoints import tiny_config, wordy_tensors, write_checkpoint
from tests.e2e.program import SCREENSHOTS, SOON, Program
from tests.e2e.speech import MORNING, QUESTION, SHOPPING, speech, write_wav
from tests.films import film, sunrise
from tests.virtual_audio import VirtualAudio


@pytest.fixture(scope="module")
def interpreter(start: Callable[..., Program], tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with a general model that hears and translates."""
    raw = tiny_config(layers=3, shared=0, max_position_embeddings=4096)
    folder = write_checkpoint(
        tmp_path_factory.mktemp("models") / "general", raw, wordy_tensors(raw, seed=4)
    )
    program = start(model=folder)
    program.wait_for_model()
    program.window.welcome.begin.click()
    return program


@pytest.fixture
def program(interpreter: Program) -> Iterator[Program]:
    """English into Spanish, hearing what the computer plays; idle, with an empty transcript."""
    interpreter.application.settings.change(translate_from="en", translate_to="es")
    picker = interpreter.window.picker
    interpreter.wait(lambda: picker.findData(COMPUTER_SOUND) >= 0, SOON)
    picker.setCurrentIndex(picker.findData(COMPUTER_SOUND))
    picker.activated.emit(picker.currentIndex())
    yield interpreter
    if interpreter.phase is not Phase.IDLE:
        interpreter.stop()
    if interpreter.window.table["captions"].isChecked():
        interpreter.click("captions")
    interpreter.application.settings.change(
        translate_to="", translate_from="", translate_from_sound=False, language=Language.ENGLISH
    )
    interpreter.click("clear")


def translations(program: Program) -> list[str]:
    model = program.application.transcript
    model.flush()
    return [model.translation(row) for row in range(model.rowCount()) if model.translation(row)]


@pytest.fixture(scope="module")
def documentary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video file: a moving picture, and a voice with a pause behind each sentence."""
    folder = tmp_path_factory.mktemp("films")
    pause = np.zeros(round(1.2 * SAMPLE_RATE), np.float32)
    said = [part for text in (MORNING, SHOPPING, QUESTION) for part in (speech(text), pause)]
    pcm = np.concatenate(said)
    voice = write_wav(folder / "voice.wav", pcm)
    return film(folder / "sunrise.mkv", sunrise(pcm.size / SAMPLE_RATE), sound=voice)


@contextmanager
def playing(sound: VirtualAudio, video: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A video player plays it from the beginning, again and again."""
    player = sound.show(video)
    try:
        yield player
    finally:
        player.kill()
        player.wait()


def watch_until_translated(program: Program, sound: VirtualAudio, video: Path) -> None:
    """See and hear a film until something of it has been translated."""
    with playing(sound, video) as player:
        program.wait(lambda: bool(translations(program)))
        assert player.poll() is None, "the player could not play the film"


@pytest.mark.parametrize("from_sound", [False, True], ids=["from text", "from sound"])
def test_what_the_computer_plays_is_read_in_two_languages(
    program: Program, sound: VirtualAudio, documentary: Path, from_sound: bool
) -> None:
    program.application.settings.change(translate_from_sound=from_sound)
    program.click("captions")
    captions = program.application.captions.window
    assert captions is not None
    grown: list[tuple[str, str]] = []
    shown: dict[tuple[int, int, int], str] = {}

    def note(recording: int, clause: object) -> None:
        key = (recording, clause.segment, clause.first)  # type: ignore[attr-defined]
        grown.append((shown.get(key, ""), clause.text))  # type: ignore[attr-defined]
        shown[key] = clause.text  # type: ignore[attr-defined]

    program.application.bridge.translation_changed.connect(note)
    program.listen()
    watch_until_translated(program, sound, documentary)
    assert program.window.mark.toolTip() == "Hearing Monitor of mic"
    program.stop()
    program.application.bridge.translation_changed.disconnect(note)
    # Nothing was taken back, and it ended with the last clause.
    assert all(after.startswith(before) for before, after in grown)
    assert translations(program)
    for translation in translations(program):
        assert translation in program.text
    assert captions.captions[-1].translated
    assert captions.captions[-1].text
    kept = program.journals[-1].read_text(encoding="utf-8").splitlines()
    assert any(json.loads(line)["kind"] == "translation" for line in kept)


def test_captions_above_a_film_and_its_subtitles(
    program: Program, sound: VirtualAudio, documentary: Path, tmp_path: Path
) -> None:
    """In both languages of the interface, looked at; then saved with both languages."""
    program.click("captions")
    captions = program.application.captions.window
    assert captions is not None
    program.listen()
    with playing(sound, documentary):
        program.wait(lambda: captions.captions != () and captions.captions[-1].translated)
        for language in (Language.CHINESE, Language.ENGLISH):
            program.application.settings.change(language=language)
            title = "正在聆听" if language is Language.CHINESE else "Listening"
            program.wait(lambda: title in program.window.windowTitle())  # noqa: B023 - at once
            program.photograph(f"translation-{language.value}")
            captions.grab().save(str(SCREENSHOTS / f"captions-{language.value}.png"))
        # Where there is a screen: the player's window, and the captions above everything.
        screen = QGuiApplication.primaryScreen().grabWindow(0)
        screen.save(str(SCREENSHOTS / f"film-{QGuiApplication.platformName()}.png"))
    program.stop()
    for suffix in ("srt", "vtt", "txt"):
        file = tmp_path / f"film.{suffix}"
        program.application.commands.save_to(file, Words.BOTH)
        text = file.read_text(encoding="utf-8")
        for words in (program.confirmed[0], translations(program)[0].split()[0]):
            assert words.casefold() in text.casefold()


def test_without_sound_from_the_computer_nothing_is_heard(
    program: Program, sound: VirtualAudio
) -> None:
    """A microphone that is not the loudspeaker is not listened to."""
    program.listen()
    player = program.say(MORNING, "desk")
    program.wait(lambda: player.poll() is not None)
    program.stop()
    assert program.text == ""
