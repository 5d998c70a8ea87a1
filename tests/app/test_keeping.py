"""The composed program on a scripted worker: transcripts kept, copied, saved and deleted."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from app import journal
from app.application import Application
from app.models.live import Phase
from app.settings.schema import Settings
from app.widgets.history_dialog import HistoryDialog
from engine.errors import NestlingError
from engine.protocol import (
    Listening,
    ListeningState,
    SegmentChanged,
    StartListening,
    StopListening,
)
from tests.app.window_fakes import FakeHost, kept, listen, say, segment, words

Compose = Callable[[], Application]


# --- what is kept ---------------------------------------------------------------------------------


def test_bad_settings_are_said_in_the_window(compose: Compose, program: Application) -> None:
    program.close()
    program.paths.settings_file.write_text("[appearance]\ntext_size = 'huge'\n")
    assert "text_size is 'huge'" in compose().window.banner.text


def history(program: Application) -> HistoryDialog:
    """The list of earlier transcripts, where every question is answered with yes."""
    program.window.table["history"].trigger()
    (dialog,) = (d for d in program.window.findChildren(HistoryDialog) if d.isVisible())
    dialog.confirm = lambda text: True
    while dialog.reading:
        QTest.qWait(5)
    return dialog


def test_earlier_transcripts_can_be_shown_and_deleted(program: Application) -> None:
    first, second = kept(program, "first", whole=True), kept(program, "second", whole=True)
    dialog = history(program)
    assert dialog.list.count() == 2
    assert dialog.show_button.isDefault()
    assert not dialog.delete_button.isDefault()
    dialog.delete_button.click()
    assert dialog.list.count() == 1
    assert [first.exists(), second.exists()] == [True, False]
    dialog.show_button.click()
    assert words(program) == "first"
    program.window.table["clear"].trigger()
    assert words(program) == ""
    assert first.exists()


def test_deleting_asks_first_and_stays_at_its_place(program: Application) -> None:
    *_, third, second, first = (kept(program, f"word {number}", whole=True) for number in range(5))
    dialog, asked = history(program), list[str]()

    def refuse(text: str) -> bool:
        asked.append(text)
        return False

    dialog.confirm = refuse
    dialog.list.setCurrentRow(1)
    row = dialog.list.item(1).text().splitlines()[0]
    dialog.delete_button.click()
    assert second.exists()
    assert asked == [f"“{row}” will be deleted from this computer."]
    dialog.confirm = lambda text: True
    dialog.delete_button.click()
    assert dialog.list.currentRow() == 1
    dialog.delete_button.click()
    assert [first.exists(), second.exists(), third.exists()] == [True, False, False]
    dialog.list.setCurrentRow(2)
    dialog.delete_button.click()
    assert dialog.list.currentRow() == 1, "after the last one, the one before it"


def test_what_is_still_written_is_no_earlier_transcript(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    def listed() -> int:
        dialog = history(program)
        dialog.close()
        return dialog.list.count()

    kept(program, "earlier", whole=True)
    hosts[-1].answers_stop = False
    number = listen(program, hosts[-1], "hello there")
    qtbot.waitUntil(lambda: "hello there" in words(program))
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: bool(hosts[-1].sent(StopListening)))
    assert program.state.phase is Phase.STOPPING
    assert listed() == 1, "the last words are still awaited"
    monkeypatch.setattr(os, "write", full)
    hosts[-1].say(SegmentChanged(number, segment(1, "the end", final=True), 0.0))
    hosts[-1].say(Listening(number, ListeningState.STOPPED))
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    assert listed() == 1, "words still wait for room"
    monkeypatch.setattr(os, "write", write)
    program.listening.retry_writing()
    assert listed() == 2


def test_a_transcript_that_cannot_be_deleted_is_said(program: Application) -> None:
    path = kept(program, "stays", whole=True)
    dialog = history(program)
    path.unlink()
    path.mkdir()  # as little to be unlinked as what lies in a read-only folder, even for root
    dialog.delete_button.click()
    assert dialog.fault.isVisible()
    assert "could not be deleted" in dialog.fault.text()
    assert str(program.paths.journal_folder) in dialog.fault.text()
    path.rmdir()
    dialog.delete_button.click()
    assert not dialog.fault.isVisible()
    assert dialog.list.count() == 0


def test_a_kept_transcript_does_not_push_away_the_running_one(program: Application) -> None:
    path = kept(program, "earlier", whole=True)
    program.window.table["listen"].trigger()
    program.window.table["history"].trigger()
    program.commands._show_kept(path)
    assert words(program) == ""
    assert "Stop listening first" in program.window.banner.text


def test_an_unreadable_kept_transcript_is_one_sentence(program: Application) -> None:
    program.commands._show_kept(program.paths.journal_folder / "gone.jsonl")
    assert "cannot be read" in program.window.banner.text


def test_deleting_everything_asks_and_then_leaves_nothing(program: Application) -> None:
    kept(program, "secret", whole=True)
    program.paths.crash_file.parent.mkdir(parents=True, exist_ok=True)
    program.paths.crash_file.write_text("trace")
    program.paths.sizes_file.write_text("{}")
    Path(f"{program.paths.settings_file}.unreadable").write_text("microphone = ")
    program.settings.change(microphone="mine")
    program.window.table["privacy"].trigger()
    page = program.commands._privacy
    assert page is not None
    assert page.isVisible()
    page.confirm = lambda: False
    page.delete_all.click()
    assert program.paths.crash_file.exists()
    page.confirm = lambda: True
    page.delete_all.click()
    left = [path for path in program.paths.data.rglob("*") if path.is_file()]
    assert left == []
    assert program.settings.values == Settings()
    assert program.window.banner.text == "Everything is deleted."


def test_what_the_disk_refused_is_not_written_after_everything_is_deleted(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        number = listen(program, hosts[-1], "secret")
        qtbot.waitUntil(lambda: words(program) == "secret")
        program.window.table["listen"].trigger()
        hosts[-1].say(Listening(number, ListeningState.STOPPED))
        qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    program.commands.delete_everything()
    program.close()
    assert not list(program.paths.journal_folder.glob("*"))


def test_the_page_names_every_file_that_is_kept(program: Application) -> None:
    program.window.table["privacy"].trigger()
    page = program.commands._privacy
    assert page is not None
    said = " ".join(label.text() for label in page.findChildren(QLabel))
    paths = program.paths
    for kept_at in (
        paths.journal_folder,
        paths.conversations_file,
        paths.settings_file,
        paths.crash_file,
        paths.sizes_file,
        paths.models_folder,
    ):
        assert str(kept_at) in said


def test_after_deleting_everything_times_count_anew(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    program.transcript.show_all([((1, 0), segment(0, "earlier", final=True, at=1_000.0))])
    listen(program, hosts[-1], "old words")
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: program.state.can_listen)
    program.commands.delete_everything()
    listen(program, hosts[-1], "new words")
    (new,) = program.transcript.segments()
    assert new.start_s < 1_000.0


def test_what_is_growing_is_not_deleted(program: Application, qtbot: QtBot) -> None:
    program.window.table["listen"].trigger()
    say(program, "hello")
    qtbot.waitUntil(lambda: words(program) == "hello")
    program.commands.delete_everything()
    assert "Stop listening first" in program.window.banner.text
    assert len(journal.transcripts(program.paths.journal_folder)) == 1


def test_what_cannot_be_deleted_is_said_and_keeps_nothing_else(
    program: Application, qtbot: QtBot
) -> None:
    program.window.table["listen"].trigger()
    say(program, "hello")
    qtbot.waitUntil(lambda: words(program) == "hello")
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: program.state.can_listen)
    paths = program.paths
    kept = paths.journal_folder / "0.jsonl"
    kept.mkdir()  # a folder is not deleted as a file is
    paths.crash_file.write_text("an error")
    program.commands.delete_everything()
    assert "Not everything could be deleted" in program.window.banner.text
    assert list(paths.journal_folder.iterdir()) == [kept]
    assert not paths.crash_file.exists()
    assert words(program) == ""


# --- copy and save --------------------------------------------------------------------------------


def test_copying_all_takes_the_confirmed_words(program: Application, qtbot: QtBot) -> None:
    program.window.table["listen"].trigger()
    say(program, "hello", "wor")
    qtbot.waitUntil(lambda: words(program) == "hello wor")
    program.window.table["copy_all"].trigger()
    assert QApplication.clipboard().text() == "hello\n"


@pytest.mark.parametrize(
    ("action", "suffix"), [("save", "txt"), ("save_srt", "srt"), ("save_vtt", "vtt")]
)
def test_saving_asks_where_and_takes_the_ending(
    program: Application, tmp_path: Path, action: str, suffix: str
) -> None:
    program.transcript.put(1, segment(0, "hello", final=True))
    program.window.table[action].trigger()
    dialog = program.window.findChild(QFileDialog, "save dialog")
    assert dialog is not None
    assert dialog.defaultSuffix() == suffix
    file = tmp_path / f"Größe.{suffix}"
    dialog.fileSelected.emit(str(file))
    assert "hello" in file.read_text(encoding="utf-8")
    assert ("-->" in file.read_text(encoding="utf-8")) is (suffix != "txt")
    dialog.filterSelected.emit("WebVTT subtitles (*.vtt)")
    assert dialog.defaultSuffix() == "vtt"
    dialog.close()
    assert "Saved as" in program.window.banner.text


def test_a_transcript_that_cannot_be_saved_is_said(program: Application, tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="still in the window"):
        program.commands.save_to(tmp_path / "missing" / "file.txt")
    program.commands._save_to(str(tmp_path / "missing" / "file.txt"))
    assert "cannot be saved" in program.window.banner.text


def test_an_unknown_ending_is_text(program: Application, tmp_path: Path) -> None:
    program.transcript.put(1, segment(0, "hello", final=True))
    program.commands.save_to(tmp_path / "file.docx")
    assert (tmp_path / "file.docx").read_text() == "hello\n"


def said_in(file: Path) -> list[str]:
    """The text of each segment of a transcript's file."""
    return [" ".join(word.text for word in found.words) for _, found in journal.load(file)]


