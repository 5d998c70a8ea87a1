"""Questions with their answers: drawn for training, fixed by seed for the tests."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from engine.training import grammar, wordnet
from engine.training.grammar import is_held_out
from engine.training.knowledge.general import AROUND, DOING, DONE, LISTS, PATTERNS
from engine.training.knowledge.intent import Intent
from engine.training.knowledge.later import LATER, LATER_TALK
from engine.training.knowledge.phrasings import (
    NO_SUM,
    SUM,
    SUM_HELD_OUT,
    WORD,
    WORD_HELD_OUT,
    decorated,
    filled,
    introduced,
    led_in,
    questions,
    typed,
)
from engine.training.knowledge.program import INTENTS
from engine.training.knowledge.questions import QUESTIONS
from engine.training.knowledge.small_talk import DECLINED, SMALL_TALK
from engine.training.nearness import Neighbourhood
from engine.training.parallel.numbers import english
from engine.training.patterns import SENTENCES, WORDS
from engine.training.sets import near_tests, open_english

COMMON_NOUNS = 1_000
LARGEST_SUMMAND = 100
_SMALL, _SMALL_SUMS = 12, 0.2  # of the training sums have no larger summand: people try these
_WRITTEN_SUMS = ("<x> + <y>", "what is <x> + <y>", "<x> plus <y>", "how much is <x> + <y>")
_MORE_WRITTEN_SUMS = (
    "<x>+<y>",
    "<x>+<y>=",
    "<x> + <y> =",
    "what is <x>+<y>",
    "what is <x> plus <y>",
)
_NOUN_LISTS = [
    "person",
    "job",
    "place",
    "room",
    "food",
    "drink",
    "thing",
    "clothes",
    "animal",
    "vehicle",
    "body",
    "meeting",
    "topic",
]
_SEED = 20_26
_MOST_DRAWS = 40


class Kind(StrEnum):
    """What a question is about."""

    PROGRAM = "program"
    SMALL_TALK = "small talk"
    WORD = "word"
    SUM = "sum"
    GENERAL = "general"
    RARE_WORD = "rare word"


KNOWN = (Kind.PROGRAM, Kind.SMALL_TALK, Kind.WORD, Kind.SUM)
_SHARES = {  # of training
    Kind.PROGRAM: 0.29,
    Kind.SMALL_TALK: 0.05,
    Kind.WORD: 0.36,
    Kind.SUM: 0.09,
    Kind.GENERAL: 0.16,
    Kind.RARE_WORD: 0.05,
}
_TESTED = {  # of 100 known questions
    Kind.PROGRAM: 42,
    Kind.SMALL_TALK: 6,
    Kind.WORD: 32,
    Kind.SUM: 20,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it may be typed or, in lower case and words alone, spoken; its answer."""

    kind: Kind
    question: str
    answer: str

    @property
    def speakable(self) -> bool:
        """Whether it is written as the model writes what it hears."""
        return all(letter == " " or "a" <= letter <= "z" for letter in self.question)


@cache
def common_nouns() -> dict[str, str]:
    """The commonest nouns and the answer that explains each; those of the everyday grammar too."""
    everyday = {word for name in _NOUN_LISTS for word in WORDS[name]} | {"heron"}
    nouns = wordnet.nouns()
    wanted = [*nouns[:COMMON_NOUNS], *(noun for noun in nouns if noun.word in everyday)]
    return {noun.word: f"{noun.word.capitalize()}: {noun.meaning}." for noun in wanted}


@cache
def _rare_nouns() -> tuple[list[str], list[str]]:
    """Nouns that are not explained: for training, and held out."""
    rare = [noun.word for noun in wordnet.nouns() if noun.word not in common_nouns()]
    return [w for w in rare if not is_held_out(w)], [w for w in rare if is_held_out(w)]


@cache
def _program(held_out: bool) -> tuple[tuple[Asked, ...], ...]:
    """Questions about the program, by intent."""
    return _by_intent(INTENTS, Kind.PROGRAM, held_out)


@cache
def _small_talk(held_out: bool) -> tuple[tuple[Asked, ...], ...]:
    return _by_intent(SMALL_TALK, Kind.SMALL_TALK, held_out)


def _by_intent(
    intents: Sequence[Intent], kind: Kind, held_out: bool
) -> tuple[tuple[Asked, ...], ...]:
    return tuple(
        tuple(Asked(kind, text, intent.answer) for text in questions(intent, held_out=held_out))
        for intent in intents
    )


