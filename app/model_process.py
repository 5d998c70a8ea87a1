"""`main.py models …` as a child: the only part of the program that speaks to a server of models.

It is a process so that nothing it does, or fails to do, can hold up the window; it can be killed at
any moment, and ends by itself when the window is gone.
"""

import json
import sys

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from app.paths import program_file

END_MS = 2_000


class ModelProcess(QObject):
    """One run.

    Signals:
        said(str, object): the name it was made with, and one JSON object of its output.
        ended(str, bool, str): the same name; whether it did what it should; its last line else.
    """

    said = Signal(str, object)
    ended = Signal(str, bool, str)

    def __init__(self, name: str, words: list[str], parent: QObject) -> None:
        super().__init__(parent)
        self.name = name
        self._process = QProcess(self)
        self._process.setProgram(sys.executable)
        self._process.setArguments([str(program_file()), "models", *words])
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Run it."""
        self._process.start()

    def answer(self, token: str) -> None:
        """What it asked for."""
        self._process.write(json.dumps({"token": token}).encode() + b"\n")

    def stop(self) -> None:
        """End it at once; what has arrived is safe."""
        self._process.kill()

    def close(self) -> None:
        """End it and wait until it has, for when the window closes."""
        self._process.finished.disconnect(self._finished)
        self._process.errorOccurred.disconnect(self._failed)
        self._process.kill()
        self._process.waitForFinished(END_MS)

    @Slot()
    def _read(self) -> None:
        while self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode(errors="replace")
            try:
                said = json.loads(line)
            except ValueError:
                continue  # no word of ours: a library's
            if isinstance(said, dict):
                self.said.emit(self.name, said)

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        words = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        good = status is QProcess.ExitStatus.NormalExit and code == 0
        self.ended.emit(self.name, good, (words.strip().splitlines() or [""])[-1])

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # else `finished` follows
            self.ended.emit(self.name, False, self._process.errorString())
