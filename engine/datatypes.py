"""What flows between the window and the worker. Frozen; no torch, no Qt."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.writing import joined as joined  # for the window's half, too
from engine.writing import spread as spread
from engine.writing import units as units

SAMPLE_RATE = 16_000  # Hz, mono, everywhere behind the capture thread
PICTURE_PIXELS = (256, 512, 768)  # a side, at which a model may look at a picture
CHUNK_SAMPLES = 2_560  # 160 ms = 16 mel hops of 10 ms = one audio soft token

Pcm = npt.NDArray[np.float32]
Rgb = npt.NDArray[np.uint8]  # a picture [H, W, 3], upright, without alpha


def bounded(pcm: Pcm) -> Pcm:
    """The sound [n] with every sample in -1..1, what is no number as 0; itself if it is so.

    For every border that sound comes in by. One NaN would otherwise stay in the sums of the audio
    tower and in the memory of the voice gate until they are reset.
    """
    if np.abs(pcm).max(initial=0.0) <= 1.0:  # false for NaN too
        return pcm
    return np.clip(np.nan_to_num(pcm, posinf=1.0, neginf=-1.0), -1.0, 1.0)


class Task(StrEnum):
    """What a model can be asked to do; `matformer.json` lists those a small model was made for."""

    CHAT = "chat"
    TRANSCRIBE = "transcribe"
    TRANSLATE = "translate"
    SEE = "see"


class Modality(StrEnum):
    """Kinds of input; also the names of the towers that encode them."""

    TEXT = "text"
    AUDIO = "audio"
    VISION = "vision"


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """160 ms of sound; only the last of a recording may be shorter.

    pcm: float32 [n_samples], n_samples <= 2560, mono, -1..1, 16 kHz; read-only.
    start: index of its first sample since the stream began. A gap shows as a jump here.
    captured_at: monotonic seconds at which the callback delivered its last sample.
    """

    pcm: Pcm
    start: int
    captured_at: float

    def __post_init__(self) -> None:
        if self.pcm.dtype != np.float32 or self.pcm.ndim != 1 or self.pcm.size > CHUNK_SAMPLES:
            raise ValueError(
                f"an audio chunk is float32 [<= {CHUNK_SAMPLES}], "
                f"not {self.pcm.dtype} {list(self.pcm.shape)}"
            )
        self.pcm.flags.writeable = False


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One picture of a running source; of several that wait, the newest wins.

    rgb: uint8 [H, W, 3]; read-only.
    index: counts the source's frames from 0. A frame that was passed over shows as a jump here.
    captured_at: monotonic seconds at which the source delivered it.
    """

    rgb: Rgb
    index: int
    captured_at: float

    def __post_init__(self) -> None:
        _freeze_picture(self.rgb)


def _freeze_picture(rgb: Rgb) -> None:
    """Make a picture read-only. Errors: ValueError if it is none."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        raise ValueError(f"a picture is uint8 [H, W, 3], not {rgb.dtype} {list(rgb.shape)}")
    rgb.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Word:
    """One confirmed word of a live transcript.

    heard_s: about when it was said, seconds since the stream began: words that first appear
        together share the time since the word before them, up to the end of the audio behind them.
    confirmed_s: end of the audio after which it was confirmed.
    """

    text: str
    heard_s: float
    confirmed_s: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech and its text so far. Confirmed words only ever grow at the end.

    index: counts segments of one recording from 0.
    start_s, end_s: seconds since the stream began; end_s moves until the segment is final.
    words: the confirmed words.
    tentative: text after them that may still change; empty once final.
    final: nothing of this segment changes any more.
    gap_before_s: length of missing audio right before this segment, 0.0 if none.
    """

    index: int
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    tentative: str
    final: bool
    gap_before_s: float = 0.0

    @property
    def text(self) -> str:
        """The confirmed words, with spaces between them where their script has spaces."""
        return joined([word.text for word in self.words]).rstrip()

    @property
    def whole_text(self) -> str:
        """The confirmed words and what may still change behind them."""
        return joined([*(word.text for word in self.words), self.tentative]).rstrip()


