"""A conversation as a tree: an edited question or another answer is a branch, none is lost.

Pure: knows no database, no worker, no window.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from engine.datatypes import FinishReason, Pcm, Rgb, Role


class MessageState(StrEnum):
    """How far a message has come; all but `done` and `writing` can be gone on with."""

    DONE = "done"
    WRITING = "writing"
    STOPPED = "stopped"  # by a person
    LENGTH = "length"  # as long as an answer may be
    CONTEXT_FULL = "context_full"
    CUT = "cut"  # the worker or the program died, or the answer failed

    @property
    def can_go_on(self) -> bool:
        """Whether there is something left to be written."""
        return self not in (MessageState.DONE, MessageState.WRITING)


STATES = {
    FinishReason.STOP_TOKEN: MessageState.DONE,
    FinishReason.MAX_TOKENS: MessageState.LENGTH,
    FinishReason.STOPPED: MessageState.STOPPED,
    FinishReason.CONTEXT_FULL: MessageState.CONTEXT_FULL,
    FinishReason.FAILED: MessageState.CUT,
}


@dataclass(frozen=True, slots=True)
class Message:
    """What one side says. Changing it makes another of the same id.

    created: seconds since 1970. model: its name and size, for an answer.
    pictures, sound_s: what went with a question; kept as a count when the rest is forgotten.
    images, audio: the same, while the program runs. kept: they are on disk, too, because a person
        asked for it.
    """

    id: int
    parent: int | None
    role: Role
    text: str
    state: MessageState = MessageState.DONE
    created: float = 0.0
    model: str = ""
    pictures: int = 0
    sound_s: float = 0.0
    images: tuple[Rgb, ...] = field(default=(), compare=False, repr=False)
    audio: Pcm | None = field(default=None, compare=False, repr=False)
    kept: bool = False

    @property
    def has_media(self) -> bool:
        """Whether pictures or sound of it are there."""
        return bool(self.images) or self.audio is not None

    @property
    def forgotten(self) -> bool:
        """Whether something went with it that is not there any more."""
        return self.pictures > len(self.images) or (self.sound_s > 0 and self.audio is None)


class Tree:
    """All messages of a conversation, and the way from its beginning to any of them."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._messages: dict[int, Message] = {}
        self._children: dict[int | None, list[int]] = {}
        for message in messages:
            self.put(message)

    def __len__(self) -> int:
        return len(self._messages)

    def __getitem__(self, number: int) -> Message:
        return self._messages[number]

    def __contains__(self, number: object) -> bool:
        return number in self._messages

    def put(self, message: Message) -> None:
        """Add a message, or another state of one that is there.

        Raises:
            ValueError: if its parent is not there.
        """
        if message.parent is not None and message.parent not in self._messages:
            raise ValueError(f"message {message.id} answers {message.parent}, which is not there")
        if message.id not in self._messages:
            self._children.setdefault(message.parent, []).append(message.id)
        self._messages[message.id] = message

    def path(self, leaf: int | None) -> list[Message]:
        """The messages from the beginning to `leaf`."""
        found = []
        while leaf is not None:
            found.append(self._messages[leaf])
            leaf = self._messages[leaf].parent
        return found[::-1]

    def versions(self, number: int) -> list[int]:
        """The message and what stands in its stead on other branches, oldest first."""
        return self._children[self._messages[number].parent]

    def neighbour(self, number: int, step: int) -> int | None:
        """The version so many places further, None if there is none."""
        versions = self.versions(number)
        place = versions.index(number) + step
        return versions[place] if 0 <= place < len(versions) else None

    def newest_leaf(self, number: int | None) -> int | None:
        """The end of the branch that goes on from a message by its newest answers."""
        while number is None or number in self._children:
            children = self._children.get(number)
            if not children:
                return None
            number = children[-1]
        return number

    def all(self) -> list[Message]:
        """Every message, oldest first."""
        return list(self._messages.values())
