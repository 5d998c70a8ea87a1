"""Messages between the window and the worker, as bytes that any machine can read.

A message is one JSON header (envelope, body, array descriptions) followed by raw array bytes.
No pickle: a worker on another machine must be able to stand in, and must not run our objects.
Light: NumPy only, no torch, no Qt.
"""

import json
import struct
import typing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from engine.datatypes import (
    AudioChunk,
    FinishReason,
    Languages,
    LiveMetrics,
    Modality,
    ModelInfo,
    PartMemory,
    SamplingParams,
    Seeing,
    Segment,
    SizeFigures,
    Translation,
    Turn,
)
from engine.errors import ErrorKind, NestlingError
from engine.plain import build, plain

VERSION = 1
MAX_OUTSTANDING = 64  # commands sent and not yet acknowledged by Handled


# --- commands: window to worker ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hello:
    """First command of a session; answered by Ready."""


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Open a model folder. Answered by Loaded, or Failed(BAD_MODEL): the old model stays.

    weights: how they are held, of engine.weights.Weights; a worker started with `--weights` knows.
    small_ears: the audio tower's large weights in 8 bits.
    """

    folder: str
    size: str | None = None
    weights: str = "auto"
    small_ears: bool = False


@dataclass(frozen=True, slots=True)
class SetSize:
    """Take another MatFormer size from the next utterance or turn on. Answered by SizeChanged."""

    name: str


@dataclass(frozen=True, slots=True)
class StartListening:
    """Begin a live transcription. Answered by Listening(STARTED).

    starter: hear with the starter ears where the open model allows it (`ModelInfo.starter_ears`).
    """

    recording: int
    use_vad: bool = True
    translate_to: Languages | None = None
    starter: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """Captured sound, in order of `start`."""

    chunk: AudioChunk


@dataclass(frozen=True, slots=True)
class StopListening:
    """Drain what was fed, close the last segment. Answered by Listening(STOPPED)."""

    recording: int


@dataclass(frozen=True, slots=True)
class TranscribeFile:
    """Begin a transcription of a sound file, or of a video's sound, heard as fast as it goes.

    Answered by Listening(STARTED), FileHeard..., or Failed(BAD_AUDIO); at its end, or at
    StopListening, by Listening(STOPPED). starter: as for StartListening.
    first: the sample of it, at 16 kHz, with which the recording begins; whole chunks.
    """

    recording: int
    path: str
    first: int = 0
    translate_to: Languages | None = None
    starter: bool = False


@dataclass(frozen=True, slots=True)
class SetLanguages:
    """Translate the clauses of a recording from now on; None: no more."""

    recording: int
    translate_to: Languages | None


@dataclass(frozen=True, slots=True)
class Translate:
    """Translate a text, between everything else. Answered by Translated..., the last one final."""

    id: int
    text: str
    languages: Languages


@dataclass(frozen=True, slots=True)
class Ask:
    """Answer the last turn, or go on with it if it is the model's own.

    Answered by Context, Token..., Context, Finished; before that by Heard where the model wants
    words for sound.
    starter: such words are heard by the starter ears where the model allows it.
    aside: a question outside the conversation, whose caches stay as they are.
    stated: the last turn states a condition; the question is whether its picture shows it.
    """

    turns: tuple[Turn, ...]
    params: SamplingParams
    aside: bool = False
    seeing: Seeing = Seeing()
    stated: bool = False
    starter: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """Give a tower's memory back: now, or when the question that needs it has its answer.

    One that is being loaded is given up; what waited for it ends as stopped. Answered by
    Tower(ABSENT).
    """

    modality: Modality


@dataclass(frozen=True, slots=True)
class ReleaseEars:
    """Give the starter ears' memory back, as soon as nothing is heard with them. Memory follows."""


@dataclass(frozen=True, slots=True)
class SetIdleRelease:
    """From now on towers that nobody uses for so many seconds give their memory back. 0 = never."""

    seconds: int


@dataclass(frozen=True, slots=True)
class MeasureSizes:
    """Say what each size of the open model costs here. Answered by SizesMeasured, some time.

    What was measured before for the same machine and weights is taken from the file `record`;
    else it is measured once nothing else is asked for, and kept there.
    at_once: it is measured in any case, and waits for nothing.
    """

    record: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the worker after the current step."""


Command = (
    Hello
    | LoadModel
    | SetSize
    | StartListening
    | Feed
    | StopListening
    | TranscribeFile
    | SetLanguages
    | Translate
    | Ask
    | Release
    | ReleaseEars
    | SetIdleRelease
    | MeasureSizes
    | Shutdown
)


# --- events: worker to window --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker is up. pid: its process, for memory readings; device: where it computes."""

    pid: int
    device: str


@dataclass(frozen=True, slots=True)
class Handled:
    """A command was taken off the queue (back-pressure: at most MAX_OUTSTANDING without one)."""

    seq: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Something slow goes on. fraction 0..1, or None if unknown."""

    what: str
    fraction: float | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model folder is open: the worker's capabilities with it."""

    model: ModelInfo


@dataclass(frozen=True, slots=True)
class SizeChanged:
    """The size in force from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class SizesMeasured:
    """What every size of the open model costs on this machine."""

    figures: tuple[SizeFigures, ...]


class TowerState(StrEnum):
    """Whether a modality's encoder is in memory."""

    ABSENT = "absent"
    LOADING = "loading"
    LOADED = "loaded"


