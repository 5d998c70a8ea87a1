"""What a person does on the conversation page, on the program of `program.py`."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.conversation.sampling import Sampling
from app.conversation.tree import Message
from app.models.messages import Row
from engine.datatypes import Role
from tests.e2e.program import Program

SHORT = Sampling(temperature=0.0, max_tokens=24)
LONG = Sampling(temperature=0.0, max_tokens=400)


class Chatting:
    """The page of a running program, by what is on it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        program.wait_for_model()
        program.window.pages.show_page("conversation")
        self.feature = program.application.chat
        self.page, self.book = self.feature.page, self.feature.book
        self.controller = self.feature.controller
        self.book.set_sampling(SHORT)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.program.wait(condition)

    def write(self, text: str) -> None:
        """Type into the field, key by key."""
        self.page.composer.edit.setFocus()
        QTest.keyClicks(self.page.composer.edit, text)

    def enter(self) -> None:
        QTest.keyClick(self.page.composer.edit, Qt.Key.Key_Return)

    def ask(self, text: str) -> Message:
        """Type a question, send it and wait for the answer's end."""
        self.begin(text)
        return self.answered()

    def begin(self, text: str) -> None:
        """Type a question, send it and wait for the answer's first letters."""
        self.write(text)
        self.enter()
        self.wait(lambda: bool(self.last.text) or not self.controller.answering)

    def answered(self) -> Message:
        self.wait(lambda: not self.controller.answering)
        return self.last

    @property
    def last(self) -> Message:
        assert self.book.last is not None
        return self.book.last

    @property
    def rows(self) -> list[Row]:
        return self.book.model.rows()

    @property
    def texts(self) -> list[str]:
        return [row.message.text for row in self.rows]

    def do(self, action: str) -> None:
        """Choose what a menu entry, its button and its key stand for."""
        chosen = self.feature.actions[action]
        assert chosen.isEnabled(), f"{action} cannot be chosen now"
        chosen.trigger()

    def enter_row(self, place: int) -> None:
        """Move the pointer over a message."""
        view = self.page.view
        view.scrollTo(self.book.model.index(place))
        centre = view.visualRect(self.book.model.index(place)).center()
        QTest.mouseMove(view.viewport(), QPoint(1, 1))  # where it stands already it does not move
        QTest.mouseMove(view.viewport(), QPoint(centre.x(), max(4, centre.y())))
        self.wait(lambda: self.page.tools.message == self.rows[place].message.id)

    def click_version(self, place: int, step: int) -> None:
        """Click the arrow beside "2/3"."""
        view, row = self.page.view, self.rows[place]
        view.scrollTo(self.book.model.index(place))
        laid = view.layouts.laid(row)
        back, _, forth = view.delegate.version_places(row, laid)
        top = view.visualRect(self.book.model.index(place)).topLeft()
        arrow = (back if step < 0 else forth).center().toPoint() + top
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=arrow)

    def question(self, place: int) -> Message:
        found = [row.message for row in self.rows if row.message.role is Role.USER]
        return found[place]

    @property
    def store_file(self) -> Path:
        assert self.feature.store.file is not None
        return self.feature.store.file

    def titles(self) -> list[str]:
        """What the list shows."""
        shown = self.page.list.list
        return [shown.item(row).text() for row in range(shown.count())]
