"""Sound that spells its words in its sample values, and a recogniser and detector that read it.

A word is a stretch of one constant value; silence is zero. A word heard only in part is read as
the part of its letters that was heard, so a cut or doubled word shows in the text.
"""

from dataclasses import dataclass

import numpy as np

from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, AudioChunk, Pcm
from engine.live.recogniser import Hypothesis
from engine.live.voice import WINDOW_SAMPLES, Window

LEVEL = 1000  # word number n has the sample value (n + 1) / LEVEL


@dataclass(frozen=True)
class Spoken:
    """One word: when it is said (seconds), and which sample value carries it."""

    text: str
    start_s: float
    end_s: float


def render(words: list[Spoken], duration_s: float) -> Pcm:
    pcm = np.zeros(round(duration_s * SAMPLE_RATE), np.float32)
    for number, word in enumerate(words):
        first, last = round(word.start_s * SAMPLE_RATE), round(word.end_s * SAMPLE_RATE)
        pcm[first:last] = (number + 1) / LEVEL
    return pcm


def sentence(texts: list[str], start_s: float, word_s: float = 0.25, gap_s: float = 0.06):
    step_s = word_s + gap_s
    return [
        Spoken(text, start_s + index * step_s, start_s + index * step_s + word_s)
        for index, text in enumerate(texts)
    ]


def chunks(pcm: Pcm, start: int = 0, captured_at: float = 0.0):
    for first in range(0, pcm.size, CHUNK_SAMPLES):
        part = pcm[first : first + CHUNK_SAMPLES].copy()
        end_s = (first + part.size) / SAMPLE_RATE
        yield AudioChunk(part, start + first, captured_at + end_s)


class ScriptedRecogniser:
    """Reads the words back. Counts what it was asked, and checks that it is asked properly."""

    def __init__(self, words: list[Spoken]):
        self.words = words
        self.heard = np.zeros(0, np.float32)
        self.flushed = False
        self.decodes = 0
        self.last: tuple[str, ...] = ()

    def reset(self):
        self.heard, self.flushed, self.last = np.zeros(0, np.float32), False, ()

    def feed(self, pcm, *, final=False):
        assert not self.flushed, "sound after the end of a segment"
        self.heard, self.flushed = np.concatenate([self.heard, pcm]), final

    def decode(self, committed):
        self.decodes += 1
        assert committed <= len(self.last), "more words committed than were ever recognised"
        self.last = self.last[:committed] + self.read()[committed:]
        return Hypothesis(self.last, forwards=1)

    def mark(self):
        return self.heard.size

    def rewind(self, mark):
        self.heard, self.flushed = self.heard[:mark], False

    def read(self) -> tuple[str, ...]:
        numbers = np.round(self.heard * LEVEL).astype(int)
        edges = np.flatnonzero(np.diff(numbers)) + 1
        read = []
        for run in np.split(numbers, edges):
            if run.size and run[0]:
                word = self.words[run[0] - 1]
                share = run.size / ((word.end_s - word.start_s) * SAMPLE_RATE)
                letters = round(len(word.text) * min(1.0, share))
                if letters:
                    read.append(word.text[:letters])
        return tuple(read)


class ScriptedDetector:
    """Hears a voice in every window that is not silent."""

    def __init__(self):
        self.rest, self.end = np.zeros(0, np.float32), 0

    def feed(self, pcm):
        sound = np.concatenate([self.rest, pcm])
        whole = sound.size // WINDOW_SAMPLES * WINDOW_SAMPLES
        self.rest, windows = sound[whole:], []
        for window in sound[:whole].reshape(-1, WINDOW_SAMPLES):
            self.end += WINDOW_SAMPLES
            windows.append(Window(self.end, float(np.any(window))))
        return windows

    def reset(self):
        self.__init__()
