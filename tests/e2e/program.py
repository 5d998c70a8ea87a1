"""The program under test: composed as `main` does it, with nothing exchanged, and its widgets."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app import application
from app.models.live import ModelState, Phase
from app.settings.choices import Theme
from tests.e2e.speech import speech, words, write_wav
from tests.virtual_audio import VirtualAudio

SOON = 45.0  # s; for what needs the window or a device alone
LONG = 90.0  # s; for what needs the model, on a busy machine
POLL_MS = 10
SCREENSHOTS = Path(__file__).resolve().parents[1] / "screenshots"


class Program:
    """One run of the program on a profile of its own.

    Args:
        model: the folder to open.
        folder: profile and sound files go here.
        starter_ears: with the setting as a new user has it; else models hear for themselves.
    """

    def __init__(
        self, sound: VirtualAudio, model: Path, folder: Path, *, starter_ears: bool = False
    ) -> None:
        self._sound, self._folder = sound, folder
        self._closed = False
        self.application = application.compose(
            application.Options(model, folder / "profile"), None, None
        )
        self.window = self.application.window
        # Rows that a test puts into the window are in no file, and one fills the disk: what is
        # asked before such words go is answered with yes.
        self.application.confirm = self.application.commands.confirm = lambda *_: True
        if not starter_ears:
            self.application.settings.change(starter_ears=False)

    def show(self) -> None:
        """Show the window and wait until everything else has begun."""
        begun: list[bool] = []
        self.application.composed.connect(lambda: begun.append(True))
        self.application.show()
        self.wait(lambda: bool(begun), SOON)

    def wait(self, condition: Callable[[], bool], timeout: float = LONG) -> None:
        """Let the program run until something holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, (
                f"waited {timeout} s in vain; phase {self.phase}, banner {self.sentence!r}, "
                f"transcript {self.text!r}"
            )
            self.rest(POLL_MS / 1000)

    def rest(self, seconds: float) -> None:
        """Let the program run for a while.

        In an event loop as the program's own: QTest.qWait would keep Python's lock all the time,
        and the threads of microphone and worker would run only when some slot does.
        """
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def wait_for_model(self) -> None:
        self.wait(lambda: self.application.state.model_state is ModelState.READY)

    def click(self, action: str) -> None:
        """Choose what a menu entry, its button and its keys stand for."""
        assert self.window.table[action].isEnabled(), f"{action} cannot be chosen now"
        self.window.table[action].trigger()

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key wherever the focus is."""
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window), "the window does not get the focus"
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        target: QWidget = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, held)

    @property
    def phase(self) -> Phase:
        return self.application.state.phase

    def listen(self) -> None:
        """Start, and wait until sound comes."""
        self.click("listen")
        self.wait_for_sound()

    def wait_for_sound(self) -> None:
        self.wait(lambda: self.application.capture.state == "listening", SOON)

    def stop(self) -> None:
        """Stop, and wait for the last words."""
        self.click("listen")
        self.wait(lambda: self.phase is Phase.IDLE)

    def say(self, text: str, microphone: str = "mic") -> "subprocess.Popen[bytes]":
        """Begin to say something into a microphone."""
        wav = write_wav(self._folder / f"{'-'.join(text.split())}.wav", speech(text))
        return self._sound.play(wav, microphone)

    def hear(self, text: str, microphone: str = "mic") -> None:
        """Say something and wait until it has been said."""
        player = self.say(text, microphone)
        self.wait(lambda: player.poll() is not None)

    @property
    def text(self) -> str:
        """What the transcript shows."""
        return self.window.view.toPlainText()

    @property
    def confirmed(self) -> list[str]:
        """The confirmed words."""
        segments = self.application.transcript.segments()
        return [word for segment in segments for word in words(segment.text)]

    @property
    def sentence(self) -> str:
        """What the banner says."""
        return self.window.banner.text if self.window.banner.isVisible() else ""

    @property
    def journals(self) -> list[Path]:
        return sorted(self.application.paths.journal_folder.glob("*.jsonl"))

    @property
    def files(self) -> list[Path]:
        """Everything the program keeps."""
        profile = self._folder / "profile"
        return sorted(path for path in profile.rglob("*") if path.is_file())

    def photograph(self, name: str) -> None:
        """Pictures of the window in light and dark, for people to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        chosen = self.application.settings.values.theme
        platform = os.environ["QT_QPA_PLATFORM"]
        for theme in (Theme.LIGHT, Theme.DARK):
            self.click(f"theme_{theme.value}")
            self.rest(POLL_MS / 1000)
            self.window.grab().save(str(SCREENSHOTS / f"{name}-{theme.value}-{platform}.png"))
        self.click(f"theme_{chosen.value}")

    def close(self) -> None:
        """End it, whatever it does. Later calls do nothing."""
        if self._closed:
            return
        self._closed = True
        self.application.close()
        self.window.deleteLater()
        self.application.deleteLater()


def worker() -> psutil.Process:
    """The one process of ours that has the engine in it."""
    children = psutil.Process().children()
    (found,) = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    return found
