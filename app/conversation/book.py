"""The conversation in sight and all that are kept: opened, renamed, branched, deleted.

The tree of messages is the truth; the store follows it, and where the disk refuses, later.
Knows nothing of the worker nor of widgets. Everything here runs in the GUI thread.
"""

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.conversation.media import packed, with_media
from app.conversation.sampling import USUAL, Sampling, unpacked
from app.conversation.store import Conversation, Found, Store
from app.conversation.tree import Message, Tree
from app.error_words import in_own_language
from app.models.messages import MessageModel, Row
from engine.datatypes import Role
from engine.errors import ErrorKind, NestlingError

TITLE_LETTERS = 60
RETRY_MS = 5_000  # between attempts to write to a disk that was full


class ConversationBook(QObject):
    """Which conversation is in sight, which branch of it, and what is written down of it.

    Signals:
        leaving(): another conversation comes in sight: what is being written ends now.
        opened(): another conversation is in sight, or a new, empty one.
        moved(): another branch is in sight.
        listed(): titles, order or number of conversations have changed.
        failed(object, str): an error's kind and a sentence for people.
        recovered(object): errors of this kind are over.
    """

    leaving = Signal()
    opened = Signal()
    moved = Signal()
    listed = Signal()
    failed = Signal(object, str)
    recovered = Signal(object)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.model = MessageModel(self)
        self.conversation: Conversation | None = None
        self.tree = Tree()
        self.leaf: int | None = None
        self.system, self.sampling = "", USUAL
        self.first: int | None = None  # the first message that the model still sees
        self.dropped = 0  # messages before it, on the branch in sight
        self._with_media: dict[int, Message] = {}  # pictures and sound, while the program runs
        self._unwritten = False  # the disk has refused something of the conversation in sight
        self._waiting: dict[int, tuple[Conversation, Tree]] = {}  # of others, by their ids
        self._pieces = 0
        self._retry = QTimer(self, interval=RETRY_MS)
        self._retry.timeout.connect(self.retry_writing)

    @property
    def path(self) -> list[Message]:
        """The branch in sight."""
        return self.tree.path(self.leaf)

    @property
    def last(self) -> Message | None:
        """The message at its end."""
        return self.tree[self.leaf] if self.leaf is not None else None

    def last_question(self) -> str:
        """What was asked last on this branch."""
        asked = [message.text for message in self.path if message.role is Role.USER]
        return asked[-1] if asked else ""

    # --- growing ---------------------------------------------------------------------------------

    def new_id(self) -> int:
        """A number for a message."""
        return self._store.new_id()

    def grow(self, *messages: Message) -> None:
        """Put messages at the end of a branch, keep them, bring them in sight."""
        if self.conversation is None:
            self._create(messages[0])
        for message in messages:
            self.tree.put(message)
            if message.has_media:
                self._with_media[message.id] = message
        self.leaf, self._pieces = messages[-1].id, 0
        self._keep(*messages)
        self.show()
        self._touch()

    def write(self, message: Message, piece: str) -> None:
        """A message has grown by a piece; `message.text` ends with it."""
        self.tree.put(message)
        self.model.put(message)
        if self.conversation is None or self._unwritten:
            return
        try:
            self._store.append(message.id, self._pieces, piece)
        except NestlingError as error:
            self._unkept(error)
        self._pieces += 1

    @property
    def keeps(self) -> bool:
        """Whether conversations outlast the window."""
        return self._store.file is not None

    def keep_media(self, number: int) -> None:
        """Keep pictures and sound of a message as long as its conversation.

        Raises:
            NestlingError: DISK, if they cannot be written.
        """
        message = replace(self.tree[number], kept=True)
        self._store.keep_media(number, packed(message))
        self._with_media[number] = message
        self.tree.put(message)
        self.model.put(message)

    def settle(self, message: Message) -> None:
        """A message has come to its end."""
        self.tree.put(message)
        self._keep(message)
        self.model.put(message)
        self._touch()

    def reword(self, number: int, text: str) -> None:
        """A question that was spoken has been put into words, which stand for its sound."""
        if self.tree[number].kept:
            return  # somebody wanted the sound itself
        message = replace(self.tree[number], text=text, sound_s=0.0, audio=None)
        self._with_media.pop(number, None)
        if message.images:
            self._with_media[number] = message
        self.settle(message)
        shown = self.conversation
        if shown is not None and not shown.named and message.parent is None:
            self._update(replace(shown, title=_title(text)))

    def leave_out(self, count: int) -> None:
        """The model does not see so many messages more at the beginning of what it was told."""
        path = [message.id for message in self.path]
        self.first = path[min(self.dropped + count, len(path) - 1)]
        self.show()

    def show(self) -> None:
        """Bring the branch that ends with `leaf` in sight."""
        path = self.path
        numbers = [message.id for message in path]
        self.dropped = numbers.index(self.first) if self.first in numbers else 0
        rows = []
        for place, message in enumerate(path):
            versions = self.tree.versions(message.id)
            number = versions.index(message.id) + 1
            seen, begins = place >= self.dropped, place == self.dropped > 0
            rows.append(Row(message, number, len(versions), seen, begins))
        self.model.show_rows(rows)

    # --- conversations ---------------------------------------------------------------------------

    @Slot()
    def new(self) -> None:
        """An empty conversation, which is kept from its first question on."""
        self.leaving.emit()
        self.retry_writing()
        self._leave()
        self.conversation, self.tree, self.leaf = None, Tree(), None
        self.system, self.sampling = "", USUAL
        self._opened()

    def open(self, conversation: Conversation, message: int | None = None) -> None:
        """Bring a conversation in sight; message: on the branch where this one is.

        Raises:
            NestlingError: DISK, if it cannot be read.
        """
        self.leaving.emit()
        conversation = self._newest(conversation)
        self.retry_writing()
        messages = self._store.messages(conversation.id)
        kept = self._store.media(conversation.id)
        self._leave()
        waiting = self._waiting.pop(conversation.id, None)
        self._unwritten = waiting is not None
        self.conversation = conversation
        self.tree = Tree(
            self._with_media.get(m.id) or (with_media(m, kept[m.id]) if m.id in kept else m)
            for m in messages
        )
        for refused in waiting[1].all() if waiting is not None else ():
            self.tree.put(refused)
        leaf = conversation.leaf
        if message in self.tree:
            if message not in {m.id for m in self.tree.path(leaf)}:
                leaf = self.tree.newest_leaf(message)
        elif leaf not in self.tree:
            leaf = self.tree.newest_leaf(None)
        self.leaf = leaf
        self.system, self.sampling = conversation.system, USUAL
        if conversation.sampling:
            self.sampling = unpacked(conversation.sampling)
        self._opened()

    def _leave(self) -> None:
        """The conversation in sight goes out of it: what the disk refused of it waits."""
        if self._unwritten and self.conversation is not None:
            self._waiting[self.conversation.id] = self.conversation, self.tree
        self._unwritten = False

    def _newest(self, conversation: Conversation) -> Conversation:
        """What is known of it, where the disk has refused to know as much."""
        if self.conversation is not None and self.conversation.id == conversation.id:
            return self.conversation
        waiting = self._waiting.get(conversation.id)
        return waiting[0] if waiting is not None else conversation

    def _opened(self) -> None:
        self.first = None
        self.show()
        self.opened.emit()

    def switch(self, number: int, step: int) -> None:
        """Bring another version of a message in sight, with what follows it."""
        other = self.tree.neighbour(number, step)
        if other is not None:
            self.leaf = self.tree.newest_leaf(other)
            self.show()
            self._touch(grown=False)
            self.moved.emit()

    def conversations(self) -> list[Conversation]:
        """All that are kept, newest first.

        Raises:
            NestlingError: DISK, if they cannot be read.
        """
        return self._store.conversations()

    def search(self, text: str) -> list[Found]:
        """Conversations in which every word of `text` is found.

        Raises:
            NestlingError: DISK, if they cannot be read.
        """
        return self._store.search(text)

    def rename(self, conversation: Conversation, title: str) -> None:
        """Give another title; an empty one changes nothing."""
        title = " ".join(title.split())
        if title:
            self._update(replace(self._newest(conversation), title=title, named=True))

    def delete(self, conversation: Conversation) -> None:
        """Delete a conversation for good, with its pictures and sound."""
        try:
            messages = self._store.messages(conversation.id)
            self._store.delete(conversation.id)
        except NestlingError as error:
            self._fail(error)
            return
        for message in messages:
            self._with_media.pop(message.id, None)
        self._waiting.pop(conversation.id, None)
        if self.conversation is not None and self.conversation.id == conversation.id:
            self._drop()
        self.listed.emit()

    @Slot()
    def delete_all(self) -> None:
        """Delete every conversation for good."""
        try:
            self._store.delete_all()
        except NestlingError as error:
            self._fail(error)
            return
        self._with_media.clear()
        self._waiting.clear()
        self._drop()
        self.listed.emit()

    def _drop(self) -> None:
        """The conversation in sight is no more; nothing of it may be written again."""
        self.conversation = None
        self.new()

    def set_system(self, text: str) -> None:
        """How to answer, from the next question on."""
        self.system = text
        if self.conversation is not None:
            self._update(replace(self.conversation, system=text))

    def set_sampling(self, sampling: Sampling) -> None:
        """How lively answers are, from the next one on."""
        self.sampling = sampling
        if self.conversation is not None:
            self._update(replace(self.conversation, sampling=sampling.packed()))

    # --- what is kept ----------------------------------------------------------------------------

    def _create(self, question: Message) -> None:
        title = _title(question.text) or self.tr("Without words")
        sampling = "" if self.sampling == USUAL else self.sampling.packed()
        try:
            self.conversation = self._store.create(title, self.system, sampling)
        except NestlingError as error:
            self._unkept(error)
            now, number = time.time(), -question.id
            self.conversation = Conversation(
                number, title, False, self.system, sampling, None, now, now
            )

    def _touch(self, *, grown: bool = True) -> None:
        """The conversation has grown, or another branch is in sight."""
        if self.conversation is not None:
            changed = time.time() if grown else self.conversation.changed
            self._update(replace(self.conversation, leaf=self.leaf, changed=changed))

    def _update(self, conversation: Conversation) -> None:
        waiting = self._waiting.get(conversation.id)
        shown = self.conversation is not None and self.conversation.id == conversation.id
        if shown:
            self.conversation = conversation
        elif waiting is not None:
            self._waiting[conversation.id] = conversation, waiting[1]
        try:
            self._store.update(conversation)
        except NestlingError as error:
            if not shown:
                self._waiting.setdefault(conversation.id, (conversation, Tree()))
            self._unkept(error)
        self.listed.emit()

    def _fail(self, error: NestlingError) -> None:
        self.failed.emit(error.kind, in_own_language(error.kind, error.message))

    def _keep(self, *messages: Message) -> None:
        if self.conversation is None or self._unwritten:
            return
        try:
            self._store.put(self.conversation.id, *messages)
        except NestlingError as error:
            self._unkept(error)

    def _unkept(self, error: NestlingError) -> None:
        """The disk refuses: the window goes on, and writing is tried again."""
        self._unwritten = True
        self._retry.start()
        self._fail(error)

    @property
    def unwritten(self) -> bool:
        """Whether there is something that the disk refuses to take."""
        return self._unwritten or bool(self._waiting)

    @Slot()
    def retry_writing(self) -> None:
        """Write again what the disk refused."""
        if not self.unwritten:
            self._retry.stop()
            return
        try:
            for number, (conversation, tree) in list(self._waiting.items()):
                self._store.write(conversation, tree.all())
                del self._waiting[number]
            if self._unwritten and self.conversation is not None:
                self.conversation = self._store.write(self.conversation, self.tree.all())
        except NestlingError:
            return
        self._retry.stop()
        self._unwritten, self._pieces = False, 0
        self.recovered.emit(ErrorKind.DISK)
        self.listed.emit()

    def close(self) -> None:
        """Let go of the file; what it has refused is tried once more."""
        self.retry_writing()
        self._retry.stop()
        self._store.close()


def _title(text: str) -> str:
    """Of a conversation, by its first question."""
    title = " ".join(text.split())
    if len(title) > TITLE_LETTERS:
        title = title[: TITLE_LETTERS - 1].rstrip() + "…"
    return title
