"""Sentences drawn from the everyday grammar, split for good into training and held-out ones."""

import hashlib
import random
import re
from collections.abc import Iterator
from functools import cache

from engine.training.patterns import PHRASES, SENTENCES, WORDS

HELD_OUT_SHARE = 10  # one sentence in ten is held out, decided by the sentence itself
_SLOT = re.compile(r"<(\w+)>")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_PLURALS = {"boxs": "boxes", "glasss": "glasses", "mouses": "mice", "sheeps": "sheep"}
# Words that sound like another one of the vocabulary: without context nobody can tell them apart.
_SOUND_ALIKES = frozenset({"to", "too", "for", "their", "hear", "buy", "write", "i", "an"})
_ARTICLE = re.compile(r"\ba (?=[aeiou])")


def expand(pattern: str, rng: random.Random) -> str:
    """One sentence of a pattern."""
    while _CHOICE.search(pattern):
        pattern = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), pattern)

    def fill(found: re.Match[str]) -> str:
        entries = WORDS.get(found[1]) or PHRASES[found[1]]
        return expand(rng.choice(entries), rng)

    words = _SLOT.sub(fill, pattern).split()
    return _ARTICLE.sub("an ", " ".join(_PLURALS.get(word, word) for word in words))


def is_held_out(sentence: str) -> bool:
    """Whether a sentence belongs to the test side, wherever and whenever it is drawn."""
    digest = hashlib.blake2b(sentence.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % HELD_OUT_SHARE == 0


def sentences(seed: int, *, held_out: bool) -> Iterator[str]:
    """Endless sentences of one side of the split, all different."""
    rng = random.Random(f"sentences {seed}")
    seen: set[str] = set()
    while True:
        sentence = expand(rng.choice(SENTENCES), rng)
        if is_held_out(sentence) == held_out and sentence not in seen:
            seen.add(sentence)
            yield sentence


@cache
def vocabulary() -> tuple[str, ...]:
    """Every word that a sentence can hold, sorted."""
    rng = random.Random("vocabulary")
    words: set[str] = set()
    for pattern in (*SENTENCES, *(entry for entries in PHRASES.values() for entry in entries)):
        for _ in range(400):
            words.update(expand(pattern, rng).split())
    for entries in WORDS.values():
        words.update(entries)
    return tuple(sorted(words))


def random_words(rng: random.Random, count: int) -> str:
    """A string of words that no context can predict."""
    return " ".join(rng.choice(_distinct_words()) for _ in range(count))


@cache
def _distinct_words() -> tuple[str, ...]:
    return tuple(word for word in vocabulary() if word not in _SOUND_ALIKES)
