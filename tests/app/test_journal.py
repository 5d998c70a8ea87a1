"""The transcript on disk: nothing confirmed is lost, whatever happens to the process or disk."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import journal
from app.journal import Journal
from engine.datatypes import Translation
from engine.errors import ErrorKind, NestlingError
from tests.app.window_fakes import age, metrics, segment

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 1, 12, 30).astimezone()


@pytest.fixture
def kept(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "transcripts", START, {"model": "nano"})


def test_what_is_recorded_comes_back(kept: Journal) -> None:
    first, second = segment(0, "turn left now", at=1.0), segment(1, "thank you", at=9.0, gap=2.5)
    kept.record((1, 0), segment(0, "turn", "left", at=1.0))
    kept.record((1, 0), segment(0, "turn left", "no", at=1.0))
    kept.record((1, 0), first)
    kept.record((1, 1), second)
    kept.close()
    loaded = journal.load(kept.path)
    assert [key for key, _ in loaded] == [(1, 0), (1, 1)]
    assert [s.words for _, s in loaded] == [first.words, second.words]
    assert all(s.final and not s.tentative for _, s in loaded)
    assert loaded[1][1].gap_before_s == 2.5


def test_tentative_words_are_never_written(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "", "maybe"))
    assert not kept.path.exists()
    kept.record((1, 0), segment(0, "surely", "maybe"))
    assert b"maybe" not in kept.path.read_bytes()


def test_a_recording_without_words_leaves_no_file(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "", final=True))
    kept.note(metrics())
    kept.close()
    assert not kept.path.parent.exists()


def test_each_word_is_on_disk_when_record_returns(kept: Journal) -> None:
    for count in range(1, 40):
        kept.record((1, 0), segment(0, " ".join(["word"] * count)))
        ((_, loaded),) = journal.load(kept.path)
        assert len(loaded.words) == count


def test_kill_9_loses_no_confirmed_word(tmp_path: Path) -> None:
    """A real process dies without a chance to flush; all it was told is there."""
    program = """
import os, sys
from datetime import datetime, timedelta
from pathlib import Path
from tests.app.window_fakes import segment
from app.journal import Journal
journal = Journal(Path(sys.argv[1]), datetime.now().astimezone(), {})
for count in range(1, 201):
    journal.record((1, 0), segment(0, " ".join(f"w{i}" for i in range(count)), "tail"))
print("ready", flush=True)
sys.stdin.read()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGKILL)
    (found,) = journal.transcripts(tmp_path)
    assert (found.words, found.whole) == (200, False)
    ((_, loaded),) = journal.load(found.path)
    assert loaded.text == " ".join(f"w{i}" for i in range(200))


def test_a_line_cut_by_a_crash_is_left_out(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "one two"))
    kept.close()
    data = kept.path.read_bytes()
    for length in range(len(data)):
        kept.path.write_bytes(data[:length])
        assert sum(len(s.words) for _, s in journal.load(kept.path)) in (0, 2)


def test_a_name_that_is_no_text_can_be_told_of(tmp_path: Path) -> None:
    kept = Journal(tmp_path, START, {"model": "mod\udcffles"})
    kept.record((1, 0), segment(0, "one two"))
    kept.close()
    assert json.loads(kept.path.read_bytes().split(b"\n")[0])["about"] == {"model": "mod\udcffles"}
    assert [found.words for found in journal.transcripts(tmp_path)] == [2]


def test_a_cut_transcript_is_offered_once(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "one two"))
    with kept.path.open("ab") as stream:
        stream.write(b'{"kind":"wor')
    folder = kept.path.parent
    assert [found.whole for found in journal.transcripts(folder)] == [False]
    assert [found.path for found in journal.cut_off(folder)] == [kept.path]
    journal.mark_whole(kept.path)
    assert journal.cut_off(folder) == []
    assert [(found.whole, found.words) for found in journal.transcripts(folder)] == [(True, 2)]


