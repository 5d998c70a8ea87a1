"""Translation beside live transcription: clauses queue up and are translated slice by slice.

Knows no model and no process: the translator is given, and whoever owns the loop decides when a
slice is done. Nothing that was shown is ever taken back.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from torch import Tensor

from engine.datatypes import Languages, Translation
from engine.errors import ErrorKind, NestlingError
from engine.live.clauses import Clause, Clauses
from engine.live.transcriber import Update
from engine.live.translator import Request, Sound, Translator
from engine.protocol import (
    Event,
    Failed,
    Listening,
    ListeningState,
    Translated,
    TranslationChanged,
)
from engine.writing import joined

_TOO_LONG = (
    "This text is too long to be translated at once: its words and their translation must fit "
    "into the model's context. Translate it in parts."
)


class Job(Protocol):
    """One text that waits for its translation."""

    @property
    def recording(self) -> int | None:
        """The recording that it belongs to."""
        ...

    def request(self) -> Request:
        """What is asked for; called when the work begins."""
        ...

    def result(self, text: str, *, final: bool) -> Event:
        """Take the translation so far; what the window is told of it."""
        ...


class Interpreter:
    """Does one job after another, what is being said first, each in order of arrival.

    State: the jobs that wait, the one that is being worked on, and the recordings that end when
    the last of their clauses is translated.
    """

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._waiting: deque[Job] = deque()
        self._running: tuple[Job, Iterator[str]] | None = None
        self._text = ""
        self._ending: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether there is something to do."""
        return self._running is not None or bool(self._waiting)

    @property
    def working(self) -> bool:
        """Whether a job has been begun, with the size of then."""
        return self._running is not None

    def add(self, job: Job) -> None:
        """Put a job behind the others; texts wait behind clauses."""
        behind = isinstance(job, TextJob)
        first = sum(behind or not isinstance(other, TextJob) for other in self._waiting)
        self._waiting.insert(first, job)

    def end(self, recording: int) -> list[Event]:
        """No more clauses will come of this recording: it is told when the last is translated."""
        self._ending.add(recording)
        return self._ended()

    def drop(self, recording: int) -> None:
        """Forget the jobs of a recording that goes on."""
        self._waiting = deque(job for job in self._waiting if job.recording != recording)
        if self._running is not None and self._running[0].recording == recording:
            self._running = None

    def clear(self) -> list[Event]:
        """Forget every job; what there is to tell: nobody shall wait for a text any longer."""
        given_up = self.give_up_texts()
        self._waiting.clear()
        self._running = None
        return [*given_up, *self._ended()]

    def give_up_texts(self) -> list[Event]:
        """Forget the texts; what there is to tell of them: they can be asked for again."""
        texts = [job for job in self._jobs() if isinstance(job, TextJob)]
        self._waiting = deque(job for job in self._waiting if not isinstance(job, TextJob))
        if self._running is not None and isinstance(self._running[0], TextJob):
            self._running = None
        return [job.given_up() for job in texts]

    def step(self) -> list[Event]:
        """One slice of work; what there is to tell. Nothing to do without a job."""
        events = self._slice()
        return [*events, *self._ended()] if self._running is None else events

    def _ended(self) -> list[Event]:
        """The recordings that end now."""
        ended = self._ending - {job.recording for job in self._jobs()}
        self._ending -= ended
        return [Listening(recording, ListeningState.STOPPED) for recording in sorted(ended)]

    def _jobs(self) -> list[Job]:
        return [*([self._running[0]] if self._running else []), *self._waiting]

    def _slice(self) -> list[Event]:
        if self._running is None:
            if not self._waiting:
                return []
            job = self._waiting.popleft()
            self._running, self._text = (job, self._translator.translate(job.request())), ""
        job, work = self._running
        try:
            text = next(work, None)
        except NestlingError as error:
            if error.kind is not ErrorKind.CONTEXT_FULL:
                raise
            self._running = None  # this text alone is too long
            given_up = [job.given_up()] if isinstance(job, TextJob) else []
            return [Failed(error.kind, _TOO_LONG), *given_up]
        if text is None:
            self._running = None
            return [job.result(self._text, final=True)]
        if text == self._text:
            return []
        self._text = text
        return [job.result(text, final=False)]


@dataclass(slots=True)
class TextJob:
    """A text that the window sent."""

    number: int
    text: str
    languages: Languages
    recording: int | None = None

    def request(self) -> Request:
        """The text as it is."""
        return Request(self.text, self.languages)

    def result(self, text: str, *, final: bool) -> Event:
        """What the window knows it by is its number."""
        return Translated(self.number, text, final)

    def given_up(self) -> Event:
        """No translation comes of it."""
        return Translated(self.number, "", final=True)


@dataclass(slots=True)
class _Followed:
    """A segment: where it is cut, and what of it is translated.

    sentence: the word at which the open sentence begins; begun: its translation so far.
    done: all of the segment's translation. hearable: none of it is missing in `done`.
    """

    index: int
    clauses: Clauses = field(default_factory=Clauses)
    sentence: int = 0
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    hearable: bool = True


class LiveTranslation:
    """Makes jobs of one recording's clauses as they close.

    State: the languages, None while nothing is to be translated; the segment that is open.
    """

    def __init__(self, recording: int, languages: Languages | None) -> None:
        self.recording = recording
        self._languages = languages
        self._open: _Followed | None = None

    def take_languages(self, languages: Languages | None) -> None:
        """Translate into another language, or not at all, from the next clause on."""
        self._languages = languages
        if self._open is not None:
            self._open.begun, self._open.done, self._open.hearable = [], [], False

    def follow(self, update: Update) -> list["ClauseJob"]:
        """The clauses that close with new text."""
        segment, languages = update.segment, self._languages
        if self._open is None or self._open.index != segment.index:
            self._open = _Followed(segment.index)
        followed = self._open
        words = [word.text for word in segment.words]
        closed = followed.clauses.follow(words, final=segment.final)
        if languages is None:
            followed.hearable = followed.hearable and not closed
            return []
        sound: tuple[Tensor, ...] | None = None
        if languages.from_sound and followed.hearable and isinstance(update.sound, tuple):
            sound = update.sound
        return [
            ClauseJob(self.recording, words, clause, languages, followed, sound)
            for clause in closed
        ]


@dataclass(slots=True)
class ClauseJob:
    """One clause of a live transcript. words: of its segment, as far as they are confirmed."""

    recording: int
    words: list[str]
    clause: Clause
    languages: Languages
    followed: _Followed
    sound: tuple[Tensor, ...] | None

    def request(self) -> Request:
        """The sentence up to here, with what is translated of it already."""
        clause, followed = self.clause, self.followed
        if followed.sentence != clause.sentence:
            followed.sentence, followed.begun = clause.sentence, []
        text = joined(self.words[clause.sentence : clause.end])
        if self.sound is None:
            given, sound = followed.begun, None
        else:
            name = (self.recording, followed.index, self.languages)
            sound = Sound(name, self.sound, joined(self.words[: clause.end]))
            given = followed.done
        return Request(
            text, self.languages, joined(given), unfinished=not clause.whole, sound=sound
        )

    def result(self, text: str, *, final: bool) -> Event:
        """Keep what is final for the clauses behind it."""
        clause, followed = self.clause, self.followed
        if final and text:
            followed.begun.append(text)
            followed.done.append(text)
        return TranslationChanged(
            self.recording,
            Translation(
                followed.index, clause.first, clause.end, self.languages.target, text, final
            ),
        )
