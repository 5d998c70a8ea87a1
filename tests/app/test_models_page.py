"""The page of models: what it says of each and what a person can do; what can connect at all."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from app import i18n
from app.model_process import ModelProcess
from app.models.library import Here, Library, Model, Step
from app.settings.choices import Language
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.connections_page import ConnectionsPage
from app.widgets.model_card import ModelCard
from app.widgets.models_dialog import ModelsDialog
from engine.errors import ErrorKind

# Offscreen there is no window manager to raise windows.

ROOT = Path(__file__).resolve().parents[2]
GB = 1_000_000_000


def listing(**more: Any) -> dict[str, Any]:
    """What `models list --json` says of two models that are not here."""
    models = [
        {
            "name": name,
            "repo": f"google/gemma-3n-{name}-it",
            "page": f"https://hub.example/google/gemma-3n-{name}-it",
            "state": "absent",
            "folder": f"/models/{name}",
            "here": 0,
            "total": total * GB,
            "memory": memory * GB,
            "published": 2 * memory * GB,
            "senses": 2 * GB,
        }
        for name, total, memory in (("E2B", 11, 5), ("E4B", 16, 9))
    ]
    state = {
        "folder": "/models",
        "free": 50 * GB,
        "machine_memory": 8 * GB,
        "address": "https://hub.example",
        "host": "hub.example",
        "models": models,
    }
    return state | more


@pytest.fixture
def library() -> Library:
    made = Library()
    made.show_listing(listing())
    return made


@pytest.fixture
def dialog(
    library: Library, settings: SettingsStore, theme: Theme, qtbot: QtBot
) -> Iterator[ModelsDialog]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = ModelsDialog(library, settings, theme, window)
    made.show()
    yield made
    made.close()


def texts(card: ModelCard) -> str:
    """What can be read on it."""
    labels = (card.title, card.mark, card.takes, card.lacks, card.state, card.trouble, card.detail)
    return "\n".join(label.text() for label in labels if label.isVisible() and label.text())


def buttons(card: ModelCard) -> list[str]:
    """What can be pressed on it."""
    every = (card.get, card.open, card.stop, card.give, card.token_page, card.page, card.drop)
    return [button.text() for button in every if button.isVisible()]


def test_before_a_download_its_size_the_room_and_the_memory_are_said(dialog: ModelsDialog) -> None:
    small, large = dialog.cards["E2B"], dialog.cards["E4B"]
    assert "11.0 GB on the disk; 5.0 GB of memory to read and write (10.0 GB with" in texts(small)
    assert "would be very slow" not in texts(small)
    assert "This computer has 8.0 GB of memory" in texts(large)
    assert buttons(small) == ["Download", "Its page and terms"]
    assert not small.progress.isVisible()
    dialog._library.show_listing(listing(free=3 * GB))
    assert "The disk has only 3.0 GB free." in texts(small)


@pytest.mark.parametrize(
    ("fields", "words", "pressed"),
    [
        ({"step": Step.STARTING}, "Asking hub.example…", ["Cancel"]),
        ({"step": Step.CHECKING, "here": GB}, "Checking", ["Pause", "Cancel…"]),
        (
            {"step": Step.ARRIVING, "here": GB, "rate": 2e7, "seconds_left": 500.0},
            "1.0 GB of 11.0 GB · 20 MB a second · 8 min left",
            ["Pause", "Cancel…"],
        ),
        ({"step": Step.ARRIVING, "here": GB, "seconds_left": 7_300.0}, "2 h 2 min left", None),
        ({"step": Step.ARRIVING, "here": GB, "seconds_left": 12.0}, "less than a minute", None),
        (
            {"step": Step.WAITING, "here": GB, "reason": "rate_limit", "wait_s": 31.0},
            "The server asks for patience. It goes on by itself in 31 s.",
            ["Pause", "Cancel…"],
        ),
        ({"step": Step.STOPPING, "here": GB}, "Stopping…", []),
        ({"step": Step.REMOVING, "here": GB}, "Deleting…", []),
        (
            {"here": GB, "state": Here.PARTIAL},
            "Paused: 1.0 GB of 11.0 GB are here.",
            ["Continue", "Its page and terms", "Delete…"],
        ),
        (
            {"here": GB},
            "\n1.0 GB of a removed model are left.",
            ["Download", "Its page and terms", "Delete…"],
        ),
        ({"here": 11 * GB, "state": Here.READY}, "on this computer", ["Open", "Delete…"]),
        (
            {"step": Step.ASKING, "kind": ErrorKind.TOKEN, "page": "p", "token_page": "t"},
            "kept in the system’s keyring",
            ["Cancel", "Go on", "Make a token", "Its page and terms"],
        ),
        (
            {"step": Step.ASKING, "kind": ErrorKind.TOKEN, "token_refused": True, "message": "m"},
            "does not accept this token",
            None,
        ),
        (
            {"kind": ErrorKind.LICENCE, "message": "in English"},
            "terms of this model must be accepted first",
            ["Download", "Its page and terms"],
        ),
        ({"kind": ErrorKind.NETWORK, "message": "503"}, "503", None),
        ({"kind": ErrorKind.DISK, "message": "full"}, "The disk is full", None),
        ({"kind": ErrorKind.BAD_DOWNLOAD}, "not what it announced", None),
        ({"kind": ErrorKind.BAD_MODEL}, "not a model that Nestling can use", None),
        ({"kind": ErrorKind.BAD_INPUT, "message": "another Nestling"}, "another Nestling", None),
    ],
)
def test_a_card_says_how_it_stands(
    dialog: ModelsDialog, fields: dict[str, Any], words: str, pressed: list[str] | None
) -> None:
    card = dialog.cards["E2B"]
    dialog._library.move("E2B", **fields)
    assert words in texts(card)
    if pressed is not None:
        assert sorted(buttons(card)) == sorted(pressed)


@pytest.mark.parametrize("reason", ["connection", "stalled", "rate_limit", "server", "proxy"])
@pytest.mark.parametrize("language", [Language.CHINESE, Language.GERMAN])
def test_why_it_waits_is_said_in_the_language_of_the_window(
    dialog: ModelsDialog, qapp: QApplication, language: Language, reason: str
) -> None:
    english = dialog.cards["E2B"]
    dialog._library.move("E2B", step=Step.WAITING, reason=reason, wait_s=5)
    before = texts(english)
    speech = i18n.Speech(qapp)
    try:
        speech.take(language)
        QApplication.sendPostedEvents(None, 0)
        assert dialog.windowTitle() != "Models"
        after = texts(english)
        assert after.splitlines()[-1] not in before
    finally:
        speech.take(Language.ENGLISH)
        QApplication.sendPostedEvents(None, 0)


def test_the_model_in_use_is_marked_and_cannot_be_deleted(dialog: ModelsDialog) -> None:
    library, card = dialog._library, dialog.cards["E2B"]
    library.move("E2B", state=Here.READY, here=11 * GB)
    assert card.drop.isEnabled()
    library.show_opened("/models/E2B", may_open=True)
    assert card.mark.text() == "in use"
    assert not card.drop.isEnabled()
    assert not card.open.isVisible()
    library.show_opened("/elsewhere", may_open=False)
    assert card.open.isVisible()
    assert not card.open.isEnabled()


def test_deleting_is_asked_first_and_says_what_it_frees(dialog: ModelsDialog, qtbot: QtBot) -> None:
    asked: list[str] = []
    dialog.confirm = lambda text: bool(asked.append(text))
    dialog._library.move("E2B", state=Here.READY, here=11 * GB)
    with qtbot.assertNotEmitted(dialog.drop_asked):
        dialog.cards["E2B"].drop.click()
    assert asked == ["Gemma 3n E2B will be deleted from this computer. That frees 11.0 GB."]
    dialog.confirm = lambda text: True
    with qtbot.waitSignal(dialog.drop_asked) as caught:
        dialog.cards["E2B"].drop.click()
    assert caught.args == ["E2B"]


def test_what_a_removal_has_left_is_no_download(dialog: ModelsDialog) -> None:
    card, asked = dialog.cards["E2B"], list[str]()
    dialog.confirm = lambda text: bool(asked.append(text))
    dialog._library.move("E2B", here=GB)
    assert not card.progress.isVisible()
    card.drop.click()
    assert asked == ["Gemma 3n E2B will be deleted from this computer. That frees 1.0 GB."]
    dialog._library.move("E2B", step=Step.REMOVING)
    assert not card.progress.isVisible()
    dialog._library.move("E2B", state=Here.PARTIAL, step=Step.NONE)
    assert card.progress.isVisible()
    card.drop.click()
    assert asked[1].startswith("The download of Gemma 3n E2B ends")


def test_a_token_leaves_the_field_when_it_is_given(dialog: ModelsDialog, qtbot: QtBot) -> None:
    card = dialog.cards["E2B"]
    dialog._library.move("E2B", step=Step.ASKING, kind=ErrorKind.TOKEN, token_page="page")
    assert not card.give.isEnabled()
    card.token.setText("  hf_x ")
    assert card.token.displayText() != card.token.text()
    with qtbot.waitSignal(dialog.answered) as caught:
        qtbot.keyClick(card.token, Qt.Key.Key_Return)
    assert caught.args == ["E2B", "hf_x"]
    assert card.token.text() == ""
    with qtbot.waitSignal(dialog.page_asked) as caught:
        card.token_page.click()
    assert caught.args == ["page"]


def test_enter_in_a_field_presses_no_button_of_a_card(
    dialog: ModelsDialog, settings: SettingsStore
) -> None:
    """Whenever it is shown, a dialog looks anew for a button to press with Enter."""
    dialog.close()
    dialog.show()
    pressed: list[str] = []
    for signal in (dialog.get_asked, dialog.page_asked, dialog.open_asked, dialog.drop_asked):
        signal.connect(pressed.append)
    QTest.keyClicks(dialog.server, "https://mirror.example")
    for field in (dialog.server, dialog.repository):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert pressed == []
    assert settings.values.models_server == "https://mirror.example"


def test_every_button_says_what_it_is_for(dialog: ModelsDialog, qtbot: QtBot) -> None:
    card = dialog.cards["E2B"]
    for signal, button in (
        (dialog.get_asked, card.get),
        (dialog.stop_asked, card.stop),
        (dialog.open_asked, card.open),
        (dialog.page_asked, card.page),
        (dialog.local_asked, dialog.local),
        (dialog.bundled_asked, dialog.bundled),
        (dialog.forget_asked, dialog.forget),
        (dialog.connections_asked, dialog.connections),
    ):
        with qtbot.waitSignal(signal):
            button.click()
        assert button.accessibleName() or button.text()
    assert card.get.accessibleName() == "Download: Gemma 3n E2B"


def test_the_keyboard_goes_from_above_to_below(dialog: ModelsDialog) -> None:
    order, widget = [], dialog.cards["E2B"].get
    for _ in range(200):
        order.append(widget)
        widget = widget.nextInFocusChain()  # type: ignore[assignment]
    places = [
        order.index(one)  # type: ignore[arg-type]
        for one in (
            dialog.cards["E2B"].get,
            dialog.cards["E2B"].drop,
            dialog.cards["E4B"].get,
            dialog.repository,
            dialog.local,
            dialog.server,
            dialog.connections,
        )
    ]
    assert places == sorted(places)


def test_another_repository_and_another_server(
    dialog: ModelsDialog, settings: SettingsStore, qtbot: QtBot
) -> None:
    dialog.repository.setText(" someone/gemma ")
    with qtbot.waitSignal(dialog.get_asked) as caught:
        dialog.add.click()
    assert caught.args == ["someone/gemma"]
    dialog._library.move("someone/gemma", kind=ErrorKind.BAD_INPUT, message="there is none")
    card = dialog.cards["someone/gemma"]
    assert card.title.text() == "someone/gemma"
    qtbot.waitUntil(card.isVisible)
    dialog._library.show_listing(listing())
    assert "there is none" in texts(card)
    dialog.server.setText(" https://mirror.example ")
    dialog.server.editingFinished.emit()
    assert settings.values.models_server == "https://mirror.example"


def test_a_listing_that_fails_is_said(dialog: ModelsDialog) -> None:
    dialog._library.show_fault("the server of models is 'x'")
    assert dialog._fault.isVisible()
    dialog._library.show_listing(listing(models=[]))
    assert not dialog._fault.isVisible()
    assert not dialog.cards


def test_a_model_of_ones_own_has_the_name_of_its_repository() -> None:
    assert Model("E2B").title == "Gemma 3n E2B"
    assert Model("a/b").title == "a/b"
    assert Model("a", here=3, total=2).missing == 0


def test_a_child_that_cannot_be_started_is_an_end_too(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    parent = QObject()
    run = ModelProcess("x", [], parent)
    with qtbot.waitSignal(run.ended) as caught:
        run.start()
    assert caught.args is not None
    assert caught.args[:2] == ["x", False]


# --- what can connect at all ----------------------------------------------------------------------

# Whoever imports one of these can speak to another machine.
_ABLE = {
    *("socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "httpx2"),
    *("huggingface_hub", "aiohttp", "websockets", "ftplib", "smtplib", "asyncio", "xmlrpc"),
    *("PySide6.QtNetwork", "PySide6.QtWebSockets", "cv2", "jeepney", "keyring", "telnetlib"),
}
# Who may, and the words of the page that stand for it.
_ALLOWED = {
    "engine/hub/server.py": "Models",
    "engine/hub/token.py": "keyring",
    "app/instance.py": "another start of Nestling",
    "app/signals.py": "pipes",
    "app/capture/portal.py": "portal",
    "app/capture/grabber.py": "network camera",
    "engine/vision/opencv.py": "network camera",
}


def reaches(path: Path) -> set[str]:
    """Modules of `_ABLE` that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {able for able in _ABLE for n in names if n == able or n.startswith(able + ".")}
    return found


def test_the_page_of_connections_names_all_that_can_connect(qtbot: QtBot) -> None:
    page = ConnectionsPage()
    qtbot.addWidget(page)
    sources = [ROOT / "main.py", *(ROOT / "app").rglob("*.py"), *(ROOT / "engine").rglob("*.py")]
    able = {
        path.relative_to(ROOT).as_posix(): modules
        for path in sources
        if (modules := reaches(path)) and "training" not in path.parts
    }
    assert able.keys() == _ALLOWED.keys(), able
    for words in _ALLOWED.values():
        assert words in page.text


def test_the_page_of_connections_is_one_of_the_settings(
    compose: Callable[[], Any], qtbot: QtBot
) -> None:
    program = compose()
    program.window.table["connections"].trigger()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    assert "huggingface.co" in dialog.findChild(ConnectionsPage).text
    assert dialog.findChild(ConnectionsPage).isVisible()
    dialog.close()
