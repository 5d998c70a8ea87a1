"""What is kept of conversations: trees, pieces, migrations, search, deletion, disks."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversation import schema
from app.conversation.store import Store
from app.conversation.tree import Message, MessageState, Tree
from engine.datatypes import Role
from engine.errors import ErrorKind, NestlingError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.sqlite3"


def question(store: Store, text: str, parent: int | None = None) -> Message:
    return Message(store.new_id(), parent, Role.USER, text, created=1.0)


def answer(store: Store, text: str, parent: Message, state: MessageState) -> Message:
    return Message(store.new_id(), parent.id, Role.MODEL, text, state, 2.0, "nano · full")


# --- the tree -------------------------------------------------------------------------------------


def test_a_tree_keeps_every_branch() -> None:
    tree = Tree()
    for number, parent in ((1, None), (2, 1), (3, 2), (4, 3), (5, 1), (6, None)):
        role = Role.USER if number in (1, 3, 6) else Role.MODEL
        tree.put(Message(number, parent, role, str(number)))
    assert [m.id for m in tree.path(4)] == [1, 2, 3, 4]
    assert tree.versions(2) == [2, 5]
    assert (tree.neighbour(2, 1), tree.neighbour(2, -1), tree.neighbour(5, 1)) == (5, None, None)
    assert (tree.newest_leaf(None), tree.newest_leaf(1), tree.newest_leaf(2)) == (6, 5, 4)
    tree.put(replace(tree[4], text="other"))
    assert len(tree) == 6
    assert tree.path(4)[-1].text == "other"
    assert Tree().newest_leaf(None) is None
    with pytest.raises(ValueError, match="answers 77"):
        tree.put(Message(9, 77, Role.USER, ""))


# --- keeping --------------------------------------------------------------------------------------


def test_what_is_kept_comes_back(file: Path) -> None:
    store = Store(file)
    assert not file.exists()  # nothing was asked yet
    kept = store.create("Pears", "be brief", "{}")
    first = question(store, "How many?")
    second = answer(store, "Seven.", first, MessageState.DONE)
    store.put(kept.id, first, second)
    store.update(replace(kept, leaf=second.id, title="Fruit", named=True))
    store.close()
    store = Store(file)
    (found,) = store.conversations()
    assert (found.title, found.named, found.system, found.leaf) == ("Fruit", True, "be brief", 2)
    assert store.messages(found.id) == [first, second]
    assert store.new_id() > second.id
    assert file.stat().st_mode & 0o077 == 0
    store.close()


def test_without_a_file_nothing_touches_the_disk(tmp_path: Path) -> None:
    store = Store(None)
    kept = store.create("secret")
    store.put(kept.id, question(store, "secret"))
    assert [c.title for c in store.conversations()] == ["secret"]
    store.delete(kept.id)
    store.delete_all()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_pieces_are_whole_again_when_the_answer_ends(file: Path) -> None:
    store = Store(file)
    kept = store.create("a")
    asked = question(store, "a")
    written = answer(store, "", asked, MessageState.WRITING)
    store.put(kept.id, asked, written)
    for number, piece in enumerate(("Se", "ven", " pears")):
        store.append(written.id, number, piece)
    store.put(kept.id, replace(written, text="Seven pears", state=MessageState.STOPPED))
    store.close()
    store = Store(file)
    assert store.messages(kept.id)[1].text == "Seven pears"
    assert store.messages(kept.id)[1].state is MessageState.STOPPED
    store.close()


def test_killing_the_program_loses_nothing_that_was_written(file: Path) -> None:
    """A process that is killed with signal 9 in the middle of an answer that goes on."""
    program = (
        "import sys; from pathlib import Path; from app.conversation.store import Store;"
        "from app.conversation.tree import Message, MessageState;"
        "from engine.datatypes import Role;"
        "store = Store(Path(sys.argv[1])); kept = store.create('a');"
        "store.put(kept.id, Message(1, None, Role.USER, 'a'),"
        " Message(2, 1, Role.MODEL, 'It ', MessageState.WRITING));"
        "[(store.append(2, n, f'{n} '), print(n, flush=True)) for n in range(1_000_000)]"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(file)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    seen = ""
    while not seen.startswith("300"):
        seen = running.stdout.readline()
    running.kill()
    rest, _ = running.communicate()
    written = int(rest.split()[-1] if rest.split() else seen)
    store = Store(file)
    cut = store.messages(store.conversations()[0].id)[1]
    assert cut.state is MessageState.CUT
    numbers = cut.text.removeprefix("It ").split()
    assert numbers == [str(n) for n in range(len(numbers))]
    assert len(numbers) >= written
    assert [found.message for found in store.search("299")] == [2]
    store.close()


# --- versions of the file -------------------------------------------------------------------------


def test_an_older_file_is_brought_up_to_date_and_searched(file: Path) -> None:
    file.parent.mkdir(parents=True)
    old = sqlite3.connect(file, isolation_level=None)
    schema.bring_up_to_date(old, schema.STEPS[:1])
    old.execute("INSERT INTO conversation (id, title, created, changed) VALUES (1, 'old', 1, 1)")
    old.execute(
        "INSERT INTO message (id, conversation, role, text, state, created)"
        " VALUES (5, 1, 'user', 'seven pears', 'done', 1)"
    )
    assert schema.version(old) == 1
    old.close()
    store = Store(file)
    assert store.messages(1)[0].text == "seven pears"
    assert [found.message for found in store.search("pear")] == [5]
    store.close()


def test_a_step_that_fails_changes_nothing(file: Path) -> None:
    file.parent.mkdir(parents=True)
    connection = sqlite3.connect(file, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.bring_up_to_date(connection, ("CREATE TABLE a (b); CREATE TABLE a (b);",))
    connection.close()
    connection = sqlite3.connect(file)
    assert schema.version(connection) == 0
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_a_file_of_a_newer_release_is_left_alone(file: Path) -> None:
    file.parent.mkdir(parents=True)
    newer = sqlite3.connect(file)
    newer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    newer.close()
    before = file.read_bytes()
    with pytest.raises(NestlingError, match="of a newer Nestling") as caught:
        Store(file)
    assert caught.value.kind is ErrorKind.BAD_INPUT
    assert file.read_bytes() == before


def test_a_damaged_file_is_set_aside(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this is no database, whatever its name says" * 100)
    store = Store(file)
    assert "cannot be read" in store.problem
    assert len(list(file.parent.glob("conversations.damaged-*"))) == 1
    store.create("new")
    store.close()


# --- searching ------------------------------------------------------------------------------------


@pytest.fixture
def library(file: Path) -> Store:
    store = Store(file)
    for title, text in (
        ("Fruit", "Seven pears and 12 apples, 100 % ripe"),
        ("Tea", "龙井茶是绿茶。Grüner Tee_blatt"),
        ("Music", "A quartet in C minor"),
        ("Übersicht", "A plan"),
    ):
        kept = store.create(title)
        store.put(kept.id, question(store, text))
    return store


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("pear", ["Fruit"]),
        ("APPLES seven", ["Fruit"]),
        ("apples quartet", []),
        ("绿茶", ["Tea"]),  # two letters: shorter than the index's three
        ("龙井茶", ["Tea"]),
        ("grüner", ["Tea"]),
        ("ÜN", ["Tea"]),  # SQLite's own LIKE tells Ü from ü
        ("übersicht", ["Übersicht"]),
        ("in", ["Music"]),
        ("0 %", ["Fruit"]),
        ("e_b", ["Tea"]),
        ('"', []),
        ("music", ["Music"]),  # the title
        ("", []),
    ],
)
def test_words_are_found_in_any_script(library: Store, text: str, titles: list[str]) -> None:
    assert [found.conversation.title for found in library.search(text)] == titles
    library.close()


def test_what_was_found_is_shown_with_what_is_around_it(library: Store) -> None:
    kept = library.create("Long")
    library.put(kept.id, question(library, "x " * 100 + "the needle\nis here " + "y " * 100))
    (found,) = library.search("needle")
    assert found.excerpt.startswith("…")
    assert "the needle is here" in found.excerpt
    assert len(found.excerpt) < 120
    library.close()


# --- deleting -------------------------------------------------------------------------------------


def test_a_deleted_conversation_leaves_no_byte(file: Path) -> None:
    store = Store(file)
    other = store.create("stays")
    store.put(other.id, question(store, "stays"))
    gone = store.create("xylophone title")
    asked = question(store, "xylophone question " * 500)
    written = answer(store, "xylophone answer", asked, MessageState.WRITING)
    store.put(gone.id, asked, written)
    store.append(written.id, 0, "xylophone piece")
    assert any(b"xylophone" in path.read_bytes() for path in file.parent.iterdir())
    store.delete(gone.id)
    assert [p.name for p in file.parent.iterdir() if b"xylophone" in p.read_bytes()] == []
    assert [p.name for p in file.parent.iterdir() if b"xyl" in p.read_bytes()] == []
    assert [c.title for c in store.conversations()] == ["stays"]
    assert store.search("xylophone") == []
    store.close()


def test_deleting_everything_leaves_no_file(file: Path) -> None:
    store = Store(file)
    store.put(store.create("a").id, question(store, "a"))
    store.delete_all()
    assert list(file.parent.iterdir()) == []
    assert store.conversations() == []
    store.create("again")
    assert file.exists()
    store.close()


# --- disks ----------------------------------------------------------------------------------------


def test_a_disk_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    store = Store(blocker / "conversations.sqlite3")
    with pytest.raises(NestlingError, match="cannot be kept in") as caught:
        store.create("a")
    assert caught.value.kind is ErrorKind.DISK
    store.close()


def test_a_full_disk_is_one_sentence_and_leaves_what_was_there(file: Path) -> None:
    store = Store(file)
    kept = store.create("a")
    store._connection.execute("PRAGMA max_page_count = 1")  # it never shrinks what there is
    asked = question(store, "a" * 1_000_000)
    with pytest.raises(NestlingError, match="Make room") as caught:
        store.put(kept.id, asked)
    assert caught.value.kind is ErrorKind.DISK
    assert store.messages(kept.id) == []
    store._connection.execute("PRAGMA max_page_count = 1000000")
    store.put(kept.id, asked)
    assert store.messages(kept.id) == [asked]
    store.close()


def test_a_disk_that_is_full_at_the_first_conversation_is_written_when_it_is_not(
    file: Path,
) -> None:
    store = Store(file)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        for _ in range(2):  # the first attempt leaves an empty file
            with pytest.raises(NestlingError, match="Make room"):
                store.create("a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    kept = store.create("a")
    asked = question(store, "Is there room?")
    store.put(kept.id, asked)
    store.close()
    store = Store(file)
    assert store.messages(kept.id) == [asked]
    store.delete_all()
    assert not file.exists()
    store.create("b")
    assert file.exists()
    store.close()


def test_a_store_that_cannot_be_deleted_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "c.sqlite3")
    kept = store.create("a")

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as shut:
        shut.setattr(Path, "unlink", refused)
        with pytest.raises(NestlingError, match="Read-only"):
            store.delete_all()
    asked = question(store, "Are you still there?")
    store.put(kept.id, asked)
    store.close()
    store = Store(tmp_path / "c.sqlite3")
    assert store.messages(kept.id) == [asked]
    store.close()


def test_a_text_that_is_none_is_told_of(tmp_path: Path) -> None:
    store = Store(tmp_path / "c.sqlite3")
    kept = store.create("a")
    with pytest.raises(NestlingError, match="cannot be kept"):
        store.put(kept.id, replace(question(store, "why"), model="mod\udce8le"))
    store.close()


def test_names_that_are_not_latin_are_no_trouble(tmp_path: Path) -> None:
    store = Store(tmp_path / "Документы 文件 🪺" / "c.sqlite3")
    store.create("a")
    assert os.listdir(tmp_path) == ["Документы 文件 🪺"]
    store.close()
