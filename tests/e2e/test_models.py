"""A model from the Hub to the first answer, in the real window; and nothing before it is wanted."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.library import Here, Step
from app.models.live import ModelState
from app.settings.choices import Language
from app.settings.choices import Theme as ThemeChoice
from app.widgets.models_dialog import ModelsDialog
from tests.e2e.program import LONG, SCREENSHOTS, SOON, Program
from tests.hub_server import Fault, HubServer, environment, serving

ROOT = Path(__file__).resolve().parents[2]
REPO = "google/gemma-3n-E2B-it"
WEIGHTS = "model.safetensors"
# Offscreen there is no window manager to raise windows.


@pytest.fixture
def hub(nano_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """nano under E2B's name, behind a licence."""
    files = {path.name: path.read_bytes() for path in nano_folder.iterdir() if path.is_file()}
    with serving(REPO, files) as server:
        server.token = "hf_right"
        for name, value in environment(server, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield server


def page(program: Program) -> ModelsDialog:
    """Open the page of models and wait until it is filled."""
    program.click("models")
    downloads = program.application.downloads
    program.wait(lambda: bool(downloads.library.models), SOON)
    assert downloads.dialog is not None
    return downloads.dialog


def photograph(program: Program, dialog: ModelsDialog, name: str) -> None:
    """The page in light and dark, English and Chinese, for people to look at."""
    settings = program.application.settings
    SCREENSHOTS.mkdir(exist_ok=True)
    for language in (Language.ENGLISH, Language.CHINESE):
        for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            settings.change(language=language, theme=theme)
            program.rest(0.05)
            file = f"models-{name}-{language.value}-{theme.value}.png"
            dialog.grab().save(str(SCREENSHOTS / file))
    settings.change(language=Language.ENGLISH, theme=ThemeChoice.LIGHT)


def test_a_model_from_the_hub_to_its_first_use(
    start: Callable[..., Program], hub: HubServer, tmp_path: Path
) -> None:
    program = start()
    program.wait_for_model()
    assert not hub.seen
    dialog = page(program)
    card, downloads = dialog.cards["E2B"], program.application.downloads
    photograph(program, dialog, "fresh")
    assert not hub.seen  # the page alone asks nobody

    held = Fault(after=5_000_000, then="hold")
    hub.fault(WEIGHTS, held)
    QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.model.step is Step.ASKING, SOON)
    photograph(program, dialog, "token")
    QTest.keyClicks(card.token, "hf_right")
    QTest.mouseClick(card.give, Qt.MouseButton.LeftButton)
    program.wait(held.reached.is_set, SOON)
    program.wait(lambda: card.model.step is Step.ARRIVING, SOON)
    photograph(program, dialog, "arriving")

    dialog.close()  # the download goes on without its page
    assert card.model.step is Step.ARRIVING
    page(program)
    QTest.mouseClick(card.stop, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.model.step is Step.NONE, SOON)
    held.go_on.set()
    program.wait(lambda: card.model.state is Here.PARTIAL, SOON)
    photograph(program, dialog, "paused")
    asked = len([seen for seen in hub.seen if "Authorization" in seen.headers])

    dialog.close()
    downloads.get("E2B")  # the token is known now
    program.wait(lambda: card.model.state is Here.READY, SOON)
    assert len([seen for seen in hub.seen if "Authorization" in seen.headers]) > asked
    assert "Gemma 3n E2B has arrived." in program.sentence
    program.window.banner.action.click()
    assert dialog.isVisible()
    photograph(program, dialog, "arrived")
    QTest.mouseClick(card.open, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.mark.text() == "in use")
    program.wait_for_model()
    state = program.application.state
    assert state.model is not None
    assert Path(state.model.folder) == program.application.paths.models_folder / "gemma-3n-E2B-it"
    assert not card.drop.isEnabled()

    QTest.mouseClick(dialog.bundled, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.mark.text() == "on this computer")
    program.wait(lambda: state.model_state is ModelState.READY)
    dialog.confirm = lambda text: True
    QTest.mouseClick(card.drop, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.model.state is Here.ABSENT, SOON)
    assert not list(program.application.paths.models_folder.rglob("*.safetensors"))


