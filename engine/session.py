"""One opened model at work: its size, its caches, a live transcription, a conversation.

Everything that computes does so behind `inference_mode`, which is entered here and nowhere else.
Knows no pipe and no window: methods return events, and generators yield them as they happen.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from engine import residency, size_record
from engine.chat import Chat
from engine.datatypes import (
    AudioChunk,
    FinishReason,
    Languages,
    Modality,
    PartMemory,
    SamplingParams,
    Seeing,
    Segment,
    Task,
    Turn,
    bounded,
)
from engine.ears import Ears
from engine.errors import ErrorKind, NestlingError
from engine.live.interpreter import Interpreter, LiveTranslation, TextJob
from engine.live.metrics import StepLog
from engine.live.recogniser import Recogniser
from engine.live.starter import STARTER_LIVE, STARTER_WHOLE_CLIP
from engine.live.transcriber import LiveSettings, Transcriber, Update
from engine.live.whole_clip import WHOLE_CLIP, transcribe_file
from engine.measuring import Measuring
from engine.model import Gemma3n
from engine.opened import Opened, Recording, opening
from engine.protocol import (
    Event,
    Finished,
    Listening,
    ListeningState,
    Loaded,
    Memory,
    Metrics,
    Progress,
    SegmentChanged,
    SizeChanged,
    SizesMeasured,
    Tower,
    TowerState,
)
from engine.questions import put_in_words
from engine.weights import Weights

METRICS_INTERVAL_S = 0.5
IDLE_RELEASE_S = 60.0
_HEARING, _ANSWERING = "hearing", "answering"  # what a tower is held for


class Session:
    """What one worker does for one window.

    State: the model and the size in force; while listening a transcriber; a conversation's cache.

    Args:
        idle_release_s: towers that nobody uses for so long are released; 0 = never.
        live_log: where the steps of live transcriptions are logged, what was said included.
        device: where models compute.
        weights: how decoders' weights are held; None = as `load` is told.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        idle_release_s: float = IDLE_RELEASE_S,
        device: str = "cpu",
        weights: Weights | None = Weights.AUTO,
        live_log: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.device = device
        self._weights = weights
        self._idle_release_s = idle_release_s
        self._live_log = live_log
        self._clock = clock
        self._opened: Opened | None = None
        self._recording: Recording | None = None
        self._ears = Ears(clock)

    # --- the model --------------------------------------------------------------------------------

    def load(
        self,
        folder: str | Path,
        size: str | None = None,
        weights: Weights = Weights.AUTO,
        *,
        small_ears: bool = False,
    ) -> Iterator[Event]:
        """Open another model; the old one stays if that fails. A recording is drained first.

        Sound may be fed at each Progress, last at that of the whole: the old model hears it.

        Errors: BAD_MODEL; BAD_INPUT for a size that the model does not have; DISK if its weights
            are to be prepared and cannot.
        """
        yield Progress("model", None)
        model = yield from opening(Path(folder), self.device, self._weights or weights, size)
        model.small_ears = small_ears
        opened = Opened(model, size, self._clock)
        yield Progress("model", None)
        if self._recording is not None:
            yield from self.stop_listening(self._recording.number)
        if self._interpreter is not None:
            yield from self._interpreter.give_up_texts()  # these may be many
        while self.translating:
            yield from self.translate_slice()
        gone = () if self._opened is None else self._opened.towers.loaded
        self.close()
        yield from (Tower(modality, TowerState.ABSENT) for modality in gone)
        self._opened = opened
        residency.trim()  # between the weights lies what was there while they were made
        yield Loaded(opened.info())

    @property
    def model(self) -> Gemma3n:
        """The open model. Errors: BAD_INPUT without one."""
        return self._require().model

    def close(self) -> None:
        """Forget the model and everything that was computed with it."""
        if self._recording is not None:
            self._recording.close()
        self._opened = self._recording = None
        self._ears.release()
        residency.trim()

    def set_size(self, name: str) -> Iterator[Event]:
        """Take another size now, or at the end of the utterance that is being heard.

        Errors: BAD_INPUT for a size that the model does not have.
        """
        opened = self._require()
        opened.take_size(opened.model.sizes.size(name))
        if self._recording is None or not self._recording.transcriber.in_segment:
            yield SizeChanged(name)
        else:
            self._recording.size_due = name

    # --- what sizes cost --------------------------------------------------------------------------

    def measure_sizes(self, record: Path, *, at_once: bool) -> Iterator[Event]:
        """Say what each size costs: as kept in `record`, else, or at once, as it is measured."""
        opened = self._require()
        known = None if at_once else size_record.recall(record, opened.model)
        if known is not None:
            yield SizesMeasured(known)
        else:
            opened.measuring = Measuring(
                opened.model, opened.size, record, at_once=at_once, clock=self._clock
            )

    def measuring_due(self) -> float | None:
        """When `measure_slice` has something to do, on the session's clock; None = never."""
        opened = self._opened
        if opened is None or opened.measuring is None:
            return None
        if self._recording is not None or self.translating:
            return None
        return opened.measuring.due

    def postpone_measuring(self) -> None:
        """Something is asked for: measure later."""
        if self._opened is not None and self._opened.measuring is not None:
            self._opened.measuring.postpone()

    @torch.inference_mode()
    def measure_slice(self) -> Iterator[Event]:
        """Measure for a moment, if it is time."""
        opened, due = self._opened, self.measuring_due()
        if opened is None or opened.measuring is None or due is None or due > self._clock():
            return
        measuring, opened.measuring = opened.measuring, None  # a failure ends it
        figures = measuring.step()
        if figures is None:
            opened.measuring = measuring
        else:
            yield SizesMeasured(figures)

    def set_idle_release(self, seconds: float) -> None:
        """From now on, towers that nobody uses for so long are released; 0 = never."""
        self._idle_release_s = seconds

    def release(self, modality: Modality) -> Sequence[Event]:
        """Give a tower's memory back; as soon as it is needed no more, if it is now.

        May be called between two events of a question. A tower that it waits for is given up.
        """
        return () if self._opened is None else self._opened.release(modality)

    def release_ears(self) -> Sequence[Event]:
        """Give the starter ears' memory back, as soon as nothing is heard with them."""
        self._ears.give_up()
        return (Memory(self.memory()),)

    def idle_release_due(self) -> float | None:
        """When `release_idle` will have something to do, on the session's clock; None = never."""
        towers = None if self._opened is None else self._opened.towers.due(self._idle_s)
        moments = [due for due in (towers, self._ears.due(self._idle_s)) if due is not None]
        return min(moments, default=None)

    def release_idle(self) -> Sequence[Event]:
        """Release what nobody has used for long, and what was to go when it was used no more."""
        opened = self._opened
        if opened is None:
            return ()
        opened.settle()
        going = opened.towers.going(self._idle_s)
        events = [event for modality in going for event in opened.release(modality)]
        ears_due = self._ears.due(self._idle_s)
        if ears_due is not None and ears_due <= self._clock():
            self._ears.release()
            events.append(Memory(self.memory()))
        return events

    @property
    def _idle_s(self) -> float:
        return self._idle_release_s or math.inf

    def memory(self) -> dict[str, PartMemory]:
        """Measured bytes by part: text, ple, audio, vision, kv, starter (its ears), app."""
        parts: dict[str, list[residency.Extent]] = {
            "text": [],
            "ple": [],
            "audio": [],
            "vision": [],
        }
        if self._opened is None:
            return residency.measure(parts, {"kv": 0})
        held = {"kv": self._opened.kv_bytes(), "starter": self._ears.nbytes}
        return residency.measure(parts | self._opened.extents(), held)

    # --- listening --------------------------------------------------------------------------------

    @torch.inference_mode()
    def start_listening(
        self,
        recording: int,
        *,
        use_vad: bool = True,
        translate_to: Languages | None = None,
        starter: bool = False,
        whole_clip: bool = False,
    ) -> Iterator[Event]:
        """Begin a live transcription; one that still runs is drained first.

        starter: hear with the starter ears where the model allows it. Else with its own; if the
        tower for it is given up while it loads, the recording ends before it begins.
        whole_clip: nobody waits for the words while they are said, so each is decoded once.

        Errors: UNSUPPORTED_TASK if the model was not made for it, or not for translation;
        MISSING_LIBRARY for starter ears that cannot be used.
        """
        opened = self._require(Task.TRANSCRIBE)
        if translate_to is not None:
            self._require(Task.TRANSLATE, translate_to)
        if self._recording is not None:
            yield from self.stop_listening(self._recording.number)
        log = None if self._live_log is None else StepLog(self._live_log)
        recogniser: Recogniser
        if starter and opened.allows_starter:
            recogniser = starting = self._ears.hold()
            let_go = partial(self._ears.unhold, starting)
            settings = STARTER_WHOLE_CLIP if whole_clip else STARTER_LIVE
        else:
            yield from opened.towers.load(Modality.AUDIO)
            if Modality.AUDIO not in opened.towers.loaded:
                yield Listening(recording, ListeningState.STOPPED)
                return
            opened.towers.hold(Modality.AUDIO, _HEARING)
            let_go = partial(opened.towers.unhold, Modality.AUDIO, _HEARING)
            able = Task.TRANSLATE in opened.tasks()
            recogniser = opened.recogniser()
            settings = replace(WHOLE_CLIP if whole_clip else LiveSettings(), keep_sound=able)
        transcriber = Transcriber(recogniser, use_vad=use_vad, settings=settings, log=log)
        live = LiveTranslation(recording, translate_to)
        self._recording = Recording(recording, transcriber, live, self._clock(), log, let_go)
        yield Listening(recording, ListeningState.STARTED)

    @property
    def hearing(self) -> int | None:
        """The recording that is being heard."""
        return None if self._recording is None else self._recording.number

    @torch.inference_mode()
    def feed(self, chunks: Sequence[AudioChunk]) -> Iterator[Event]:
        """Hear the next chunks; of those that have piled up, only the last brings new words.

        Whoever captured them, their samples are brought into range first.
        """
        recording = self._recording
        if recording is None:  # the tail of a recording that was ended by a failure
            return
        for left, chunk in zip(range(len(chunks) - 1, -1, -1), chunks, strict=True):
            sound = replace(chunk, pcm=bounded(chunk.pcm))
            updates = recording.transcriber.feed(sound, more=left > 0)
            yield from self._changes(recording, updates)
        if self._clock() >= recording.metrics_due:
            recording.metrics_due = self._clock() + METRICS_INTERVAL_S
            yield Metrics(recording.number, recording.transcriber.metrics())

    @torch.inference_mode()
    def stop_listening(self, recording: int) -> Iterator[Event]:
        """Decode what was fed and close the last segment. Nothing to do for an ended recording."""
        running = self._recording
        if running is None or running.number != recording:
            return
        yield from self._changes(running, running.transcriber.finish())
        yield Metrics(recording, running.transcriber.metrics())
        yield from self.abandon_listening()

    def abandon_listening(self) -> Iterator[Event]:
        """End a recording without decoding the rest."""
        running, self._recording = self._recording, None
        if running is not None:
            running.close()
            yield from self._size_arrived(running)
            if self._interpreter is None:
                yield Listening(running.number, ListeningState.STOPPED)
            else:
                yield from self._interpreter.end(running.number)

    @torch.inference_mode()
    def transcribe(self, path: Path, *, starter: bool = False) -> Iterator[Segment]:
        """The final segments of a sound file. starter: as for `start_listening`.

        Errors: BAD_AUDIO; UNSUPPORTED_TASK; MISSING_LIBRARY.
        """
        opened = self._require(Task.TRANSCRIBE)
        if starter and opened.allows_starter:
            with self._ears.held() as ears:
                yield from transcribe_file(path, ears, settings=STARTER_WHOLE_CLIP)
        else:
            yield from transcribe_file(path, opened.recogniser())

    def _changes(self, recording: Recording, updates: Sequence[Update]) -> Iterator[Event]:
        for update in updates:
            yield SegmentChanged(recording.number, update.segment, update.captured_at)
            for job in recording.translation.follow(update):
                self._require_interpreter().add(job)
        if recording.size_due is not None and (
            not recording.transcriber.in_segment or any(u.segment.final for u in updates)
        ):
            yield from self._size_arrived(recording)

    def _size_arrived(self, recording: Recording) -> Iterator[Event]:
        """Tell of a size that had to wait for the end of an utterance, if one had to."""
        name, recording.size_due = recording.size_due, None
        if name is not None:
            self._require().give_back()
            yield SizeChanged(name)

    # --- translation ------------------------------------------------------------------------------

    def set_languages(self, recording: int, languages: Languages | None) -> None:
        """Translate a running recording into another language from now on, or no more.

        Errors: UNSUPPORTED_TASK.
        """
        if languages is not None:
            self._require(Task.TRANSLATE, languages)
        if self._recording is not None and self._recording.number == recording:
            self._recording.translation.take_languages(languages)
            if self._interpreter is not None:
                self._interpreter.drop(recording)

    def translate(self, number: int, text: str, languages: Languages) -> None:
        """Have a text translated, between everything else.

        Errors: UNSUPPORTED_TASK.
        """
        self._require(Task.TRANSLATE, languages)
        self._require_interpreter().add(TextJob(number, text, languages))

    @property
    def translating(self) -> bool:
        """Whether `translate_slice` has something to do."""
        return self._interpreter is not None and self._interpreter.busy

    @torch.inference_mode()
    def translate_slice(self) -> Iterator[Event]:
        """Do a small part of the translation that waits; a text that is too long is told."""
        if self._opened is not None and self._interpreter is not None:
            yield from self._interpreter.step()
            self._opened.settle()

    def abandon_translation(self) -> Iterator[Event]:
        """Give up what waits to be translated."""
        if self._interpreter is not None:
            yield from self._interpreter.clear()

    @property
    def _interpreter(self) -> Interpreter | None:
        return None if self._opened is None else self._opened.interpreter

    def _require_interpreter(self) -> Interpreter:
        return self._require(Task.TRANSLATE).make_interpreter()

    # --- conversation -----------------------------------------------------------------------------

    @torch.inference_mode()
    def ask(
        self,
        turns: tuple[Turn, ...],
        params: SamplingParams,
        *,
        aside: bool = False,
        seeing: Seeing = Seeing(),  # noqa: B008 - frozen
        starter: bool = False,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """Answer the last turn: Token..., Finished; before that Tower... of those it must wait for.

        aside: outside the conversation, and forgotten at once. seeing: how pictures are looked
        at. starter: see `put_in_words`. stop: asked at every small step; sound may be fed and
        translated before it answers, and nothing else may be begun but what `starting` allows.

        Errors: UNSUPPORTED_TASK; BAD_INPUT for turns that do not alternate; CONTEXT_FULL; as
        `put_in_words`.
        """
        opened = self._require(Task.SEE if any(turn.images for turn in turns) else Task.CHAT)
        chat = Chat(opened.model, opened.pace) if aside else opened.chat
        asked = yield from put_in_words(opened, self._ears, turns, starter=starter, stop=stop)
        if asked is None:
            yield Finished(turns[-1].id, FinishReason.STOPPED)
            return
        turns = asked
        needed = chat.towers_needed(turns, params, seeing)
        # One that is there already may be released while another one is still coming.
        while missing := [m for m in needed if m not in opened.towers.loaded]:
            yield from opened.towers.load(missing[0], stop)
            if missing[0] not in opened.towers.loaded:
                yield Finished(turns[-1].id, FinishReason.STOPPED)
                return
        for modality in needed:
            opened.towers.hold(modality, _ANSWERING)
        try:
            for event in chat.answer(turns, params, opened.size, stop, seeing, self._shared):
                for modality in needed:  # all is encoded before the first event
                    opened.towers.unhold(modality, _ANSWERING)
                    opened.towers.note_use(modality)
                yield event
        finally:
            for modality in needed:
                opened.towers.unhold(modality, _ANSWERING)
        opened.give_back()

    @property
    def starting(self) -> bool:
        """Whether a tower is on its way: until it is there, no other command may wait for one."""
        return self._opened is not None and bool(self._opened.towers.arriving)

    def _shared(self) -> bool:
        """Whether somebody hears or translates while an answer is being written."""
        return self._recording is not None or self.translating

    def with_video(
        self,
        question: Turn,
        path: Path,
        params: SamplingParams,
        seeing: Seeing,
        *,
        by_scenes: bool = False,
    ) -> tuple[Turn, tuple[str, ...]]:
        """The question with as much of a video as fits, and sentences about the rest.

        Errors: UNSUPPORTED_TASK; BAD_PICTURE; CONTEXT_FULL.
        """
        from engine.watching import with_video  # OpenCV, which no start needs to wait for

        opened = self._require(Task.SEE)
        room = opened.chat.room(question, params, seeing)
        return with_video(opened.model, question, path, room, seeing.pixels, by_scenes=by_scenes)

    def _require(self, task: Task | None = None, into: Languages | None = None) -> Opened:
        """The open model, if it was made for the task."""
        if self._opened is None:
            raise NestlingError(ErrorKind.BAD_INPUT, "No model is open. Open a model folder first.")
        if task is not None:
            self._opened.require(task, into)
        return self._opened
