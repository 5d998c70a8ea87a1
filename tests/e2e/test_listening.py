"""One person, one window: speak, read while speaking, pause, look, keep. One run of the program."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from app.models.live import Phase
from app.widgets.privacy_page import PrivacyPage
from engine.datatypes import Segment, Word
from tests.e2e.program import SOON, Program
from tests.e2e.speech import MORNING, QUESTION, SHOPPING, share_heard, words
from tests.virtual_audio import VirtualAudio

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def first_run(start: Callable[..., Program]) -> Program:
    """The program as a new user meets it."""
    return start()


@pytest.fixture
def program(first_run: Program) -> Iterator[Program]:
    """The same program past its first screen: idle, with an empty transcript."""
    first_run.wait_for_model()
    if first_run.window.welcome.isVisible():
        first_run.window.welcome.begin.click()
    yield first_run
    if first_run.phase is not Phase.IDLE:
        first_run.stop()
    first_run.click("clear")


def fill(program: Program, rows: int) -> None:
    """Put a long transcript into the window, as if said earlier."""
    for index in range(rows):
        said = tuple(Word(word, 0.0, 0.0) for word in words(MORNING))
        segment = Segment(index, index * 4.0, index * 4.0 + 3.0, said, "", final=True)
        program.application.transcript.put(0, segment)
    program.application.transcript.flush()


# --- before anything is said ---------------------------------------------------------------------


def test_the_first_run_says_in_three_lines_what_it_is(
    first_run: Program, sound: VirtualAudio
) -> None:
    welcome = first_run.window.welcome
    assert welcome.isVisible()
    assert len(welcome.lines) == 3
    assert any("understands simple English, spoken clearly" in line for line in welcome.lines)
    assert any("Models…" in line and "opens a folder" in line for line in welcome.lines)
    first_run.photograph("welcome")
    welcome.begin.click()
    assert first_run.window.view.isVisible()


def test_it_does_not_listen_before_it_is_asked_to(program: Program, sound: VirtualAudio) -> None:
    program.wait(lambda: program.window.picker.count() == 4, SOON)
    player = program.say(MORNING)
    program.wait(lambda: player.poll() is not None)
    assert sound.recorders() == []
    assert program.text == ""
    assert "istening" not in program.window.windowTitle()
    assert program.window.mark.text == "Not listening"


# --- listening -----------------------------------------------------------------------------------


def test_what_is_said_is_read_while_it_is_said(program: Program) -> None:
    program.listen()
    player = program.say(MORNING)
    program.wait(lambda: bool(program.text))
    assert player.poll() is None, "the first words came only after the last was said"
    program.wait(lambda: player.poll() is not None)
    program.stop()
    assert share_heard(MORNING, program.text) >= 0.7, program.text
    assert words(program.text) == program.confirmed  # nothing tentative is left
    program.photograph("transcript")


def test_listening_is_unmistakable_and_its_end_too(program: Program, sound: VirtualAudio) -> None:
    program.listen()
    assert program.window.windowTitle().startswith("●")
    assert "Listening" in program.window.windowTitle()
    program.wait(lambda: program.window.mark.text.startswith("Listening ·"))
    assert len(sound.recorders()) == 1
    program.photograph("listening")
    program.stop()
    assert sound.recorders() == []
    assert "istening" not in program.window.windowTitle()


def test_a_pause_closes_the_microphone_and_the_transcript_goes_on(
    program: Program, sound: VirtualAudio
) -> None:
    program.listen()
    program.hear(MORNING)
    program.click("pause")
    program.wait(lambda: program.application.capture.state == "paused", SOON)
    assert sound.recorders() == []
    assert "Paused" in program.window.windowTitle()
    program.hear(SHOPPING)  # nobody hears it
    program.click("pause")
    program.wait_for_sound()
    program.hear(QUESTION)
    program.stop()
    assert share_heard(f"{MORNING} {QUESTION}", program.text) >= 0.6, program.text
    assert share_heard(SHOPPING, program.text) <= 0.5, program.text


def test_the_last_word_is_not_lost_by_stopping(program: Program) -> None:
    program.listen()
    player = program.say(QUESTION)
    program.wait(lambda: player.poll() is not None)
    program.stop()
    assert words(program.text)[-1:] == words(QUESTION)[-1:], program.text


def open_model(program: Program, folder: Path) -> None:
    state = program.application.state
    program.application.keeper.load(str(folder))
    program.wait(lambda: state.model is not None and state.model.folder == str(folder))


def test_what_is_said_while_another_model_opens_is_written(
    program: Program, nano_folder: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(nano_folder, tmp_path / "other")
    program.listen()
    player = program.say(MORNING)
    program.wait(lambda: bool(program.text))
    open_model(program, other)
    open_model(program, nano_folder)
    assert player.poll() is None, "it had been said before the models were open"
    assert program.phase is Phase.LISTENING
    program.wait(lambda: player.poll() is not None)
    program.stop()
    assert share_heard(MORNING, program.text) >= 0.7, program.text


def test_words_that_may_change_do_not_look_like_those_that_stay(program: Program) -> None:
    said = (Word("this", 0.0, 0.0), Word("stays", 0.0, 0.0))
    program.application.transcript.put(0, Segment(0, 0.0, 1.0, said, "perhaps", final=False))
    program.wait(lambda: "perhaps" in program.text, SOON)
    looks = []
    cursor = program.window.view.textCursor()
    for place in (program.text.index("stays") + 1, program.text.index("perhaps") + 1):
        cursor.setPosition(place)
        look = cursor.charFormat()
        looks.append((look.fontItalic(), look.fontUnderline() or look.underlineStyle().value))
    assert looks[0] != looks[1], "colour alone tells them apart"
    # A second look at the light and dark pictures is for people.
    program.photograph("tentative")


def test_the_window_shows_level_lag_and_load(program: Program) -> None:
    program.listen()
    program.say(SHOPPING)
    program.wait(lambda: program.window.meter.words != "No sound", SOON)
    program.wait(lambda: "s" in program.window.status.lag.text())
    assert program.window.status.load.text().startswith("Load")
    assert program.window.status.dropped.text() == "Lost 0.0 s"


def test_memory_is_shown_for_each_part(program: Program) -> None:
    program.listen()
    program.hear(QUESTION)
    usage = {
        index.data(): index.data(program.application.memory.USAGE_ROLE).total
        for index in (
            program.application.memory.index(row)
            for row in range(program.application.memory.rowCount())
        )
    }
    assert usage["The program itself"] > 10e6
    assert usage["Text model"] > 1e6
    assert usage["Hearing"] > 1e5
    assert usage["Working memory (KV cache)"] > 0
    assert usage["Seeing"] == 0


def test_the_size_changes_between_utterances_without_loading_again(program: Program) -> None:
    loads: list[object] = []
    program.application.bridge.loaded.connect(loads.append)
    model = program.application.state.model
    assert model is not None
    assert len(model.sizes) >= 3
    before = program.application.state.size
    program.listen()
    program.hear(QUESTION)
    slider = program.window.sizes.slider
    slider.setFocus()
    program.press(Qt.Key.Key_Home)
    program.wait(lambda: program.application.state.size == model.sizes[0].name)
    assert program.application.state.size != before or before == model.sizes[0].name
    program.hear(MORNING)
    program.press(Qt.Key.Key_End)
    program.stop()
    program.wait(lambda: program.application.state.size == model.sizes[-1].name)
    assert program.confirmed
    assert loads == []
    assert program.window.sizes.words  # what the size costs


# --- the microphone ------------------------------------------------------------------------------


def test_the_picker_follows_plugging_and_the_choice_is_heard(
    program: Program, sound: VirtualAudio
) -> None:
    picker = program.window.picker
    module = sound.plug("usb", "desk")
    program.wait(lambda: picker.findData("usb") >= 0, SOON)
    assert "usb" in picker.itemText(picker.findData("usb"))
    picker.setCurrentIndex(picker.findData("usb"))
    picker.activated.emit(picker.currentIndex())
    program.listen()
    program.wait(lambda: "usb" in program.application.state.microphone, SOON)
    program.hear(QUESTION, "desk")
    sound.unplug(module)
    program.wait(lambda: "another microphone" in program.sentence, SOON)
    program.photograph("moved")
    program.stop()
    assert program.confirmed
    picker.setCurrentIndex(0)
    picker.activated.emit(0)
    program.wait(lambda: picker.findData("usb") < 0, SOON)


# --- what one does with words --------------------------------------------------------------------


def test_copy_and_save(program: Program, tmp_path: Path) -> None:
    program.listen()
    program.hear(MORNING)
    program.stop()
    said = " ".join(program.confirmed)
    assert said
    QApplication.clipboard().clear()
    program.press(Qt.Key.Key_C, CTRL, SHIFT)
    assert words(QApplication.clipboard().text()) == words(said)
    for kind, mark in (("txt", ""), ("srt", "00:00:0"), ("vtt", "WEBVTT")):
        program.click(f"save_{kind}")
        dialog = program.window.findChild(QFileDialog, "save dialog")
        assert dialog is not None
        file = tmp_path / f"said.{kind}"
        dialog.fileSelected.emit(str(file))
        dialog.reject()
        program.wait(file.exists, SOON)
        saved = file.read_text(encoding="utf-8")
        assert mark in saved
        assert set(words(said)) <= set(words(saved))
        program.wait(lambda: program.window.findChild(QFileDialog, "save dialog") is None, SOON)


def test_the_view_follows_the_newest_words_only_at_the_bottom(program: Program) -> None:
    fill(program, 60)
    bar = program.window.view.verticalScrollBar()
    program.wait(lambda: bar.value() == bar.maximum() > 0, SOON)
    program.window.view.setFocus()
    bar.setValue(bar.maximum() // 3)
    looked_at = bar.value()
    program.listen()
    program.hear(QUESTION)
    program.wait(lambda: len(program.confirmed) > 60 * len(words(MORNING)))
    assert bar.value() == looked_at
    program.click("latest")
    program.wait(lambda: bar.value() == bar.maximum(), SOON)


def test_everything_can_be_done_from_the_keyboard(program: Program) -> None:
    program.window.controls.listen.setFocus()
    program.press(Qt.Key.Key_L, CTRL)
    program.wait_for_sound()
    program.press(Qt.Key.Key_P, CTRL)
    program.wait(lambda: program.phase is Phase.PAUSED, SOON)
    program.press(Qt.Key.Key_P, CTRL)
    program.wait_for_sound()
    program.press(Qt.Key.Key_L, CTRL)
    program.wait(lambda: program.phase is Phase.IDLE)
    before = program.application.settings.values.text_size
    program.press(Qt.Key.Key_Plus, CTRL)
    assert program.application.settings.values.text_size > before
    program.press(Qt.Key.Key_0, CTRL)
    assert program.application.settings.values.text_size == before


def test_no_sound_is_ever_written(program: Program) -> None:
    program.listen()
    program.hear(MORNING)
    program.stop()
    assert program.confirmed
    kinds = {file.suffix for file in program.files}
    assert kinds <= {".jsonl", ".toml", ".log", ".lock"}
    # A second of sound is 32 kB; what is kept of some sentences is far less.
    assert max(file.stat().st_size for file in program.files) < 64_000


def test_delete_everything_leaves_no_word(program: Program) -> None:
    program.listen()
    program.hear(MORNING)
    program.stop()
    assert program.journals
    program.click("privacy")
    page = program.window.findChild(PrivacyPage)
    assert page is not None
    assert page.isVisible()
    page.confirm = lambda: True
    page.delete_all.click()
    program.wait(lambda: program.journals == [], SOON)
    assert program.text == ""
    dialog = program.application.commands.settings_dialog
    assert dialog is not None
    dialog.close()
