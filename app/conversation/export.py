"""A conversation as Markdown or JSON, whole. Pure."""

import json
import re
from collections.abc import Callable, Mapping
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

    pictures: says how many there were; sound: how many seconds of it.
    """

    user: str
    model: str
    pictures: Callable[[int], str]
    sound: Callable[[float], str]
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
    parts = [f"# {_as_typed(conversation.title)}"]
    if conversation.system.strip():
        parts.append("> " + _as_typed(conversation.system).replace("\n", "\n> "))
    for message in messages:
        asked = message.role is Role.USER
        parts.append(f"## {words.user if asked else _as_typed(message.model) or words.model}")
        if message.pictures:
            parts.append(f"*({words.pictures(message.pictures)})*")
        if message.sound_s:
            parts.append(f"*({words.sound(message.sound_s)})*")
        if message.text.strip():
            parts.append(_as_typed(message.text) if asked else _closed(message.text.strip()))
        if message.state.can_go_on:
            parts.append(f"*({words.states[message.state]})*")
    return "\n\n".join(parts) + "\n"


# What Markdown takes for more than a character: anywhere, and where a line begins.
_MARKS = re.compile(r"[\\`*\[<~]|_(?![^\W_])|(?<![^\W_])_|&(?=#?\w+;)|#(?=#*$)")
_LINE_MARKS = re.compile(r"^ *(?=[#+=:>|-])|^ *\d+(?=[.)])")
_SPACES = re.compile(r"^ +| {2,}")
_BELOW = "## Below"


def _as_typed(text: str) -> str:
    """Plain text as Markdown that shows it as it is, with its lines and indents."""
    lines = text.expandtabs(4).strip("\n").splitlines()
    # A backslash keeps two lines apart; an empty line does so by itself.
    return re.sub(r"(?<=.)\n(?=.)", r"\\\n", "\n".join(map(_line_as_typed, lines)))


def _line_as_typed(line: str) -> str:
    escaped = _LINE_MARKS.sub(r"\g<0>\\", _MARKS.sub(r"\\\g<0>", line.rstrip()))
    return _SPACES.sub(lambda spaces: "&nbsp;" * len(spaces[0]), escaped)


def _closed(answer: str) -> str:
    """An answer as it was written, but nothing that it leaves open takes in what stands below."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    lines = answer.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while True:
        last = parser.parse("\n".join([*lines, "", _BELOW]))[-1]
        if last.type == "fence":
            lines.append(last.markup)
        elif last.type == "html_block" and last.map:
            # A remark, say: the window shows its beginning as text, too.
            lines[last.map[0]] = lines[last.map[0]].replace("<", "\\<", 1)
        else:
            return "\n".join(lines)


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
