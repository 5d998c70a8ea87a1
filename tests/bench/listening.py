"""Feeding a transcriber as a microphone would, and reading the figures off what it wrote.

Both clocks keep the same rules: a chunk is there when its last sample was spoken, and what piled
up meanwhile is handed over at once, as the worker does.
"""

import json
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import jiwer
import numpy as np

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, LiveMetrics, Segment
from engine.live.agreement import spoken_form
from engine.live.recogniser import Recogniser
from engine.live.segments import Gate, GateSettings, Opened, Paused
from engine.live.transcriber import LiveSettings, Transcriber
from engine.live.voice import SileroDetector
from tests.bench.material import Clip, Said, Samples

NEVER_S = 30.0  # what counts for a word that was never shown


class Clock(Protocol):
    """Seconds; the first sample is spoken at 0."""

    def now(self) -> float: ...

    def wait_until(self, moment_s: float) -> None: ...


class RealClock:
    """Time as it passes."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def now(self) -> float:
        return time.perf_counter() - self._began

    def wait_until(self, moment_s: float) -> None:
        time.sleep(max(0.0, moment_s - self.now()))


class ComputeClock:
    """Time in which only computing passes: waiting is skipped, delays stay true."""

    def __init__(self) -> None:
        self._ahead_s = -time.perf_counter()

    def now(self) -> float:
        return time.perf_counter() + self._ahead_s

    def wait_until(self, moment_s: float) -> None:
        self._ahead_s += max(0.0, moment_s - self.now())


class ProcessorClock:
    """Time in which only this process's own computing passes, for a machine that others use."""

    def __init__(self) -> None:
        self._ahead_s = -time.process_time()

    def now(self) -> float:
        return time.process_time() + self._ahead_s

    def wait_until(self, moment_s: float) -> None:
        self._ahead_s += max(0.0, moment_s - self.now())


@dataclass(frozen=True)
class Shown:
    """A change of text: when it was ready, and when its last sample had been captured."""

    ready_s: float
    captured_s: float
    segment: Segment


@dataclass(frozen=True)
class Heard:
    """What a transcriber made of a clip."""

    shown: tuple[Shown, ...]
    metrics: LiveMetrics

    @property
    def finals(self) -> list[Segment]:
        return [shown.segment for shown in self.shown if shown.segment.final]

    @property
    def words(self) -> list[str]:
        return [word.text for segment in self.finals for word in segment.words]


