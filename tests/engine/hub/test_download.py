"""A model comes whole or not at all, whatever the server and the line do."""

import hashlib
import json
import os
from typing import Any

import pytest
from huggingface_hub import constants

from engine.errors import ErrorKind, NestlingError
from engine.hub.catalogue import Entry
from engine.hub.download import Patience, download
from engine.hub.events import Arriving, Damaged, Event, Finished, Planned, Reason, Waiting
from engine.hub.server import Server
from engine.hub.store import State, Store
from tests.engine.hub.conftest import HURRY, MORE_WEIGHTS, WEIGHTS, Fetch, of_kind, whole
from tests.hub_server import Fault, HubServer


def test_a_model_arrives_whole_with_what_is_needed_of_it(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    assert store.find(entry).state is State.ABSENT
    events = fetch()
    planned = events[0]
    assert isinstance(planned, Planned)
    assert planned.total == sum(len(files[name]) for name in files) - 40_000 - len(
        files[".gitattributes"]
    )
    assert (planned.files, planned.here, planned.commit) == (6, 0, hub.commit)
    assert events[-1] == Finished(store.folder(entry))
    assert whole(store, entry, files)
    assert store.find(entry).state is State.READY
    assert not store.arriving(entry).exists()
    last = of_kind(Arriving, events)[-1]
    assert isinstance(last, Arriving)
    assert last.done == last.total == planned.total
    assert hub.seen[0].place == "api"
    # What is here needs no server.
    before = len(hub.seen)
    assert fetch() == [Finished(store.folder(entry))]
    assert len(hub.seen) == before


def test_nothing_has_the_models_name_before_all_of_it_is_proved(
    hub: HubServer, store: Store, entry: Entry
) -> None:
    held = Fault(after=100_000, then="hold")
    held.go_on.set()
    hub.fault(MORE_WEIGHTS, held)
    for event in download(entry, store, Server(hub.address), HURRY):
        assert isinstance(event, Finished) or not store.folder(entry).exists()
    assert store.folder(entry).is_dir()


def test_the_token_goes_to_the_hub_and_never_to_where_it_redirects(
    fetch: Fetch,
    hub: HubServer,
    store: Store,
    entry: Entry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)  # as without our switch
    hub.token = "hf_secret"
    fetch("hf_secret")
    for seen in hub.seen:
        sent = seen.headers.get("Authorization", "")
        assert sent == ("" if seen.place == "cdn" else "Bearer hf_secret")
        agent = seen.headers["User-Agent"]
        assert agent.startswith("nestling/")
        assert "torch" not in agent
    for path in store.folder(entry).iterdir():
        assert b"hf_secret" not in path.read_bytes()


@pytest.mark.parametrize("after", [0, 1, 250_000, 599_999])
def test_a_dropped_connection_goes_on_where_it_was(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes], after: int
) -> None:
    hub.fault(WEIGHTS, Fault(after=after))
    waits = of_kind(Waiting, fetch())
    assert [wait.reason for wait in waits] == [Reason.CONNECTION]  # type: ignore[union-attr]
    starts = [seen.start for seen in hub.requests(WEIGHTS) if seen.place == "cdn"]
    assert starts == [0, after]
    assert whole(store, entry, files)