def test_what_goes_wrong_is_said_on_the_page_and_cancelling_leaves_nothing(
    start: Callable[..., Program], hub: HubServer
) -> None:
    program = start()
    dialog = page(program)
    card, models = dialog.cards["E2B"], program.application.paths.models_folder
    hub.token, hub.licensed = "", False
    QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
    program.wait(lambda: "must be accepted first" in card.trouble.text(), SOON)
    photograph(program, dialog, "licence")
    hub.licensed = True
    hub.fault(WEIGHTS, Fault(flip=True), Fault(flip=True))
    QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
    program.wait(lambda: "not what it announced" in card.trouble.text(), SOON)
    held = Fault(after=1_000_000, then="hold")
    hub.fault(WEIGHTS, held)
    program.wait(card.get.isVisible, SOON)
    QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.model.step is Step.ARRIVING and held.reached.is_set(), SOON)
    dialog.confirm = lambda text: True
    QTest.mouseClick(card.drop, Qt.MouseButton.LeftButton)
    program.wait(lambda: card.model.state is Here.ABSENT and card.model.step is Step.NONE, SOON)
    held.go_on.set()
    assert not [path for path in models.iterdir() if path.is_dir()]
    # Closing the window ends what runs.
    held = Fault(after=1_000_000, then="hold")
    hub.fault(WEIGHTS, held)
    program.application.downloads.get("E2B")
    program.wait(held.reached.is_set, SOON)
    program.close()
    held.go_on.set()
    assert (
        subprocess.run(
            [
                sys.executable,
                str(ROOT / "main.py"),
                "models",
                "remove",
                "E2B",
                "--folder",
                str(models),
            ],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )  # nobody holds it any more


# Every interpreter that the program starts imports this first: it writes down each address that
# Python code connects to or looks up.
_WATCHER = """
import os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        if isinstance(address, tuple) or event.startswith("socket.get"):
            note("CALLED", event, address)
def note(*words):
    with open(os.environ["NESTLING_TEST_CALLS"], "a") as stream:
        stream.write(repr(words) + chr(10))
note("STARTED", *sys.orig_argv[1:])
sys.addaudithook(watch)
"""

_RUN = """
import sys, psutil
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from app import application
from app.models.live import ModelState

def wait(condition):
    ends = QTimer(singleShot=True, interval=120_000); ends.start()
    while not condition():
        assert ends.isActive()
        loop = QEventLoop(); QTimer.singleShot(20, loop.quit); loop.exec()

def reached():
    me = psutil.Process()
    return [c.raddr for p in (me, *me.children(recursive=True))
            for c in p.net_connections("inet") if c.raddr]

if __name__ == "__main__":
    app = QApplication([])
    program = application.compose(application.Options(profile=Path(sys.argv[1])))
    program.show()
    try:
        wait(lambda: program.state.model_state is ModelState.READY)
        for name in ("models", "connections", "privacy", "settings"):
            program.window.table[name].trigger()
        wait(lambda: bool(program.downloads.library.models))
        print("INET", reached())
        if len(sys.argv) > 2:
            program.downloads.get("E2B")
            wait(lambda: program.downloads.library.models["E2B"].state.value == "ready")
        print("DONE")
    finally:
        program.close()
"""


@pytest.mark.parametrize("asked", [False, True])
def test_nothing_connects_before_a_person_asks_for_it(
    asked: bool, hub: HubServer, tmp_path: Path
) -> None:
    """The start, the open model and every page, in all processes; then, as a proof, a download."""
    hub.token = ""
    watcher = tmp_path / "watcher"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(_WATCHER)
    script = tmp_path / "run.py"
    script.write_text(_RUN)
    calls = tmp_path / "calls"
    output = tmp_path / "output"
    with output.open("wb") as stream:  # no pipe: what it starts would hold it open
        subprocess.run(
            [sys.executable, str(script), str(tmp_path / "profile"), *(["get"] if asked else [])],
            env=os.environ
            | {
                "PYTHONPATH": f"{watcher}{os.pathsep}{ROOT}",
                "NESTLING_TEST_CALLS": str(calls),
                "QT_QPA_PLATFORM": "offscreen",
            },
            stdout=stream,
            stderr=subprocess.STDOUT,
            timeout=3 * LONG,
            check=False,
        )
    said = output.read_text()
    assert "DONE" in said.splitlines(), said
    assert "INET []" in said
    lines = calls.read_text().splitlines()
    started = [line for line in lines if "STARTED" in line]
    assert any("spawn" in line for line in started), "the worker was not watched"
    assert any("'models', 'list'" in line for line in started), "the list was not watched"
    called = [line for line in lines if "CALLED" in line]
    if asked:
        assert called
        assert all("127.0.0.1" in line for line in called)
        assert hub.seen
    else:
        assert called == []
        assert not hub.seen
