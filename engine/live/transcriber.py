"""Live transcription: sound in, confirmed and tentative words out.

Knows nothing of torch, models, processes or windows: the recogniser and the voice detector are
given. A whole file is the same transcriber fed faster, with tentative text switched off.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, LiveMetrics, Segment
from engine.live.agreement import Agreement
from engine.live.guards import plausible
from engine.live.metrics import RealTimeFactor, StepLog, average_lagging
from engine.live.pace import SUSTAINED, Pace
from engine.live.recogniser import Recogniser
from engine.live.segments import (
    SEARCH_SAMPLES,
    Gate,
    GateSettings,
    History,
    Opened,
    Paused,
    quietest,
)
from engine.live.voice import AlwaysVoice, SileroDetector, VoiceDetector
from engine.writing import joined

WIDEST_STEP = 4  # chunks that are encoded at once, at least, when the machine is behind


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Policy of live transcription.

    decode_every: chunks of 160 ms between two decodings of tentative text.
    chunks_per_step: chunks encoded at once; more is cheaper on slow machines, and later.
    share: of the time, what decodings of tentative text may take; None: whatever they take. For a
        recogniser whose decodings cost more the longer the segment is.
    load: of the time, what hearing and decoding may take before tentative text is renewed more
        rarely; None: that happens only where the machine falls behind.
    tentative: False decodes each segment once, at its end.
    keep_sound: hand the sound of a segment on with its text, for a translator.
    """

    gate: GateSettings = field(default_factory=GateSettings)
    decode_every: int = 2
    chunks_per_step: int = 1
    share: float | None = None
    load: float | None = SUSTAINED
    tentative: bool = True
    keep_sound: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """New text of a segment.

    captured_at: monotonic seconds at which the last sample behind it was delivered.
    sound: what the recogniser has kept of the segment's sound; None where nobody wants it.
    """

    segment: Segment
    captured_at: float
    sound: object | None = None


@dataclass(slots=True)
class _OpenSegment:
    """A segment that still grows. Positions are samples since the stream began.

    fed: end of what the recogniser has heard; decoded: end of what its text covers.
    ends: for each word of the text, how many of the recogniser's words there are up to it: more
        than are written where the guards left some out.
    mark, marked: where the search for a cut begins, once reached, and its position.
    late_s: for each confirmed word, how old its sound was when it was confirmed.
    """

    start: int
    gap_samples: int
    fed: int
    decoded: int
    agreement: Agreement
    ends: list[int] = field(default_factory=list)
    index: int | None = None
    shown: Segment | None = None
    mark: object | None = None
    marked: int = 0
    late_s: list[float] = field(default_factory=list)


