"""How live transcription performs: the table of figures, against their bounds.

    python tests/bench/live.py [--quick] [--check] [--model DIR] [--paint FILE]
    python tests/bench/live.py --translate [--quick] [--check] [--model DIR] [--processor-time]
    python tests/bench/live.py --forced --model DIR [--seconds S] [--longest S] [--threads N]

--quick takes every figure on less material, in about 5 minutes. --paint names what `paint.py` wrote
earlier; without it the window is run here. --check exits with 1 and names each figure that falls
short. --translate takes the figures of live translation instead; a model that was not made for it
hears, and random weights of its size translate. With --processor-time only the processor's own time
counts, as on a machine that nobody else uses. --forced is for a model of full size whose weights
are random: it computes as always and writes a known text; weights in 4 bits, ears in 8.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import device
from engine.datatypes import SAMPLE_RATE
from engine.live.gemma import GemmaRecogniser
from engine.live.transcriber import LiveSettings
from engine.live.translator import GemmaTranslator
from engine.model import Gemma3n
from engine.weights import Weights
from tests.bench import forced
from tests.bench.listening import (
    NEVER_S,
    Clock,
    ComputeClock,
    Heard,
    ProcessorClock,
    RealClock,
    confirmed_s,
    erased_confirmed,
    first_shown_s,
    listen,
    lost_at_the_end,
    matched,
    missed_share,
    paint_delays_s,
    word_error_rate,
)
from tests.bench.material import Clip, Samples, noises, spoken, utterances
from tests.bench.own_memory import own_bytes
from tests.bench.paint import GROWTH_BYTES, Run, measured_in_window
from tests.bench.translating import (
    SPANISH,
    Interpreted,
    agreement,
    interpret,
    random_twin,
    translates,
)
from tests.bench.verdict import exit_status

WHOLE = LiveSettings(tentative=False, chunks_per_step=16)


@dataclass(frozen=True)
class Extent:
    """How much material each figure is taken on, seconds (noise: of each of the four kinds)."""

    real_time: float
    faster: tuple[float, ...]
    noise: float
    noise_ungated: float
    stops: int


FULL = Extent(300, (300, 300, 300, 300), 150, 150, 30)
QUICK = Extent(60, (60, 60), 30, 15, 10)


@dataclass(frozen=True)
class Row:
    """One line of the table. met: None = reported without a bound."""

    figure: str
    value: str
    bound: str
    met: bool | None


class Growth:
    """Private memory of this process along the sound it has heard."""

    def __init__(self) -> None:
        self._heard_s = 0.0
        self._points: list[tuple[float, int]] = []

    def note(self, seconds: float) -> None:
        """Take a reading after `seconds` more of sound."""
        gc.collect()
        self._heard_s += seconds
        self._points.append((self._heard_s, own_bytes(os.getpid())))

    def row(self, *, quick: bool) -> Row:
        """Growth from minute 5 to 30, or over the last two thirds."""
        first_s, last_s = (self._heard_s / 3, self._heard_s) if quick else (300.0, 1800.0)
        if self._heard_s < last_s:
            return Row("memory growth", f"only {self._heard_s / 60:.0f} min heard", "", False)
        low = next(used for at_s, used in self._points if at_s >= first_s)
        high = next(used for at_s, used in self._points if at_s >= last_s)
        grown = (high - low) / 1e6
        span = f"minutes {first_s / 60:.0f} to {last_s / 60:.0f}"
        return Row(f"worker's memory growth, {span}", f"{grown:+.1f} MB", "10 MB", grown <= 10)


class Bench:
    """Runs every part in one process, with the worker's settings."""

    def __init__(self, model: Gemma3n, extent: Extent, *, quick: bool) -> None:
        self._recogniser = GemmaRecogniser(model, model.sizes.largest)
        self._extent = extent
        self._quick = quick
        self._growth = Growth()

    def rows(self, window: list[Row]) -> list[Row]:
        """Take all figures but those of the window, which are given."""
        seconds = (self._extent.real_time, *self._extent.faster)
        # A passage without a pause belongs to every part, but would fill a short one. It makes the
        # caches as long as they get, so it comes before growth is counted.
        clips = [
            spoken(length, seed, unbroken=not self._quick or seed == 1)
            for seed, length in enumerate(seconds)
        ]
        # Made before anything is measured: what is left of making it would count as growth.
        sounds = noises(max(self._extent.noise, self._extent.noise_ungated))
        live = [self._listened(clip, real=index == 0) for index, clip in enumerate(clips)]
        gated, ungated = self._invented(sounds)
        whole = [listen(self._recogniser, c.pcm, ComputeClock(), settings=WHOLE) for c in clips]
        return [
            self._error_rates(clips, live, whole),
            *window,
            _ready(live[0]),
            *_delays(clips, live),
            Row(
                "confirmed words taken back",
                str(sum(map(erased_confirmed, live))),
                "0",
                not any(map(erased_confirmed, live)),
            ),
            gated,
            ungated,
            _missed(clips),
            self._lost(),
            self._growth.row(quick=self._quick),
        ]

    def _listened(self, clip: Clip, *, real: bool) -> Heard:
        heard = listen(self._recogniser, clip.pcm, RealClock() if real else ComputeClock())
        self._growth.note(clip.seconds)
        lag = heard.metrics
        _say(
            f"{clip.seconds:.0f} s {'in real time' if real else 'faster'}: real-time factor "
            f"{lag.real_time_factor:.2f}, {len(heard.words)} of {len(clip.words)} words"
        )
        return heard

    def _error_rates(self, clips: list[Clip], live: list[Heard], whole: list[Heard]) -> Row:
        live_rate, whole_rate = word_error_rate(clips, live), word_error_rate(clips, whole)
        bound = max(1.3 * whole_rate, whole_rate + 0.02)
        return Row(
            "word error rate, live (whole clip)",
            f"{live_rate:.1%} ({whole_rate:.1%})",
            f"{bound:.1%}",
            live_rate <= bound,
        )

    def _invented(self, sounds: dict[str, Samples]) -> tuple[Row, Row]:
        counts = {}
        for use_vad, seconds in ((True, self._extent.noise), (False, self._extent.noise_ungated)):
            found = []
            for name, sound in sounds.items():
                heard = listen(
                    self._recogniser,
                    sound[: round(seconds * SAMPLE_RATE)],
                    ComputeClock(),
                    use_vad=use_vad,
                    settings=None if use_vad else WHOLE,
                )
                self._growth.note(seconds)
                found.append((name, heard.metrics.shown_words))
            counts[use_vad] = found
            _say(f"noise, gate {'on' if use_vad else 'off'}: {dict(found)}")
        minutes = 4 * self._extent.noise / 60
        ungated_minutes = 4 * self._extent.noise_ungated / 60
        gated, ungated = (sum(count for _, count in counts[use]) for use in (True, False))
        return (
            Row(f"invented words, {minutes:.0f} min of noise", str(gated), "0", gated == 0),
            Row(f"with the gate off, {ungated_minutes:.0f} min", str(ungated), "", None),
        )

    def _lost(self) -> Row:
        lost = 0
        for clip in utterances(self._extent.stops, seed=99):
            live = listen(self._recogniser, clip.pcm, ComputeClock())
            whole = listen(self._recogniser, clip.pcm, ComputeClock(), settings=WHOLE)
            lost += lost_at_the_end(live.words, whole.words)
        return Row(
            f"last words lost at a stop, {self._extent.stops} stops", str(lost), "0", lost == 0
        )


