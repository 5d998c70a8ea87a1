"""How people and recognisers spell what the lessons ask: names with capitals, short forms, digits.

With a capital at the beginning alone, "what is Nestling" was taken for something unknown, and of 25
sentences with a name in capitals none was translated.
"""

import random
import re

from engine.training.patterns import WORDS

_UNCHANGED = 0.4  # of the texts
_NAMED, _SHORTENED, _CALLED, _IN_DIGITS = 0.75, 0.45, 0.25, 0.4  # of the others
_ONE = 0.12  # have one word with a capital, whichever it is: "What is a Heron?"
_TITLES, _SHOUTED = 0.06, 0.03
_NAMES = frozenset(
    [
        *(word for kind in ("day", "month", "name", "city") for word in WORDS[kind]),
        *("english", "spanish", "chinese", "german", "french", "nestling", "nano", "gemma"),
        *("internet", "google", "windows", "linux"),
    ]
) - {"may"}  # of which one cannot tell whether it is a month
_SHORT = {
    "what is": "what's",
    "where is": "where's",
    "who is": "who's",
    "how is": "how's",
    "that is": "that's",
    "it is": "it's",
    "i am": "i'm",
    "i would": "i'd",
    "i have": "i've",
    "i will": "i'll",
    "you are": "you're",
    "we are": "we're",
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "is not": "isn't",
    "are not": "aren't",
    "can not": "can't",
    "cannot": "can't",
}
_LONG = re.compile(rf"\b({'|'.join(_SHORT)})\b", re.IGNORECASE)
_UNITS = {word: value for value, word in enumerate([*WORDS["digit"], *WORDS["teen"]], 1)}
_TENS = {word: 10 * value for value, word in enumerate(WORDS["ten"], 2)}
_NUMBER = re.compile(
    r"(?<!hundred )(?<!hundred and )"
    rf"\b(?:({'|'.join(_TENS)})(?: ({'|'.join(WORDS['digit'])}))?|({'|'.join(_UNITS)}))\b"
    r"(?! hundred| thousand)\b"
)


def spelled(text: str, rng: random.Random, *, digits: bool = False) -> str:
    """A text of the lessons as somebody else might write it, or as it is.

    digits: whether numbers up to 99 may be written in digits.
    """
    if rng.random() < _UNCHANGED:
        return text
    if digits and rng.random() < _IN_DIGITS:
        text = _NUMBER.sub(_in_digits, text)
    if rng.random() < _SHORTENED:
        text = _LONG.sub(_shortened, text)
    if rng.random() < _NAMED:
        text = re.sub(r"[a-z]+", lambda word: _capital(word[0]), text)
    if rng.random() < _ONE:
        first, *others = text.split(" ")
        if others:
            place = rng.randrange(len(others))
            others[place] = others[place].capitalize()
        text = " ".join([first, *others])
    if rng.random() < _CALLED and not text.endswith("?"):
        text = text.removesuffix(".") + "!"
    kind = rng.random()
    if kind < _SHOUTED:
        return text.upper()
    return text.title().replace("'S", "'s") if kind < _SHOUTED + _TITLES else text


def _capital(word: str) -> str:
    return word.capitalize() if word in _NAMES else word


def _shortened(found: re.Match[str]) -> str:
    short = _SHORT[found[1].lower()]
    return short.capitalize() if found[1][0].isupper() else short


def _in_digits(found: re.Match[str]) -> str:
    tens, unit, alone = found.groups()
    return str(_UNITS[alone] if alone else _TENS[tens] + _UNITS.get(unit, 0))
