"""Where conversations are kept: one SQLite file. Knows no Qt and no worker.

Each change is a transaction of its own, and a word of an answer is written when it is there:
killing the program loses at most the word being written. Write-ahead logging leaves the waiting
for the disk to the system; after a power failure the last moments may be gone, nothing else.
"""

import contextlib
import glob
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.conversation import schema
from app.conversation.tree import Message, MessageState
from engine.datatypes import Role
from engine.errors import ErrorKind, NestlingError

log = logging.getLogger(__name__)

INDEXED_LETTERS = 3  # shorter words are looked for letter by letter
AROUND = 40  # letters shown on either side of what was found
_COLUMNS = "id, parent, role, text, state, created, model, pictures, sound_s"


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a conversation without its messages.

    named: a person has chosen the title. sampling: JSON, empty for the usual.
    id: below zero while it is nowhere but in the window.
    leaf: the last message of the branch that was shown last.
    """

    id: int
    title: str
    named: bool
    system: str
    sampling: str
    leaf: int | None
    created: float
    changed: float


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that holds what is looked for, and where. message None: in its title."""

    conversation: Conversation
    message: int | None
    excerpt: str


def forget(file: Path) -> None:
    """Delete a file of conversations that is not open, its log, and such as were damaged.

    Raises:
        OSError: not all of it could be deleted.
    """
    for more in ("", "-wal", "-shm"):
        Path(f"{file}{more}").unlink(missing_ok=True)
    for damaged in file.parent.glob(f"{glob.escape(file.stem)}.damaged-*"):
        damaged.unlink()


