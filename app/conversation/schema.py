"""The tables that conversations are kept in, and how older files come up to date."""

import sqlite3

# Each step brings the file from one version to the next; only ever append.
STEPS = (
    # 1: conversations, the tree of messages, and the pieces of the answer being written.
    """
    CREATE TABLE conversation (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        named INTEGER NOT NULL DEFAULT 0,
        system TEXT NOT NULL DEFAULT '',
        sampling TEXT NOT NULL DEFAULT '',
        leaf INTEGER,
        created REAL NOT NULL,
        changed REAL NOT NULL
    );
    CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        parent INTEGER REFERENCES message ON DELETE CASCADE,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL,
        created REAL NOT NULL,
        model TEXT NOT NULL DEFAULT '',
        pictures INTEGER NOT NULL DEFAULT 0,
        sound_s REAL NOT NULL DEFAULT 0
    );
    CREATE INDEX message_of ON message (conversation, id);
    CREATE INDEX message_after ON message (parent);
    CREATE TABLE piece (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (message, number)
    ) WITHOUT ROWID;
    """,
    # 2: the index of every three letters, so that words of any script are found by any part.
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        text, content = 'message', content_rowid = 'id', tokenize = 'trigram'
    );
    CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
        INSERT INTO search (rowid, text) VALUES (new.id, new.text);
    END;
    CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN
        INSERT INTO search (search, rowid, text) VALUES ('delete', old.id, old.text);
    END;
    CREATE TRIGGER message_changed AFTER UPDATE OF text ON message BEGIN
        INSERT INTO search (search, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO search (rowid, text) VALUES (new.id, new.text);
    END;
    INSERT INTO search (search) VALUES ('rebuild');
    """,
    # 3: pictures (place from 0) and sound (place -1) that a person has asked to be kept.
    """
    CREATE TABLE medium (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        place INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (message, place)
    );
    """,
)
VERSION = len(STEPS)


def version(connection: sqlite3.Connection) -> int:
    """The version of a file's tables; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def bring_up_to_date(connection: sqlite3.Connection, steps: tuple[str, ...] = STEPS) -> None:
    """Take each step that the file has not taken yet, each as a whole or not at all."""
    for number in range(version(connection), len(steps)):
        connection.executescript(
            f"BEGIN; {steps[number]} PRAGMA user_version = {number + 1};COMMIT;"
        )
