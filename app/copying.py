"""What is about the page in sight, whichever it is: copy, save, select all, jump to the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

if TYPE_CHECKING:
    from app.application import Application


class Copying(QObject):
    """A field where one writes stands above the page that it is on."""

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._window, self._chat = program.window, program.chat
        self._commands, self._transcript = program.commands, program.transcript
        self._window.table["copy"].triggered.connect(self._copy)
        self._window.table["select_all"].triggered.connect(self._select_all)
        self._window.table["latest"].triggered.connect(self._jump_to_latest)
        self._window.table["copy_all"].triggered.connect(self._copy_all)
        self._window.table["save"].triggered.connect(self._save)
        self._window.pages.page_changed.connect(self._show)
        for model in (self._transcript, self._chat.book.model):
            for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
                changed.connect(self._show)
        self._show()

    @property
    def _talking(self) -> bool:
        return self._window.pages.page == "conversation"

    @Slot()
    def _show(self) -> None:
        """Nothing is neither copied, which would empty the clipboard, nor saved."""
        table, heard = self._window.table, self._transcript.rowCount() > 0
        there = self._chat.book.model.rowCount() > 0 if self._talking else heard
        for name in ("copy_all", "save"):
            table[name].setEnabled(there)
        for name in ("save_txt", "save_srt", "save_vtt"):
            table[name].setEnabled(heard)

    @Slot()
    def _copy_all(self) -> None:
        if self._talking:
            QGuiApplication.clipboard().setText(self._chat.saving.markdown())
        else:
            self._commands.copy_all()

    @Slot()
    def _save(self) -> None:
        if self._talking:
            self._chat.saving.ask_markdown()
        else:
            self._commands.save()

    @Slot()
    def _copy(self) -> None:
        if (field := self._field()) is not None:
            field.copy()
        elif self._talking:
            self._chat.actions["copy_message"].trigger()
        else:
            self._window.view.copy()

    @Slot()
    def _select_all(self) -> None:
        """In the conversation a field or one message: messages are marked one by one."""
        if (field := self._field()) is not None:
            field.selectAll()
        elif self._talking:
            self._chat.page.view.marking.mark_whole()
        else:
            self._window.view.setFocus()
            self._window.view.selectAll()

    @Slot()
    def _jump_to_latest(self) -> None:
        (self._chat.page.view if self._talking else self._window.view).follow()

    def _field(self) -> QLineEdit | QPlainTextEdit | None:
        """Where the focus is, if one can write there."""
        field = self._window.focusWidget()
        return field if isinstance(field, QLineEdit | QPlainTextEdit) else None
