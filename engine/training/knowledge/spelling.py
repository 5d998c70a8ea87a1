"""How people and recognisers spell what the lessons ask: short forms, digits, other marks.

And in small letters, in which the engine gives a person's text to the model: "Heron" is other
tokens than "heron". Taught with capitals, too, it answered 83 of 300 questions in which each word
had one, and all but two of the same in small letters.
"""

import random
import re

from engine.training.patterns import WORDS

_UNCHANGED = 0.4  # of the texts
_SHORTENED, _CALLED, _IN_DIGITS = 0.45, 0.25, 0.4  # of the others
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
_LONG = re.compile(rf"\b({'|'.join(_SHORT)})\b")
_UNITS = {word: value for value, word in enumerate([*WORDS["digit"], *WORDS["teen"]], 1)}
_TENS = {word: 10 * value for value, word in enumerate(WORDS["ten"], 2)}
_NUMBER = re.compile(
    r"(?<!hundred )(?<!hundred and )"
    rf"\b(?:({'|'.join(_TENS)})(?: ({'|'.join(WORDS['digit'])}))?|({'|'.join(_UNITS)}))\b"
    r"(?! hundred| thousand)\b"
)


def spelled(text: str, rng: random.Random, *, digits: bool = False) -> str:
    """A text of the lessons as somebody else might write it, or as it is, in small letters.

    digits: whether numbers up to 99 may be written in digits.
    """
    text = text.lower()
    if rng.random() < _UNCHANGED:
        return text
    if digits and rng.random() < _IN_DIGITS:
        text = _NUMBER.sub(_in_digits, text)
    if rng.random() < _SHORTENED:
        text = _LONG.sub(lambda found: _SHORT[found[1]], text)
    if rng.random() < _CALLED and not text.endswith("?"):
        text = text.removesuffix(".") + "!"
    return text


def _in_digits(found: re.Match[str]) -> str:
    tens, unit, alone = found.groups()
    return str(_UNITS[alone] if alone else _TENS[tens] + _UNITS.get(unit, 0))
