"""What a download says in a terminal, and where nobody watches."""

import io
from pathlib import Path
from unittest.mock import Mock

import pytest

from engine.errors import ErrorKind, NestlingError
from engine.hub.events import Arriving, Checking, Damaged, Event, Finished, Planned, Reason, Waiting
from engine.hub.server import Server, address_of
from engine.hub.telling import TextTeller

GB = 10**9
EVENTS: tuple[Event, ...] = (
    Planned("google/x", "c" * 40, 5, 10 * GB, 2 * GB, 50 * GB),
    Checking("a.safetensors", GB, 2 * GB),
    *(
        Arriving("a.safetensors", n * GB, 10 * GB, n * GB, 10 * GB, 2e7, left)
        for n, left in ((2, None), (3, 7_260.0), (4, 300.0), (9, 20.0))
    ),
    Waiting(Reason.RATE_LIMIT, 31.4, 2),
    Damaged("a.safetensors"),
    Finished(Path("/models/x")),
)


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> tuple[TextTeller, str]:
    monkeypatch.setattr("sys.stderr", stream)
    teller = TextTeller()
    for event in EVENTS:
        teller.tell(event)
    return teller, stream.getvalue()


def test_a_watched_line_is_rewritten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = told(monkeypatch, Terminal())
    assert "10.00 GB in 5 files, 2.00 GB of it here; 50.00 GB free" in text
    assert "\r\x1b[K3.00 GB of 10.00 GB, 20.0 MB/s, 2 h 1 min left (a.safetensors)" in text
    assert "5 min left" in text
    assert "20 s left" in text
    assert "The server asks for patience; attempt 2 in 31 s\n" in text
    assert "fetched once more\n" in text
    assert capsys.readouterr().out == "/models/x\n"


def test_where_nobody_watches_each_tenth_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = told(monkeypatch, io.StringIO())
    assert "\r" not in text
    assert "checking" not in text
    assert len([line for line in text.splitlines() if "MB/s" in line]) == 4


def test_a_terminal_is_asked_for_the_token_and_a_pipe_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = NestlingError(ErrorKind.TOKEN, "who asks?")
    server = Server("https://hub.example")
    teller, _ = told(monkeypatch, Terminal())
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(NestlingError, match="who asks"):
        teller.ask(error, server, "google/x")
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda words: "hf_typed")
    assert teller.ask(error, server, "google/x") == "hf_typed"
    monkeypatch.setattr("getpass.getpass", Mock(side_effect=EOFError))
    with pytest.raises(NestlingError, match="No token was given") as caught:
        teller.ask(error, server, "google/x")  # Ctrl+D; why one is needed was said before
    assert caught.value.kind is ErrorKind.TOKEN
    teller.kept(True)
    teller.kept(False)
    teller.tell(EVENTS[3])
    teller.fail(error)
    teller.pause("E2B")


def test_a_token_is_not_sent_in_the_clear_over_a_network() -> None:
    assert not Server("http://mirror.example", "hf_x").knows_who_asks
    assert Server("http://127.0.0.1:1", "hf_x").knows_who_asks
    assert Server("https://mirror.example", "hf_x").knows_who_asks


@pytest.mark.parametrize(
    ("spelled", "address"),
    [
        ("https://huggingface.co:443/", "https://huggingface.co"),
        ("http://mirror.example:80/hub", "http://mirror.example/hub"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://mirror.example:443", "http://mirror.example:443"),
        ("https://mirror.example:8443", "https://mirror.example:8443"),
    ],
)
def test_a_servers_usual_port_is_not_part_of_its_address(spelled: str, address: str) -> None:
    """Each refusal looked like one of another host: eight attempts, and no token was asked for."""
    assert address_of(spelled) == address


@pytest.mark.parametrize("spelled", ["https://mirror.example:70000", "ftp://x", "http://a@b"])
def test_what_is_no_servers_address_is_refused(spelled: str) -> None:
    with pytest.raises(NestlingError, match="expected an address such as") as caught:
        address_of(spelled)
    assert caught.value.kind is ErrorKind.BAD_INPUT