def test_a_connection_that_drops_many_times_still_ends(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(WEIGHTS, *(Fault(after=50_000) for _ in range(11)))
    assert len(of_kind(Waiting, fetch())) == 11  # more than patience has attempts without a byte
    assert whole(store, entry, files)


def test_a_server_without_ranges_begins_again_and_not_for_ever(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(WEIGHTS, Fault(after=500_000), Fault(ranges=False))
    fetch()
    assert whole(store, entry, files)
    store.remove(entry)
    hub.fault(WEIGHTS, *(Fault(after=500_000, ranges=False) for _ in range(20)))
    with pytest.raises(NestlingError, match="what has arrived is kept") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.NETWORK


def test_an_answer_that_ends_early_without_a_word_is_gone_on_with(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(WEIGHTS, Fault(body=files[WEIGHTS][:100_000]))
    waits = of_kind(Waiting, fetch())
    assert [wait.reason for wait in waits] == [Reason.CONNECTION]  # type: ignore[union-attr]
    assert whole(store, entry, files)
    store.remove(entry)
    hub.fault(WEIGHTS, *(Fault(body=b"") for _ in range(4)))
    with pytest.raises(NestlingError, match="breaks off again and again") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.NETWORK


def test_an_answer_with_another_range_than_asked_for_is_not_used(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(WEIGHTS, Fault(after=100_000), Fault(range_header="bytes 7-8/9"))
    assert len(of_kind(Waiting, fetch())) == 2
    assert whole(store, entry, files)
    starts = [seen.start for seen in hub.requests(WEIGHTS)]
    assert starts[-1] == starts[-2] > 0  # what had arrived was kept
    store.remove(entry)
    hub.fault(WEIGHTS, Fault(after=100_000), Fault(range_header="unknown"))
    with pytest.raises(NestlingError, match="what no server of models says"):
        fetch()


def test_a_notice_without_a_length_takes_the_place_of_nothing(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    """As filters on the way send it: in the middle of a file it was taken for the whole one."""
    notice = Fault(ranges=False, body=b"Please log in", length=False)
    hub.fault(WEIGHTS, Fault(after=100_000), notice)
    assert len(of_kind(Waiting, fetch())) == 2
    starts = [seen.start for seen in hub.requests(WEIGHTS)]
    assert starts[-1] == starts[-2] > 0
    assert whole(store, entry, files)


def test_silence_is_noticed(fetch: Fetch, hub: HubServer, store: Store, entry: Entry) -> None:
    hub.fault(WEIGHTS, Fault(after=100_000, then="stall"))
    events = fetch(stall=0.3)
    waits = of_kind(Waiting, events)
    assert [wait.reason for wait in waits] == [Reason.STALLED]  # type: ignore[union-attr]
    assert store.find(entry).state is State.READY


def test_a_crawling_line_is_left(fetch: Fetch, hub: HubServer, store: Store, entry: Entry) -> None:
    hub.fault(MORE_WEIGHTS, Fault(after=300_000, crawl=True))
    # So high a bound that a healthy line may fall below it, too: then it goes on where it was.
    crawling = Patience(200, 0.01, 0.02, 5.0, crawl_bytes=100_000_000, crawl_s=0.05)
    waits = of_kind(Waiting, fetch(patience=crawling))
    assert Reason.STALLED in [wait.reason for wait in waits]  # type: ignore[union-attr]
    assert store.find(entry).state is State.READY


def test_silence_without_end_ends_in_a_sentence(fetch: Fetch, hub: HubServer) -> None:
    hub.fault(WEIGHTS, *(Fault(after=0, then="stall") for _ in range(4)))
    with pytest.raises(NestlingError, match="does not answer") as caught:
        fetch(stall=0.1)
    assert caught.value.kind is ErrorKind.NETWORK


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_a_damaged_file_is_fetched_once_more(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes], name: str
) -> None:
    hub.fault(name, Fault(flip=True))
    assert of_kind(Damaged, fetch()) == [Damaged(name)]
    assert whole(store, entry, files)


def test_a_file_that_is_always_damaged_ends_in_a_sentence_and_is_not_kept(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault(WEIGHTS, Fault(flip=True), Fault(flip=True))
    with pytest.raises(NestlingError, match="damaged twice") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.BAD_DOWNLOAD
    assert store.find(entry).state is State.PARTIAL
    assert not store.folder(entry).exists()
    fetch()
    assert hub.requests(WEIGHTS)[-1].start == 0
    assert whole(store, entry, files)


def test_an_answer_longer_than_the_file_is_not_it(
    fetch: Fetch, hub: HubServer, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    hub.fault("config.json", Fault(body=files["config.json"] + b" "))
    told = fetch()
    assert len(of_kind(Waiting, told)) == 1
    assert of_kind(Damaged, told) == []
    assert whole(store, entry, files)


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "0"}, 0.0), ({"RateLimit": '"api";r=0;t=0'}, 0.0)]
)
@pytest.mark.parametrize("name", ["api", WEIGHTS])
def test_a_rate_limit_is_waited_for_as_the_server_says(
    fetch: Fetch, hub: HubServer, headers: dict[str, str], seconds: float, name: str
) -> None:
    hub.fault(name, Fault(status=429, headers=headers))
    assert of_kind(Waiting, fetch()) == [Waiting(Reason.RATE_LIMIT, seconds, 2)]


def test_the_moment_to_come_back_may_be_a_date(fetch: Fetch, hub: HubServer) -> None:
    past, odd = "Wed, 21 Oct 2015 07:28:00 GMT", "tomorrow"
    for moment in (past, odd, "Fri, 31 Dec 99999999999999 23:59:59 GMT"):
        hub.fault("api", Fault(status=429, headers={"Retry-After": moment}))
    waits = of_kind(Waiting, fetch())
    assert [wait.reason for wait in waits] == [Reason.RATE_LIMIT] * 3  # type: ignore[union-attr]
    assert waits[0].seconds == 0.0  # type: ignore[union-attr]
    for wait in waits[1:]:
        assert 0.0 < wait.seconds <= HURRY.longest_s  # type: ignore[union-attr]


def test_at_once_is_believed_once(fetch: Fetch, hub: HubServer) -> None:
    """Eight attempts of a patience of minutes were gone in half a second."""
    hub.fault("api", *(Fault(status=503, headers={"Retry-After": "0"}) for _ in range(3)))
    waits = [wait.seconds for wait in of_kind(Waiting, fetch())]  # type: ignore[union-attr]
    assert waits[0] == 0.0
    assert all(seconds > 0 for seconds in waits[1:])


def test_a_limit_of_an_hour_is_a_sentence(fetch: Fetch, hub: HubServer) -> None:
    hub.fault("api", Fault(status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(NestlingError, match="allows no more requests") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.NETWORK


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_fault_of_the_server_passes(fetch: Fetch, hub: HubServer, status: int) -> None:
    hub.fault("api", Fault(status=status))
    hub.fault(WEIGHTS, Fault(status=status))
    waits = of_kind(Waiting, fetch())
    assert [wait.reason for wait in waits] == [Reason.SERVER] * 2  # type: ignore[union-attr]


def test_a_fault_that_stays_ends_in_a_sentence(fetch: Fetch, hub: HubServer) -> None:
    hub.fault("api", *(Fault(status=503) for _ in range(4)))
    with pytest.raises(NestlingError, match="answers 503") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.NETWORK


def test_an_address_that_ran_out_is_asked_for_again(fetch: Fetch, hub: HubServer) -> None:
    """Signed addresses of the CDN hold for a while only; its 403 is no matter of a licence."""
    hub.fault(WEIGHTS, Fault(after=200_000), Fault(status=418))
    waits = of_kind(Waiting, fetch())
    assert [wait.reason for wait in waits] == [Reason.CONNECTION, Reason.SERVER]  # type: ignore[union-attr]


def test_the_gate_is_explained(fetch: Fetch, hub: HubServer, store: Store, entry: Entry) -> None:
    hub.token = "hf_right"
    with pytest.raises(NestlingError, match="accepted its terms at") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.TOKEN
    assert f"{hub.address}/{hub.repo}" in caught.value.message
    with pytest.raises(NestlingError, match="does not accept the token") as caught:
        fetch("hf_wrong")
    assert caught.value.kind is ErrorKind.TOKEN
    hub.licensed = False
    with pytest.raises(NestlingError, match="accept the terms of the model") as caught:
        fetch("hf_right")
    assert caught.value.kind is ErrorKind.LICENCE
    hub.licensed = True
    fetch("hf_right")
    assert store.find(entry).state is State.READY


def test_a_server_without_encryption_is_given_no_token_and_asks_for_none(
    hub: HubServer, store: Store, entry: Entry
) -> None:
    hub.token = "hf_right"
    address = hub.address.replace("127.0.0.1", "127.1")  # for this: a machine of the network
    assert address != hub.address
    with pytest.raises(NestlingError, match="are not sent unencrypted") as caught:
        list(download(entry, store, Server(address, "hf_right"), HURRY))
    assert caught.value.kind is ErrorKind.BAD_INPUT  # a token would be asked for, for ever
    assert "https address" in caught.value.message
    assert not any("authorization" in {*map(str.lower, seen.headers)} for seen in hub.seen)


def test_a_repository_that_is_not_there(store: Store, hub: HubServer) -> None:
    with pytest.raises(NestlingError, match="has no some/thing") as caught:
        list(download(Entry("some/thing", "some/thing"), store, Server(hub.address), HURRY))
    assert caught.value.kind is ErrorKind.BAD_INPUT
    assert not store.root.exists() or not [p for p in store.root.iterdir() if p.suffix != ".lock"]


def test_another_refusal_is_a_sentence_too(fetch: Fetch, hub: HubServer) -> None:
    hub.fault("api", Fault(status=418))
    with pytest.raises(NestlingError, match="answers 418") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.NETWORK


@pytest.mark.parametrize(
    "body", [b"<html>Please log in to this hotel</html>", b"[]", b"{}", b'{"siblings": [{}]}']
)
def test_what_is_no_hub_is_said(fetch: Fetch, hub: HubServer, body: bytes) -> None:
    hub.fault("api", Fault(body=body))
    with pytest.raises(NestlingError) as caught:
        fetch()
    assert caught.value.kind is ErrorKind.BAD_DOWNLOAD


def test_a_server_that_is_not_there(store: Store, entry: Entry, hub: HubServer) -> None:
    hub.close()
    events: list[Event] = []
    with pytest.raises(NestlingError, match="the connection to 127.0.0.1 failed") as caught:
        events.extend(download(entry, store, Server(hub.address), HURRY))
    assert caught.value.kind is ErrorKind.NETWORK
    assert [event.reason for event in events] == [Reason.CONNECTION] * 3  # type: ignore[union-attr]


def test_an_environment_that_forbids_the_hub(
    fetch: Fetch, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(NestlingError, match="HF_HUB_OFFLINE") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.NETWORK
    assert not hub.seen


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("config.json", "holds no config.json"),
        ("tokenizer.model", "holds no tokenizer.model"),
        ("weights", "safetensors"),
    ],
)
def test_a_repository_that_is_no_model(
    fetch: Fetch, files: dict[str, bytes], name: str, words: str
) -> None:
    for file in (WEIGHTS, MORE_WEIGHTS) if name == "weights" else (name,):
        del files[file]
    with pytest.raises(NestlingError, match=words) as caught:
        fetch()
    assert caught.value.kind is ErrorKind.BAD_DOWNLOAD


def test_another_architecture_is_refused_before_its_weights_come(
    fetch: Fetch, hub: HubServer, files: dict[str, bytes]
) -> None:
    files["config.json"] = json.dumps({"model_type": "llama"}).encode()
    with pytest.raises(NestlingError, match="cannot be used here") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.BAD_MODEL
    assert not hub.requests(WEIGHTS)


_AFFINE = {"bits": 4, "group_size": 64}


@pytest.mark.parametrize(
    "told",
    [
        {"quantization": {**_AFFINE, "mode": "mxfp4"}},
        {"quantization": 4},
        {"quantization_config": {**_AFFINE, "quant_method": "gptq"}},
        {"quantization_config": {"load_in_4bit": True}},
    ],
    ids=str,
)
def test_weights_that_others_quantised_otherwise_are_refused_before_they_come(
    fetch: Fetch, hub: HubServer, files: dict[str, bytes], told: dict[str, Any]
) -> None:
    files["config.json"] = json.dumps(json.loads(files["config.json"]) | told).encode()
    with pytest.raises(NestlingError, match="quantised in a way") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.BAD_MODEL
    assert not hub.requests(WEIGHTS)


def test_weights_in_the_affine_layout_come(fetch: Fetch, files: dict[str, bytes]) -> None:
    told = {"quantization": _AFFINE, "quantization_config": {**_AFFINE, "mode": "affine"}}
    files["config.json"] = json.dumps(json.loads(files["config.json"]) | told).encode()
    assert isinstance(fetch()[-1], Finished)


@pytest.mark.parametrize("field", ["lfs", "blobId", "sha"])
def test_without_a_checksum_nothing_is_fetched(fetch: Fetch, hub: HubServer, field: str) -> None:
    from tests.hub_server import _info

    info = _info(hub)
    if field == "sha":
        info["sha"] = "main"
    for sibling in info["siblings"]:
        if field in sibling:
            sibling[field] = sibling[field] | {"sha256": "?"} if field == "lfs" else ""
    hub.fault("api", Fault(body=json.dumps(info).encode()))
    with pytest.raises(NestlingError, match="gives no checksum") as caught:
        fetch()
    assert caught.value.kind is ErrorKind.BAD_DOWNLOAD
    assert [seen.place for seen in hub.seen] == ["api"]


def test_names_that_lead_out_of_the_folder_are_left_alone(
    fetch: Fetch, hub: HubServer, store: Store, files: dict[str, bytes]
) -> None:
    files["../escaped.json"] = files["..\\escaped.json"] = b"{}"
    fetch()
    assert not [path for path in store.root.parent.rglob("*escaped*")]


def test_the_checksums_are_the_hubs_own_kind(
    fetch: Fetch, store: Store, entry: Entry, files: dict[str, bytes]
) -> None:
    fetch()
    source = json.loads((store.folder(entry) / "source.json").read_text())
    for file in source["files"]:
        body = files[file["name"]]
        blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        expected = (hashlib.sha256(body).hexdigest(), "") if file["sha256"] else ("", blob)
        assert (file["sha256"], file["git_sha1"]) == expected
    assert os.listdir(store.root) == [entry.folder_name] or len(os.listdir(store.root)) == 2


LOGIN = b"<html>Please log in.</html>"
OF_NO_LENGTH = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "identity"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(ranges=False, body=LOGIN),
        Fault(status=200, body=LOGIN, headers=OF_NO_LENGTH),
        Fault(status=416),
    ],
)
def test_the_page_of_a_network_in_between_throws_nothing_away(
    fetch: Fetch,
    hub: HubServer,
    store: Store,
    entry: Entry,
    files: dict[str, bytes],
    fault: Fault,
) -> None:
    hub.fault(WEIGHTS, Fault(after=500_000), fault)
    assert len(of_kind(Waiting, fetch())) == 2
    starts = [seen.start for seen in hub.requests(WEIGHTS) if seen.place == "cdn"]
    assert starts[-1] == 500_000
    assert 0 not in starts[1:]
    assert whole(store, entry, files)
