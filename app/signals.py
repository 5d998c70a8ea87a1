"""SIGINT, SIGTERM and SIGHUP as a Qt signal: a logout, or the end of the terminal, ends the program
as closing the window does."""

import signal
import socket
import sys
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

ENDING = (signal.SIGINT, signal.SIGTERM)
HANG_UP: int | None = getattr(signal, "SIGHUP", None)  # a terminal goes; Windows has none


class EndSignals(QObject):
    """Wakes the event loop when the system asks the program to end.

    Signals:
        received(): end now.
    """

    received = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Python's handlers only run between bytecodes, and an idle event loop runs none.
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        ending: list[int] = [*ENDING]
        if HANG_UP is not None and signal.getsignal(HANG_UP) is not signal.SIG_IGN:  # as by `nohup`
            ending.append(HANG_UP)
        self._before = {number: signal.signal(number, _ignore) for number in ending}
        if sys.platform == "win32":  # there the interpreter itself is woken by Ctrl+C
            return
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()

    @Slot()
    def _woken(self) -> None:
        numbers = self._read.recv(64)
        if any(number in self._before for number in numbers):
            self.received.emit()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The wake-up tells of it; without a handler the process would end at once."""
