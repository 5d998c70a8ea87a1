"""What the live bench listens to: held-out sentences with the time of every word, and noises.

Everything is made here from a seed; nothing is downloaded.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.datatypes import SAMPLE_RATE
from engine.training.espeak import espeak_with_word_times
from engine.training.grammar import sentences
from engine.training.voices import TRAINED_ESPEAK, Voice

Samples = npt.NDArray[np.float32]

SEED = 4_711
PAUSES_S = (0.9, 1.6)  # between sentences; longer than the pause that closes a segment
RUN_PAUSES_S = (0.12, 0.3)  # inside a passage without a closing pause
RUN_S = 35.0  # length of such a passage: longer than a segment may be


@dataclass(frozen=True)
class Said:
    """A word and when it is said, seconds since the clip began."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Clip:
    """Sound and the words in it, in order."""

    pcm: Samples
    words: tuple[Said, ...]

    @property
    def seconds(self) -> float:
        return self.pcm.size / SAMPLE_RATE


def spoken(seconds: float, seed: int, *, unbroken: bool = True) -> Clip:
    """At least `seconds` of held-out sentences in trained voices, with pauses between them.

    unbroken: in the middle, a passage goes on without a pause for longer than a segment may.
    """
    rng = random.Random(f"live {seed}")
    parts: list[Samples] = [_silence(0.8)]
    words: list[Said] = []
    clock, run_left, run_at = 0.8, 0.0, 0.4 * seconds if unbroken else seconds
    for text in sentences(SEED + seed, held_out=True):
        if run_at <= clock < seconds:
            run_left, run_at = RUN_S, seconds
        utterance = _utterance(text, rng.choice(TRAINED_ESPEAK), rng)
        words += [
            Said(word.text, clock + word.start_s, clock + word.end_s) for word in utterance.words
        ]
        pause_s = rng.uniform(*(RUN_PAUSES_S if run_left > 0 else PAUSES_S))
        run_left -= utterance.seconds + pause_s
        parts += [utterance.pcm, _silence(pause_s)]
        clock += utterance.seconds + parts[-1].size / SAMPLE_RATE
        if clock >= seconds and run_left <= 0:
            break
    return Clip(np.concatenate(parts), tuple(words))


def utterances(count: int, seed: int) -> Iterator[Clip]:
    """Single sentences after 0.5 s of silence that end where the last word ends."""
    rng = random.Random(f"tails {seed}")
    for text in itertools.islice(sentences(SEED + seed, held_out=True), count):
        clip = _utterance(text, rng.choice(TRAINED_ESPEAK), rng)
        end = round(clip.words[-1].end_s * SAMPLE_RATE)
        words = tuple(Said(w.text, w.start_s + 0.5, w.end_s + 0.5) for w in clip.words)
        yield Clip(np.concatenate([_silence(0.5), clip.pcm[:end]]), words)


def _utterance(text: str, voice: Voice, rng: random.Random) -> Clip:
    """One sentence with 50 ms before its first and 100 ms behind its last word, peak at 0.5."""
    pcm, times = espeak_with_word_times(
        text, voice.name, rate=rng.randint(130, 195), pitch=rng.randint(30, 70)
    )
    first, last = max(0.0, times[0][1] - 0.05), times[-1][2] + 0.1
    pcm = pcm[round(first * SAMPLE_RATE) : round(last * SAMPLE_RATE)]
    pcm = pcm * (0.5 / max(1e-6, float(np.abs(pcm).max())))
    return Clip(pcm, tuple(Said(word, start - first, end - first) for word, start, end in times))


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def noises(seconds: float) -> dict[str, Samples]:
    """Four kinds of sound without a word in it, `seconds` of each."""
    rng = np.random.default_rng(SEED)
    count = round(seconds * SAMPLE_RATE)
    return {
        "silence": _quiet(count, rng),
        "fan": _fan(count, rng),
        "keyboard": _keyboard(count, rng),
        "music": _music(count, rng),
    }


def _quiet(count: int, rng: np.random.Generator) -> Samples:
    """Digital silence, then a microphone's own noise at -70 dB."""
    pcm = np.zeros(count, np.float32)
    half = count // 2
    pcm[half:] = 3e-4 * rng.standard_normal(count - half)
    return pcm


def _fan(count: int, rng: np.random.Generator) -> Samples:
    """Noise falling by 6 dB an octave over a hum that beats slowly."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    rush = np.fft.irfft(spectrum / np.maximum(hertz, 40.0), count)
    clock = np.arange(count) / SAMPLE_RATE
    hum = sum(np.sin(2 * np.pi * 97.0 * n * clock) / n for n in (1, 2, 3, 5))
    beat = 1 + 0.2 * np.sin(2 * np.pi * 0.7 * clock)
    return (0.05 * rush / rush.std() + 0.015 * beat * hum).astype(np.float32)


def _keyboard(count: int, rng: np.random.Generator) -> Samples:
    """Bursts of typing: each key a click on the way down and a softer one on the way up."""
    pcm = 1e-3 * rng.standard_normal(count)
    at = 0.5
    while at < count / SAMPLE_RATE - 0.5:
        for _ in range(int(rng.integers(5, 40))):
            for delay_s, level in ((0.0, 0.35), (0.08, 0.12)):
                _click(pcm, at + delay_s, level * rng.uniform(0.5, 1.0), rng)
            at += rng.uniform(0.09, 0.25)
        at += rng.uniform(0.5, 3.0)
    return pcm.astype(np.float32)


def _click(
    pcm: npt.NDArray[np.float64], at_s: float, level: float, rng: np.random.Generator
) -> None:
    clock = np.arange(400) / SAMPLE_RATE  # 25 ms
    hertz = rng.uniform(1500, 4500)
    ring = np.sin(2 * np.pi * hertz * clock) + 0.7 * rng.standard_normal(clock.size)
    start = round(at_s * SAMPLE_RATE)
    part = pcm[start : start + clock.size]
    part += (level * ring * np.exp(-clock * 250))[: part.size]


def _music(count: int, rng: np.random.Generator) -> Samples:
    """Chords, a melody and a beat at 100 a minute."""
    pcm = np.zeros(count)
    beat_s, at, bar = 0.6, 0.0, 0
    chords = ((220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (130.8, 164.8, 196.0), (196.0, 246.9))
    scale = (440.0, 493.9, 523.3, 587.3, 659.3, 784.0)
    while at < count / SAMPLE_RATE:
        for hertz in chords[bar // 4 % len(chords)]:
            _note(pcm, at, beat_s, hertz, 0.04)
        _note(pcm, at, beat_s / 2, scale[rng.integers(len(scale))], 0.08)
        _note(pcm, at + beat_s / 2, beat_s / 2, scale[rng.integers(len(scale))], 0.06)
        _click(pcm, at, 0.1, rng)
        at, bar = at + beat_s, bar + 1
    return pcm.astype(np.float32)


def _note(
    pcm: npt.NDArray[np.float64], at_s: float, seconds: float, hertz: float, level: float
) -> None:
    clock = np.arange(round(seconds * 1.3 * SAMPLE_RATE)) / SAMPLE_RATE
    tone = sum(np.sin(2 * np.pi * hertz * n * clock) / n**1.5 for n in range(1, 7))
    start = round(at_s * SAMPLE_RATE)
    part = pcm[start : start + clock.size]
    envelope = np.minimum(1, clock * 100) * np.exp(-clock * 3)
    part += (level * tone * envelope)[: part.size]