def _delays(clips: Sequence[Clip], live: Sequence[Heard]) -> list[Row]:
    """Word end to first appearance and to confirmation."""
    first: list[float] = []
    confirmed: list[float] = []
    for clip, heard in zip(clips, live, strict=True):
        right, wrong = matched(heard, clip.words)
        first += first_shown_s(heard, right) + [NEVER_S] * len(wrong)
        confirmed += confirmed_s(heard, right)
    return [
        _quantiles("word's end to first appearance", first, {50: 0.6}),
        _quantiles("word's end to confirmation", confirmed, {50: 2.0, 95: 3.5}),
    ]


def _quantiles(figure: str, seconds: Sequence[float], bounds: dict[int, float]) -> Row:
    """Median and 95th percentile against their bounds. bounds: percentile to seconds."""
    if not len(seconds):
        return Row(figure, "nothing measured", "", met=False)
    values = {share: float(np.percentile(seconds, share)) for share in (50, 95)}
    return Row(
        figure,
        ", ".join(f"p{share} {value:.2f} s" for share, value in values.items()),
        ", ".join(f"p{share} {bound:.2f} s" for share, bound in bounds.items()),
        all(values[share] <= bound for share, bound in bounds.items()) if bounds else None,
    )


def _ready(heard: Heard) -> Row:
    """The engine's share of the way from capture to paint, in the real-time part."""
    delays = [shown.ready_s - shown.captured_s for shown in heard.shown]
    return _quantiles("capture to text in the worker", delays, {})