@cache
def _taught_program() -> tuple[tuple[Asked, ...], ...]:
    """What is taught about the program: the training side, and what was asked later."""
    return (*_program(False), *_by_intent(LATER, Kind.PROGRAM, held_out=False))


@cache
def _taught_talk() -> tuple[tuple[Asked, ...], ...]:
    return (*_small_talk(False), *_by_intent(LATER_TALK, Kind.SMALL_TALK, held_out=False))


@cache
def _later() -> tuple[tuple[Asked, ...], ...]:
    """Held-out questions of what was asked later, by intent."""
    talk = _by_intent(LATER_TALK, Kind.SMALL_TALK, held_out=True)
    return (*_by_intent(LATER, Kind.PROGRAM, held_out=True), *talk)


@cache
def known_questions() -> frozenset[str]:
    """Every question that has an answer, sums aside: none of these may be declined."""
    groups = [_taught_program(), _program(True), _taught_talk(), _small_talk(True), _later()]
    known = {asked.question for group in groups for intent in group for asked in intent}
    for pattern in (*WORD, *WORD_HELD_OUT):
        known.update(filled(pattern, x=word) for word in common_nouns())
    return frozenset(known)


def summed(left: int, right: int) -> str:
    """The answer to a sum."""
    return f"{left} + {right} = {left + right}"


def _sum(rng: random.Random, held_out: bool) -> Asked:
    while True:
        most = LARGEST_SUMMAND if held_out or rng.random() > _SMALL_SUMS else _SMALL
        left, right = (rng.randint(0, most) for _ in range(2))
        if is_held_out(f"sum {left} {right}") == held_out:
            break
    answer = summed(left, right)
    if rng.random() < 0.25:
        text = rng.choice(_WRITTEN_SUMS if held_out else (*_WRITTEN_SUMS, *_MORE_WRITTEN_SUMS))
        return Asked(Kind.SUM, filled(text, x=str(left), y=str(right)), answer)
    pattern = rng.choice(SUM_HELD_OUT if held_out and rng.random() < 0.5 else SUM)
    return Asked(Kind.SUM, filled(pattern, x=english(left), y=english(right)), answer)


def other_calculation(rng: random.Random) -> Asked:
    """For training only: what sounds like a sum and is none; "5 minus 3" was added up."""
    left, right = (rng.randint(0, LARGEST_SUMMAND) for _ in range(2))
    pattern = rng.choice(NO_SUM)
    digits = rng.random() < 0.5 or any(mark in pattern for mark in "-*/")
    x, y = (str(number) if digits else english(number) for number in (left, right))
    return Asked(Kind.GENERAL, filled(pattern, x=x, y=y), DECLINED)


def _word(rng: random.Random, held_out: bool) -> Asked:
    nouns = common_nouns()
    word = rng.choice(list(nouns))
    pattern = rng.choice(WORD_HELD_OUT if held_out else WORD)
    return Asked(Kind.WORD, filled(pattern, x=word), nouns[word])


def _rare_word(rng: random.Random, held_out: bool) -> Asked:
    word = rng.choice(_rare_nouns()[held_out])
    pattern = rng.choice(WORD_HELD_OUT if held_out else WORD)
    return Asked(Kind.RARE_WORD, filled(pattern, x=word), DECLINED)


def _talk(rng: random.Random, held_out: bool) -> Asked:
    return rng.choice(rng.choice(_small_talk(True) if held_out else _taught_talk()))


def _about_program(rng: random.Random, held_out: bool) -> Asked:
    return rng.choice(rng.choice(_program(True) if held_out else _taught_program()))


@cache
def near_questions() -> Neighbourhood:
    """The general test questions and all that one word makes of them."""
    return Neighbourhood(text for texts in QUESTIONS.values() for text in texts)