class Store:
    """One file of conversations, open until `close`. For one thread.

    file: None keeps everything in memory and nothing on disk. The file is begun with the first
    conversation.

    Errors: every method raises DISK where the file cannot be read or written; opening raises
    BAD_INPUT for a file of a newer release.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.problem = ""  # one sentence, if the file was damaged and has been set aside
        self._begun = False  # what is open is the file, with its tables, and not the memory
        self._scrubbed = True  # no page holds what was deleted
        with self._told("Make room or allow reading there and start Nestling again"):
            self._connection = self._opened()
        self._next = 1 + max(self._highest("message"), 0)

    def _opened(self) -> sqlite3.Connection:
        self._begun = self.file is not None and self.file.exists()
        if self.file is None or not self._begun:
            return self._prepared(":memory:")
        try:
            return self._prepared(str(self.file))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            kept = self.file.with_suffix(f".damaged-{time.strftime('%Y%m%d-%H%M%S')}")
            os.replace(self.file, kept)
            for more in ("-wal", "-shm"):
                Path(f"{self.file}{more}").unlink(missing_ok=True)
            self.problem = (
                f"{self.file.name} cannot be read ({error}); it is kept as {kept.name}, "
                "and a new file has been begun."
            )
            return self._prepared(str(self.file))

    def _begin(self) -> None:
        """Begin the file, unless it is begun."""
        if self.file is not None and not (self._begun and self.file.exists()):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            begun = self._prepared(str(self.file))  # a full disk may leave it empty
            self._connection.close()
            self._connection, self._begun = begun, True

    def _prepared(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(name, isolation_level=None, timeout=2.0)
        try:
            found = schema.version(connection)
            if found > schema.VERSION:
                raise NestlingError(
                    ErrorKind.BAD_INPUT,
                    f"The conversations in {name} are of a newer Nestling (version {found}; this "
                    f"one reads up to {schema.VERSION}). Install the newer one again; until then "
                    "conversations are kept only while the window is open.",
                )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.create_function("holds", 2, _holds, deterministic=True)
            if self.file is not None:
                with contextlib.suppress(OSError):  # others on this computer need not read it
                    self.file.chmod(0o600)
            schema.bring_up_to_date(connection)
            _join_pieces(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Let go of the file."""
        self._scrub()
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    # --- conversations ---------------------------------------------------------------------------

    def create(self, title: str, system: str = "", sampling: str = "") -> Conversation:
        """A new conversation."""
        now = time.time()
        with self._told():
            self._begin()
            cursor = self._connection.execute(
                "INSERT INTO conversation (title, system, sampling, created, changed)"
                " VALUES (?, ?, ?, ?, ?)",
                (title, system, sampling, now, now),
            )
        return Conversation(cursor.lastrowid or 0, title, False, system, sampling, None, now, now)

    def write(self, conversation: Conversation, messages: Sequence[Message]) -> Conversation:
        """Keep a conversation and its messages, all or nothing; it is new if its id is below zero.

        Returns: the conversation as it is kept.
        """
        with self._told():
            self._begin()
            with self._transaction():
                if conversation.id < 0:
                    c = conversation
                    conversation = replace(c, id=self.create(c.title, c.system, c.sampling).id)
                self.put(conversation.id, *messages)
                self.update(conversation)
        self._scrub()
        return conversation

    def conversations(self) -> list[Conversation]:
        """All of them, the one that was changed last first."""
        with self._told():
            rows = self._connection.execute(
                "SELECT * FROM conversation ORDER BY changed DESC, id DESC"
            ).fetchall()
        return [_conversation(row) for row in rows]

    def update(self, conversation: Conversation) -> None:
        """Keep another title, instruction, sampling, leaf or time."""
        c = conversation
        with self._told():
            self._connection.execute(
                "UPDATE conversation SET title = ?, named = ?, system = ?, sampling = ?,"
                " leaf = ?, changed = ? WHERE id = ?",
                (c.title, c.named, c.system, c.sampling, c.leaf, c.changed, c.id),
            )

    def delete(self, number: int) -> None:
        """Delete a conversation for good: no byte of its text is left in the file or its log."""
        with self._told():
            self._connection.execute("DELETE FROM conversation WHERE id = ?", (number,))
        self._scrubbed = False
        self._scrub()

    def delete_all(self) -> None:
        """Delete every conversation for good, and the file with them."""
        with self._told():
            self._connection.close()
            try:
                if self.file is not None:
                    forget(self.file)
            finally:  # also where it may not be deleted: what is said next must be kept
                self._connection = self._opened()

    def _scrub(self) -> None:
        """The index keeps words of deleted rows until it is built anew; the log, old pages.

        That takes room for a copy of the file: where there is none, it is done later.
        """
        if self._scrubbed:
            return
        try:
            self._connection.execute("INSERT INTO search (search) VALUES ('rebuild')")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            log.warning("what was deleted is not overwritten yet: %s", error)
        else:
            self._scrubbed = True

    # --- messages --------------------------------------------------------------------------------

    def new_id(self) -> int:
        """A number that no message has."""
        self._next += 1
        return self._next - 1

    def messages(self, conversation: int) -> list[Message]:
        """All messages of a conversation, on every branch, oldest first."""
        with self._told():
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM message WHERE conversation = ? ORDER BY id",
                (conversation,),
            ).fetchall()
        return [_message(row) for row in rows]

    def put(self, conversation: int, *messages: Message) -> None:
        """Keep messages as they are now, whole; what was written of them in pieces is in them."""
        with self._told(), self._transaction():
            self._connection.executemany(
                "INSERT INTO message (conversation, id, parent, role, text, state, created, model,"
                " pictures, sound_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET text = excluded.text, state = excluded.state,"
                " model = excluded.model, sound_s = excluded.sound_s",
                [
                    (conversation, m.id, m.parent, m.role.value, m.text, m.state.value)
                    + (m.created, m.model, m.pictures, m.sound_s)
                    for m in messages
                ],
            )
            self._connection.executemany(
                "DELETE FROM piece WHERE message = ?", [(message.id,) for message in messages]
            )

    def append(self, message: int, number: int, text: str) -> None:
        """Keep the next piece of an answer that is being written; number counts from 0."""
        with self._told():
            self._connection.execute(
                "INSERT INTO piece (message, number, text) VALUES (?, ?, ?)",
                (message, number, text),
            )

    def keep_media(self, message: int, media: Sequence[tuple[int, bytes]]) -> None:
        """Keep what went with a message, by its places, until the message is deleted."""
        with self._told(), self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO medium (message, place, data) VALUES (?, ?, ?)",
                [(message, place, data) for place, data in media],
            )

    def media(self, conversation: int) -> dict[int, list[tuple[int, bytes]]]:
        """What is kept with the messages of a conversation, by their numbers."""
        with self._told():
            rows = self._connection.execute(
                "SELECT message, place, data FROM medium"
                " WHERE message IN (SELECT id FROM message WHERE conversation = ?)",
                (conversation,),
            ).fetchall()
        found: dict[int, list[tuple[int, bytes]]] = {}
        for message, place, data in rows:
            found.setdefault(message, []).append((place, data))
        return found

    # --- searching -------------------------------------------------------------------------------

    def search(self, text: str) -> list[Found]:
        """Conversations with every word of `text` in one message or in the title, newest first."""
        words = text.split()
        if not words:
            return []
        clauses, values = _conditions(words)
        title = " AND ".join("holds(title, ?)" for _ in words)
        with self._told():
            titled = self._connection.execute(
                f"SELECT id FROM conversation WHERE {title}", words
            ).fetchall()
            hits = self._connection.execute(
                "SELECT conversation, max(id), text FROM message"
                f" WHERE {clauses} GROUP BY conversation",
                values,
            ).fetchall()
        found = {number: (None, "") for (number,) in titled} | {
            number: (message, _excerpt(body, words)) for number, message, body in hits
        }
        return [
            Found(conversation, *found[conversation.id])
            for conversation in self.conversations()
            if conversation.id in found
        ]

    # --- the file --------------------------------------------------------------------------------

    def _highest(self, table: str) -> int:
        with self._told():
            found = self._connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0]
        return int(found or 0)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; within another, it is part of that one."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _told(self, advice: str = "Make room or allow writing there") -> Iterator[None]:
        """The database's errors as one sentence for people."""
        try:
            yield
        except (sqlite3.Error, OSError, UnicodeEncodeError) as error:
            log.warning("conversations: %s", error)
            raise NestlingError(
                ErrorKind.DISK,
                f"The conversations cannot be kept in {self.file} ({error}). {advice}; until then "
                "they are only in the window.",
            ) from error


