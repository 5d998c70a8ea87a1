"""Back-pressure: a bound on what is under way, a bound on sound that waits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.bridge.outbox import MAX_WAITING_FEEDS, Outbox
from engine.datatypes import CHUNK_SAMPLES, AudioChunk
from engine.protocol import MAX_OUTSTANDING, Command, Feed, Hello, SetSize


def feed(number: int) -> Feed:
    return Feed(AudioChunk(np.zeros(CHUNK_SAMPLES, np.float32), number * CHUNK_SAMPLES, 0.0))


@given(st.lists(st.sampled_from(["feed", "size", "take", "acknowledge"]), max_size=400))
def test_order_is_kept_and_no_more_is_under_way_than_allowed(steps: list[str]) -> None:
    outbox, put, taken = Outbox(), list[Command](), list[Command]()
    acknowledged = 0
    for number, step in enumerate(steps):
        if step == "feed":
            put.append(feed(number))
            outbox.put(put[-1])
        elif step == "size":
            put.append(SetSize(str(number)))
            outbox.put(put[-1])
        elif step == "take":
            taken += outbox.take()
        elif acknowledged < len(taken):
            outbox.acknowledge(acknowledged)
            acknowledged += 1
        assert 0 <= outbox.outstanding == len(taken) - acknowledged <= MAX_OUTSTANDING
    if acknowledged < len(taken):
        outbox.acknowledge(len(taken) - 1)
    while more := outbox.take():
        taken += more
        outbox.acknowledge(len(taken) - 1)
    remaining = iter(put)
    assert all(any(command is other for other in remaining) for command in taken)
    assert len(put) - len(taken) == outbox.dropped_samples // CHUNK_SAMPLES


def test_the_oldest_sound_gives_way_and_nothing_else_does() -> None:
    outbox = Outbox()
    for _ in range(MAX_OUTSTANDING):
        outbox.put(Hello())
    assert len(outbox.take()) == MAX_OUTSTANDING
    outbox.put(SetSize("kept"))
    for number in range(MAX_WAITING_FEEDS + 3):
        outbox.put(feed(number))
    assert outbox.dropped_samples == 3 * CHUNK_SAMPLES
    outbox.acknowledge(MAX_OUTSTANDING - 1)
    first, second, *_ = outbox.take()
    assert first == SetSize("kept")
    assert isinstance(second, Feed)
    assert second.chunk.start == 3 * CHUNK_SAMPLES


def test_an_acknowledgement_of_what_was_not_sent_counts_for_nothing() -> None:
    outbox = Outbox()
    outbox.put(Hello())
    outbox.take()
    outbox.acknowledge(99)
    assert outbox.outstanding == 0


def test_a_new_worker_owes_nothing() -> None:
    outbox = Outbox()
    for number in range(MAX_OUTSTANDING + 5):
        outbox.put(feed(number))
    outbox.take()
    outbox.clear()
    assert outbox.outstanding == 0
    assert outbox.take() == []