def _general(rng: random.Random, held_out: bool) -> Asked:
    """For training only: a general question, an everyday sentence, or open English."""
    assert not held_out
    for _ in range(_MOST_DRAWS):
        kind = rng.random()
        if kind < 0.45:
            text = grammar.expand(_slotted(rng.choice(PATTERNS), rng), rng)
        elif kind < 0.6:
            noun = rng.choice(_nouns_elsewhere(known=True))
            text = grammar.expand(rng.choice(AROUND).replace("<x>", noun), rng)
        elif kind < 0.77:
            pattern = rng.choice(DOING).replace("<y>", rng.choice(DONE))
            text = grammar.expand(
                pattern.replace("<x>", rng.choice(_nouns_elsewhere(known=False))), rng
            )
        elif kind < 0.88:
            text = grammar.expand(rng.choice(SENTENCES), rng)
            if is_held_out(text) or text in near_tests():
                continue
        else:
            text = rng.choice(open_english(held_out=False))
        if text not in known_questions() and text not in near_questions():
            return Asked(Kind.GENERAL, text, DECLINED)
    raise AssertionError("forty general questions in a row are known ones")


@cache
def _nouns_elsewhere(known: bool) -> list[str]:
    """Nouns that are explained, or others of training, that no question about the program has."""
    own = set(" ".join(ask.question for asked in _taught_program() for ask in asked).split())
    return [noun for noun in (common_nouns() if known else _rare_nouns()[False]) if noun not in own]


def _slotted(pattern: str, rng: random.Random) -> str:
    """A pattern with the entries of the general lists in it; its alternatives stay."""
    for name, entries in LISTS.items():
        while f"<{name}>" in pattern:
            pattern = pattern.replace(f"<{name}>", rng.choice(entries), 1)
    return pattern


_DRAW: dict[Kind, Callable[[random.Random, bool], Asked]] = {
    Kind.PROGRAM: _about_program,
    Kind.SMALL_TALK: _talk,
    Kind.WORD: _word,
    Kind.SUM: _sum,
    Kind.GENERAL: _general,
    Kind.RARE_WORD: _rare_word,
}


_AROUND: dict[Kind, Callable[[str, random.Random], str]] = {
    Kind.PROGRAM: decorated,
    Kind.SMALL_TALK: led_in,
    Kind.GENERAL: introduced,
    Kind.WORD: introduced,
    Kind.SUM: introduced,
    Kind.RARE_WORD: introduced,
}


def drawn(rng: random.Random) -> Asked:
    """A training question, in lower case and without marks."""
    return drawn_of(rng.choices(list(_SHARES), list(_SHARES.values()))[0], rng)


def drawn_of(kind: Kind, rng: random.Random) -> Asked:
    """A training question of a kind."""
    asked = _DRAW[kind](rng, False)
    # Without it, a model that knew every greeting knew none that stood behind another word.
    if (around := _AROUND.get(kind)) is not None:
        text = around(asked.question, rng)
        if not is_held_out(text) and text not in near_questions():
            return Asked(kind, text, asked.answer)
    return asked


def asked_aloud(seed: int) -> Iterator[Asked]:
    """Endless training questions that can be spoken."""
    rng = random.Random(f"asked {seed}")
    while True:
        asked = drawn(rng)
        if asked.speakable:
            yield asked


def known_set(count: int, *, aloud: bool = False) -> tuple[Asked, ...]:
    """Held-out questions of every kind that has an answer, about `count` of them.

    aloud: only such as can be spoken; else as people type.
    """
    chosen = []
    for kind, share in _TESTED.items():
        rng = random.Random(f"{kind} {_SEED} {aloud}")
        found: list[Asked] = []
        while len(found) < max(2, share * count // 100):
            asked = _DRAW[kind](rng, True)
            if aloud and not asked.speakable:
                continue
            text = asked.question if aloud else typed(asked.question, rng)
            found.append(Asked(kind, text, asked.answer))
        chosen += found
    return tuple(chosen)


def general_set(count: int = 300) -> tuple[Asked, ...]:
    """The general questions, as people type, in a fixed random order: the first of them."""
    rng = random.Random(f"general {_SEED}")
    texts = [text for group in QUESTIONS.values() for text in group]
    return tuple(
        Asked(Kind.GENERAL, typed(text, rng), DECLINED)
        for text in rng.sample(texts, len(texts))[:count]
    )


def later_set(count: int) -> tuple[Asked, ...]:
    """Held-out questions of what people asked later, as they type."""
    rng = random.Random(f"later {_SEED}")
    drawn = [rng.choice(rng.choice(_later())) for _ in range(count)]
    return tuple(Asked(one.kind, typed(one.question, rng), one.answer) for one in drawn)


def rare_set(count: int) -> tuple[Asked, ...]:
    """Words that nobody explained to it."""
    rng = random.Random(f"rare {_SEED}")
    return tuple(_rare_word(rng, True) for _ in range(count))
