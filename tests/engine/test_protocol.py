"""Messages: what is encoded is decoded, and nothing else is accepted."""

import dataclasses
import json
import types
import typing
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import protocol
from engine.datatypes import (
    CHUNK_SAMPLES,
    PICTURE_PIXELS,
    AudioChunk,
    Role,
    SamplingParams,
    Seeing,
    Turn,
)
from engine.errors import ErrorKind, NestlingError
from engine.protocol import (
    Ask,
    Envelope,
    Failed,
    Feed,
    Hello,
    Memory,
    StopListening,
    decode,
    encode,
)

BODIES = (*typing.get_args(protocol.Command), *typing.get_args(protocol.Event))

finite = st.floats(allow_nan=False)
# Every code point, lone surrogates too: they stand for bytes of a path that is not UTF-8.
text = st.text(st.characters(codec=None), max_size=20)
pcm = st.lists(st.floats(-1, 1, width=32), max_size=CHUNK_SAMPLES // 100).map(
    lambda values: np.array(values, np.float32)
)
chunks = st.builds(AudioChunk, pcm=pcm, start=st.integers(0), captured_at=finite)
params = st.builds(
    SamplingParams,
    temperature=st.floats(0, 4),
    top_k=st.integers(0, 100),
    top_p=st.floats(0, 1, exclude_min=True),
    max_tokens=st.integers(1),
    seed=st.none() | st.integers(0, 2**64 - 1),
)
pictures = st.builds(
    lambda height, width, value: np.full((height, width, 3), value, np.uint8),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 255),
)
seeings = st.builds(
    Seeing,
    pixels=st.sampled_from(PICTURE_PIXELS),
    budget_s=st.none() | st.floats(1e-3, 1e3),
    pan_and_scan=st.booleans(),
)
turns = st.builds(
    Turn,
    id=st.integers(),
    role=st.sampled_from(Role),
    text=text,
    audio=st.none() | pcm,
    images=st.lists(pictures, max_size=3).map(tuple),
)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type that messages use."""
    special = {
        AudioChunk: chunks,
        SamplingParams: params,
        Seeing: seeings,
        Turn: turns,
        float: finite,
        str: text,
    }
    if kind in special:
        return special[kind]
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([st.none() if arg is type(None) else values_of(arg) for arg in args])
    if origin is tuple:
        return st.lists(values_of(args[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(text, values_of(args[1]), max_size=3)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{name: values_of(hint) for name, hint in hints.items()})
    return st.from_type(kind)


envelopes = st.builds(
    Envelope,
    session=text,
    seq=st.integers(0, 2**63),
    body=st.sampled_from(BODIES).flatmap(values_of),
)


def same(one: Any, other: Any) -> bool:
    """Equality through dataclasses and arrays, types included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if dataclasses.is_dataclass(one):
        return all(
            same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_message_survives_the_wire(body: type) -> None:
    @given(values_of(body), text, st.integers(0, 2**63))
    def survives(message: Any, session: str, seq: int) -> None:
        envelope = Envelope(session, seq, message)
        assert same(decode(encode(envelope)), envelope)

    survives()


@given(envelopes, st.data())
def test_cut_bytes_are_a_protocol_error(envelope: Envelope, data: st.DataObject) -> None:
    encoded = encode(envelope)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(NestlingError) as caught:
        decode(encoded[:cut])
    assert caught.value.kind is ErrorKind.PROTOCOL


@given(envelopes, st.binary(min_size=1, max_size=8))
def test_bytes_too_many_are_a_protocol_error(envelope: Envelope, tail: bytes) -> None:
    with pytest.raises(NestlingError) as caught:
        decode(encode(envelope) + tail)
    assert caught.value.kind is ErrorKind.PROTOCOL


@given(st.binary(max_size=64))
def test_foreign_bytes_are_a_protocol_error(data: bytes) -> None:
    with pytest.raises(NestlingError) as caught:
        decode(data)
    assert caught.value.kind is ErrorKind.PROTOCOL


def test_a_bottomless_header_is_a_protocol_error() -> None:
    head = b"[" * 200_000
    with pytest.raises(NestlingError) as caught:
        decode(protocol._LENGTH.pack(len(head)) + head)
    assert caught.value.kind is ErrorKind.PROTOCOL


def rewritten(envelope: Envelope, **changes: Any) -> bytes:
    """The message with some header fields replaced."""
    data = encode(envelope)
    (length,) = protocol._LENGTH.unpack_from(data)
    header = json.loads(data[4 : 4 + length]) | changes
    head = json.dumps(header).encode()
    return protocol._LENGTH.pack(len(head)) + head + data[4 + length :]


def test_another_version_is_refused_and_both_versions_named() -> None:
    with pytest.raises(NestlingError, match=f"protocol 999, this one {protocol.VERSION}") as caught:
        decode(rewritten(Envelope("s", 0, Hello()), version=999))
    assert caught.value.kind is ErrorKind.PROTOCOL


CHUNK = AudioChunk(np.zeros(4, np.float32), 0, 0.0)
SEEN = Turn(0, Role.USER, "What is this?", images=(np.zeros((1, 2, 3), np.uint8),))


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (Hello(), {"kind": "Exec"}),
        (Hello(), {"seq": float("inf")}),
        (StopListening(1), {"body": {"recording": float("inf")}}),
        (Feed(CHUNK), {"arrays": [["<f4", [2**70]]]}),
        (Hello(), {"body": {"surprise": 1}}),
        (Hello(), {"body": 3}),
        (Failed(ErrorKind.DISK, ""), {"body": {"kind": "no such kind", "message": ""}}),
        (Failed(ErrorKind.DISK, ""), {"body": {"message": "a field is missing"}}),
        (Memory({}), {"body": {"parts": []}}),
        (Feed(CHUNK), {"arrays": [["|O", [4]]]}),
        (Feed(CHUNK), {"arrays": [["<f8", [2]]]}),
        (Feed(CHUNK), {"arrays": []}),
        (Ask((SEEN,), SamplingParams()), {"arrays": [["|u1", [6]]]}),
        (Ask((SEEN,), SamplingParams()), {"arrays": [["|i1", [1, 2, 3]]]}),
    ],
    ids=str,
)
def test_a_wrong_body_is_a_protocol_error(message: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(NestlingError) as caught:
        decode(rewritten(Envelope("s", 0, message), **changes))
    assert caught.value.kind is ErrorKind.PROTOCOL


def test_arrays_arrive_read_only() -> None:
    envelope = decode(encode(Envelope("s", 0, Feed(CHUNK))))
    assert isinstance(envelope.body, Feed)
    assert not envelope.body.chunk.pcm.flags.writeable


def test_pictures_and_sound_of_several_turns_arrive_in_their_places() -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (h, w, 3), np.uint8) for h, w in ((2, 3), (4, 1), (1, 5))]
    sound = rng.uniform(-1, 1, 7).astype(np.float32)
    turns = (
        Turn(0, Role.USER, "and this?", images=(pictures[0], pictures[1][::2])),
        Turn(1, Role.MODEL, "a heron"),
        Turn(2, Role.USER, "and that?", sound, (pictures[2],)),
    )
    ask = Ask(turns, SamplingParams())
    body = decode(encode(Envelope("s", 0, ask))).body
    assert isinstance(body, Ask)
    assert same(body, ask)
    assert not body.turns[0].images[1].flags.writeable


def test_a_second_of_sound_costs_its_samples_and_little_more() -> None:
    chunk = AudioChunk(np.zeros(CHUNK_SAMPLES, np.float32), 10**9, 12345.678)
    assert len(encode(Envelope("0" * 32, 10**6, Feed(chunk)))) < 4 * CHUNK_SAMPLES + 400
