"""A download whose page is closed: real children, and a server of the Hub's shape."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import Application, Options
from app.models.library import Here, Step
from tests.hub_server import HubServer, environment, serving

# Offscreen there is no window manager to raise windows.

LONG_MS = 90_000  # for processes of their own on a busy machine


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A model behind a token that nobody has given yet."""
    files = {"config.json": b"{}", "tokenizer.model": b"", "model.safetensors": bytes(20_000)}
    with serving("google/gemma-3n-E2B-it", files) as server:
        server.token = "hf_right"
        for name, value in environment(server, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield server


def test_a_token_is_asked_for_in_the_window_where_the_page_is_not_seen(
    compose: Callable[[], Application], hub: HubServer, qtbot: QtBot
) -> None:
    program = compose()
    program.window.table["models"].trigger()
    downloads, banner = program.downloads, program.window.banner
    assert downloads.dialog is not None
    qtbot.waitUntil(lambda: "E2B" in downloads.library.models, timeout=LONG_MS)
    card = downloads.dialog.cards["E2B"]
    card.get.click()
    downloads.dialog.close()
    qtbot.waitUntil(lambda: card.model.step is Step.ASKING, timeout=LONG_MS)
    assert hub.seen
    assert banner.text == "The download of Gemma 3n E2B waits for a token."
    banner.action.click()
    assert downloads.dialog.isVisible()
    assert card.token.isVisible()


def test_what_has_arrived_is_no_rest_of_a_removal(
    compose: Callable[[], Application], qtbot: QtBot
) -> None:
    """Before the disk has been looked at again, too."""
    downloads = compose().downloads
    downloads.library.move("E2B", here=5)
    downloads._said("E2B", {"event": "planned", "total": 20, "here": 0})
    arriving = {"event": "arriving", "done": 7, "total": 20, "rate": 1.0, "seconds_left": 1.0}
    downloads._said("E2B", arriving)
    model = downloads.library.models["E2B"]
    assert (model.state, model.here) == (Here.PARTIAL, 7)


def test_whether_the_token_is_forgotten_is_said_on_the_page(
    compose: Callable[[], Application],
    hub: HubServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    program = compose()
    program.window.table["models"].trigger()
    dialog = program.downloads.dialog
    assert dialog is not None
    assert not dialog.outcome.isVisible()
    kept = tmp_path / "keyring.json"
    kept.write_text('{"nestling 127.0.0.1": "hf_right"}')
    locked = "tests.file_keyring.LockedKeyring"
    for backend, said in (
        (locked, "may still be in the system's keyring"),
        ("tests.file_keyring.FileKeyring", "The token for 127.0.0.1 is forgotten."),
        ("tests.file_keyring.FileKeyring", "No token for 127.0.0.1 was kept."),
    ):
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
        dialog.forget.click()
        qtbot.waitUntil(lambda: not program.downloads._runs, timeout=LONG_MS)
        assert said in dialog.outcome.text()
        assert dialog.outcome.isVisible()
        assert (dialog.outcome.property("role") == "danger") is (backend == locked)
        assert ("hf_right" in kept.read_text()) is (backend == locked)
    dialog.close()
    program.window.table["models"].trigger()
    assert not dialog.outcome.isVisible()


def test_not_everything_is_deleted_while_the_keyring_keeps_the_token(
    compose: Callable[[], Application],
    hub: HubServer,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.file_keyring.LockedKeyring")
    program = compose()
    banner = program.window.banner
    monkeypatch.setattr(program, "options", Options())  # of the user's own profile
    program.commands.delete_everything()
    qtbot.waitUntil(lambda: "may still be in the system's keyring" in banner.text, timeout=LONG_MS)
    banner.dismiss.click()
    assert banner.text == ""


def test_a_token_that_was_forgotten_with_everything_is_no_news(
    compose: Callable[[], Application],
    hub: HubServer,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    program = compose()
    monkeypatch.setattr(program, "options", Options())
    program.commands.delete_everything()
    assert program.downloads._runs
    qtbot.waitUntil(lambda: not program.downloads._runs, timeout=LONG_MS)
    assert program.window.banner.text == "Everything is deleted."
