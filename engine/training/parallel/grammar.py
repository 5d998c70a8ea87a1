"""One meaning in three languages at once: entries, agreement, expansion of patterns.

A pattern is three texts with slots. `<thing>` is an entry of the lexicon, of a phrase or a number;
a digit behind the name keeps two of a kind apart: `<place>`, `<place2>`. The same slot has the
same entry in all three languages, in a form of its own:

    English   <thing>  <thing+>                      phone, phones
    Spanish   <thing>  <thing+>                      teléfono, teléfonos
              <el thing>  <los thing>  <un thing>    with the article
              <size@thing>  <size@thing+>            an adjective or a number that agrees
    Chinese   <thing>  <#thing>                      the word, its measure word
              <count#>                               a number before a measure word
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from engine.training.parallel.lexicon import ADJECTIVES, NOUNS, PLAIN
from engine.training.parallel.numbers import chinese, counted, english, spanish

Triple = tuple[str, str, str]

_SLOT = re.compile(r"<(?:(el|los|un) )?(#?)([a-z]+)(\d?)(?:@([a-z]+\d?))?([+#]?)>")
_NUMBERS = {"digit": (2, 9), "below": (2, 99), "number": (2, 999), "few": (2, 12), "tens": (20, 90)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase in three languages.

    gender: of the Spanish noun, "m" or "f". value: of a number.
    """

    en: str
    es: str
    zh: str
    gender: str = "m"
    measure: str = ""
    en_plural: str = ""
    value: int | None = None


# Words that stand in Spanish patterns as they are, but must agree or be agreed with.
_FIXED = {
    "table": Entry("", "mesa", "", "f"),
    "signs": Entry("", "señales", "", "f"),
    "people": Entry("", "personas", "", "f"),
    "minute": Entry("", "minutos", ""),
    "degree": Entry("", "grados", ""),
    "years": Entry("", "años", ""),
    "near": Entry("", "cercano", ""),
    "many": Entry("", "cuánto", ""),
}


def expand(triple: Triple, phrases: Mapping[str, Sequence[Triple]], rng: random.Random) -> Entry:
    """One meaning of a pattern; its gender is that of its first Spanish noun."""
    en, es, zh = triple
    filled: dict[str, Entry] = {}
    for found in _SLOT.finditer(" ".join((en, es, zh))):
        for key in (found[3] + found[4], found[5]):
            if key and key not in filled:
                filled[key] = _drawn(key, filled, phrases, rng)
    heads = [filled[found[3] + found[4]] for found in _SLOT.finditer(es) if not found[5]]
    gender = next((entry.gender for entry in heads if entry.value is None), "m")
    return Entry(_english(en, filled), _spanish(es, filled), _chinese(zh, filled), gender)


def _drawn(
    key: str,
    filled: Mapping[str, Entry],
    phrases: Mapping[str, Sequence[Triple]],
    rng: random.Random,
) -> Entry:
    name = key.rstrip("0123456789")
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        value = rng.randint(low, high)
        if name == "tens":
            value = value // 10 * 10
        return Entry(english(value), spanish(value), chinese(value), value=value)
    if name in _FIXED:
        return _FIXED[name]
    if name in phrases:
        return expand(rng.choice(phrases[name]), phrases, rng)
    taken = [entry for other, entry in filled.items() if other.rstrip("0123456789") == name]
    return rng.choice([entry for entry in entries()[name] if entry not in taken])


def _english(text: str, filled: Mapping[str, Entry]) -> str:
    def fill(found: re.Match[str]) -> str:
        entry = filled[found[3] + found[4]]
        return entry.en_plural if found[6] == "+" else entry.en

    words = _SLOT.sub(fill, text).split()
    return re.sub(r"\ba (?=[aeiou])", "an ", " ".join(words))


def _spanish(text: str, filled: Mapping[str, Entry]) -> str:
    def fill(found: re.Match[str]) -> str:
        article, entry, plural = found[1], filled[found[3] + found[4]], found[6] == "+"
        if found[5]:
            noun = filled[found[5]]
            if entry.value is not None:
                return spanish(entry.value, noun.gender)
            return agreeing(entry.es, noun.gender, plural=plural)
        if article == "los":
            return f"{'los' if entry.gender == 'm' else 'las'} {plural_of(entry.es)}"
        if article == "el":
            # "agua" is feminine and takes "el": the lexicon has its article as it is said.
            return f"{'el' if entry.gender == 'm' else 'la'} {entry.es}"
        if article == "un":
            return f"{'un' if entry.gender == 'm' else 'una'} {entry.es}"
        return plural_of(entry.es) if plural else entry.es

    words = " ".join(_SLOT.sub(fill, text).split())
    words = re.sub(r"\bde el\b", "del", words)
    words = re.sub(r"\ba el\b", "al", words)
    return re.sub(r"\by (?=i(?!e)|hi(?!e))", "e ", words)


def _chinese(text: str, filled: Mapping[str, Entry]) -> str:
    def fill(found: re.Match[str]) -> str:
        entry = filled[found[3] + found[4]]
        if found[2]:
            return entry.measure
        if found[6] == "#":
            assert entry.value is not None
            return counted(entry.value)
        return entry.zh

    return re.sub(r"\s+", "", _SLOT.sub(fill, text))


def plural_of(noun: str) -> str:
    """Of a Spanish noun, whose first word is inflected: "carne de res", "carnes de res"."""
    word, _, rest = noun.partition(" ")
    for ending, plural in (("ión", "iones"), ("ón", "ones"), ("ín", "ines"), ("én", "enes")):
        if word.endswith(ending):
            word = word.removesuffix(ending) + plural
            break
    else:
        if word in ("paraguas", "lunes"):
            pass
        elif word.endswith("z"):
            word = word[:-1] + "ces"
        elif word.endswith("ús"):
            word = word[:-2] + "uses"
        elif word[-1] in "aeiouáéó":
            word += "s"
        else:
            word += "es"
    return f"{word} {rest}".strip()


def agreeing(adjective: str, gender: str, *, plural: bool) -> str:
    """A Spanish adjective, given as masculine singular, as it goes with a noun."""
    if gender == "f" and adjective.endswith("o"):
        adjective = adjective[:-1] + "a"
    if not plural:
        return adjective
    if adjective.endswith("ón"):
        return adjective[:-2] + "ones"
    return adjective + ("s" if adjective[-1] in "aeiou" else "es")


@cache
def entries() -> Mapping[str, tuple[Entry, ...]]:
    """The lexicon by its lists."""
    lists = {name: tuple(map(_noun, _lines(text))) for name, text in NOUNS.items()}
    for name, text in (*ADJECTIVES.items(), *PLAIN.items()):
        lists[name] = tuple(Entry(en, es, zh) for en, es, zh in _lines(text))
    return lists


def _lines(text: str) -> list[list[str]]:
    return [[field.strip() for field in line.split("|")] for line in text.strip().splitlines()]


def _noun(fields: list[str]) -> Entry:
    en, _, irregular = fields[0].partition("/")
    article, es = fields[1].split(" ", 1)
    measure, _, zh = fields[2].rpartition(" ")
    # "tooth" and "foot" alone change inside; "mouse/mice" and the like bring their plural.
    plural = irregular or {"tooth": "teeth", "foot": "feet"}.get(en, en + "s")
    return Entry(en, es, zh, "m" if article == "el" else "f", measure, plural)
