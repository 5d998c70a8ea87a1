"""The worker's loop: commands in, events out. Knows nothing of Qt, nor of what runs a session.

One thread, one command at a time, in order; between two events of a command those few go before
the others that it need not wait for. Between two steps of an answer, what is heard and translated
goes first; between two of opening a model, what is heard with the old one. A sound file is heard
while nothing else is asked for: nobody misses what waits there. What makes answers end early is no
command, but a number that the window shares, looked at every step.
"""

import logging
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from engine import device, residency
from engine.errors import ErrorKind, NestlingError
from engine.file_hearing import FileHearing
from engine.protocol import (
    MAX_OUTSTANDING,
    Ask,
    Command,
    Envelope,
    Event,
    Failed,
    Feed,
    Handled,
    Hello,
    Listening,
    ListeningState,
    LoadModel,
    MeasureSizes,
    Memory,
    Progress,
    Ready,
    Release,
    ReleaseEars,
    SetIdleRelease,
    SetLanguages,
    SetSize,
    Shutdown,
    StartListening,
    StopListening,
    TranscribeFile,
    Translate,
    decode,
    encode,
)
from engine.questions import worded
from engine.residency import OUT_OF_MEMORY, is_out_of_memory
from engine.session import Session
from engine.weights import Weights, weights_of_environment

MEMORY_INTERVAL_S = 1.0
# Of the time that a command took: on a machine that hearing alone keeps busy, translation still
# goes on, and hearing takes larger steps. With time to spare it makes no difference.
TRANSLATION_SHARE = 0.5
LONGEST_SLICES_S = 0.25  # however long the command took: sound may be waiting
NICENESS = 5  # the window and the sound server go first
# What may wait behind a running command: as much sound as the window would keep, and then some.
MAX_WAITING = 4 * MAX_OUTSTANDING
# What need not wait for the end of an answer that runs.
OF_RECORDING = Feed | StopListening | SetLanguages
LIVE = OF_RECORDING | StartListening | Translate
LIVE_LOG = "NESTLING_LIVE_LOG"  # variable: a file for live transcription's step log

log = logging.getLogger(__name__)


class StopThrough(Protocol):
    """A number shared with the window, which alone writes it: questions shall end whose commands
    have it or a smaller one. It only grows, so that no stop is lost, and none ends what is asked
    after it."""

    value: int


def run(connection: Connection, stop_through: StopThrough) -> None:
    """What a worker process does from start to end."""
    logging.basicConfig(level=logging.INFO, format="worker: %(name)s: %(message)s")
    # Ctrl-C in a terminal, or its end, reaches every process of the group; the window decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):  # not on Windows
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    residency.share_one_heap()
    device.configure(large=True)  # until a model tells
    live_log = os.environ.get(LIVE_LOG)
    weights = weights_of_environment()
    session = Session(live_log=Path(live_log) if live_log else None, weights=weights)
    serve(connection, stop_through, session)


def serve(connection: Connection, stop_through: StopThrough, session: Session) -> None:
    """Handle commands until Shutdown, or until the other side is gone."""
    server = _Server(connection, stop_through, session)
    try:
        server.serve()
    except _OtherSideGone:
        log.info("the window is gone")
    finally:
        server.close()
        session.close()
        connection.close()


class _OtherSideGone(Exception):
    """The pipe is closed; nobody is left to tell."""


