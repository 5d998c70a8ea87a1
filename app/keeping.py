"""Where recordings are kept: the journals of one run of the window. Knows no Qt.

A recording is in one journal at most; what is translated of it after its end goes there, too.
"""

import logging
from datetime import datetime
from pathlib import Path
from time import monotonic

from app.journal import Journal
from app.late_translations import LateTranslations
from engine.datatypes import Translation
from engine.errors import NestlingError

log = logging.getLogger(__name__)


class Keeping:
    """Journals that are written to, and which recording is in which.

    State: the open journals; the closed ones that are perhaps not yet on the medium; of each
    recording its file and its number there.

    Args:
        folder: for the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.journals: list[Journal] = []
        self._flushing: list[Journal] = []
        self._kept: dict[int, tuple[Path, int]] = {}
        self._late = LateTranslations()

    def begin(self, about: dict[str, str]) -> Journal:
        """A journal that begins now."""
        journal = Journal(self._folder, datetime.now().astimezone(), about)
        self.journals.append(journal)
        return journal

    def put(self, recording: int, journal: Journal | None) -> None:
        """In which journal a recording is; None: in none any more."""
        self._kept.pop(recording, None)
        if journal is not None:
            self._kept[recording] = (journal.path, recording)

    def follow(self, path: Path, numbers: dict[int, int]) -> None:
        """Recordings of a kept transcript, to their numbers in its file."""
        self._kept.update({number: (path, kept) for number, kept in numbers.items()})

    def knows(self, recording: int) -> bool:
        """Whether a recording is in a file."""
        return recording in self._kept

    @property
    def waiting(self) -> bool:
        """Whether there are words that the disk refuses to take."""
        return any(journal.waiting_bytes for journal in self.journals) or self._late.waiting

    def retry(self) -> bool:
        """Write again what the disk refused. Returns: whether nothing waits any more."""
        return all(journal.retry() for journal in self.journals) and self._late.retry()

    def record_translation(self, recording: int, translation: Translation) -> None:
        """Put down a clause where its words are, if they are anywhere.

        Raises:
            NestlingError: DISK, once when writing begins to fail.
        """
        if recording not in self._kept:
            return
        path, number = self._kept[recording]
        key = number, translation.segment
        for journal in self.journals:
            if journal.path == path:
                journal.record_translation(key, translation)
                return
        self._late.record(path, key, translation)

    def close(self, journal: Journal) -> None:
        """End a journal; one that the full disk holds up stays open, and is tried again.

        Raises:
            NestlingError: DISK, if it cannot be closed.
        """
        if journal.waiting_bytes and not journal.retry():
            return
        self.journals.remove(journal)
        self._flushing = [*(other for other in self._flushing if not other.flushed(0.0)), journal]
        journal.close()

    def close_all(self) -> None:
        """Nothing more will come: keep what there is, release the files."""
        for journal in list(self.journals):
            self.journals.remove(journal)
            self._flushing.append(journal)
            try:
                journal.close()
            except NestlingError as error:
                log.error("%s", error.message)
        try:
            self._late.write()
        except NestlingError as error:
            log.error("%s", error.message)

    def forget(self) -> None:
        """Everything that is kept is being deleted: what waits for the disk is never written."""
        for journal in self.journals:
            journal.abandon()
        self.journals.clear()
        self._kept.clear()
        self._late = LateTranslations()

    def wait_for_medium(self, until: float) -> None:
        """Until all that was closed is on it, or that moment of the monotonic clock has come."""
        for journal in self._flushing:
            if not journal.flushed(max(0.0, until - monotonic())):
                log.warning("the medium has not all of %s yet", journal.path)
        self._flushing.clear()
