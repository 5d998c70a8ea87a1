"""What is done about a bug of ours: written down with its traceback, said in one sentence.

Knows nothing of windows; who shows sentences connects to `caught`.
"""

import faulthandler
import logging
import sys
import threading
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Qt, Signal, Slot

log = logging.getLogger(__name__)

KEEP_BYTES = 256_000  # older reports go first


class CrashLog(QObject):
    """Takes every exception that nobody caught, in any thread.

    Signals:
        caught(str): one sentence for people; at most one for each kind of exception.
    """

    caught = Signal(str)

    # The hop from the thread that failed.
    _failed = Signal(str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._stream: TextIO | None = None
        self._said: set[str] = set()
        self._before = sys.excepthook, threading.excepthook
        self._native = False
        self._failed.connect(self._say, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on; a native crash leaves its stack in the same file."""
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self.report
        threading.excepthook = self._report_thread
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._file.exists() and self._file.stat().st_size > KEEP_BYTES:
                kept = self._file.read_text(encoding="utf-8", errors="replace")[-KEEP_BYTES // 2 :]
                self._file.write_text(kept, encoding="utf-8")
            self._stream = self._file.open("a", encoding="utf-8")
            if not faulthandler.is_enabled():
                faulthandler.enable(self._stream)
                self._native = True
        except OSError as error:
            log.warning("no crash log in %s: %s", self._file.parent, error)

    def report(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Write an exception down, and say so. Thread: any."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write(f"--- {datetime.now().astimezone().isoformat()}\n{text}")
        except OSError as failure:
            log.warning("the crash log cannot be written: %s", failure)
        self._failed.emit(kind.__name__)

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before
        if self._native:
            faulthandler.disable()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _report_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_type, args.exc_value, args.exc_traceback)

    @Slot(str)
    def _say(self, kind: str) -> None:
        if kind in self._said:
            return
        self._said.add(kind)
        self.caught.emit(
            self.tr(
                "Something went wrong inside Nestling ({kind}). Your transcript is kept; "
                "if it behaves oddly, start it again. Details: {file}"
            ).format(kind=kind, file=self._file)
        )
