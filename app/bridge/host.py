"""A worker and the way to it. Knows no Qt and imports nothing of the engine but its messages."""

import ctypes
import errno
import importlib
import logging
import multiprocessing
import queue
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, get_args

from engine.errors import NestlingError
from engine.protocol import Ask, Command, Envelope, Event, Shutdown, decode, encode

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 1.0  # for the worker to end by itself; the window is to be gone after 2 s
TERMINATE_SECONDS = 0.3  # for it to end when it is told to
EVENTS: tuple[type, ...] = get_args(Event)


class Host(Protocol):
    """One life of a worker, from start to close or death."""

    def start(self) -> None:
        """Let the worker begin; its events come from now on.

        Raises:
            OSError: the system has no process, memory or thread left for it.
        """

    def send(self, command: Command) -> None:
        """Pass a command on, in order; never waits. Lost without a word if the worker is dead."""

    def stop_answer(self) -> None:
        """Ask the worker to end every answer asked for; a command would queue behind the first."""

    def terminate(self) -> None:
        """End the worker at once; its death is reported like any other."""

    def close(self) -> None:
        """End the worker and wait for it, less than two seconds. Nothing is reported after it."""


class HostFactory(Protocol):
    """Makes a host. Both callables are called in a thread of the host's own.

    on_event: with each event; on_death: once, with the exit code (negative: a signal's number).
    """

    def __call__(
        self, on_event: Callable[[Event], None], on_death: Callable[[int | None], None]
    ) -> Host:
        """A host that has not been started."""


@dataclass(frozen=True, slots=True)
class _Module:
    """Stands for a module: pickled here, imported where it is unpickled."""

    name: str

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return importlib.import_module, (self.name,)


@dataclass(frozen=True, slots=True)
class Target:
    """What a process shall run, by name: this process never imports it."""

    module: str
    function: str

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[_Module, str]]:
        return getattr, (_Module(self.module), self.function)

    def __call__(self, *arguments: object) -> None:
        """Never: the child has the function itself in this place."""
        raise AssertionError(f"{self} is for a spawned process")


ENGINE = Target("engine.serve", "run")


class ProcessHost:
    """A worker in a spawned process: forking would copy Qt's threads half alive.

    Args:
        on_event, on_death: see `HostFactory`; called in the reader thread.
        target: run in the process with the pipe's end and the number of the last question to stop.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        on_death: Callable[[int | None], None],
        target: Target = ENGINE,
    ) -> None:
        self._on_event, self._on_death = on_event, on_death
        context = multiprocessing.get_context("spawn")
        self._connection, self._far_end = context.Pipe(duplex=True)
        # Without a lock, which would stay taken for ever if the worker died while it looked.
        self._stop_through = context.RawValue(ctypes.c_int64, -1)
        self._process = context.Process(
            target=target,
            args=(self._far_end, self._stop_through),
            name="Nestling engine",
            daemon=True,
        )
        self._session = uuid.uuid4().hex
        self._commands: queue.SimpleQueue[Envelope | None] = queue.SimpleQueue()
        self._closing = False
        self._seq = 0  # of the next command
        self._last_ask = -1
        self._reader = threading.Thread(target=self._read, name="worker events", daemon=True)
        self._writer = threading.Thread(target=self._write, name="worker commands", daemon=True)

    @property
    def pid(self) -> int | None:
        """The worker's process, None before start."""
        return self._process.pid

    def start(self) -> None:
        """Spawn the process; takes milliseconds, the worker comes up by itself."""
        self._process.start()
        # With our copy of its end closed, the worker's death is the end of the stream.
        self._far_end.close()
        try:
            self._reader.start()
            self._writer.start()
        except RuntimeError as error:  # what Python raises where no thread is left
            self._closing = True
            self._process.kill()
            raise OSError(errno.EAGAIN, str(error)) from error

    def send(self, command: Command) -> None:
        """Queue a command for the writer thread: the pipe holds less than the protocol allows."""
        if isinstance(command, Ask):
            self._last_ask = self._seq
        self._commands.put(Envelope(self._session, self._seq, command))
        self._seq += 1

    def stop_answer(self) -> None:
        """Set the number that the worker reads at each step."""
        self._stop_through.value = self._last_ask

    def terminate(self) -> None:
        """Kill the process; the reader thread notices."""
        self._process.kill()

    def close(self) -> None:
        """Shutdown; then terminate; then kill."""
        self._closing = True
        if self._process.pid is None:
            return
        self.send(Shutdown())
        self._commands.put(None)
        self._process.join(SHUTDOWN_SECONDS)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(TERMINATE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        for thread in (self._reader, self._writer):
            if thread is not threading.current_thread():
                thread.join(TERMINATE_SECONDS)

    def _read(self) -> None:
        try:
            while True:
                envelope = decode(self._connection.recv_bytes())
                if envelope.session in ("", self._session) and isinstance(envelope.body, EVENTS):
                    self._tell(self._on_event, envelope.body)
        except (EOFError, OSError):
            pass  # the end of the worker
        except NestlingError as error:
            # A worker that cannot be understood is as good as dead.
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all
            self._process.kill()
        self._process.join(TERMINATE_SECONDS)
        if self._process.is_alive():  # it closed its end and lives on
            self._process.kill()
            self._process.join()
        self._commands.put(None)
        self._tell(self._on_death, self._process.exitcode)

    def _tell(self, listener: Callable[[Any], None], value: object) -> None:
        if not self._closing:
            listener(value)

    def _write(self) -> None:
        while (envelope := self._commands.get()) is not None:
            try:
                self._connection.send_bytes(encode(envelope))
            except OSError:
                return  # dead; the reader reports it