@dataclass(frozen=True, slots=True)
class Languages:
    """From which language into which one is translated, by the names that prompts use: "German".

    source: empty for whatever is spoken.
    from_sound: the model hears the clause again while it translates, instead of reading it only.
    """

    target: str
    source: str = ""
    from_sound: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """One clause of a live transcript in another language. `text` only ever grows at its end.

    segment: index of the segment; first, end: the clause is its words [first, end).
    target: the language's name.
    final: nothing more will come.
    """

    segment: int
    first: int
    end: int
    target: str
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is drawn. temperature 0.0 means greedy.

    seed: below 2^64; None means chosen by the engine.
    """

    temperature: float = 1.0
    top_k: int = 64
    top_p: float = 0.95
    max_tokens: int = 1024
    seed: int | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.temperature < math.inf and self.top_k >= 0 and 0 < self.top_p <= 1):
            raise ValueError(
                f"temperature {self.temperature}, top_k {self.top_k}, top_p {self.top_p}: "
                "expected a finite temperature >= 0, top_k >= 0 (0 = off), 0 < top_p <= 1"
            )
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens is {self.max_tokens}: expected at least 1")
        if self.seed is not None and not 0 <= self.seed < 1 << 64:
            raise ValueError(f"the seed is {self.seed}: expected 0 to 2^64 - 1")


@dataclass(frozen=True, slots=True)
class Seeing:
    """How pictures are looked at.

    pixels: a side, 256, 512 or 768; each size costs the same tokens.
    budget_s: seconds that the pictures of a question may take together: where `pixels` would take
        longer, a smaller size is taken. None = always `pixels`.
    pan_and_scan: wide and upright pictures are looked at in parts, too, for fine print; each part
        costs as many tokens as a picture. The model was not documented as trained with it.
    """

    pixels: int = PICTURE_PIXELS[-1]
    budget_s: float | None = None
    pan_and_scan: bool = False

    def __post_init__(self) -> None:
        if self.pixels not in PICTURE_PIXELS:
            raise ValueError(f"pictures of {self.pixels} pixels: expected one of {PICTURE_PIXELS}")
        if self.budget_s is not None and not 0 < self.budget_s < math.inf:
            raise ValueError(f"a budget of {self.budget_s} s: expected a positive time")


@dataclass(frozen=True, slots=True)
class SizeInfo:
    """One position of the size slider.

    effective_params: parameters stored for this size without both embedding tables, which is what
        the names E2B and E4B count.
    score: the published or measured score, None if unknown.
    kv_class: sizes of one class share their key-value cache; switching inside a class is free.
    """

    name: str
    effective_params: int
    layers: int
    score: float | None
    kv_class: int


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """What one size costs on this machine, measured or worked out from measurements.

    memory: bytes of the worker without towers, once the size has been used for a while.
    tokens_per_s: of an answer. read_per_s: tokens of a prompt read a second.
    live_load: of a second of speech, the share that live transcription computes; None if the
        model does not transcribe.
    """

    name: str
    memory: int
    tokens_per_s: float
    read_per_s: float
    live_load: float | None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What the worker says of the model it has opened."""

    name: str
    folder: str
    tasks: tuple[Task, ...]
    modalities: tuple[Modality, ...]
    sizes: tuple[SizeInfo, ...]
    size: str
    streaming: bool
    demonstration: bool  # the bundled model: simple English only
    starter_ears: bool = False  # another recogniser is installed that can hear in its place
    held: str = "bf16"  # how its weights are, of engine.weights.Weights; "": quantised elsewhere
    held_bytes: dict[str, int] = field(default_factory=dict)  # what each way takes, of the decoder
    languages: tuple[str, ...] = ()  # into which it translates, as prompts name them; (): any


@dataclass(frozen=True, slots=True)
class PartMemory:
    """Measured bytes of one part, private memory and file-backed pages apart."""

    private: int
    file_backed: int


@dataclass(frozen=True, slots=True)
class LiveMetrics:
    """Health of live transcription, computed online.

    lag_s: end of captured audio minus end of audio whose text is shown.
    real_time_factor: compute seconds per audio second, over the last 10 s of audio.
    dropped_s: audio lost since the start (ring overrun), never hidden.
    erased_words, shown_words: tentative words taken back, words shown (normalised erasure).
    voice: whether the gate hears speech now.
    every_s: sound between two renewals of tentative text, as the machine sustains it; None:
        there is no tentative text.
    """

    lag_s: float
    real_time_factor: float
    dropped_s: float
    erased_words: int
    shown_words: int
    voice: bool
    every_s: float | None = None


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP_TOKEN = "stop_token"
    MAX_TOKENS = "max_tokens"
    STOPPED = "stopped"
    CONTEXT_FULL = "context_full"  # the model holds no more; what was written stays
    FAILED = "failed"


class Role(StrEnum):
    """Who speaks in a turn, as the wire format names them."""

    SYSTEM = "system"  # how to answer; only the first turn may be one
    USER = "user"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation; immutable.

    images: uint8 [H, W, 3] each, in order; read-only. They come before the text.
    audio: float32 [n], 16 kHz; it comes after the text.
    times: of a video, the second of each image; its sound begins at second 0 and comes before
        the text.
    """

    id: int
    role: Role
    text: str
    audio: Pcm | None = field(default=None, compare=False)
    images: tuple[Rgb, ...] = field(default=(), compare=False)
    times: tuple[float, ...] = ()

    @property
    def is_video(self) -> bool:
        """Whether the images are frames of a video."""
        return bool(self.times)

    def __post_init__(self) -> None:
        if self.times and len(self.times) != len(self.images):
            raise ValueError(f"{len(self.times)} times for {len(self.images)} images")
        for rgb in self.images:
            _freeze_picture(rgb)