def listen(
    recogniser: Recogniser,
    pcm: Samples,
    clock: Clock,
    *,
    use_vad: bool = True,
    settings: LiveSettings | None = None,
) -> Heard:
    """Feed `pcm` chunk by chunk on `clock`, then stop."""
    transcriber = Transcriber(recogniser, use_vad=use_vad, settings=settings, clock=clock.now)
    shown: list[Shown] = []
    start = 0
    while start < pcm.size:
        clock.wait_until(min(start + CHUNK_SAMPLES, pcm.size) / SAMPLE_RATE)
        captured = min(pcm.size, int(clock.now() * SAMPLE_RATE) // CHUNK_SAMPLES * CHUNK_SAMPLES)
        for chunk in chunks_between(pcm, start, max(captured, start + 1)):
            start = chunk.start + chunk.pcm.size
            updates = transcriber.feed(chunk, more=start < captured)
            shown += [Shown(clock.now(), u.captured_at, u.segment) for u in updates]
    shown += [Shown(clock.now(), u.captured_at, u.segment) for u in transcriber.finish()]
    return Heard(tuple(shown), transcriber.metrics())


def chunks_between(pcm: Samples, start: int, end: int) -> Iterator[AudioChunk]:
    """Chunks that begin in [start, end), each captured when its last sample was spoken."""
    for first in range(start, end, CHUNK_SAMPLES):
        part = pcm[first : first + CHUNK_SAMPLES].copy()
        yield AudioChunk(part, first, (first + part.size) / SAMPLE_RATE)


@dataclass(frozen=True)
class Matched:
    """A spoken word and the place of the written word that stands for it, if it is right."""

    said: Said
    segment: int
    position: int


def matched(heard: Heard, words: Sequence[Said]) -> tuple[list[Matched], list[Said]]:
    """Which spoken words were written right, and which were not, by alignment per segment."""
    right: list[Matched] = []
    ends = [segment.end_s for segment in heard.finals]
    spoken: list[list[Said]] = [[] for _ in ends]
    wrong: list[Said] = []
    for word in words:
        place = bisect_left(ends, (word.start_s + word.end_s) / 2)
        (spoken[place] if place < len(ends) else wrong).append(word)
    for segment, said in zip(heard.finals, spoken, strict=True):
        written = [spoken_form(word.text) for word in segment.words]
        found: set[int] = set()
        if said and written:
            aligned = jiwer.process_words(" ".join(w.text for w in said), " ".join(written))
            for part in aligned.alignments[0]:
                if part.type == "equal":
                    for step in range(part.ref_end_idx - part.ref_start_idx):
                        found.add(part.ref_start_idx + step)
                        word = said[part.ref_start_idx + step]
                        right.append(Matched(word, segment.index, part.hyp_start_idx + step))
        wrong += [word for index, word in enumerate(said) if index not in found]
    return right, wrong


def first_shown_s(heard: Heard, words: Sequence[Matched]) -> list[float]:
    """Seconds from the end of each word to the text in which it first stood."""
    by_segment: dict[int, list[tuple[float, list[str]]]] = {}
    for shown in heard.shown:
        text = [*(w.text for w in shown.segment.words), *shown.segment.tentative.split()]
        by_segment.setdefault(shown.segment.index, []).append(
            (shown.ready_s, [spoken_form(word) for word in text])
        )
    delays = []
    for word in words:
        wanted = spoken_form(word.said.text)
        # A neighbour may have been one word or two at the time, so the place may be off by one.
        near = slice(max(0, word.position - 1), word.position + 2)
        delays.append(
            next(
                ready_s - word.said.end_s
                for ready_s, text in by_segment[word.segment]
                if wanted in text[near]
            )
        )
    return delays


def confirmed_s(heard: Heard, words: Sequence[Matched]) -> list[float]:
    """Seconds from the end of each word to its confirmation."""
    confirmed: dict[int, list[float]] = {}
    for shown in heard.shown:
        times = confirmed.setdefault(shown.segment.index, [])
        times += [shown.ready_s] * (len(shown.segment.words) - len(times))
    return [confirmed[word.segment][word.position] - word.said.end_s for word in words]


def erased_confirmed(heard: Heard) -> int:
    """Confirmed words that were taken back or changed."""
    last: dict[int, list[str]] = {}
    erased = 0
    for shown in heard.shown:
        now = [word.text for word in shown.segment.words]
        before = last.get(shown.segment.index, [])
        kept = next((i for i, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), None)
        erased += len(before) - (min(len(before), len(now)) if kept is None else kept)
        last[shown.segment.index] = now
    return erased


def missed_share(clip: Clip) -> float:
    """Share of the spoken time that the voice gate keeps from the recogniser."""
    gate, detector = Gate(GateSettings()), SileroDetector()
    covered = np.zeros(clip.pcm.size, bool)
    start = 0
    for window in detector.feed(clip.pcm):
        event = gate.follow(window)
        if isinstance(event, Opened):
            start = event.start
        elif isinstance(event, Paused):
            covered[start : event.end] = True
    if gate.open:
        covered[start:] = True
    total = missed = 0
    for word in clip.words:
        part = covered[round(word.start_s * SAMPLE_RATE) : round(word.end_s * SAMPLE_RATE)]
        total, missed = total + part.size, missed + int(part.size - part.sum())
    return missed / total


def lost_at_the_end(live: Sequence[str], whole: Sequence[str]) -> int:
    """Words at the end of the whole clip's transcript behind the last one that live wrote too."""
    if not whole or not live:
        return len(whole)
    spelled = [" ".join(map(spoken_form, words)) for words in (whole, live)]
    aligned = jiwer.process_words(*spelled).alignments[0]
    tail = 0
    for part in reversed(aligned):
        if part.type == "delete":
            tail += part.ref_end_idx - part.ref_start_idx
        elif part.type != "insert":
            break
    return tail


def word_error_rate(clips: Sequence[Clip], heard: Sequence[Heard]) -> float:
    """Word error rate over whole recordings."""
    return float(
        jiwer.wer(
            [" ".join(spoken_form(word.text) for word in clip.words) for clip in clips],
            [" ".join(map(spoken_form, one.words)) for one in heard],
        )
    )


def paint_delays_s(path: Path) -> list[float]:
    """Seconds from capture to paint, from what the end-to-end run of the window wrote.

    path: JSON lines {"captured_at": ..., "painted_at": ...}, one for each painted change of text,
    both in monotonic seconds of the same machine.
    """
    lines = map(json.loads, path.read_text("utf-8").splitlines())
    return [line["painted_at"] - line["captured_at"] for line in lines]
