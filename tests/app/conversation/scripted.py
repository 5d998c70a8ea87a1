"""The controller with a worker that says what a test tells it to."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.conversation.book import ConversationBook
from app.conversation.controller import ConversationController
from app.conversation.store import Store
from app.models.live import LiveState
from engine.datatypes import FinishReason, SamplingParams, Task, Turn
from engine.protocol import Finished, Token
from tests.app.window_fakes import model


class ScriptedBridge(QObject):
    """Has the signals that the controller hears; writes down what it is asked."""

    heard = Signal(object)
    token = Signal(object)
    context_changed = Signal(object)
    failed = Signal(object, str)
    finished = Signal(object)
    loaded = Signal(object)
    gave_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[tuple[Turn, ...], SamplingParams]] = []
        self.stops = 0
        self.by_starter: list[bool] = []

    def ask(
        self, turns: tuple[Turn, ...], params: SamplingParams, *, starter: bool = False
    ) -> None:
        self.asked.append((turns, params))
        self.by_starter.append(starter)

    def stop_answer(self) -> None:
        self.stops += 1

    @property
    def turn(self) -> int:
        return self.asked[-1][0][-1].id

    def say(self, *pieces: str) -> None:
        for number, piece in enumerate(pieces):
            self.token.emit(Token(self.turn, number, 7, piece))

    def end(self, reason: FinishReason = FinishReason.STOP_TOKEN) -> None:
        self.finished.emit(Finished(self.turn, reason))


class Parts:
    def __init__(self, file: Path | None) -> None:
        self.bridge, self.state = ScriptedBridge(), LiveState()
        self.book = ConversationBook(Store(file))
        self.controller = ConversationController(
            self.bridge,  # type: ignore[arg-type]
            self.book,
            self.state,
        )
        self.state.set_model(model(tasks=(Task.CHAT,)))

    @property
    def texts(self) -> list[str]:
        self.book.model.flush()
        return [row.message.text for row in self.book.model.rows()]

    def answer(self, text: str, *pieces: str) -> int:
        """Ask and be answered. Returns: the answer's id."""
        self.controller.ask(text)
        self.bridge.say(*pieces)
        self.bridge.end()
        assert self.book.last is not None
        return self.book.last.id
