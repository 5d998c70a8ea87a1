"""What an earlier run left is used again; a disk that is full or shut costs a sentence."""

import errno
import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest

from engine.errors import ErrorKind, NestlingError
from engine.hub import download as download_module
from engine.hub.catalogue import Entry
from engine.hub.download import download
from engine.hub.events import Checking, Damaged
from engine.hub.server import Listing, Server
from engine.hub.store import State, Store, write_source
from tests.engine.hub.conftest import HURRY, MORE_WEIGHTS, WEIGHTS, Fetch, of_kind, whole
from tests.hub_server import Fault, HubServer


def test_what_arrived_is_used_again_and_proved_again(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(MORE_WEIGHTS, *(Fault(after=60_000 if n == 0 else 0) for n in range(5)))
    with pytest.raises(NestlingError):
        fetch()
    found = store.find(entry)
    assert found.state is State.PARTIAL
    part = store.arriving(entry) / f"{MORE_WEIGHTS}.part"
    (store.arriving(entry) / f"{MORE_WEIGHTS}.synced").write_bytes(b"%020d" % 60_000)
    assert part.stat().st_size == 60_000
    hub.faults.clear()
    hub.seen.clear()
    events = fetch()
    assert of_kind(Checking, events) == [Checking(MORE_WEIGHTS, 60_000, 300_000)]
    assert [seen.start for seen in hub.requests(MORE_WEIGHTS)] == [60_000, 60_000]
    assert not hub.requests(WEIGHTS)  # whole since last time
    assert whole(store, entry, files)


def test_what_a_power_cut_left_beyond_the_synced_bytes_is_not_trusted(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(WEIGHTS, *(Fault(after=100_000 if n == 0 else 0) for n in range(5)))
    with pytest.raises(NestlingError):
        fetch()
    arriving = store.arriving(entry)
    (arriving / f"{WEIGHTS}.synced").write_bytes(b"%020d" % 70_000)
    with (arriving / f"{WEIGHTS}.part").open("r+b") as part:
        part.seek(70_000)
        part.write(bytes(500_000))  # zeros, as file systems leave them
    hub.faults.clear()
    hub.seen.clear()
    assert not of_kind(Damaged, fetch())
    assert hub.requests(WEIGHTS)[0].start == 70_000
    assert whole(store, entry, files)


def test_a_second_interruption_while_it_checks_costs_nothing(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    """It wrote down that nothing was safe before it read what was, and fetched all anew."""
    hub.fault(WEIGHTS, *(Fault(after=100_000 if n == 0 else 0) for n in range(5)))
    with pytest.raises(NestlingError):
        fetch()
    (store.arriving(entry) / f"{WEIGHTS}.synced").write_bytes(b"%020d" % 70_000)
    hub.faults.clear()
    second = download(entry, store, Server(hub.address), HURRY)
    assert Checking(WEIGHTS, 70_000, 600_000) in second  # asks for events up to this one
    second.close()  # type: ignore[attr-defined]
    hub.seen.clear()
    fetch()
    assert hub.requests(WEIGHTS)[0].start == 70_000
    assert whole(store, entry, files)


@pytest.mark.parametrize("mark", [b"", b"nonsense", b"%020d" % 10**15])
def test_a_spoilt_mark_costs_bytes_and_nothing_else(
    fetch: Fetch,
    hub: HubServer,
    store: Store,
    entry: Entry,
    files: dict[str, bytes],
    mark: bytes,
) -> None:
    hub.fault(WEIGHTS, *(Fault(after=100_000 if n == 0 else 0) for n in range(5)))
    with pytest.raises(NestlingError):
        fetch()
    (store.arriving(entry) / f"{WEIGHTS}.synced").write_bytes(mark)
    hub.faults.clear()
    fetch()
    assert whole(store, entry, files)


def test_a_new_version_keeps_the_files_that_are_the_same(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(MORE_WEIGHTS, *(Fault(after=0) for _ in range(4)))
    with pytest.raises(NestlingError):
        fetch()
    hub.commit = "b" * 40
    del files["README.md"]
    files["tokenizer.model"] = files["tokenizer.model"][::-1]
    files[MORE_WEIGHTS] = files[MORE_WEIGHTS][::-1]
    hub.faults.clear()
    hub.seen.clear()
    fetch()
    assert not hub.requests(WEIGHTS)
    assert hub.requests("tokenizer.model")
    assert whole(store, entry, files)
    assert store.find(entry).commit == "b" * 40


def test_a_disk_that_is_full_when_the_plan_is_written_costs_nothing(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old plan was thrown away first, and all that had arrived counted for nothing."""
    hub.fault(WEIGHTS, *(Fault(after=100_000 if n == 0 else 0) for n in range(5)))
    with pytest.raises(NestlingError):
        fetch()
    (store.arriving(entry) / f"{WEIGHTS}.synced").write_bytes(b"%020d" % 100_000)
    before = store.find(entry)
    hub.faults.clear()
    with monkeypatch.context() as full:
        full.setattr(download_module, "write_source", _no_room)
        with pytest.raises(NestlingError, match="No space left"):
            fetch()
    assert store.find(entry) == before
    assert before.state is State.PARTIAL
    hub.seen.clear()
    fetch()
    assert hub.requests(WEIGHTS)[0].start == 100_000


def _no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_model_that_was_moved_elsewhere_is_not_taken_for_ours(
    fetch: Fetch, store: Store, entry: Entry, tmp_path: Path
) -> None:
    fetch()
    folder, elsewhere = store.folder(entry), tmp_path / "larger disk"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    with pytest.raises(NestlingError, match="leads to .*larger disk") as caught:
        store.remove(entry)
    assert caught.value.kind is ErrorKind.BAD_INPUT
    assert store.find(entry).state is State.READY
    folder.unlink()
    elsewhere.rename(folder)
    left = store.root / f".{entry.folder_name}.leaving"  # what earlier versions made of it
    left.symlink_to(elsewhere)
    assert store.remove(entry) > 0
    assert store.find(entry).state is State.ABSENT


def cut_off(store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Remove a model, and be killed before its weights are gone. Returns: what is left."""
    with monkeypatch.context() as killed:
        killed.setattr(shutil, "rmtree", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.remove(entry)
    left = store.root / f".{entry.folder_name}.leaving"
    assert (left / WEIGHTS).is_file()
    return left


def test_a_removal_that_was_cut_off_is_shown_and_goes_on(
    fetch: Fetch, store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gigabytes lay there that nothing showed and nothing removed."""
    fetch()
    whole_bytes = store.find(entry).here
    left = cut_off(store, entry, monkeypatch)
    found = store.find(entry)
    assert (found.state, found.here) == (State.ABSENT, whole_bytes)
    assert store.remove(entry) == whole_bytes
    assert not left.exists()
    assert store.find(entry).here == 0
    with pytest.raises(NestlingError, match="nothing to remove"):
        store.remove(entry)


def test_what_a_removal_left_of_any_repository_is_listed(store: Store, entry: Entry) -> None:
    other = Entry("someone/else", "someone/else")
    left = store.root / f".{other.folder_name}.leaving"
    left.mkdir(parents=True)
    write_source(left, Listing(other.repo, "a", ()))
    assert store.others((entry,)) == [other]
    assert store.remove(other) > 0
    assert store.others((entry,)) == []


def test_a_download_takes_away_what_a_removal_left(
    fetch: Fetch, store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch()
    left = cut_off(store, entry, monkeypatch)
    fetch()
    assert store.find(entry).state is State.READY
    assert not left.exists()


def test_a_full_disk_is_said_before_anything_is_fetched(
    fetch: Fetch, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "free", lambda self: 300_000)
    with pytest.raises(NestlingError, match="are free: free another 0.2") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.DISK
    assert [seen.place for seen in hub.seen] == ["api"]


def test_a_disk_that_fills_up_meanwhile_is_a_sentence_and_the_rest_is_kept(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    """/dev/full answers every write as a full disk does."""
    hub.fault(WEIGHTS, *(Fault(after=0) for _ in range(4)))
    with pytest.raises(NestlingError):
        fetch()
    part = store.arriving(entry) / f"{WEIGHTS}.part"
    part.unlink()
    part.symlink_to("/dev/full")
    hub.faults.clear()
    with pytest.raises(NestlingError, match="No space left on device") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.DISK
    part.unlink()
    hub.seen.clear()
    fetch()
    assert not hub.requests("tokenizer.model")
    assert whole(store, entry, files)


def test_a_folder_that_cannot_be_made(hub: HubServer, entry: Entry, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NestlingError, match="cannot be used") as caught:
        list(download(entry, Store(tmp_path / "file" / "models"), Server(hub.address), HURRY))
    assert caught.value.kind is ErrorKind.DISK


def test_two_downloads_of_one_model_do_not_meet(
    fetch: Fetch, store: Store, entry: Entry, hub: HubServer
) -> None:
    with (
        store.held(entry),
        pytest.raises(NestlingError, match="another Nestling") as caught,
    ):
        fetch()
    assert caught.value.kind is ErrorKind.BAD_INPUT
    fetch()
    assert store.find(entry).state is State.READY
