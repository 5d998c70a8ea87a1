"""The desktop's portal over a real message bus of its own."""

import os
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.capture.portal import PortalRequest, Refusal

ROOT = Path(__file__).resolve().parents[3]
SERVICE_FILE = Path(__file__).with_name("portal_service.py")
PATIENCE = 60.0


@pytest.fixture
def address() -> Iterator[str]:
    """A private session bus."""
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert bus.stdout is not None
    yield bus.stdout.readline().strip()
    bus.kill()
    bus.wait()
    bus.stdout.close()


@pytest.fixture
def serve(address: str, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Start a portal that answers so; the folder its pictures lie in."""
    running: list[subprocess.Popen[str]] = []

    def serve(response: int, path: str = "token") -> Path:
        picture = tmp_path / "desktop.png"
        picture.write_bytes(b"a picture")
        shots = tmp_path / "Bildschirm fotos"
        shots.mkdir()
        arguments = [address, str(response), str(picture), str(shots), path]
        process = subprocess.Popen(
            [sys.executable, str(SERVICE_FILE), *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return shots

    yield serve
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def answer(address: str) -> Path | Refusal:
    answers: queue.Queue[Path | Refusal] = queue.Queue()
    PortalRequest(answers.put, address)
    return answers.get(timeout=PATIENCE)


@pytest.mark.parametrize("path", ["token", "own"])
def test_a_granted_picture_is_handed_over(
    address: str, serve: Callable[..., Path], path: str
) -> None:
    shots = serve(0, path)
    for count in (1, 2):
        file = answer(address)
        assert file == shots / f"Screen shot {count}.png"
        assert file.read_bytes() == b"a picture"


def test_a_person_may_refuse(address: str, serve: Callable[..., Path]) -> None:
    serve(1)
    assert answer(address) is Refusal.REFUSED


def test_a_portal_that_breaks_off_is_as_good_as_none(
    address: str, serve: Callable[..., Path]
) -> None:
    serve(2)
    assert answer(address) is Refusal.ABSENT


def test_without_a_portal_on_the_bus_it_says_so(address: str) -> None:
    assert answer(address) is Refusal.ABSENT


def test_without_a_bus_it_says_so(tmp_path: Path) -> None:
    assert answer(f"unix:path={tmp_path / 'no-bus'}") is Refusal.ABSENT


def test_who_gave_up_hears_nothing_and_no_picture_is_left(
    address: str, serve: Callable[..., Path]
) -> None:
    shots = serve(0)
    answers: queue.Queue[Path | Refusal] = queue.Queue()
    request = PortalRequest(answers.put, address)
    request.give_up()
    request._thread.join(PATIENCE)
    assert answers.empty()
    later = answer(address)  # whatever was still on its way has arrived before this
    assert list(shots.iterdir()) in ([later], [shots / "Screen shot 1.png", later])
