"""The transcript on disk: append-only JSON lines, one file a recording. Knows nothing of Qt.

Each confirmed word is handed to the system with one `write` before it is shown, so that killing
the window loses none; a thread flushes to the medium behind it, so that the window never waits.
Sound is never written.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:
    from engine.datatypes import LiveMetrics, Segment, Translation

log = logging.getLogger(__name__)

FORMAT = 1
SUFFIX = ".jsonl"
CLOCK = ".clock"  # its time is that at which old transcripts were last looked for
MOST_DAYS_APART = 3
# What was written before there was a Nestling was written while the clock was wrong.
FIRST_DAY = datetime(2026, 1, 1)
FLUSH_S = 2.0  # how long the end waits for a slow medium; the system has what is written

_NOT_OURS = (NestlingError, KeyError, TypeError, ValueError, AttributeError, OverflowError)

Key = tuple[int, int]  # recording, index of the segment in it


class Journal:
    """Writes one transcript as it grows. The file is made with the first confirmed word.

    State: what of each segment is written; text that could not be written waits in memory.
    Thread: one thread calls the methods; the flushing thread is private.
    """

    def __init__(self, folder: Path, started: datetime, about: dict[str, str]) -> None:
        self.path = folder / (started.strftime("%Y-%m-%d_%H-%M-%S_%f") + SUFFIX)
        head = {"kind": "start", "format": FORMAT, "started": started.isoformat(), "about": about}
        self._waiting = bytearray(_line(head))
        self._words: dict[Key, int] = {}
        self._final: set[Key] = set()
        self._file: int | None = None
        self._failing = False
        self._ended = False
        self._last_written = False
        self._written = threading.Event()
        self._flusher: threading.Thread | None = None

    @property
    def waiting_bytes(self) -> int:
        """Text that is only in memory because the disk refused it."""
        return len(self._waiting) if self._words else 0

    def record(self, key: Key, segment: Segment) -> None:
        """Put down what is newly confirmed of this segment.

        Raises:
            NestlingError: DISK, once when writing begins to fail; the text is kept and tried
                again with each further call and with `retry`.
        """
        done = self._words.get(key, 0)
        news = segment.words[done:]
        closes = segment.final and key not in self._final and len(segment.words) > 0
        if not news and not closes:
            return
        self._words[key] = len(segment.words)
        if closes:
            self._final.add(key)
        self._waiting += _line(
            {
                "kind": "words",
                "key": key,
                "start_s": segment.start_s,
                "end_s": segment.end_s,
                "gap_before_s": segment.gap_before_s,
                "words": [[word.text, word.heard_s, word.confirmed_s] for word in news],
                "final": segment.final,
            }
        )
        self._write()

    def record_translation(self, key: Key, translation: Translation) -> None:
        """Put down a clause in another language, once it is final and its words are here.

        Raises:
            NestlingError: DISK, as `record` does.
        """
        if not translation.final or not translation.text or key not in self._words:
            return
        self._waiting += _clause(key, translation)
        self._write()

    def note(self, metrics: LiveMetrics) -> None:
        """Put down the figures of this moment, once there are words to go with them.

        Raises:
            NestlingError: DISK, as `record` does.
        """
        if self._words and not self._failing:
            self._waiting += _line(
                {
                    "kind": "metrics",
                    "lag_s": metrics.lag_s,
                    "real_time_factor": metrics.real_time_factor,
                    "dropped_s": metrics.dropped_s,
                    "erased_words": metrics.erased_words,
                    "shown_words": metrics.shown_words,
                }
            )
            self._write()

    def retry(self) -> bool:
        """Try to write what waits. Returns: whether nothing waits any more."""
        try:
            self._write()
        except NestlingError:
            return False
        return not self.waiting_bytes

    def close(self) -> None:
        """Mark the transcript as whole and let go of the file. Later calls do nothing.

        Raises:
            NestlingError: DISK, if text still waits.
        """
        if self._ended:
            return
        self._ended = True
        if self._words:
            self._waiting += _line({"kind": "end"})
        self._failing = False  # the last try says what it cannot write, even if that was said
        try:
            self._write()
        finally:
            self._file = None
            self._last_written = True
            self._written.set()

    def flushed(self, seconds: float) -> bool:
        """Wait until the medium has all of a closed transcript, or so long. Returns: whether."""
        if self._flusher is None:
            return True
        self._flusher.join(seconds)
        return not self._flusher.is_alive()

    def abandon(self) -> None:
        """Forget what waits to be written, and release the file."""
        self._waiting.clear()
        self._words.clear()
        self.close()
        self.flushed(FLUSH_S)  # Windows deletes no file that is open

    def _write(self) -> None:
        if not self._words or not self._waiting:
            return
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
                self._flusher = threading.Thread(
                    target=self._flush, args=(self._file,), name="journal", daemon=True
                )
                self._flusher.start()
            while self._waiting:
                del self._waiting[: os.write(self._file, self._waiting)]
        except OSError as error:
            first, self._failing = not self._failing, True
            # What was cut in the middle of a line goes on with the next try: same bytes, in order.
            if first:
                raise _refused(self.path, error) from error
            return
        self._failing = False
        self._written.set()

    def _flush(self, file: int) -> None:
        """Closes the file, too: that can wait for the medium as well."""
        last = False
        while not last:
            self._written.wait()
            self._written.clear()
            last = self._last_written  # before the flush, which then has everything
            with suppress(OSError):  # a medium that cannot: the written pages are all there is
                os.fsync(file)
        with suppress(OSError):
            os.close(file)


@dataclass(frozen=True, slots=True)
class TranscriptFile:
    """One kept transcript.

    words: confirmed words in it. whole: closed in order; else the program ended before.
    text: the words, in the order of speech. file: the name of the one they were said in, if any.
    """

    path: Path
    started: datetime
    words: int
    whole: bool
    text: str
    file: str = ""


def transcripts(folder: Path, only: Set[Path] | None = None) -> list[TranscriptFile]:
    """The kept transcripts, newest first; what is not ours or cannot be read is left out."""
    paths = newest_names(folder) if only is None else sorted(only, reverse=True)
    found = [kept for kept in map(summary, paths) if kept is not None]
    # Names tell the time of the place: an hour comes twice in autumn, and people travel.
    return sorted(found, key=lambda kept: kept.started.timestamp(), reverse=True)


def newest_names(folder: Path) -> list[Path]:
    """What may be transcripts, unread, by their names: nearly from the newest to the oldest."""
    return sorted(folder.glob("*" + SUFFIX), reverse=True)


def summary(path: Path) -> TranscriptFile | None:
    """What a file says of itself; None if it is not ours or cannot be read."""
    from engine.datatypes import joined

    try:
        records = list(_records(path))
        if not records or records[0].get("kind") != "start":
            return None
        started = datetime.fromisoformat(records[0]["started"])
        started.timestamp()  # which a clock that was very wrong does not have
        words = [str(word[0]) for r in records if r["kind"] == "words" for word in r["words"]]
        whole = records[-1]["kind"] == "end"
        file = str(records[0].get("about", {}).get("file", ""))
        return TranscriptFile(path, started, len(words), whole, joined(words), file)
    except _NOT_OURS as error:
        log.warning("%s is left out: %r", path, error)
        return None


def cut_off(folder: Path) -> list[TranscriptFile]:
    """The transcripts that a crash left open, newest first; of the others only the end is read."""
    end = _line({"kind": "end"})
    open_ones = set()
    for path in folder.glob("*" + SUFFIX):
        try:
            with path.open("rb") as stream:
                stream.seek(max(0, path.stat().st_size - len(end)))
                if stream.read() != end:
                    open_ones.add(path)
        except OSError as error:
            log.warning("%s is left out: %r", path, error)
    return [found for found in transcripts(folder, open_ones) if not found.whole]


def load(path: Path) -> list[tuple[Key, Segment]]:
    """The segments of a kept transcript, all of them final. A line cut by a crash is left out.

    Raises:
        NestlingError: DISK, if the file cannot be read, or holds what this version never writes.
    """
    from engine.datatypes import Segment, Word

    segments: dict[Key, Segment] = {}
    with _damage_told(path):
        for record in _records(path):
            if record["kind"] != "words":
                continue
            recording, index = map(int, record["key"])
            old = segments.get((recording, index))
            new = (Word(str(text), float(at), float(by)) for text, at, by in record["words"])
            segments[recording, index] = Segment(
                index,
                float(record["start_s"]),
                float(record["end_s"]),
                (*(old.words if old else ()), *new),
                "",
                True,
                float(record["gap_before_s"]),
            )
    return sorted(segments.items())


def load_translations(path: Path) -> list[tuple[Key, Translation]]:
    """The translated clauses of a kept transcript, in the order of speech.

    Raises:
        NestlingError: DISK, if the file cannot be read, or holds what this version never writes.
    """
    from engine.datatypes import Translation

    clauses: dict[tuple[Key, int], Translation] = {}
    with _damage_told(path):
        for record in _records(path):
            if record["kind"] != "translation":
                continue
            recording, index = map(int, record["key"])
            first, end = int(record["first"]), int(record["end"])
            clauses[(recording, index), first] = Translation(
                index, first, end, str(record["target"]), str(record["text"]), True
            )
    return [(key, clause) for (key, _), clause in sorted(clauses.items(), key=lambda c: c[0])]


def mark_whole(path: Path) -> None:
    """Close a transcript that a crash left open, so that it is offered only once."""
    _append(path, _line({"kind": "end"}))


def append_translation(path: Path, key: Key, translation: Translation) -> None:
    """Put a clause behind a transcript that has ended, and its end behind that.

    A transcript that was deleted is not made anew.

    Raises:
        NestlingError: DISK, if the file cannot be written; it is then as it was.
    """
    try:
        _append(path, _clause(key, translation) + _line({"kind": "end"}))
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refused(path, error) from error


def forget_old(folder: Path, days: int, now: datetime) -> int:
    """Delete transcripts last written more than `days` ago; 0 keeps all. Returns: how many.

    One that a crash left open is never too old: nobody was offered it, and clocks can be wrong.
    One that a clock dated that was plainly wrong has no age. Where the clock has gone on by days
    since it was last looked at, nothing is deleted until it is looked at again: it may have jumped.
    """
    if days == 0 or not folder.is_dir() or not _clock_went_on(folder, now):
        return 0
    limit = (now - timedelta(days=days)).timestamp()
    not_offered = {found.path for found in cut_off(folder)}
    deleted = 0
    for path in list(folder.glob("*" + SUFFIX)):
        try:
            written = path.stat().st_mtime
            if path not in not_offered and FIRST_DAY.timestamp() <= written < limit:
                path.unlink()
                deleted += 1
        except OSError as error:  # the others go all the same
            log.warning("%s is not deleted: %r", path, error)
    return deleted


def _clock_went_on(folder: Path, now: datetime) -> bool:
    """Whether the clock agrees with what it showed the last time, which is noted anew."""
    noted = folder / CLOCK
    try:
        before = noted.stat().st_mtime if noted.exists() else None
        noted.touch()
        os.utime(noted, (now.timestamp(), now.timestamp()))
    except OSError as error:
        log.warning("%s is not written: %r", noted, error)
        return False
    return before is None or now.timestamp() - before < MOST_DAYS_APART * 86_400


def forget_all(folder: Path) -> int:
    """Delete every transcript. Returns: how many.

    Raises:
        OSError: of the first that cannot be deleted; the others are gone.
    """
    paths = list(folder.glob("*" + SUFFIX))
    refused: list[OSError] = []
    for path in (*paths, folder / CLOCK):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            refused.append(error)
    if refused:
        raise refused[0]
    return len(paths)


def _line(record: dict[str, Any]) -> bytes:
    # Half of a surrogate pair, as in a folder's name that is no text, becomes JSON's own escape.
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace") + b"\n"


def _clause(key: Key, translation: Translation) -> bytes:
    return _line(
        {
            "kind": "translation",
            "key": key,
            "first": translation.first,
            "end": translation.end,
            "target": translation.target,
            "text": translation.text,
        }
    )


def _append(path: Path, lines: bytes) -> None:
    """Put whole lines behind what is there; if that fails, nothing."""
    before = path.read_bytes()
    waiting = bytearray(lines if before.endswith(b"\n") else b"\n" + lines)
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        while waiting:
            del waiting[: os.write(file, waiting)]
    except OSError:
        os.ftruncate(file, len(before))
        raise
    finally:
        os.close(file)


def _refused(path: Path, error: OSError) -> NestlingError:
    return NestlingError(
        ErrorKind.DISK,
        f"The transcript cannot be written to {path.parent} ({error.strerror}). "
        "It is kept in memory and tried again; make room, or save it elsewhere now.",
    )


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NestlingError(
            ErrorKind.DISK,
            f"The transcript {path.name} is of another version of Nestling, or damaged (found: "
            f"{error!r}; expected: lines as version {FORMAT} writes them). Show it with the "
            "version that wrote it, or open the file as text.",
        ) from error


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise NestlingError(
            ErrorKind.DISK,
            f"The transcript {path.name} cannot be read ({error.strerror}). "
            "Check that the file is there and yours.",
        ) from error
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue  # the empty end, or a line that a crash cut
        if isinstance(record, dict) and "kind" in record:
            _refuse_newer(path, record)
            yield record


def _refuse_newer(path: Path, record: dict[str, Any]) -> None:
    if record["kind"] == "start" and record.get("format", FORMAT) > FORMAT:
        raise NestlingError(
            ErrorKind.DISK,
            f"The transcript {path.name} is of a newer Nestling (version {record['format']}; this "
            f"one reads up to {FORMAT}). Show it with the newer one.",
        )