def test_whether_it_is_kept_can_be_changed_while_one_speaks(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    host, folder = hosts[0], program.paths.journal_folder
    host.answers_stop = False
    first = listen(program, host, "to be kept")
    program.settings.change(keep_transcripts=False)
    assert host.sent(StopListening)[-1].recording == first
    second = host.sent(StartListening)[-1].recording
    assert second != first
    host.say(SegmentChanged(first, segment(1, "said before", final=True), 0.0))
    host.say(Listening(first, ListeningState.STOPPED))
    host.say(SegmentChanged(second, segment(0, "a secret", final=True), 0.0))
    qtbot.waitUntil(lambda: "secret" in words(program))
    (file,) = folder.glob("*.jsonl")
    assert said_in(file) == ["to be kept", "said before"]
    assert not program.listening.growing_journals()
    program.settings.change(keep_transcripts=True)
    third = host.sent(StartListening)[-1].recording
    host.say(Listening(second, ListeningState.STOPPED))
    host.say(SegmentChanged(third, segment(0, "kept again", final=True), 0.0))
    qtbot.waitUntil(lambda: "again" in words(program))
    (other,) = set(folder.glob("*.jsonl")) - {file}
    assert said_in(other) == ["kept again"]
    assert words(program) == "to be kept\nsaid before\na secret\nkept again"


def test_a_pause_ends_the_transcript_that_shall_not_be_kept(
    program: Application, hosts: list[FakeHost]
) -> None:
    first = listen(program, hosts[0], "before")
    program.window.table["pause"].trigger()
    hosts[0].say(Listening(first, ListeningState.STOPPED))
    program.settings.change(keep_transcripts=False)
    program.window.table["pause"].trigger()
    number = hosts[0].sent(StartListening)[-1].recording
    hosts[0].say(SegmentChanged(number, segment(0, "secret", final=True), 0.0))
    (file,) = program.paths.journal_folder.glob("*.jsonl")
    assert said_in(file) == ["before"]


def test_what_is_kept_nowhere_does_not_go_unasked_and_unseen(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    asked: list[bool] = []

    def confirm(*_: object) -> bool:
        asked.append(program.window.view.isVisible())
        return len(asked) > 2

    program.commands.confirm = confirm
    earlier = kept(program, "earlier", whole=True)
    program.settings.change(keep_transcripts=False)
    listen(program, hosts[0], "said once")
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    program.window.pages.show_page("conversation")
    program.window.table["clear"].trigger()
    program.commands._show_kept(earlier)
    assert words(program) == "said once"
    program.commands._show_kept(earlier)
    assert words(program) == "earlier"
    program.window.table["clear"].trigger()
    assert words(program) == ""
    assert asked == [True] * 3, "not for what is kept"


def test_what_was_saved_may_go_until_more_is_said(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, tmp_path: Path
) -> None:
    asked: list[str] = []

    def no(_: object, title: str, __: str) -> bool:
        asked.append(title)
        return False

    program.commands.confirm = program.confirm = no
    program.settings.change(keep_transcripts=False)

    def said(text: str) -> None:
        listen(program, hosts[0], text)
        program.window.table["listen"].trigger()
        qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)

    said("once")
    program.window.close()
    program.commands.save_to(tmp_path / "saved.txt")
    said("more")
    program.window.table["clear"].trigger()
    assert asked == ["Close Nestling?", "Empty the window?"]
    program.commands.save_to(tmp_path / "saved.txt")
    program.window.table["clear"].trigger()
    assert words(program) == ""
    with qtbot.waitSignal(program.closed):
        program.window.close()
    assert len(asked) == 2