class _Server:
    """Pairs a session with a pipe."""

    def __init__(self, connection: Connection, stop_through: StopThrough, session: Session) -> None:
        self._connection = connection
        self._stop_through = stop_through
        self._session = session
        self._file = FileHearing(session)
        self._asks: deque[int] = deque()  # numbers of the questions that wait
        self._answering = 0  # number of the one that is answered
        self._waiting: deque[Command] = deque()
        self._owner = ""  # the window's session id, from its Hello
        self._seq = 0
        self._ended = False
        self._measured_at = -MEMORY_INTERVAL_S
        self._memory_due: float | None = None
        self._went_on_at = 0.0  # an answer, after what went before it
        self._owed_s = 0.0  # to translation, of the time since

    def serve(self) -> None:
        """Take, handle, look after memory; until told to end."""
        while not self._ended:
            if not self._waiting:
                busy = self._session.translating or self._file.running
                self._poll(0.0 if busy else self._pause_s())
            self._give_way()
            began = time.monotonic()
            if self._waiting and not self._ended:
                self._handle(self._next())
                self._session.postpone_measuring()
                self._note_change()
            elif not self._ended and self._file.running:
                self._hear_file()
            elif not self._ended:
                self._told(self._session.measure_slice(), "measuring")
            self._tell_at_once(self._session.release_idle())
            if self._session.translating:
                took_s = time.monotonic() - began
                self._translate(min(LONGEST_SLICES_S, took_s * TRANSLATION_SHARE))
            self._report_memory()

    def close(self) -> None:
        """Let go of a file that is being heard."""
        self._file.close()

    def _hear_file(self) -> None:
        """A moment of it, unless what was heard of it before still waits for its translation."""
        if not self._session.translating and not self._told(self._file.step(), "file"):
            self._abandon_listening()

    def _pause_s(self) -> float | None:
        """How long nothing is due, None = until a command comes."""
        due = [
            moment
            for moment in (
                self._memory_due,
                self._session.idle_release_due(),
                self._session.measuring_due(),
            )
            if moment is not None
        ]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _poll(self, timeout_s: float | None) -> bool:
        try:
            return self._connection.poll(timeout_s)
        except OSError as error:  # BrokenPipeError on Windows
            raise _OtherSideGone from error

    def _take(self) -> None:
        """Take every command that waits, so that piled-up sound can be handled as one."""
        while len(self._waiting) < MAX_WAITING and self._poll(0):
            try:
                data = self._connection.recv_bytes()
            except (EOFError, OSError) as error:
                raise _OtherSideGone from error
            try:
                envelope = decode(data)
            except NestlingError as error:
                self._send(Failed(error.kind, error.message))
                continue
            if isinstance(envelope.body, Hello):
                self._owner = envelope.session
            if envelope.session != self._owner or not isinstance(envelope.body, Command):
                log.warning("dropped a message of another session or direction")
                continue
            self._send(Handled(envelope.seq))
            self._waiting.append(envelope.body)
            if isinstance(envelope.body, Ask):
                self._asks.append(envelope.seq)

    def _next(self, place: int = 0) -> Command | list[Feed]:
        """The command that waits at `place`; sound that waits behind sound comes along."""
        command = self._waiting[place]
        del self._waiting[place]
        if not isinstance(command, Feed):
            return command
        feeds = [command]
        while place < len(self._waiting) and isinstance(more := self._waiting[place], Feed):
            feeds.append(more)
            del self._waiting[place]
        return feeds

    def _next_live(self, *, opening: bool) -> Command | list[Feed] | None:
        """The first command that may overtake an answer or an opening, if there is one.

        opening: another model is. The one that is open hears a recording on until then; whatever
        else follows is for the other one.
        """
        for place, command in enumerate(self._waiting):
            opening = opening or isinstance(command, LoadModel)
            if isinstance(command, StartListening) and (opening or self._session.starting):
                return None
            if isinstance(command, TranscribeFile):  # what follows may be about it
                return None
            if isinstance(command, OF_RECORDING if opening else LIVE):
                return self._next(place)
        return None

    def _handle(self, command: Command | list[Feed]) -> None:
        """Answer a command with events; whatever goes wrong becomes one."""
        turn = command.turns[-1].id if isinstance(command, Ask) and command.turns else None
        load = isinstance(command, LoadModel)
        if not self._told(self._events(command), type(command).__name__, turn, load=load):
            self._recover(command)

    def _translate(self, seconds: float) -> None:
        """Translate a little, for about so long; after a failure nobody waits for the rest."""
        end = time.monotonic() + seconds
        while self._session.translating:
            if not self._told(self._session.translate_slice(), "translation"):
                self._told(self._session.abandon_translation(), "translation")
            if time.monotonic() >= end:
                break

    def _told(
        self, events: Iterator[Event], what: str, turn: int | None = None, *, load: bool = False
    ) -> bool:
        """Send what happens, a failure too. Returns: whether there was none."""
        try:
            for event in events:
                self._send(event)
                self._note_change()
                self._give_way()
                if load and isinstance(event, Progress):  # else the old model is being closed
                    self._hear(opening=True)
                self._report_memory()
                if self._ended:
                    return True
        except _OtherSideGone:
            raise
        except NestlingError as error:
            self._send(Failed(error.kind, error.message, turn, load))
            return False
        except Exception as error:
            log.exception("%s failed", what)
            self._send(Failed(*_explained(error), turn, load))
            return False
        return True

    def _let_live_go_first(self) -> bool:
        """Between two steps of an answer: hear what has come, translate a little.

        Returns: whether the answer shall end.
        """
        if not self._stops():
            self._give_way()
            self._hear()
            now = time.monotonic()
            owed_s = self._owed_s + (now - self._went_on_at) * TRANSLATION_SHARE
            self._went_on_at, self._owed_s = now, min(LONGEST_SLICES_S, owed_s)
            if self._session.translating and self._owed_s > 0 and not self._ended:
                self._translate(self._owed_s)
                self._went_on_at = time.monotonic()
                self._owed_s -= self._went_on_at - now  # a slice may take longer than was due
        return self._stops()

    def _hear(self, *, opening: bool = False) -> None:
        """Between two steps of what takes long: handle what need not wait for its end.

        At most one step of hearing, however much there is to hear: the rest comes on, too.
        """
        while not self._ended and (command := self._next_live(opening=opening)) is not None:
            self._handle(command)
            if isinstance(command, list):
                break

    def _stops(self) -> bool:
        return self._ended or self._stop_through.value >= self._answering

    def _give_way(self) -> None:
        """Between two events of a command: what need not wait for its end, and would be late."""
        self._take()
        wanted = Release | ReleaseEars | SetIdleRelease | Shutdown
        urgent = [c for c in self._waiting if isinstance(c, wanted)]
        for command in urgent:
            self._waiting.remove(command)
            self._tell_at_once(self._events(command))

    def _tell_at_once(self, events: Iterable[Event]) -> None:
        """Send what happens, and the memory with it: what has been freed is seen at once."""
        for event in events:
            self._send(event)
            self._memory_due = time.monotonic()

    def _recover(self, command: Command | list[Feed]) -> None:
        """After a failure: a recording that cannot go on is ended, so that nobody waits for it."""
        if isinstance(command, list | StartListening | StopListening | TranscribeFile):
            self._abandon_listening()
        if isinstance(command, StartListening | TranscribeFile):
            self._send(Listening(command.recording, ListeningState.STOPPED))

    def _abandon_listening(self) -> None:
        for event in self._session.abandon_listening():
            self._send(event)

    def _events(self, command: Command | list[Feed]) -> Iterator[Event]:
        match command:
            case list():
                yield from self._session.feed([feed.chunk for feed in command])
            case Hello():
                yield Ready(os.getpid(), device.describe())
            case LoadModel(folder, size, weights, small_ears):
                yield from self._session.load(folder, size, Weights(weights), small_ears=small_ears)
                device.configure(large=self._session.model.large)
            case SetSize(name):
                yield from self._session.set_size(name)
            case StartListening(recording, use_vad, translate_to, starter):
                yield from self._session.start_listening(
                    recording, use_vad=use_vad, translate_to=translate_to, starter=starter
                )
            case TranscribeFile():
                yield from self._file.start(command)
            case SetLanguages(recording, translate_to):
                self._session.set_languages(recording, translate_to)
            case Translate(number, text, languages):
                self._session.translate(number, text, languages)
            case StopListening(recording):
                yield from self._session.stop_listening(recording)
            case Ask():
                yield from self._answer(command)
            case Release(modality):
                yield from self._session.release(modality)
            case ReleaseEars():
                yield from self._session.release_ears()
            case SetIdleRelease(seconds):
                self._session.set_idle_release(seconds)
            case MeasureSizes(record, at_once):
                yield from self._session.measure_sizes(Path(record), at_once=at_once)
            case Shutdown():
                self._ended = True

    def _send(self, event: Event) -> None:
        data = encode(Envelope(self._owner, self._seq, event))
        self._seq += 1
        try:
            self._connection.send_bytes(data)
        except OSError as error:
            raise _OtherSideGone from error

    def _report_memory(self) -> None:
        """Measure the memory if something happened since, at most once an interval."""
        now = time.monotonic()
        if self._memory_due is not None and now >= self._memory_due:
            self._memory_due = None
            self._measured_at = now
            self._send(Memory(self._session.memory()))

    def _note_change(self) -> None:
        """Have the memory measured as soon as the interval allows."""
        if self._memory_due is None:
            self._memory_due = self._measured_at + MEMORY_INTERVAL_S

    def _answer(self, ask: Ask) -> Iterator[Event]:
        self._answering = self._asks.popleft()
        self._went_on_at, self._owed_s = time.monotonic(), 0.0
        yield from self._session.ask(
            worded(self._session.model, ask.turns) if ask.stated else ask.turns,
            ask.params,
            aside=ask.aside,
            seeing=ask.seeing,
            starter=ask.starter,
            stop=self._let_live_go_first,
        )


def _explained(error: Exception) -> tuple[ErrorKind, str]:
    """The kind of an unforeseen error, and a sentence for it."""
    if is_out_of_memory(error):
        return ErrorKind.OUT_OF_MEMORY, OUT_OF_MEMORY
    return (
        ErrorKind.INTERNAL,
        f"Something unexpected went wrong ({type(error).__name__}); the log has the details. "
        "Please report it.",
    )
