"""The sets that error rates are measured on, fixed by their seed, none of it used in training."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jiwer
import numpy as np
from numpy.typing import NDArray

from engine.training.augment import Augmenter, active_level, with_noise
from engine.training.espeak import SAMPLE_RATE
from engine.training.grammar import random_words, sentences
from engine.training.voices import (
    UNHEARD_ESPEAK,
    UNHEARD_FLITE,
    Voice,
    speak,
    trained_voice,
)

SEED = 20_26
NOISE_DECIBELS = 10.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """pcm: 16 kHz, -1..1, with 300 ms of silence before and after; text: what is said."""

    pcm: NDArray[np.float32]
    text: str
    voice: str


def build_sets(count: int, others: int) -> dict[str, list[Utterance]]:
    """All sets, the same in every fresh process.

    count: utterances in the trained voices; others: in each other set.

    espeak-ng keeps a state between texts, so that a set built later in a process differs by a
    few milliseconds.
    """
    unheard = _one_of(UNHEARD_ESPEAK)
    sets = {
        "trained voices": _spoken("trained", _held_out(1), trained_voice, count),
        "unheard voices": _spoken("unheard", _held_out(2), unheard, others),
        "unheard flite slt": _spoken("slt", _held_out(3), _one_of(UNHEARD_FLITE), others),
        "random words": _spoken("random", _strings(), unheard, others),
    }
    noisy = _spoken("noisy", _held_out(4), unheard, others)
    sets["unheard at 10 dB"] = _noisy(noisy)
    return sets


def error_rate(references: list[str], hypotheses: list[str]) -> float:
    """Word error rate, punctuation and case aside."""
    return float(jiwer.wer(list(map(_plain, references)), list(map(_plain, hypotheses))))


def _plain(text: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return " ".join(kept.split())


def _held_out(seed: int) -> Iterator[str]:
    return sentences(SEED + seed, held_out=True)


def _strings() -> Iterator[str]:
    rng = random.Random(f"strings {SEED}")
    while True:
        yield random_words(rng, rng.randint(3, 9))


def _one_of(voices: tuple[Voice, ...]) -> Callable[[random.Random], Voice]:
    return lambda rng: rng.choice(voices)


def _spoken(
    name: str, texts: Iterator[str], voice: Callable[[random.Random], Voice], count: int
) -> list[Utterance]:
    silence = np.zeros(SAMPLE_RATE * 3 // 10, np.float32)
    spoken = []
    for position, text in enumerate(itertools.islice(texts, count)):
        rng = random.Random(f"{name} {SEED} {position}")
        speaker = voice(rng)
        pcm = np.concatenate([silence, speak(text, speaker, rng).pcm, silence])
        spoken.append(Utterance(pcm, text, str(speaker)))
    return spoken


def _noisy(clean: list[Utterance]) -> list[Utterance]:
    """Pink noise and the babble of the set itself in turn, level over the speech-active samples."""
    augmenter = Augmenter([utterance.pcm for utterance in clean])
    noisy = []
    for position, utterance in enumerate(clean):
        rng = np.random.default_rng((SEED, position))
        noise = augmenter.noise(("pink", "babble")[position % 2])
        pcm = with_noise(utterance.pcm, noise, NOISE_DECIBELS, active_level(utterance.pcm), rng)
        noisy.append(Utterance(np.clip(pcm, -1, 1), utterance.text, utterance.voice))
    return noisy