def _join_pieces(connection: sqlite3.Connection) -> None:
    """Answers that a crash cut off: what had been written of them becomes their text."""
    connection.executescript(
        f"""
        BEGIN;
        UPDATE message SET text = text || coalesce((
            SELECT group_concat(text, '') FROM
                (SELECT text FROM piece WHERE message = message.id ORDER BY number)
        ), '') WHERE id IN (SELECT message FROM piece);
        DELETE FROM piece;
        UPDATE message SET state = '{MessageState.CUT}' WHERE state = '{MessageState.WRITING}';
        COMMIT;
        """
    )


def _conversation(row: tuple[object, ...]) -> Conversation:
    number, title, named, *rest = row
    return Conversation(number, title, bool(named), *rest)  # type: ignore[arg-type]


def _message(row: tuple[object, ...]) -> Message:
    number, parent, role, text, state, *rest = row
    return Message(
        number,  # type: ignore[arg-type]
        parent,  # type: ignore[arg-type]
        Role(str(role)),
        str(text),
        MessageState(str(state)),
        *rest,  # type: ignore[arg-type]
    )


def _conditions(words: list[str]) -> tuple[str, list[str]]:
    """What a message must meet, and the values in it: long words by the index, short ones not."""
    indexed = [word for word in words if len(word) >= INDEXED_LETTERS]
    short = [word for word in words if len(word) < INDEXED_LETTERS]
    clauses, values = ["holds(text, ?)" for _ in short], short
    if indexed:
        clauses.append("id IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(" AND ".join('"' + word.replace('"', '""') + '"' for word in indexed))
    return " AND ".join(clauses), values


def _holds(text: str, word: str) -> bool:
    """Whatever the case: SQLite's LIKE knows that of ASCII letters alone."""
    return word.casefold() in text.casefold()


def _excerpt(text: str, words: list[str]) -> str:
    """The text around the first of the words, on one line."""
    low = text.lower()
    places = [place for word in words if (place := low.find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - AROUND)
    cut = text[start : start + 2 * AROUND + max(len(word) for word in words)]
    return ("…" if start else "") + " ".join(cut.split())