class Transcriber:
    """One recording's transcription.

    State: the gate, 4 s of sound, the open segment, counters. A new recording takes a new object;
    the recogniser is reset at every segment and may serve one transcriber after another.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        *,
        use_vad: bool = True,
        settings: LiveSettings | None = None,
        detector: VoiceDetector | None = None,
        clock: Callable[[], float] = time.monotonic,
        log: StepLog | None = None,
    ) -> None:
        self._recogniser = recogniser
        self._settings = settings or LiveSettings()
        self._detector = detector or (SileroDetector() if use_vad else AlwaysVoice())
        self._clock = clock
        self._log = log
        self._gate = Gate(self._settings.gate)
        self._step_samples = self._settings.chunks_per_step * CHUNK_SAMPLES
        self._longest = int(self._settings.gate.longest_s * SAMPLE_RATE)
        self._history = History(SEARCH_SAMPLES + self._step_samples + SAMPLE_RATE)
        every = self._settings.decode_every * CHUNK_SAMPLES
        self._pace = Pace(every, self._settings.share, self._settings.load)
        self._segment: _OpenSegment | None = None
        self._next_index = 0
        self._gap_samples = 0
        self._captured_at = 0.0
        self._factor = RealTimeFactor()
        self._lag_s = 0.0
        self._dropped_samples = 0
        self._erased_words = 0
        self._shown_words = 0

    @property
    def in_segment(self) -> bool:
        """Whether a segment is open: speech is being heard, or paused only just now."""
        return self._segment is not None

    def feed(self, chunk: AudioChunk, *, more: bool = False) -> list[Update]:
        """Hear the next chunk; what changed in the text, in order.

        Args:
            chunk: follows the last one; a jump in its `start` is a gap.
            more: further chunks already wait, so tentative text would be stale at once.

        Raises:
            ValueError: the chunk begins before the end of the last one.
        """
        began = self._clock()
        if chunk.start < self._history.end:
            raise ValueError(f"chunk at {chunk.start} after sound up to {self._history.end}")
        if self._settings.tentative:
            self._pace.note(began - chunk.captured_at)
        updates = self._skip_gap(chunk.start) if chunk.start > self._history.end else []
        self._captured_at = chunk.captured_at
        self._history.append(chunk.pcm)
        for window in self._detector.feed(chunk.pcm):
            event = self._gate.follow(window)
            if isinstance(event, Opened):
                self._segment = self._open(event.start)
            elif isinstance(event, Paused):
                updates += self._end(event.end, event.voice_end)
        if self._segment is not None:
            self._segment, cuts = self._within_length(self._segment, self._history.end)
            updates += cuts + self._renew(self._segment, self._history.end, more=more)
        self._measure(chunk.pcm.size, began)
        return updates

    def finish(self) -> list[Update]:
        """Decode what is left and close the segment: nothing that was fed is lost."""
        if self._segment is None:
            return []
        began = self._clock()
        updates = self._end(self._history.end, self._history.end)
        self._gate.restart(self._history.end)
        self._measure(0, began)
        return updates

    def metrics(self) -> LiveMetrics:
        """Return the health as of the last chunk."""
        open_now = self._segment.agreement if self._segment else Agreement()
        return LiveMetrics(
            lag_s=self._lag_s,
            real_time_factor=self._factor.value,
            dropped_s=self._dropped_samples / SAMPLE_RATE,
            erased_words=self._erased_words + open_now.erased_words,
            shown_words=self._shown_words + open_now.shown_words,
            voice=self._gate.voice,
            every_s=self._pace.every_s if self._settings.tentative else None,
        )

    def _skip_gap(self, start: int) -> list[Update]:
        """Sound is missing: what was heard ends here, the next segment carries the mark."""
        updates = self.finish()
        missing = start - self._history.end
        self._gap_samples += missing
        self._dropped_samples += missing
        self._detector.reset()
        self._gate.restart(start)
        self._history.restart(start)
        return updates

    def _open(self, start: int) -> _OpenSegment:
        self._recogniser.reset()
        self._pace.note_cost(0.0)
        agreement = Agreement(start / SAMPLE_RATE)
        return _OpenSegment(start, self._gap_samples, start, start, agreement)

    def _end(self, end: int, voice_end: int) -> list[Update]:
        """Close the open segment at `end`, which may lie beyond a cut."""
        assert self._segment is not None
        segment, updates = self._within_length(self._segment, end)
        self._segment = None
        return updates + self._close(segment, end, voice_end)

    def _within_length(self, segment: _OpenSegment, end: int) -> tuple[_OpenSegment, list[Update]]:
        """Cut what is too long by `end`; the segment now open, and the texts of the cuts."""
        updates: list[Update] = []
        while end >= segment.start + self._longest:
            segment, closed = self._cut(segment)
            updates += closed
        return segment, updates

    def _cut(self, segment: _OpenSegment) -> tuple[_OpenSegment, list[Update]]:
        """End a segment without a pause, in the quietest place, and go on from there."""
        limit = segment.start + self._longest
        self._hear(segment, limit)
        at = segment.marked + quietest(self._history.between(segment.marked, limit))
        self._recogniser.rewind(segment.mark)
        segment.fed = segment.marked
        updates = self._close(segment, at, voice_end=at)
        self._gate.cut(at, (limit - at) / SAMPLE_RATE)
        return self._open(at), updates

    def _renew(self, segment: _OpenSegment, end: int, *, more: bool) -> list[Update]:
        """Hear up to `end` and renew the tentative text, each if it is time."""
        # Several chunks encoded at once cost little more than one: where text comes more rarely,
        # all of what it will be renewed for.
        factor = self._pace.factor
        if more or factor is None:
            together = WIDEST_STEP
        else:
            together = factor * self._settings.decode_every if factor > 1 else 1
        if end - segment.fed >= max(self._step_samples, together * CHUNK_SAMPLES):
            self._hear(segment, end)
        new = segment.fed - segment.decoded
        if more or not self._settings.tentative or not self._pace.is_due(new):
            return []
        # Once a cut may come, nothing is confirmed: the word could lie behind the cut.
        began = self._clock()
        words = self._decode(segment)
        self._pace.note_renewal(self._clock() - began)
        segment.agreement.update(words, segment.fed / SAMPLE_RATE, hold=segment.mark is not None)
        return self._show(segment, final=False)

    def _hear(self, segment: _OpenSegment, end: int) -> None:
        """Feed the recogniser up to `end`, with a mark where the search for a cut would begin."""
        search = segment.start + self._longest - SEARCH_SAMPLES
        if segment.mark is None and segment.fed < search <= end:
            self._encode(segment.fed, search)
            segment.mark, segment.marked, segment.fed = self._recogniser.mark(), search, search
        self._encode(segment.fed, end)
        segment.fed = end

    def _encode(self, start: int, end: int) -> None:
        began = self._clock()
        self._recogniser.feed(self._history.between(start, end))
        self._pace.note_hearing(self._clock() - began, end - start)

    def _close(self, segment: _OpenSegment, end: int, voice_end: int) -> list[Update]:
        """Flush the recogniser, confirm everything, make the segment final."""
        self._recogniser.feed(self._history.between(segment.fed, end), final=True)
        segment.fed = end
        segment.agreement.close(self._decode(segment), segment.fed / SAMPLE_RATE)
        updates = self._show(segment, final=True)
        self._erased_words += segment.agreement.erased_words
        self._shown_words += segment.agreement.shown_words
        if updates:
            self._gap_samples -= segment.gap_samples
            self._log_segment(segment, voice_end)
        return updates

    def _decode(self, segment: _OpenSegment) -> tuple[str, ...]:
        """Recognise the segment so far: its words, as far as the sound can carry them."""
        began = self._clock()
        confirmed = segment.agreement.confirmed
        del segment.ends[len(confirmed) :]
        committed = segment.ends[-1] if confirmed else 0
        hypothesis = self._recogniser.decode(committed)
        segment.decoded = segment.fed
        self._pace.note_cost(self._clock() - began)
        if self._log:
            self._log.write(
                "step",
                end_s=segment.fed / SAMPLE_RATE,
                confirmed=len(confirmed),
                words=list(hypothesis.words),
                forwards=hypothesis.forwards,
                compute_s=self._clock() - began,
                lag_s=self._clock() - self._captured_at,
                voice_s=self._gate.voice_s,
                pace=self._pace.factor,
            )
        new = plausible(hypothesis.words, committed, self._gate.voice_s, self._gate.certain_s)
        segment.ends += [place + 1 for place in new]
        return (*(word.text for word in confirmed), *(hypothesis.words[place] for place in new))

    def _show(self, segment: _OpenSegment, *, final: bool) -> list[Update]:
        """Report the segment if a reader would see a difference."""
        agreement = segment.agreement
        late_s = max(0.0, self._clock() - self._captured_at)
        segment.late_s += [late_s] * (len(agreement.confirmed) - len(segment.late_s))
        tentative = joined(agreement.tentative)
        if segment.shown is None:
            if not agreement.confirmed and not tentative:
                return []
            segment.index, self._next_index = self._next_index, self._next_index + 1
        elif not final and (segment.shown.words, segment.shown.tentative) == (
            agreement.confirmed,
            tentative,
        ):
            return []
        assert segment.index is not None
        segment.shown = Segment(
            index=segment.index,
            start_s=segment.start / SAMPLE_RATE,
            end_s=segment.fed / SAMPLE_RATE,
            words=agreement.confirmed,
            tentative=tentative,
            final=final,
            gap_before_s=segment.gap_samples / SAMPLE_RATE,
        )
        sound = self._recogniser.sound() if self._settings.keep_sound else None
        return [Update(segment.shown, self._captured_at, sound)]

    def _log_segment(self, segment: _OpenSegment, voice_end: int) -> None:
        if self._log is None or segment.shown is None:
            return
        start_s, duration_s = (
            segment.start / SAMPLE_RATE,
            (segment.fed - segment.start) / SAMPLE_RATE,
        )
        delays_s = [word.confirmed_s - start_s for word in segment.agreement.confirmed]
        late_s = [a + b for a, b in zip(delays_s, segment.late_s, strict=True)]
        self._log.write(
            "segment",
            index=segment.index,
            start_s=start_s,
            end_s=segment.fed / SAMPLE_RATE,
            gap_before_s=segment.gap_samples / SAMPLE_RATE,
            text=segment.shown.text,
            erased_words=segment.agreement.erased_words,
            shown_words=segment.agreement.shown_words,
            average_lagging_s=average_lagging(delays_s, duration_s),
            average_lagging_with_compute_s=average_lagging(late_s, duration_s),
            finalisation_s=(segment.fed - voice_end) / SAMPLE_RATE
            + self._clock()
            - self._captured_at,
        )

    def _measure(self, samples: int, began: float) -> None:
        """Update the factor and the lag: captured sound against sound whose text is shown."""
        now = self._clock()
        self._factor.note(samples, now - began)
        undecoded = self._history.end - self._segment.decoded if self._segment else 0
        self._lag_s = undecoded / SAMPLE_RATE + max(0.0, now - self._captured_at)