@dataclass(frozen=True, slots=True)
class Tower:
    """The state of a tower; while it loads, again and again.

    fraction: 0..1 of its bytes are in memory, while it loads; else None.
    """

    modality: Modality
    state: TowerState
    fraction: float | None = None


class ListeningState(StrEnum):
    """Phases of a live transcription."""

    STARTED = "started"
    STOPPED = "stopped"  # drained: nothing more will come of this recording


@dataclass(frozen=True, slots=True)
class Listening:
    """The state of a recording."""

    recording: int
    state: ListeningState


@dataclass(frozen=True, slots=True)
class FileHeard:
    """How much of a file has been heard, a few times a second.

    length_s: of the whole, None if the file does not say. left_s: until all of it is heard, None
    as long as one cannot say. ended: the rest is on its way as text.
    """

    recording: int
    heard_s: float
    length_s: float | None
    left_s: float | None
    ended: bool


@dataclass(frozen=True, slots=True)
class SegmentChanged:
    """New text of one segment.

    captured_at: monotonic seconds at which the last sample this text depends on was delivered.
    """

    recording: int
    segment: Segment
    captured_at: float


@dataclass(frozen=True, slots=True)
class TranslationChanged:
    """New text of one clause in another language; it comes after the clause's SegmentChanged."""

    recording: int
    translation: Translation


@dataclass(frozen=True, slots=True)
class Translated:
    """The translation of a text so far; it only grows at its end. Final and empty: none comes."""

    id: int
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Metrics:
    """Health of a recording, about twice a second while listening."""

    recording: int
    metrics: LiveMetrics


@dataclass(frozen=True, slots=True)
class Token:
    """One decode step. piece may be empty while a character is incomplete."""

    turn: int
    index: int
    id: int
    piece: str


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a question says, its sound put into words: the model answers these."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """How full the context is: once the question has been read, and at the answer's end.

    used, limit: tokens. dropped: turns behind the system turn that were left out, oldest first.
    """

    turn: int
    used: int
    limit: int
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer ended."""

    turn: int
    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Memory:
    """Measured bytes by part: text, ple, audio, vision, kv, app (the rest of the worker)."""

    parts: dict[str, PartMemory]


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong, in one sentence for people; turn: of which answer; load: in LoadModel."""

    kind: ErrorKind
    message: str
    turn: int | None = None
    load: bool = False


Event = (
    Ready
    | Handled
    | Progress
    | Loaded
    | SizeChanged
    | SizesMeasured
    | Tower
    | Listening
    | FileHeard
    | SegmentChanged
    | TranslationChanged
    | Translated
    | Metrics
    | Token
    | Heard
    | Context
    | Finished
    | Memory
    | Failed
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with what orders and owns it.

    session: one run of the window; a message of another session is dropped.
    seq: counts messages of one direction from 0.
    """

    session: str
    seq: int
    body: Command | Event


_BODIES: dict[str, type] = {
    cls.__name__: cls for cls in (*typing.get_args(Command), *typing.get_args(Event))
}
_LENGTH = struct.Struct("<I")


def encode(envelope: Envelope) -> bytes:
    """Serialise: header length (4 bytes, little-endian), JSON header, arrays in order."""
    arrays: list[np.ndarray[Any, Any]] = []
    header = {
        "version": VERSION,
        "session": envelope.session,
        "seq": envelope.seq,
        "kind": type(envelope.body).__name__,
        "body": plain(envelope.body, arrays),
        "arrays": [[array.dtype.str, list(array.shape)] for array in arrays],
    }
    # surrogatepass: a path of the system need not be valid UTF-8, and must still arrive.
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    head = text.encode("utf-8", "surrogatepass")
    return b"".join([_LENGTH.pack(len(head)), head, *(array.tobytes() for array in arrays)])


def decode(data: bytes) -> Envelope:
    """Read what `encode` wrote.

    Raises:
        NestlingError: PROTOCOL, if the bytes are cut, of another version or of an unknown kind.
    """
    try:
        (length,) = _LENGTH.unpack_from(data)
        header = json.loads(data[4 : 4 + length])
        if header["version"] != VERSION:
            raise NestlingError(
                ErrorKind.PROTOCOL,
                f"The other side speaks protocol {header['version']}, this one {VERSION}. "
                "Run the same release of Nestling on both sides.",
            )
        arrays, offset = [], 4 + length
        for dtype, shape in header["arrays"]:
            count = int(np.prod(shape))
            arrays.append(np.frombuffer(data, dtype, count, offset).reshape(shape))
            offset += count * np.dtype(dtype).itemsize
        if offset != len(data):
            raise ValueError(f"{len(data) - offset} bytes too many")
        body = build(_BODIES[header["kind"]], header["body"], arrays)
        return Envelope(str(header["session"]), int(header["seq"]), body)
    except (
        LookupError,
        ArithmeticError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
        struct.error,
    ) as error:
        raise NestlingError(
            ErrorKind.PROTOCOL,
            f"A message of {len(data)} bytes cannot be read ({error!r}). "
            "Both sides must run the same release of Nestling.",
        ) from error