class Disk:
    """`os.write` on a disk that takes `room` bytes more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room: int | None = None
        self._write = os.write
        monkeypatch.setattr(os, "write", self.write)

    def write(self, file: int, data: bytes) -> int:
        if self.room is None:
            return self._write(file, data)
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(file, data[: self.room])
        self.room -= written
        return written


def test_a_full_disk_is_said_once_and_loses_nothing(
    kept: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    kept.record((1, 0), segment(0, "one"))
    disk.room = 10  # in the middle of a line
    with pytest.raises(NestlingError, match="kept in memory") as caught:
        kept.record((1, 0), segment(0, "one two"))
    assert caught.value.kind is ErrorKind.DISK
    kept.record((1, 0), segment(0, "one two three"))
    assert kept.waiting_bytes > 0
    assert not kept.retry()
    disk.room = None
    assert kept.retry()
    assert kept.waiting_bytes == 0
    kept.close()
    ((_, loaded),) = journal.load(kept.path)
    assert loaded.text == "one two three"


def test_closing_on_a_full_disk_says_so(kept: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    kept.record((1, 0), segment(0, "one"))
    disk.room = 0
    with pytest.raises(NestlingError, match="kept in memory"):
        kept.close()
    kept.close()


def test_closing_on_a_disk_that_is_full_for_long_says_so(
    kept: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    kept.record((1, 0), segment(0, "one"))
    disk.room = 0
    with pytest.raises(NestlingError, match="kept in memory"):
        kept.note(metrics())
    kept.record((1, 0), segment(0, "one two"))
    with pytest.raises(NestlingError, match="kept in memory"):
        kept.close()


def test_closing_waits_for_no_slow_disk_and_the_end_can(
    kept: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, ready, flushed = os.fsync, threading.Event(), dict[int, int]()  # by inode

    def slow(file: int) -> None:
        assert ready.wait(20)
        found = os.fstat(file)
        flushed[found.st_ino] = found.st_size  # another test's journal may still be flushing
        fsync(file)

    monkeypatch.setattr(os, "fsync", slow)
    kept.record((1, 0), segment(0, "one two three"))
    file = kept._file
    assert file is not None
    kept.close()
    assert not kept.flushed(0.05)
    ready.set()
    assert kept.flushed(20)
    found = kept.path.stat()
    assert flushed[found.st_ino] == found.st_size
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)


def test_a_medium_that_cannot_flush_takes_words_all_the_same(
    kept: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    for count in range(1, 5):
        kept.record((1, 0), segment(0, " ".join(["word"] * count)))
    kept.close()
    assert kept.flushed(20)
    assert journal.transcripts(kept.path.parent)[0].words == 4


def test_a_clause_can_follow_the_end(kept: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    clause = Translation(0, 0, 1, "German", "eins", True)
    kept.record((1, 0), segment(0, "one", final=True))
    kept.close()
    whole = kept.path.read_bytes()
    disk = Disk(monkeypatch)
    disk.room = 10
    with pytest.raises(NestlingError, match="kept in memory") as caught:
        journal.append_translation(kept.path, (1, 0), clause)
    assert caught.value.kind is ErrorKind.DISK
    assert kept.path.read_bytes() == whole
    disk.room = None
    journal.append_translation(kept.path, (1, 0), clause)
    assert kept.path.read_bytes().startswith(whole)
    assert journal.load_translations(kept.path) == [((1, 0), clause)]
    assert journal.cut_off(kept.path.parent) == []


def test_what_was_deleted_is_not_made_anew_for_a_clause(tmp_path: Path) -> None:
    gone = tmp_path / "gone.jsonl"
    journal.append_translation(gone, (1, 0), Translation(0, 0, 1, "German", "eins", True))
    assert not gone.exists()


def test_figures_are_noted_beside_the_words(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "one"))
    kept.note(metrics(lag=0.25))
    kept.close()
    lines = [json.loads(line) for line in kept.path.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["start", "words", "metrics", "end"]
    assert lines[2]["lag_s"] == 0.25


def test_the_file_is_for_its_owner_alone(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "one"))
    assert kept.path.stat().st_mode & 0o077 == 0


def test_an_unreadable_transcript_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="cannot be read") as caught:
        journal.load(tmp_path / "gone.jsonl")
    assert caught.value.kind is ErrorKind.DISK


WORDS = {
    "kind": "words", "key": [1, 0], "start_s": 0.0, "end_s": 1.0, "gap_before_s": 0.0,
    "words": [["hi", 0.5, 0.6]], "final": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        WORDS | {"words": [["hi", 0.5, 0.6, 0.7]]},
        WORDS | {"words": [["hi", 0.5, None]]},
        WORDS | {"start_s": "soon"},
        WORDS | {"key": [1, 0, 2]},
        {name: value for name, value in WORDS.items() if name != "gap_before_s"},
        WORDS | {"key": [1, float("inf")]},
        {"kind": "translation", "key": [1, 0]},
    ],
)
def test_a_transcript_of_another_form_is_one_sentence(
    kept: Journal, line: dict[str, object]
) -> None:
    kept.record((1, 0), segment(0, "one two"))
    kept.close()
    with kept.path.open("ab") as stream:
        stream.write(json.dumps(line).encode() + b"\n")
    load = journal.load if line["kind"] == "words" else journal.load_translations
    with pytest.raises(NestlingError, match="another version of Nestling, or damaged") as caught:
        load(kept.path)
    assert caught.value.kind is ErrorKind.DISK


def test_a_transcript_of_a_newer_version_is_left_to_that(
    kept: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.record((1, 0), segment(0, "one two"))
    monkeypatch.setattr(journal, "FORMAT", journal.FORMAT - 1)
    assert journal.transcripts(kept.path.parent) == []
    assert journal.cut_off(kept.path.parent) == []
    for load in (journal.load, journal.load_translations):
        with pytest.raises(NestlingError, match="of a newer Nestling") as caught:
            load(kept.path)
        assert caught.value.kind is ErrorKind.DISK


def test_the_newest_comes_first_though_an_hour_comes_twice_and_people_travel(
    tmp_path: Path,
) -> None:
    moments = [
        "2026-10-25T09:00:00+09:00",
        "2026-10-25T02:50:00+02:00",
        "2026-10-25T02:10:00+01:00",
    ]
    for moment in moments:
        Journal(tmp_path, datetime.fromisoformat(moment), {}).record((1, 0), segment(0, "one"))
    found = journal.transcripts(tmp_path)
    assert [kept.started.isoformat() for kept in found] == moments[::-1]


def test_foreign_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "notes.jsonl").write_text('{"kind": "other"}\n')
    (tmp_path / "empty.jsonl").write_text("")
    assert journal.transcripts(tmp_path) == []
    assert journal.transcripts(tmp_path / "missing") == []


def test_old_transcripts_go_and_young_ones_stay(tmp_path: Path) -> None:
    now = datetime.now()
    for days in (1, 29, 31, 200):
        path = tmp_path / f"{days}.jsonl"
        path.write_text("")
        age(path, days)
    assert journal.forget_old(tmp_path, 0, now) == 0
    assert journal.forget_old(tmp_path, 30, now) == 2
    assert {path.stem for path in tmp_path.glob("*.jsonl")} == {"1", "29"}
    assert journal.forget_all(tmp_path) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_transcript_that_was_not_offered_yet_is_never_too_old(kept: Journal) -> None:
    """As where the clock stood in the past while it was recorded."""
    kept.record((1, 0), segment(0, "one two"))
    age(kept.path, 100)
    assert journal.forget_old(kept.path.parent, 30, datetime.now()) == 0
    journal.mark_whole(kept.path)
    assert journal.forget_old(kept.path.parent, 30, datetime.now()) == 0  # seen today
    age(kept.path, 100)
    assert journal.forget_old(kept.path.parent, 30, datetime.now()) == 1


def test_a_clock_that_jumps_ahead_deletes_nothing_until_it_stays_there(tmp_path: Path) -> None:
    today = datetime.now()
    path = tmp_path / "today.jsonl"
    path.write_text("")
    assert journal.forget_old(tmp_path, 30, today) == 0
    ahead = today + timedelta(days=31)
    assert journal.forget_old(tmp_path, 30, ahead) == 0
    assert journal.forget_old(tmp_path, 30, today) == 0  # it was set right again
    assert journal.forget_old(tmp_path, 30, ahead) == 0
    assert journal.forget_old(tmp_path, 30, ahead + timedelta(hours=9)) == 1  # so much time went by
    assert journal.forget_old(tmp_path / "none", 30, today) == 0


def test_what_a_wrong_clock_dated_has_no_age(kept: Journal) -> None:
    """An empty battery sets a clock to a year in which there was no Nestling."""
    kept.record((1, 0), segment(0, "one two"))
    kept.close()
    for year in (1970, 2020, 2025):
        then = datetime(year, 12, 1).timestamp()
        os.utime(kept.path, (then, then))
        assert journal.forget_old(kept.path.parent, 30, datetime.now()) == 0
    assert kept.path.exists()


def test_what_cannot_be_read_hides_no_other_transcript(kept: Journal) -> None:
    kept.record((1, 0), segment(0, "one two"))
    folder = kept.path.parent
    (folder / "x.jsonl").mkdir()
    (folder / "undated.jsonl").write_text('{"kind": "start"}\n')
    (folder / "early.jsonl").write_text('{"kind": "start", "started": "0001-01-01"}\n')
    (folder / "odd.jsonl").write_text('{"kind": "start", "started": "today"}\n')
    assert [found.path for found in journal.transcripts(folder)] == [kept.path]
    assert [found.path for found in journal.cut_off(folder)] == [kept.path]


def test_what_cannot_be_deleted_keeps_no_other_transcript(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").mkdir()
    for name in ("a", "x", "z"):
        path = tmp_path / f"{name}.jsonl"
        if name != "x":
            path.write_text("")
        age(path, 100)
    assert journal.forget_old(tmp_path, 30, datetime.now()) == 2
    assert [path.name for path in tmp_path.glob("*.jsonl")] == ["x.jsonl"]
