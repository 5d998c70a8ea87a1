"""A conversation as Markdown or JSON, whole. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.conversation.store import Conversation
from app.conversation.tree import Message, MessageState, Tree
from engine.datatypes import Role

FORMAT_VERSION = 1


class ChatFormat(StrEnum):
    """What a conversation can be saved as; also the file's ending."""

    MARKDOWN = "md"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Headings:
    """Words of the one who saves: who speaks, what went along, how an answer ended.

    pictures: with a place for {count}; sound: with one for {seconds}.
    """

    user: str
    model: str
    pictures: str
    sound: str
    states: Mapping[MessageState, str]


def export(
    conversation: Conversation, tree: Tree, kind: ChatFormat, leaf: int | None, words: Headings
) -> str:
    """The conversation as a file's text.

    Markdown: the branch that ends with `leaf`, to be read. JSON: every branch, to be read by
    programs, the same in every language.
    """
    if kind is ChatFormat.JSON:
        return _json(conversation, tree, leaf)
    return _markdown(conversation, tree.path(leaf), words)


def _markdown(conversation: Conversation, messages: list[Message], words: Headings) -> str:
    parts = [f"# {conversation.title}"]
    if conversation.system.strip():
        parts.append("> " + conversation.system.strip().replace("\n", "\n> "))
    for message in messages:
        who = words.user if message.role is Role.USER else message.model or words.model
        parts.append(f"## {who}")
        if message.pictures:
            parts.append(f"*({words.pictures.format(count=message.pictures)})*")
        if message.sound_s:
            parts.append(f"*({words.sound.format(seconds=message.sound_s)})*")
        if message.text.strip():
            parts.append(message.text.strip())
        if message.state.can_go_on:
            parts.append(f"*({words.states[message.state]})*")
    return "\n\n".join(parts) + "\n"


def _json(conversation: Conversation, tree: Tree, leaf: int | None) -> str:
    shown = {message.id for message in tree.path(leaf)}
    return (
        json.dumps(
            {
                "format": "nestling conversation",
                "version": FORMAT_VERSION,
                "title": conversation.title,
                "system": conversation.system,
                "sampling": json.loads(conversation.sampling or "{}"),
                "created": _moment(conversation.created),
                "messages": [
                    {
                        "id": message.id,
                        "parent": message.parent,
                        "role": message.role.value,
                        "text": message.text,
                        "state": _settled(message.state).value,
                        "created": _moment(message.created),
                        "model": message.model,
                        "pictures": message.pictures,
                        "sound_s": message.sound_s,
                        "shown": message.id in shown,
                    }
                    for message in tree.all()
                ],
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def _settled(state: MessageState) -> MessageState:
    return MessageState.CUT if state is MessageState.WRITING else state


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
