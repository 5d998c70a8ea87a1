"""Somebody drops a recording on the window: it is written down, told how far, stopped, saved."""

import os
import re
import signal
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from app import journal
from app.models.live import Phase
from engine.datatypes import SAMPLE_RATE
from tests.dropping import drop, files
from tests.e2e.program import SOON, Program, worker
from tests.e2e.speech import MORNING, QUESTION, SHOPPING, share_heard, speech, words, write_wav
from tests.films import film, plain
from tests.reader import SAID, reading

PAUSE_S = 3.0  # before every sentence
LATER = 12  # sentences of a longer recording


@pytest.fixture(scope="module")
def running(start: Callable[..., Program]) -> Program:
    program = start()
    program.wait_for_model()
    return program


@pytest.fixture
def program(running: Program) -> Iterator[Program]:
    """Idle, with an empty transcript."""
    yield running
    if running.phase is not Phase.IDLE:
        running.stop()
    running.click("clear")


def recording(path: Path, *sentences: str) -> Path:
    silence = np.zeros(round(PAUSE_S * SAMPLE_RATE), np.float32)
    parts = [part for sentence in sentences for part in (silence, speech(sentence))]
    return write_wav(path, np.concatenate(parts))


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def begin(program: Program, path: Path) -> None:
    drop(program.window.view.viewport(), files(path))
    program.wait(lambda: program.phase is Phase.READING, SOON)


def starts(program: Program) -> list[float]:
    return [segment.start_s for segment in program.application.transcript.segments()]


def test_a_dropped_recording_is_written_down_and_saved_as_subtitles(
    program: Program, tmp_path: Path
) -> None:
    path = recording(tmp_path / "two things.wav", MORNING, SHOPPING)
    begin(program, path)
    assert "two things.wav" in program.window.mark.text
    program.wait(lambda: program.phase is Phase.IDLE)
    assert program.sentence == ""
    assert program.text.startswith("two things.wav\n")
    assert share_heard(f"{MORNING} {SHOPPING}", " ".join(program.confirmed)) >= 0.9, program.text
    second = PAUSE_S + len(speech(MORNING)) / SAMPLE_RATE + PAUSE_S
    assert starts(program)[0] == pytest.approx(PAUSE_S, abs=0.7)
    assert min(abs(start - second) for start in starts(program)) < 0.7
    program.photograph("file")

    program.click("save_srt")
    dialog = program.window.findChild(QFileDialog, "save dialog")
    assert dialog is not None
    saved = tmp_path / "two things.srt"
    dialog.fileSelected.emit(str(saved))
    dialog.reject()
    program.wait(saved.exists, SOON)
    text = saved.read_text("utf-8")
    times = [
        int(minutes) * 60 + float(rest.replace(",", "."))
        for minutes, rest in re.findall(r"00:(\d\d):(\d\d,\d{3})", text)
    ]
    assert times == sorted(times)
    assert times[0] == pytest.approx(PAUSE_S, abs=1.0)
    assert seconds(path) - 3.0 < times[-1] < seconds(path) + 1.0
    spoken = re.sub(r"\d+|-->", " ", text)
    assert words(spoken) == program.confirmed


def test_several_recordings_have_a_transcript_each(program: Program, tmp_path: Path) -> None:
    folder = program.application.paths.journal_folder
    before = {kept.path for kept in journal.transcripts(folder)}
    first = recording(tmp_path / "first.wav", MORNING)
    drop(program.window.view.viewport(), files(first, recording(tmp_path / "second.wav", SHOPPING)))
    program.wait(lambda: program.sentence.startswith("2 files were heard"))
    assert program.text.startswith("second.wav\n")
    assert share_heard(SHOPPING, " ".join(program.confirmed)) >= 0.9, program.text
    kept = [kept for kept in journal.transcripts(folder) if kept.path not in before]
    assert {one.file for one in kept} == {"first.wav", "second.wav"}
    (path,) = (one.path for one in kept if one.file == "first.wav")
    said = " ".join(word.text for _, found in journal.load(path) for word in found.words)
    assert share_heard(MORNING, said) >= 0.9
    program.window.banner.clear(None)


