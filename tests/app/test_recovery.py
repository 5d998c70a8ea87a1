"""What is kept over the end of a program, or not: crashes, old transcripts, unreadable files."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from app import hearing, journal
from app.application import Application
from engine.datatypes import Translation
from engine.errors import ErrorKind, NestlingError
from engine.protocol import Loaded
from tests.app.window_fakes import FakeHost, age, kept, listen, model, words

Compose = Callable[[], Application]


def test_a_transcript_that_a_crash_cut_off_is_shown_at_the_next_start(
    compose: Compose, program: Application
) -> None:
    kept(program, "saved from the crash", whole=False)
    program.close()
    again = compose()
    assert words(again) == "saved from the crash"
    assert "was cut off; its 4 words are here" in again.window.banner.text
    again.close()
    assert words(compose()) == ""


def test_a_transcript_from_a_time_when_the_clock_was_wrong_is_shown_all_the_same(
    compose: Compose, program: Application
) -> None:
    path = kept(program, "saved from the crash", whole=False)
    os.utime(path, (0, 0))
    program.settings.change(retention_days=30)
    program.close()
    assert words(compose()) == "saved from the crash"
    assert path.exists()


def test_old_transcripts_go_when_the_days_are_changed_and_day_by_day(
    compose: Compose, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "SETTLED_MS", 1)
    monkeypatch.setattr(hearing, "DAY_MS", 300)
    program = compose()
    old, older = kept(program, "old", whole=True), kept(program, "older", whole=True)
    age(old, 5)
    age(older, 20)
    program.settings.change(retention_days=10)
    qtbot.waitUntil(lambda: not older.exists())
    assert old.exists()
    age(old, 20)
    qtbot.waitUntil(lambda: not old.exists())


def test_what_a_crash_cut_off_and_cannot_be_closed_stops_no_other(
    compose: Compose, program: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (kept(program, word, whole=False) for word in ("first", "second"))
    program.close()
    append = journal._append

    def refused(path: Path, data: bytes) -> None:
        if path == second:
            raise PermissionError(13, "Permission denied", str(path))
        append(path, data)

    monkeypatch.setattr(journal, "_append", refused)
    program = compose()
    assert "was cut off" in program.window.banner.text
    assert [found.path for found in journal.cut_off(first.parent)] == [second]


def test_new_speech_follows_what_a_crash_cut_off(
    compose: Compose, program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    kept(program, "saved from the crash", whole=False)
    program.close()
    again = compose()
    hosts[-1].say(Loaded(model()))
    qtbot.waitUntil(lambda: again.state.can_listen)
    listen(again, hosts[-1], "new words")
    qtbot.waitUntil(lambda: words(again) == "saved from the crash\nnew words")
    saved, new = again.transcript.segments()
    assert new.start_s >= saved.end_s


def test_new_speech_follows_what_is_shown_of_the_history(
    program: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    first = listen(program, hosts[-1], "said before")
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: program.state.can_listen)
    program.commands._show_kept(kept(program, "earlier", whole=True))
    # A clause of what was shown before is late: it belongs to nothing that is shown now.
    program.listening.take_translation(first, Translation(0, 0, 1, "German", "Zuvor", True))
    number = listen(program, hosts[-1], "new words")
    qtbot.waitUntil(lambda: words(program) == "earlier\nnew words")
    early = Translation(0, 0, 1, "German", "Früher", True)
    program.listening.take_translation(program.transcript.key(0)[0], early)
    program.listening.take_translation(number, Translation(0, 0, 2, "German", "Neues", True))
    qtbot.waitUntil(lambda: words(program) == "earlier\nFrüher\nnew words\nNeues")
    growing = program.listening.journal_path
    assert growing is not None
    assert [clause.text for _, clause in journal.load_translations(growing)] == ["Neues"]


def test_the_end_waits_until_a_slow_disk_has_what_was_said(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, flushed = os.fsync, list[int]()

    def slow(file: int) -> None:
        if threading.current_thread().name == "journal":
            time.sleep(0.4)
            flushed.append(os.fstat(file).st_size)
        fsync(file)

    monkeypatch.setattr(os, "fsync", slow)
    sizes = []
    for text in ("first", "second"):
        listen(program, hosts[-1], text)
        qtbot.waitUntil(lambda said=text: said in words(program))  # type: ignore[misc]
        path = program.listening.journal_path
        assert path is not None
        if text == "first":
            program.window.table["listen"].trigger()
            qtbot.waitUntil(lambda: program.state.can_listen)
        else:
            program.close()
        sizes.append(path.stat().st_size)
    assert set(sizes) <= set(flushed)


def test_old_transcripts_are_dropped_at_the_start(compose: Compose, program: Application) -> None:
    old, young = kept(program, "old", whole=True), kept(program, "young", whole=True)
    age(old, 100)
    program.close()
    compose()
    assert not old.exists()
    assert young.exists()


def test_an_unreadable_journal_is_one_sentence(
    compose: Compose, program: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(program, "cut off", whole=False)
    program.close()

    def refuse(_path: Path) -> list[object]:
        raise NestlingError(ErrorKind.DISK, "The transcript cannot be read.")

    monkeypatch.setattr(journal, "load", refuse)
    assert compose().window.banner.text == "The transcript cannot be read."


def test_a_damaged_journal_stops_no_start_and_no_other(
    compose: Compose, program: Application
) -> None:
    first = kept(program, "saved from the crash", whole=False)
    second = kept(program, "damaged", whole=False)
    second.write_text(second.read_text().replace('"key":[1,0],', ""))
    program.close()
    again = compose()
    assert words(again) == "saved from the crash"
    assert second.name in again.window.banner.text
    assert "another version of Nestling, or damaged" in again.window.banner.text
    assert journal.cut_off(first.parent) == [], "each is told of once"
    again.commands._show_kept(second)
    assert words(again) == "saved from the crash"


def test_an_unreadable_transcript_hides_no_other(program: Application, qtbot: QtBot) -> None:
    (program.paths.journal_folder / "x.jsonl").mkdir(parents=True)
    kept(program, "to be found", whole=True)
    program.window.table["history"].trigger()
    shown = program.window.findChild(QListWidget, "kept")
    assert shown is not None
    qtbot.waitUntil(lambda: shown.count() == 1)  # read bit by bit
