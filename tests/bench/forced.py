"""Live transcription by a model that knows no words, such as one of random weights.

The model hears and computes as always, but what it writes is a known text, three words for each
second of sound: the scores that it computes are thrown away. `live.py --forced` prints the rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE
from engine.live.gemma import GemmaRecogniser
from engine.live.transcriber import LiveSettings, Transcriber
from engine.model import Gemma3n
from engine.text.matformer import Size
from tests.bench.listening import ComputeClock, chunks_between, listen
from tests.bench.material import Samples, spoken

TEXT = Path(__file__).resolve().parents[2] / "assets" / "doctor" / "text.txt"
WORDS_PER_S = 3.0
CHUNK_S = CHUNK_SAMPLES / SAMPLE_RATE
CADENCES = (2, 4, 8, 12)  # chunks: 0.32 to 1.92 s
BOUND_CADENCE, BOUND_FACTOR = 8, 0.8
FLAT = 1.1  # the last third's cost, beside the first's
UNBROKEN_S = 40.0

Line = tuple[str, str, str, bool | None]
"""Figure, measured, bound, whether it is met."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Compute seconds for each second of sound: of all of it, and of its first and last third."""

    factor: float
    first: float
    last: float


class ForcedRecogniser(GemmaRecogniser):
    """Writes a known text at a fixed rate, whatever its scores say. Its work is a recogniser's."""

    def __init__(self, model: Gemma3n, size: Size) -> None:
        super().__init__(model, size)
        text = TEXT.read_text("utf-8")
        self._script = model.tokenizer.encode(text)
        self._ids_per_s = WORDS_PER_S * len(self._script) / len(text.split())
        self._stop = min(model.config.eos_token_ids)
        self._at = 0

    def _greedy(self, forced: list[int], draft: list[int], limit: int) -> list[int]:
        self._at = len(forced)
        return super()._greedy(forced, draft, max(limit, len(self._script)))

    def _choose(self, hidden: Tensor) -> Tensor:
        super()._choose(hidden)
        due = int(self._samples / SAMPLE_RATE * self._ids_per_s)
        places = range(self._at, self._at + len(hidden))
        self._at = places.stop
        return torch.tensor(
            [self._script[place] if place < due else self._stop for place in places]
        )


def cost(recogniser: ForcedRecogniser, pcm: Samples, cadence: int) -> Cost:
    """Where text is renewed every `cadence` chunks, however long that takes."""
    # As many chunks are encoded together as the program does at that cadence.
    together = cadence if cadence > CADENCES[0] else 1
    settings = LiveSettings(decode_every=cadence, chunks_per_step=together, load=None)
    clock = ComputeClock()
    transcriber = Transcriber(recogniser, settings=settings, clock=clock.now)
    took: list[float] = []
    for chunk in chunks_between(pcm, 0, pcm.size):
        begin = clock.now()
        # Nothing waits: each chunk is new when its turn comes.
        transcriber.feed(type(chunk)(chunk.pcm, chunk.start, begin))
        took.append(clock.now() - begin)
    third = len(took) // 3
    parts = took, took[:third], took[-third:]
    return Cost(*(sum(part) / (len(part) * CHUNK_S) for part in parts))


@torch.inference_mode()
def lines(model: Gemma3n, seconds: float, longest: float) -> Iterator[Line]:
    """The rows. seconds: of sound for each cadence; longest: of sound for the cost's growth."""
    recogniser = ForcedRecogniser(model, model.sizes.largest)
    sound = spoken(max(seconds, longest), 1, unbroken=False).pcm
    warm, short = sound[: 4 * SAMPLE_RATE], sound[: round(seconds * SAMPLE_RATE)]
    cost(recogniser, warm, BOUND_CADENCE)
    for cadence in CADENCES:
        found = cost(recogniser, short, cadence).factor
        binding = cadence == BOUND_CADENCE
        yield (
            f"real-time factor, text every {cadence * CHUNK_S:.2f} s, {seconds:.0f} s",
            f"{found:.2f}",
            f"{BOUND_FACTOR}" if binding else "",
            found <= BOUND_FACTOR if binding else None,
        )
    passage = spoken(UNBROKEN_S, 2).pcm[: round(UNBROKEN_S * SAMPLE_RATE)]
    found = cost(recogniser, passage, BOUND_CADENCE).factor
    yield f"of {UNBROKEN_S:.0f} s, most of them without a pause, 1.28 s", f"{found:.2f}", "", None
    metrics = listen(recogniser, short, ComputeClock()).metrics
    every = "at pauses" if metrics.every_s is None else f"every {metrics.every_s:.2f} s"
    yield (
        "chosen by the program",
        f"{every}, real-time factor {metrics.real_time_factor:.2f}, lag {metrics.lag_s:.1f} s",
        "real-time factor 1",
        metrics.real_time_factor < 1,
    )
    if longest > 0:
        grown = cost(recogniser, sound[: round(longest * SAMPLE_RATE)], BOUND_CADENCE)
        yield (
            f"last third's cost / first third's, {longest / 60:.0f} min at 1.28 s",
            f"{grown.last:.2f} / {grown.first:.2f}",
            f"{FLAT}",
            grown.last <= FLAT * grown.first,
        )
