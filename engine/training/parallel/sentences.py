"""Sentences in three languages, split for good into training and held-out combinations."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from engine.training.grammar import is_held_out
from engine.training.parallel.grammar import expand
from engine.training.parallel.patterns import SENTENCES
from engine.training.parallel.phrases import PHRASES
from engine.training.sets import near_tests

LANGUAGES = ("Spanish", "Chinese")
_SET_SEED = 20_26


@dataclass(frozen=True, slots=True)
class Parallel:
    """One meaning: English, and what it is in each language."""

    english: str
    translations: dict[str, str]


def parallel(seed: int, *, held_out: bool) -> Iterator[Parallel]:
    """Endless meanings of one side of the split, their English all different.

    What trains stays more than one word away from the tests of hearing as well.
    """
    rng = random.Random(f"parallel {seed}")
    seen: set[str] = set()
    while True:
        entry = expand(rng.choice(SENTENCES), PHRASES, rng)
        if entry.en in seen or is_held_out(entry.en) != held_out:
            continue
        if held_out or entry.en not in near_tests():
            seen.add(entry.en)
            yield Parallel(entry.en, {"Spanish": entry.es, "Chinese": entry.zh})


@cache
def translation_set(count: int) -> tuple[Parallel, ...]:
    """The held-out combinations that translation is measured on."""
    return tuple(itertools.islice(parallel(_SET_SEED, held_out=True), count))
