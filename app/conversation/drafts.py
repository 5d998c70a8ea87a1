"""What is being written in each conversation and not asked yet: drafts, and earlier questions that
are being edited. Knows the composer, and conversations and messages by their numbers alone."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from app.conversation.tree import Message
from app.widgets.composer import Composer, Draft


class Drafts(QObject):
    """State: of the conversation in sight it is in the composer; of all others it is here.

    `editing` is the question that is being edited. A conversation without a number is a new one.
    """

    def __init__(self, composer: Composer, parent: QObject) -> None:
        super().__init__(parent)
        self._composer = composer
        self._of = 0
        self._drafts: dict[int, Draft] = {}
        self.editing: int | None = None
        self._edits: dict[int, Draft] = {}  # of other messages, begun and not asked
        self._left: dict[int, int] = {}  # conversations, and what was being edited there
        composer.edit_left.connect(self._leave_edit)

    @property
    def empty(self) -> bool:
        """Whether nothing is kept of any conversation."""
        return not self._drafts and not self._edits

    def edit(self, question: Message) -> None:
        """Edit this one; another that is being edited is kept."""
        if question.id == self.editing:
            self._composer.edit.setFocus()
            return
        self._put_edit_aside()
        begun = self._edits.pop(question.id, None)
        if begun is None:
            self._composer.begin_edit(question.text)
        else:
            self._composer.go_on_editing(begun)
            self._composer.edit.setFocus()
        self.editing = question.id

    def go_to(self, conversation: int | None, in_sight: Callable[[int], bool]) -> None:
        """Another conversation: what is being written goes, and what was written there comes."""
        if self.editing is not None:
            self._left[self._of] = self.editing
        self._put_edit_aside()
        self._drafts[self._of] = self._composer.draft
        self._of = conversation or 0
        self._composer.take_up(self._drafts.pop(self._of, Draft()))
        left = self._left.pop(self._of, None)
        if left is not None and in_sight(left):
            self._composer.go_on_editing(self._edits.pop(left))
            self.editing = left

    def name(self, conversation: int | None) -> None:
        """The new conversation in sight has been given its number."""
        if self._of <= 0:
            self._of = conversation or 0

    @Slot()
    def forget(self) -> None:
        """Of conversations that are deleted nothing comes back, nor stays in sight."""
        self._composer.take_up(Draft())
        self._drafts.clear()
        self._edits.clear()
        self._left.clear()

    def _put_edit_aside(self) -> None:
        if self.editing is not None:
            written = self._composer.edit.toPlainText()
            self._edits[self.editing] = Draft(written, self._composer.attached)

    @Slot()
    def _leave_edit(self) -> None:
        self.editing = None
