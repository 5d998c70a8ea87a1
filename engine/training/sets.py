"""The sets that hearing is measured on, fixed by their seed, none of it used in training."""

import itertools
import random
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import jiwer
import numpy as np
from numpy.typing import NDArray

from engine.training import wordnet
from engine.training.augment import Augmenter, active_level, with_noise
from engine.training.espeak import SAMPLE_RATE
from engine.training.grammar import is_held_out, random_words, sentences
from engine.training.nearness import Neighbourhood
from engine.training.voices import (
    UNHEARD_ESPEAK,
    UNHEARD_FESTIVAL,
    UNHEARD_FLITE,
    Voice,
    speak,
    trained_voice,
)

SEED = 20_26
NOISE_DECIBELS = 10.0
TRAINING_SENTENCES = 25_000  # those of seed 1: more than a corpus speaks
TRAINED, EVERYDAY, NOISY = "trained voices", "everyday, unheard voices", "everyday at 10 dB"
STRINGS, OTHER, OPEN = "random words", "unheard synthesiser", "open English"
_SETS = {TRAINED: 1, EVERYDAY: 2, NOISY: 4, OTHER: 5}  # sentences of the grammar, and their seed
_MOST_A_SET = 600


_Speaker = Callable[[int, random.Random], Voice]


@dataclass(frozen=True, slots=True)
class Utterance:
    """pcm: 16 kHz, -1..1, with 300 ms of silence before and after; text: what is said."""

    pcm: NDArray[np.float32]
    text: str
    voice: str


def build_sets(
    count: int, others: int, names: Collection[str] | None = None
) -> dict[str, list[Utterance]]:
    """All sets, or those of some names, the same in every fresh process.

    count: utterances in the trained voices; others: in each other set.

    espeak-ng keeps a state between texts, so that a set built later in a process differs by a
    few milliseconds.
    """
    unheard = _in_turn((*UNHEARD_ESPEAK, *UNHEARD_FLITE))
    festival, trained = _in_turn(UNHEARD_FESTIVAL), _drawn(trained_voice)
    plans: dict[str, tuple[str, Iterable[str], _Speaker]] = {
        TRAINED: ("trained", everyday(_SETS[TRAINED]), trained),
        EVERYDAY: ("unheard", everyday(_SETS[EVERYDAY]), unheard),
        NOISY: ("noisy", everyday(_SETS[NOISY]), unheard),
        STRINGS: ("random", _strings(), unheard),
        OTHER: ("other", everyday(_SETS[OTHER]), festival),
        OPEN: ("open", _open_tests(), trained),
    }
    sets = {
        name: _spoken(*plan, count if name == TRAINED else others)
        for name, plan in plans.items()
        if names is None or name in names
    }
    if NOISY in sets:
        sets[NOISY] = _noisy(sets[NOISY])
    return sets


def error_rate(references: list[str], hypotheses: list[str]) -> float:
    """Word error rate, punctuation and case aside."""
    return float(jiwer.wer(list(map(plain, references)), list(map(plain, hypotheses))))


def plain(text: str) -> str:
    """Lower case, letters and digits only, one space between words."""
    kept = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return " ".join(kept.split())


@cache
def training_sentences() -> tuple[str, ...]:
    """Sentences of the grammar that a corpus may speak: those of its seed, in their order."""
    return tuple(itertools.islice(sentences(1, held_out=False), TRAINING_SENTENCES))


@cache
def _near_training() -> Neighbourhood:
    return Neighbourhood(training_sentences())


def everyday(seed: int) -> Iterator[str]:
    """Held-out sentences of the grammar, more than one word from each training sentence."""
    near = _near_training()
    yield from (text for text in sentences(SEED + seed, held_out=True) if text not in near)


@cache
def near_tests() -> Neighbourhood:
    """What training on text of other seeds must leave out: the sentences of the tests, and all
    that one word makes of them."""
    tests = (itertools.islice(everyday(seed), _MOST_A_SET) for seed in _SETS.values())
    return Neighbourhood(itertools.chain.from_iterable(tests))


@cache
def _open_split() -> tuple[tuple[str, ...], tuple[str, ...]]:
    training = [text for text in wordnet.plain_examples() if not is_held_out(text)]
    near = Neighbourhood(training)
    tests = [text for text in wordnet.plain_examples() if is_held_out(text) and text not in near]
    order = random.Random(f"open {SEED}")
    return tuple(order.sample(training, len(training))), tuple(order.sample(tests, len(tests)))


def open_english(*, held_out: bool) -> tuple[str, ...]:
    """One side of WordNet's example sentences, in a fixed random order."""
    return _open_split()[held_out]


def _open_tests() -> Iterator[str]:
    yield from open_english(held_out=True)


def _strings() -> Iterator[str]:
    rng = random.Random(f"strings {SEED}")
    while True:
        yield random_words(rng, rng.randint(3, 9))


def _in_turn(voices: tuple[Voice, ...]) -> _Speaker:
    """Every voice equally often: one that does badly must show."""
    return lambda position, _: voices[position % len(voices)]


def _drawn(voice: Callable[[random.Random], Voice]) -> _Speaker:
    return lambda _, rng: voice(rng)


def _spoken(name: str, texts: Iterable[str], voice: _Speaker, count: int) -> list[Utterance]:
    spoken = []
    for position, text in enumerate(itertools.islice(texts, count)):
        rng = random.Random(f"{name} {SEED} {position}")
        spoken.append(utterance(text, voice(position, rng), rng))
    return spoken


def utterance(text: str, voice: Voice, rng: random.Random) -> Utterance:
    """`text` in a voice, with silence around."""
    silence = np.zeros(SAMPLE_RATE * 3 // 10, np.float32)
    pcm = np.concatenate([silence, speak(text, voice, rng).pcm, silence])
    return Utterance(pcm, text, str(voice))


def _noisy(clean: list[Utterance]) -> list[Utterance]:
    """Pink noise and the babble of the set itself in turn, level over the speech-active samples."""
    augmenter = Augmenter([utterance.pcm for utterance in clean])
    noisy = []
    for position, quiet in enumerate(clean):
        rng = np.random.default_rng((SEED, position))
        # A step longer than the voices' turn, so that every voice meets both noises.
        noise = augmenter.noise(("pink", "babble")[position // (len(UNHEARD_ESPEAK) + 1) % 2])
        pcm = with_noise(quiet.pcm, noise, NOISE_DECIBELS, active_level(quiet.pcm), rng)
        noisy.append(Utterance(np.clip(pcm, -1, 1), quiet.text, quiet.voice))
    return noisy
