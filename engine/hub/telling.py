"""How a download is told: lines for people, or JSON for the window, one object a line."""

import getpass
import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from engine.errors import NestlingError
from engine.hub.download import gigabytes
from engine.hub.events import Arriving, Checking, Damaged, Event, Finished, Planned, Waiting
from engine.hub.server import TOKEN_PAGE, Server
from engine.hub.token import NO_KEYRING

INTERRUPTED = 130
_SHARES = 10  # of a download that is told of where nobody watches


class Teller(Protocol):
    """Who hears of a download, and may be asked for a token."""

    def tell(self, event: Event) -> None:
        """Something happened."""

    def ask(self, error: NestlingError, server: Server, repo: str) -> str:
        """A token. Errors: the one given, if nobody can be asked."""

    def kept(self, here: bool) -> None:
        """Whether the token that was given is in the keyring now."""

    def fail(self, error: NestlingError) -> None:
        """It ends here."""

    def pause(self, name: str) -> None:
        """A person stopped it."""


class JsonTeller:
    """One JSON object a line on stdout; the answer to `token_wanted` is {"token": …} on stdin.

    When stdin ends, whoever started the download is gone or wants it to end, and it does at once:
    what has arrived is safe at every moment.
    """

    def __init__(self) -> None:
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, event: Event) -> None:
        """The event's name in small letters, and its fields."""
        self._say(type(event).__name__.lower(), asdict(event))

    def ask(self, error: NestlingError, server: Server, repo: str) -> str:
        """Ask and wait for the answer."""
        pages = {"page": server.address + TOKEN_PAGE, "terms": server.page(repo)}
        refused = server.knows_who_asks
        self._say("token_wanted", {"message": error.message, "refused": refused, **pages})
        return self._answers.get()

    def kept(self, here: bool) -> None:
        """Kept, or why not."""
        self._say("token_kept", {"kept": here, "message": "" if here else NO_KEYRING})

    def fail(self, error: NestlingError) -> None:
        """Kind and sentence."""
        self._say("failed", {"kind": error.kind.value, "message": error.message})

    def pause(self, name: str) -> None:
        """The one who paused knows."""

    def _say(self, event: str, fields: dict[str, Any]) -> None:
        fields = {k: str(v) if isinstance(v, Path) else v for k, v in fields.items()}
        print(json.dumps({"event": event, **fields}), flush=True)

    def _listen(self) -> None:
        for line in sys.stdin:
            try:
                answer = json.loads(line)["token"]
            except (ValueError, KeyError, TypeError):
                continue
            self._answers.put(str(answer))
        os._exit(INTERRUPTED)


class TextTeller:
    """Lines on stderr, one of them rewritten where a person watches; the folder on stdout."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._open = False  # a line that will be rewritten
        self._share = 0

    def tell(self, event: Event) -> None:
        """One line, or another state of the last one."""
        match event:
            case Planned():
                self._line(
                    f"{event.repo} at {event.commit[:12]}: {gigabytes(event.total)} in "
                    f"{event.files} files, {gigabytes(event.here)} of it here; "
                    f"{gigabytes(event.free)} free"
                )
            case Checking():
                if self._watched:
                    self._line(f"{event.file}: checking what is here", rewritten=True)
            case Arriving():
                self._arriving(event)
            case Waiting():
                self._line(
                    f"{_WAITS[event.reason]}; attempt {event.attempt} in {event.seconds:.0f} s"
                )
            case Damaged():
                self._line(f"{event.file} arrived damaged; it is fetched once more")
            case Finished():
                self._line("Every file is here and its checksum is right.")
                print(event.folder)

    def ask(self, error: NestlingError, server: Server, repo: str) -> str:
        """Ask in the terminal, without showing what is typed."""
        if not sys.stdin.isatty():
            raise error
        self._line(error.message)
        try:
            return getpass.getpass("Token (it is not shown): ")
        except EOFError:  # Ctrl+D
            print(file=sys.stderr)
            raise NestlingError(error.kind, "No token was given: nothing is downloaded.") from None

    def kept(self, here: bool) -> None:
        """Kept, or why not."""
        self._line("The token is in the system's keyring now." if here else NO_KEYRING + ".")

    def fail(self, error: NestlingError) -> None:
        """The sentence itself is the shell's to print."""
        self._end()

    def pause(self, name: str) -> None:
        """How to go on."""
        self._line(f"Stopped; `python3 main.py models get {name}` goes on from here.")

    def _arriving(self, event: Arriving) -> None:
        left = "" if event.seconds_left is None else f", {_duration(event.seconds_left)} left"
        text = (
            f"{gigabytes(event.done)} of {gigabytes(event.total)}, "
            f"{event.rate / 1e6:.1f} MB/s{left} ({event.file})"
        )
        share = event.done * _SHARES // max(event.total, 1)
        if self._watched:
            self._line(text, rewritten=True)
        elif share > self._share:
            self._line(text)
        self._share = share

    def _line(self, text: str, *, rewritten: bool = False) -> None:
        begin = "\r\x1b[K" if self._open else ""
        print(begin + text, end="" if rewritten else "\n", file=sys.stderr, flush=True)
        self._open = rewritten

    def _end(self) -> None:
        if self._open:
            print(file=sys.stderr)
            self._open = False


_WAITS = {
    "connection": "The connection failed",
    "stalled": "Nothing arrives any more",
    "rate_limit": "The server asks for patience",
    "server": "The server has a fault",
    "proxy": "The proxy does not let it through",
}


def _duration(seconds: float) -> str:
    """Rounded to what a person wants to know."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
