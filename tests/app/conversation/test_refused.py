"""What the disk refused while people go on: other conversations, titles, the end of the program."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.conversation.store import Conversation, Store
from engine.errors import ErrorKind
from tests.app.conversation.scripted import Parts


@contextmanager
def full_disk(largest: int = 0) -> Iterator[None]:
    """No file can grow beyond so many bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def written(file: Path) -> dict[str, list[str]]:
    """The texts of each conversation in the file, by its title."""
    store = Store(file)
    try:
        return {c.title: [m.text for m in store.messages(c.id)] for c in store.conversations()}
    finally:
        store.close()


def shown(parts: Parts) -> Conversation:
    assert parts.book.conversation is not None
    return parts.book.conversation


def test_each_conversation_that_was_refused_is_written_in_the_end(parts: Parts, file: Path) -> None:
    over: list[object] = []
    parts.book.recovered.connect(over.append)
    with full_disk():
        for text in ("one", "two"):
            parts.answer(text, "refused")
            parts.book.new()
            parts.book.retry_writing()
    assert over == []
    parts.answer("three", "tr", "es")  # there is room before writing is tried again
    parts.book.retry_writing()
    parts.answer("four", "cuatro")
    assert over == [ErrorKind.DISK]
    assert written(file) == {
        "one": ["one", "refused"],
        "two": ["two", "refused"],
        "three": ["three", "tres", "four", "cuatro"],
    }


def test_what_was_refused_is_there_when_its_conversation_is_opened_again(
    parts: Parts, file: Path
) -> None:
    parts.answer("one", "uno")
    first = shown(parts)
    parts.book.new()
    parts.answer("other", "otro")
    other = shown(parts)
    parts.book.open(first)
    with full_disk():
        parts.answer("two", "dos")
        parts.book.open(other)
        assert parts.texts == ["other", "otro"]
        parts.book.open(first)
        assert parts.texts == ["one", "uno", "two", "dos"]
        parts.answer("three", "tres")
        parts.book.open(other)
    parts.book.open(first)  # which tries to write what waits
    assert parts.texts == written(file)["one"] == ["one", "uno", "two", "dos", "three", "tres"]
    parts.answer("four", "cuatro")
    assert written(file)["one"][-1] == "cuatro"


def test_what_was_refused_is_tried_once_more_at_the_end(parts: Parts, file: Path) -> None:
    with full_disk():
        parts.answer("one", "uno")
        parts.book.new()
        parts.answer("two", "dos")
    parts.book.close()
    assert written(file) == {"one": ["one", "uno"], "two": ["two", "dos"]}


def test_a_title_that_was_refused_is_written_later(parts: Parts, file: Path) -> None:
    parts.answer("one", "uno")
    first = shown(parts)
    with full_disk():
        parts.answer("two", "dos")
        parts.book.new()
        parts.book.rename(first, "Numbers")
        parts.book.rename(first, "Counting")  # what the list shows may be older than either
        parts.answer("other", "otro")
    parts.book.retry_writing()
    texts = ["one", "uno", "two", "dos"]
    assert written(file) == {"Counting": texts, "other": ["other", "otro"]}
    parts.book.open(parts.book.conversations()[-1])
    assert parts.texts == texts


def test_what_is_deleted_is_not_written_any_more(parts: Parts, file: Path) -> None:
    parts.answer("one", "uno")
    first = shown(parts)
    over: list[object] = []
    parts.book.recovered.connect(over.append)
    with full_disk():
        parts.answer("two", "dos")
        parts.book.new()
        parts.answer("other", "otro")
    parts.book.delete(first)
    parts.book.retry_writing()
    assert over == [ErrorKind.DISK]
    assert written(file) == {"other": ["other", "otro"]}
    with full_disk():
        parts.answer("more", "más")
        parts.book.new()
    parts.book.delete_all()
    parts.book.retry_writing()
    assert written(file) == {}


def test_a_conversation_is_deleted_though_there_is_no_room_to_overwrite_it(
    parts: Parts, file: Path
) -> None:
    """To overwrite it takes room for a copy of the whole file."""
    parts.answer("stays", "many words " * 200_000)
    parts.book.new()
    parts.answer("xylophones", "xylo", "phones")
    parts.book.close()
    again = Parts(file)
    again.book.open(again.book.conversations()[0])
    assert again.texts == ["xylophones", "xylophones"]
    with full_disk(1_000_000):
        again.book.delete(shown(again))
        assert again.book.conversation is None
        assert [c.title for c in again.book.conversations()] == ["stays"]
        assert any(b"xylophones" in path.read_bytes() for path in file.parent.iterdir())
    again.answer("next", "no")
    assert written(file).keys() == {"stays", "next"}
    again.book.close()
    assert not any(b"xylophones" in path.read_bytes() for path in file.parent.iterdir())
