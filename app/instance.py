"""One window for each profile: a second start calls the first to the front and ends."""

import getpass
import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500  # for the first window's answer; one that hangs must not keep the user out


class SingleInstance(QObject):
    """Holds the profile's name, or finds who holds it.

    Signals:
        called(str): another start wants this window; its Wayland activation token or nothing.
    """

    called = Signal(str)

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        who = f"{getpass.getuser()}:{profile.expanduser().absolute()}"
        self._name = "nestling-" + hashlib.sha256(who.encode()).hexdigest()[:20]
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def call_first(self) -> bool:
        """Ask a window that is already there to show itself. Returns: whether there is one."""
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

    def release(self) -> None:
        """Let the next start be the first."""
        self._server.close()

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
