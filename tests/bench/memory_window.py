"""The window of memory.py: asks one question as soon as the model is there, and says when.

Reads one line of JSON: model, profile, prompt, tokens. Writes a line at each moment.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> int:
    """The program, composed as `main` does it, and what a person would do."""
    settings = json.loads(sys.stdin.readline())
    from PySide6.QtWidgets import QApplication

    from app import application
    from app.conversation.sampling import Sampling
    from app.models.live import ModelState

    app = QApplication(sys.argv[:1])
    options = application.Options(Path(settings["model"]), Path(settings["profile"]))
    program = application.compose(options)
    program.closed.connect(app.quit)
    said: set[str] = set()

    def say(mark: str) -> None:
        if mark not in said:
            said.add(mark)
            print(mark, flush=True)

    def look() -> None:
        if "done" in said:
            return
        if program.state.model_state is ModelState.READY and "loaded" not in said:
            say("loaded")
            ask()
        book, controller = program.chat.book, program.chat.controller
        if "asked" in said and book.last is not None:
            if book.last.text:
                say("first")
            if not controller.answering and "first" in said:
                say(f"done {settings['tokens']}")
                program.window.close()

    def ask() -> None:
        program.window.pages.show_page("conversation")
        chat = program.chat
        chat.book.set_sampling(Sampling(temperature=0.0, max_tokens=settings["tokens"]))
        chat.page.composer.edit.setPlainText(settings["prompt"])
        chat.page.composer.submit()
        say("asked")

    from PySide6.QtCore import QTimer

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    program.composed.connect(timer.start)
    program.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
