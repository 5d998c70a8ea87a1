"""WordNet as Debian packs it: example sentences as open English, and the meanings of nouns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import ErrorKind, NestlingError

_FOLDER = Path("/usr/share/wordnet")  # Debian's wordnet-base
_EXAMPLE = re.compile(r'; "([^"]+)"')
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_ASIDE = re.compile(r"\s*\([^()]*\)\s*")
_WORDS_OF_AN_EXAMPLE = range(3, 13)
_LONGEST_MEANING = 14  # words
# Glosses of words that a friendly program does not explain.
_NOT_SHOWN = re.compile(r"obscene|offensive|slur|vulgar|derogatory|disparag|sexual|genital", re.I)
# Where a definition may be cut: what follows only adds to it.
_CUTS = (", ", " especially ", " usually ", " that ", " which ", " and ", " for ", " with ")
_SHORTEST_CUT = 5  # words: what is left of less is too general


@dataclass(frozen=True, slots=True)
class Noun:
    """One word in its commonest sense. count: how often the noun stands in the tagged corpus."""

    word: str
    meaning: str
    count: int


def _files(pattern: str) -> list[Path]:
    files = sorted(_FOLDER.glob(pattern))
    if not files:
        raise NestlingError(
            ErrorKind.MISSING_LIBRARY,
            f"WordNet's files are not in {_FOLDER}; training and its tests learn from them. "
            "Install the Debian package wordnet-base.",
        )
    return files


@cache
def examples() -> tuple[str, ...]:
    """The example sentences of WordNet, as they stand there."""
    files = _files("data.*")
    return tuple(found for file in files for found in _EXAMPLE.findall(file.read_text("utf-8")))


@cache
def plain_examples() -> tuple[str, ...]:
    """Those of 3 to 12 words, all different, that can be written as the model writes: lower case,
    no punctuation, no digits."""
    kept: dict[str, None] = {}
    for example in examples():
        words = re.sub(r"[,.;:!?\-]+", " ", example.lower()).split()
        text = " ".join(words)
        if len(words) in _WORDS_OF_AN_EXAMPLE and _PLAIN.fullmatch(text):
            kept[text] = None
    return tuple(kept)


@cache
def nouns() -> tuple[Noun, ...]:
    """Single lower-case words that are nouns, the commonest first, with a short meaning."""
    senses = dict(_senses())
    counts = _tagged()
    found = []
    for line in _files("index.noun")[0].read_text("utf-8").splitlines():
        if line.startswith("  "):
            continue
        fields = line.split()
        word = fields[0]
        if not re.fullmatch(r"[a-z]{3,}", word):
            continue
        # In their order by frequency; a sense written with a capital is a name.
        glosses = (senses[place] for place in fields[-int(fields[2]) :])
        gloss = next((gloss for names, gloss in glosses if word in names), "")
        meaning = short_meaning(gloss)
        if meaning and not _NOT_SHOWN.search(gloss):
            found.append(Noun(word, meaning, counts.get(word, 0)))
    return tuple(sorted(found, key=lambda noun: (-noun.count, noun.word)))


def _senses() -> Iterator[tuple[str, tuple[frozenset[str], str]]]:
    """Place in the file, and the words and gloss of the sense that stands there."""
    for line in _files("data.noun")[0].read_text("utf-8").splitlines():
        if not line.startswith("  "):
            fields, gloss = line.split(" | ", 1)
            place, _, _, count, *words = fields.split()
            yield place, (frozenset(words[: 2 * int(count, 16) : 2]), gloss)


def _tagged() -> dict[str, int]:
    """How often each noun stands in the sense-tagged corpus, all senses together."""
    counts: dict[str, int] = {}
    for line in _files("cntlist.rev")[0].read_text("utf-8").splitlines():
        key, _, count = line.split()
        word, _, rest = key.partition("%")
        if rest.startswith("1:"):
            counts[word] = counts.get(word, 0) + int(count)
    return counts


def short_meaning(gloss: str) -> str:
    """A definition without asides and examples, at most 14 words; "" where there is none such."""
    text = gloss.split('; "')[0]
    while _ASIDE.search(text):
        text = _ASIDE.sub(" ", text)
    text = " ".join(text.split(";")[0].split()).strip(" .,:")
    while len(text.split()) > _LONGEST_MEANING:
        ends = [text.rfind(cut) for cut in _CUTS]
        end = max((end for end in ends if len(text[:end].split()) >= _SHORTEST_CUT), default=-1)
        if end < 0:
            return ""
        text = text[:end].strip(" .,:")
    return text if re.fullmatch(r"[A-Za-z0-9 ,'\-]+", text) else ""
