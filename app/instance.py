"""One window for each profile: a second start calls the first to the front and ends."""

import getpass
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.errors import ErrorKind, NestlingError

WAIT_MS = 500  # for one answer of the first window
LOCK_MS = 50  # for a first one that is just ending
PATIENCE_S = 6.0  # a window ends within five seconds: three for its last words, two for the rest


class SingleInstance(QObject):
    """Holds the profile's name, or finds who holds it.

    Signals:
        called(str): another start wants this window; its Wayland activation token or nothing.
    """

    called = Signal(str)

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # In a container a user may have no name; Windows has no numbers.
        user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
        who = os.fsencode(f"{user}:{profile.expanduser().absolute()}")
        self._name = "nestling-" + hashlib.sha256(who).hexdigest()[:20]
        with suppress(OSError):
            profile.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(profile / "lock"))
        self._lock.setStaleLockTime(0)  # old it may be; that of a dead process is taken over
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def call_first(self) -> bool:
        """Ask a window that is already there to show itself. Returns: whether there is one.

        One that is busy is waited for: two programs on one profile would write over each other.
        A lock that nobody holds is then taken over; it may come from another machine, with a copy
        of the folder, or be empty after a power cut.

        Raises:
            NestlingError: BAD_INPUT if it does not answer for PATIENCE_S.
        """
        until = monotonic() + PATIENCE_S
        while True:
            held = self._lock.tryLock(LOCK_MS)
            if self._calls():  # one without a lock, too: its folder took no files then
                if held:
                    self._lock.unlock()
                return True
            if held or self._lock.error() is not QLockFile.LockError.LockFailedError:
                return False  # at worst a folder that takes no files: the name alone must do
            if monotonic() > until and not self._lock.removeStaleLockFile():
                raise NestlingError(
                    ErrorKind.BAD_INPUT,
                    self.tr(
                        "Nestling is open already, but its window does not answer. End that "
                        "program, then start it again."
                    ),
                )

    def _calls(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(WAIT_MS):
            return False
        socket.write(os.environ.get("XDG_ACTIVATION_TOKEN", "").encode() + b"\n")
        answered = socket.waitForReadyRead(WAIT_MS)
        socket.disconnectFromServer()
        return answered

    def hold(self) -> None:
        """Be the first from now on; a socket that a crash left behind is taken over."""
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)

    @Slot(bool)
    def answer(self, whether: bool) -> None:
        """Answer other starts, or none: they wait then until this one has ended."""
        if not whether:
            self._server.close()  # the lock stays
        elif not self._server.isListening():
            self.hold()

    def release(self) -> None:
        """Let the next start be the first."""
        self._server.close()
        self._lock.unlock()

    @Slot()
    def _greet(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.setParent(self)
        socket.readyRead.connect(self._hear)
        socket.disconnected.connect(socket.deleteLater)
        if socket.canReadLine():
            self._take(socket)

    @Slot()
    def _hear(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        if socket.canReadLine():
            self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        token = bytes(socket.readLine().data()).decode(errors="replace").strip()
        socket.write(b"here\n")
        socket.flush()
        self.called.emit(token)
