"""Copy and "Select all": what they are about, on whichever page is in sight."""

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

    def _field(self) -> QLineEdit | QPlainTextEdit | None:
        """Where the focus is, if one can write there."""
        field = self._window.focusWidget()
        return field if isinstance(field, QLineEdit | QPlainTextEdit) else None
