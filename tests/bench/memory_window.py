"""The window of memory.py and memory_towers.py: does what a person would, and says when.

Reads one line of JSON: model, profile, prompt, tokens; listen_s: it looks and listens, too.
Writes a line at each moment.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

LOOK_MS = 20
PICTURE = (960, 1280, 3)  # as a camera of our days gives it


def main() -> int:
    """The program, composed as `main` does it."""
    settings = json.loads(sys.stdin.readline())
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app import application

    app = QApplication(sys.argv[:1])
    options = application.Options(Path(settings["model"]), Path(settings["profile"]))
    program = application.compose(options)
    program.closed.connect(app.quit)
    steps = _steps(program, settings)

    def look() -> None:
        if next(steps, True):
            timer.stop()
            program.window.close()

    timer = QTimer(interval=LOOK_MS)
    timer.timeout.connect(look)
    program.composed.connect(timer.start)
    program.show()
    return app.exec()


def _steps(program: Any, settings: dict[str, Any]) -> Iterator[bool]:
    """What is done one after the other; yields False as long as there is something to wait for."""
    from app.models.live import ModelState

    while program.state.model_state is not ModelState.READY:
        yield False
    _say("loaded")
    yield from _asked(program, settings, settings["prompt"])
    _say(f"done {settings['tokens']}")
    if "listen_s" in settings:
        # Once more, now that all weights are in memory: while a prompt is read, the most is held.
        yield from _asked(program, settings, settings["prompt"])
        _say("again")
        yield from _seen(program, settings)
        yield from _heard(program, settings["listen_s"])


def _asked(program: Any, settings: dict[str, Any], question: str) -> Iterator[bool]:
    """Ask, and wait for the whole answer."""
    from app.conversation.sampling import Sampling

    program.window.pages.show_page("conversation")
    chat = program.chat
    before = chat.book.leaf
    chat.book.set_sampling(Sampling(temperature=0.0, max_tokens=settings["tokens"]))
    chat.page.composer.edit.setPlainText(question)
    chat.page.composer.submit()
    _say("asked")
    while chat.book.leaf == before or not chat.book.last.text:
        yield False
    _say("first")
    while chat.controller.answering:
        yield False


def _seen(program: Any, settings: dict[str, Any]) -> Iterator[bool]:
    """Ask about a picture, then have the eyes' memory given back."""
    import numpy as np

    from app.models.memory import PARTS, Presence

    memory = program.memory
    eyes = memory.index(list(PARTS).index("vision"))
    picture = np.random.default_rng(0).integers(0, 256, PICTURE, np.uint8)
    program.chat.page.composer.attach_picture(picture)
    yield from _asked(program, settings, "What is this?")
    _say("seen")
    program.window.memory.release_asked.emit("vision")
    while memory.data(eyes, memory.PRESENCE_ROLE) is not Presence.ABSENT:
        yield False
    _say("freed")


def _heard(program: Any, seconds: float) -> Iterator[bool]:
    """Listen for so long, once sound comes."""
    program.window.table["listen"].trigger()
    while program.capture.state != "listening":
        yield False
    _say("listening")
    for _ in range(round(1000 * seconds / LOOK_MS)):
        yield False
    program.window.table["listen"].trigger()
    from app.models.live import Phase

    while program.state.phase is not Phase.IDLE:
        yield False
    _say("heard")


def _say(mark: str) -> None:
    print(mark, flush=True)


if __name__ == "__main__":
    sys.exit(main())