def _translation(folder: Path, extent: Extent, *, processor_time: bool) -> list[Row]:
    """Figures of live translation, from the text and from the sound."""
    model = Gemma3n.open(folder)
    able = translates(model)
    recogniser = GemmaRecogniser(model, model.sizes.largest)
    clips = [spoken(seconds, seed, unbroken=False) for seed, seconds in enumerate(extent.faster)]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as made:
        other = model if able else random_twin(Path(made), folder)
        translator = GemmaTranslator(other, other.sizes.largest)
        for languages in (SPANISH, replace(SPANISH, from_sound=True)):
            way = "from the sound" if languages.from_sound else "from the text"
            found = []
            for index, clip in enumerate(clips):
                clock: Clock = RealClock() if index == 0 else ComputeClock()
                if processor_time:
                    clock = ProcessorClock()
                found.append(interpret(recogniser, translator, clip.pcm, clock, languages))
            _say(f"{way}: {sum(len(one.closed) for one in found)} clauses")
            rows += _interpreted(way, clips, found)
            if not languages.from_sound:
                pairs = [pair for one in found for pair in one.pairs()]
                share = agreement(translator, pairs) if able else 0.0
                value = f"{share:.1%}" if able else "needs a model that translates"
                figure = "clauses as the whole, translated at once"
                rows.append(Row(figure, value, "95 %", share >= 0.95))
    return rows


def _interpreted(way: str, clips: list[Clip], found: list[Interpreted]) -> list[Row]:
    delays = [delay for one in found for delay in one.delays_s()]
    first = [delay for one in found for delay in one.first_delays_s()]
    erasure = max(one.erasure() for one in found)
    shown: list[float] = []
    for clip, one in zip(clips, found, strict=True):
        right, wrong = matched(one.heard, clip.words)
        shown += first_shown_s(one.heard, right) + [NEVER_S] * len(wrong)
    return [
        _quantiles(f"clause's confirmation to its translation, {way}", delays, {50: 1.5}),
        _quantiles(f"to the first words of it, {way}", first, {}),
        Row(f"normalised erasure, {way}", f"{erasure:.2f}", "0", erasure == 0),
        _quantiles(f"word's end to first appearance meanwhile, {way}", shown, {50: 0.6}),
    ]


def _window(model: Path, extent: Extent, paint: Path | None) -> list[Row]:
    """Capture to paint, and the window's growth, by a run of the program or from its file."""
    figure, bounds = "capture to paint", {50: 0.1, 95: 0.16}
    if paint is not None:
        return [_quantiles(figure, paint_delays_s(paint), bounds)]
    _say(f"the program in its window, {extent.real_time:.0f} s")
    run: Run = measured_in_window(model, extent.real_time)
    grown, _ = run.growth_bytes
    return [
        _quantiles(figure, run.delays_s, bounds),
        Row("window's memory growth", f"{grown / 1e6:.1f} MB", "10 MB", grown <= GROWTH_BYTES),
    ]


def _missed(clips: Sequence[Clip]) -> Row:
    share = float(np.mean([missed_share(clip) for clip in clips]))
    return Row("speech missed by the voice gate", f"{share:.2%}", "1 %", share <= 0.01)


def _forced(folder: Path, seconds: float, longest: float) -> list[Row]:
    """Figures of a model of full size."""
    model = Gemma3n.open(folder, dtype=torch.bfloat16, weights=Weights.INT4)
    model.small_ears = True
    rows = []
    for line in forced.lines(model, seconds, longest):
        rows.append(Row(*line))
        _say(f"{line[0]}: {line[1]}")
    return rows


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Print the table; 1 if --check finds a figure short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--paint", type=Path)
    parser.add_argument("--translate", action="store_true")
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--model", type=Path, default=Path(__file__).parents[2] / "assets/nano")
    parser.add_argument("--forced", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0, help="of sound for each cadence")
    parser.add_argument("--longest", type=float, default=600.0, help="of sound for what grows")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    device.configure(options.threads)
    extent = QUICK if options.quick else FULL
    if options.forced:
        rows = _forced(options.model, options.seconds, options.longest)
    elif options.translate:
        with torch.inference_mode():
            rows = _translation(options.model, extent, processor_time=options.processor_time)
    else:
        window = _window(options.model, extent, options.paint)
        with torch.inference_mode():
            bench = Bench(Gemma3n.open(options.model), extent, quick=options.quick)
            rows = bench.rows(window)
    print("| figure | measured | bound | |\n|---|---|---|---|")
    for row in rows:
        mark = {True: "met", False: "**short**", None: ""}[row.met]
        print(f"| {row.figure} | {row.value} | {row.bound} | {mark} |")
    short = [row.figure for row in rows if row.met is False]
    return exit_status(short, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
