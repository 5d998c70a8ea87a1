"""What is about the page in sight, whichever it is: "Copy", "Select all", "Jump to the latest"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

if TYPE_CHECKING:
    from app.application import Application


class Copying(QObject):
    """A field where one writes stands above the page that it is on."""

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._window, self._chat = program.window, program.chat
        self._window.table["copy"].triggered.connect(self._copy)
        self._window.table["select_all"].triggered.connect(self._select_all)
        self._window.table["latest"].triggered.connect(self._jump_to_latest)

    @Slot()
    def _copy(self) -> None:
        if (field := self._field()) is not None:
            field.copy()
        elif self._window.pages.page == "conversation":
            self._chat.actions["copy_message"].trigger()
        else:
            self._window.view.copy()

    @Slot()
    def _select_all(self) -> None:
        """In the conversation only a field can be marked whole: messages are marked one by one."""
        if (field := self._field()) is not None:
            field.selectAll()
        elif self._window.pages.page != "conversation":
            self._window.view.setFocus()
            self._window.view.selectAll()

    @Slot()
    def _jump_to_latest(self) -> None:
        talking = self._window.pages.page == "conversation"
        (self._chat.page.view if talking else self._window.view).follow()

    def _field(self) -> QLineEdit | QPlainTextEdit | None:
        """Where the focus is, if one can write there."""
        field = self._window.focusWidget()
        return field if isinstance(field, QLineEdit | QPlainTextEdit) else None