def test_a_recording_is_translated_where_that_is_on(program: Program, tmp_path: Path) -> None:
    program.application.settings.change(translate_from="en", translate_to="es")
    begin(program, recording(tmp_path / "talk.wav", MORNING, QUESTION))
    program.wait(lambda: program.phase is Phase.IDLE)
    program.application.settings.change(translate_from="", translate_to="")
    model = program.application.transcript
    translated = [model.translation(row) for row in range(model.rowCount())]
    assert len(translated) >= 2
    assert all(translated)
    assert "lunes" in " ".join(translated).lower()
    program.photograph("file-translated")


def test_the_starter_ears_hear_a_person_in_a_file(program: Program, tmp_path: Path) -> None:
    program.application.settings.change(starter_ears=True)
    begin(program, write_wav(tmp_path / "reading.wav", reading()))
    program.wait(lambda: program.phase is Phase.IDLE)
    program.application.settings.change(starter_ears=False)
    assert share_heard(SAID, " ".join(program.confirmed)) >= 0.8, program.text


def test_a_silent_file_says_so(program: Program, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "silence.wav", np.zeros(5 * SAMPLE_RATE, np.float32))
    drop(program.window.view.viewport(), files(path))
    program.wait(lambda: "No words were heard in silence.wav" in program.sentence, SOON)
    program.wait(lambda: program.phase is Phase.IDLE, SOON)
    assert program.text == ""


def test_the_sound_of_a_video_is_written_down(program: Program, tmp_path: Path) -> None:
    sound = recording(tmp_path / "sound.wav", QUESTION)
    path = film(tmp_path / "film.mp4", [plain(90)] * 10, sound=sound)
    begin(program, path)
    program.wait(lambda: program.phase is Phase.IDLE)
    assert share_heard(QUESTION, " ".join(program.confirmed)) >= 0.8, program.text
    assert starts(program)[0] == pytest.approx(PAUSE_S, abs=0.7)


@pytest.mark.parametrize(
    ("name", "said"),
    [("notes.txt", "cannot be read as sound|no sound track"), ("gone.mp3", "does not exist")],
)
def test_what_cannot_be_heard_is_one_sentence(
    program: Program, tmp_path: Path, name: str, said: str
) -> None:
    if name == "notes.txt":
        (tmp_path / name).write_text("no sound at all")
    drop(program.window.view.viewport(), files(tmp_path / name))
    program.wait(lambda: re.search(said, program.sentence) is not None, SOON)
    program.wait(lambda: program.phase is Phase.IDLE, SOON)
    assert program.text == ""


def test_a_stop_keeps_what_was_written_and_the_microphone_goes_on_behind_it(
    program: Program, tmp_path: Path
) -> None:
    path = recording(tmp_path / "long.wav", *[MORNING, SHOPPING] * (LATER // 2))
    begin(program, path)
    program.wait(lambda: len(program.confirmed) > 0)
    assert re.search(r"long\.wav · \d+:\d\d of \d+:\d\d", program.window.mark.text)
    program.photograph("file-running")
    program.stop()
    heard = len(program.confirmed)
    assert 0 < heard < len(words(MORNING + " " + SHOPPING)) * (LATER // 2) - 5
    end_s = program.application.transcript.end_s
    assert end_s < seconds(path)
    program.listen()
    program.hear(QUESTION)
    program.stop()
    assert len(program.confirmed) > heard
    assert starts(program) == sorted(starts(program))


def test_a_killed_worker_s_file_is_heard_to_its_end(program: Program, tmp_path: Path) -> None:
    path = recording(tmp_path / "long.wav", *[MORNING, SHOPPING] * (LATER // 2))
    begin(program, path)
    program.wait(lambda: len(starts(program)) >= 2)
    before = program.confirmed
    os.kill(worker().pid, signal.SIGKILL)
    program.wait(lambda: "it starts again" in program.sentence, SOON)
    program.wait(lambda: program.phase is Phase.IDLE)
    assert program.confirmed[: len(before)] == before
    said = f"{MORNING} {SHOPPING} " * (LATER // 2)
    assert share_heard(said, " ".join(program.confirmed)) >= 0.9, program.text
    assert len(program.confirmed) < 1.1 * len(words(said))  # nothing is heard twice
    assert starts(program) == sorted(starts(program))
    assert starts(program)[-1] < seconds(path)
    assert program.text.count("long.wav") == 1
