"""The worker's loop in a thread of this process, behind the same interface as a worker process.

For tests and for a debugger. It is here and not in `app/` because it imports the engine.
"""

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
        self._stop_flag = threading.Event()
        self._session = uuid.uuid4().hex
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._closing = False
        self._exit_code = 0
        self._worker = threading.Thread(
            target=lambda: serve(far_end, self._stop_flag, session()), name="worker"
        )
        self._reader = threading.Thread(target=self._read, name="worker events")
        self._writer = threading.Thread(target=self._write, name="worker commands")

    def start(self) -> None:
        """Start the threads."""
        for thread in (self._worker, self._reader, self._writer):
            thread.start()

    def send(self, command: Command) -> None:
        """Queue a command."""
        self._commands.put(command)

    def stop_answer(self) -> None:
        """Set the flag that the worker reads at each step."""
        self._stop_flag.set()

    def terminate(self) -> None:
        """End as a killed process does; the thread itself ends at its next step."""
        self._exit_code = -signal.SIGTERM
        self._stop_flag.set()
        self._commands.put(Shutdown())
        self._commands.put(None)

    def close(self) -> None:
        """End the worker and wait for it."""
        self._closing = True
        if self._worker.ident is None:
            return
        self._stop_flag.set()
        self._commands.put(Shutdown())
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
        seq = 0
        while (command := self._commands.get()) is not None:
            if isinstance(command, Ask):
                self._stop_flag.clear()
            try:
                self._connection.send_bytes(encode(Envelope(self._session, seq, command)))
            except OSError:
                return
            seq += 1
