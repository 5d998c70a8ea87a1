"""A conversation to a file, when a person asks for it: where, as what, in which words."""

from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.conversation.book import ConversationBook
from app.conversation.export import ChatFormat, Headings, export
from app.conversation.store import Conversation
from app.conversation.tree import MessageState
from app.whole_file import written_whole
from app.widgets.save_dialog import SaveDialog
from engine.errors import ErrorKind, NestlingError

NAME_LETTERS = 40


class ConversationSaving(QObject):
    """Asks where, and saves the conversation in sight.

    Signals:
        told(object, str): how it went: an ErrorKind or None, and a sentence for people.
    """

    told = Signal(object, str)

    def __init__(self, book: ConversationBook, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._book, self._window = book, window

    @Slot()
    def ask_markdown(self) -> None:
        """Ask where this branch shall be saved, to be read."""
        self._ask(ChatFormat.MARKDOWN, self.tr("Markdown (*.md)"))

    @Slot()
    def ask_json(self) -> None:
        """Ask where every branch shall be saved, for other programs."""
        self._ask(ChatFormat.JSON, self.tr("JSON (*.json)"))

    def _ask(self, kind: ChatFormat, filter_words: str) -> None:
        conversation = self._book.conversation
        if conversation is None:
            return
        name = "".join(c for c in conversation.title if c.isalnum() or c in " -_").strip()
        dialog = SaveDialog(
            self._window,
            self.tr("Save the conversation"),
            {filter_words: kind.value},
            QStandardPaths.StandardLocation.DocumentsLocation,
            name[:NAME_LETTERS] or "conversation",
        )
        dialog.setObjectName("save conversation dialog")
        dialog.chosen.connect(self.save_and_tell)
        dialog.open()

    @Slot(str)
    def save_and_tell(self, name: str) -> None:
        """Save, and say how it went."""
        try:
            self.save_to(Path(name))
        except NestlingError as error:
            self.told.emit(error.kind, error.message)
        else:
            self.told.emit(None, self.tr("Saved as {file}.").format(file=name))

    def save_to(self, file: Path) -> None:
        """Write the conversation whole or not at all; the ending says as what.

        Raises:
            NestlingError: DISK, if the file cannot be written.
        """
        conversation = self._book.conversation
        if conversation is None:
            return
        suffix = file.suffix.lower().lstrip(".")
        kind = ChatFormat(suffix) if suffix in set(ChatFormat) else ChatFormat.MARKDOWN
        text = self._exported(conversation, kind)
        try:
            with written_whole(file) as temporary:
                temporary.write_text(text, encoding="utf-8")
        except OSError as error:
            raise NestlingError(
                ErrorKind.DISK,
                self.tr(
                    "The conversation cannot be saved as {file} ({reason}). "
                    "Choose another folder or make room; it is still in the window."
                ).format(file=file, reason=error.strerror),
            ) from error

    def markdown(self) -> str:
        """The branch in sight, to be read; empty if there is none."""
        shown = self._book.conversation
        return self._exported(shown, ChatFormat.MARKDOWN) if shown is not None else ""

    def _exported(self, shown: Conversation, kind: ChatFormat) -> str:
        return export(shown, self._book.tree, kind, self._book.leaf, self._headings())

    def _sound(self, seconds: float) -> str:
        written = QLocale().toString(seconds, "f", 1)
        return self.tr("{seconds} s of sound").format(seconds=written)

    def _pictures(self, count: int) -> str:
        return self.tr("%Ln pictures", "", count)

    def _headings(self) -> Headings:
        """In the language of the window."""
        return Headings(
            user=self.tr("You"),
            model=self.tr("Model"),
            pictures=self._pictures,
            sound=self._sound,
            states={
                MessageState.STOPPED: self.tr("stopped"),
                MessageState.LENGTH: self.tr("ended at the longest answer allowed"),
                MessageState.CONTEXT_FULL: self.tr("ended because the context is full"),
                MessageState.CUT: self.tr("cut off"),
            },
        )
