"""The worker's loop in a thread of this process, behind the same interface as a worker process.

For tests and for a debugger. It is here and not in `app/` because it imports the engine.
"""

import ctypes
import queue
import signal
import threading
import uuid
from collections.abc import Callable
from multiprocessing import Pipe

from engine.protocol import Ask, Command, Envelope, Event, Shutdown, decode, encode
from engine.serve import serve
from engine.session import Session

CLOSE_SECONDS = 30.0


class ThreadHost:
    """One life of a worker thread. See `app.bridge.host.Host`.

    Args:
        on_event, on_death: see `app.bridge.host.HostFactory`; called in the reader thread.
        session: makes the session that serves.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        on_death: Callable[[int | None], None],
        session: Callable[[], Session] = Session,
    ) -> None:
        self._on_event, self._on_death = on_event, on_death
        self._connection, far_end = Pipe()
        self._stop_through = ctypes.c_int64(-1)
        self._session = uuid.uuid4().hex
        self._commands: queue.SimpleQueue[Envelope | None] = queue.SimpleQueue()
        self._seq, self._last_ask = 0, -1
        self._closing = False
        self._exit_code = 0
        self._worker = threading.Thread(
            target=lambda: serve(far_end, self._stop_through, session()), name="worker"
        )
        self._reader = threading.Thread(target=self._read, name="worker events")
        self._writer = threading.Thread(target=self._write, name="worker commands")

    def start(self) -> None:
        """Start the threads."""
        for thread in (self._worker, self._reader, self._writer):
            thread.start()

    def send(self, command: Command) -> None:
        """Queue a command."""
        if isinstance(command, Ask):
            self._last_ask = self._seq
        self._commands.put(Envelope(self._session, self._seq, command))
        self._seq += 1

    def stop_answer(self) -> None:
        """Set the number that the worker reads at each step."""
        self._stop_through.value = self._last_ask

    def terminate(self) -> None:
        """End as a killed process does; the thread itself ends at its next step."""
        self._exit_code = -signal.SIGTERM
        self.stop_answer()
        self.send(Shutdown())
        self._commands.put(None)

    def close(self) -> None:
        """End the worker and wait for it."""
        self._closing = True
        if self._worker.ident is None:
            return
        self.stop_answer()
        self.send(Shutdown())
        self._commands.put(None)
        for thread in (self._worker, self._reader, self._writer):
            if thread is not threading.current_thread():
                thread.join(CLOSE_SECONDS)
                assert not thread.is_alive(), f"{thread.name} does not end"

    def _read(self) -> None:
        try:
            while True:
                envelope = decode(self._connection.recv_bytes())
                if not self._closing:
                    self._on_event(envelope.body)
        except (EOFError, OSError):
            self._commands.put(None)
        if not self._closing:
            self._on_death(self._exit_code)

    def _write(self) -> None:
        while (envelope := self._commands.get()) is not None:
            try:
                self._connection.send_bytes(encode(envelope))
            except OSError:
                return
