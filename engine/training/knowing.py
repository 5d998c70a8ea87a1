"""Whether a model answers what it knows and declines what it does not."""

import random
from collections.abc import Iterable, Mapping, Sequence

from engine.datatypes import Pcm
from engine.model import Gemma3n
from engine.text.matformer import Size
from engine.training.answering import Answerer, starter_words
from engine.training.figures import Row
from engine.training.knowledge.items import (
    KNOWN,
    Asked,
    Kind,
    general_set,
    known_set,
    later_set,
    rare_set,
)
from engine.training.knowledge.later import EVERY_INTENT
from engine.training.knowledge.small_talk import DECLINED
from engine.training.sets import SEED, utterance
from engine.training.voices import trained_voice

RIGHT = (0.95, 0.90)  # at the full and the smallest size
DECLINES = 0.95
INVENTS = 0.02
GENERAL, RARE_WORDS = 3, 30  # general questions for each known one, unknown words for 100
_FIXED = {DECLINED, *(intent.answer for intent in EVERY_INTENT)}


def measure(model: Gemma3n, sizes: Sequence[Size], count: int) -> tuple[list[Row], list[str]]:
    """All rows, and what the largest size gets wrong.

    count: known questions typed; half as many are spoken, in trained voices. All 300 general
    questions are asked from 100 on.
    """
    answerer = Answerer(model)
    known, aloud = known_set(count), known_set(count // 2, aloud=True)
    general, rare = general_set(GENERAL * count), rare_set(RARE_WORDS * count // 100)
    later = later_set(count // 2)
    clips = [_spoken(asked, position) for position, asked in enumerate(aloud)]
    sound = [answerer.soft_tokens(pcm) for pcm in clips]
    by_starter = starter_words(clips)
    answers: dict[str, dict[str, list[str]]] = {}
    for size in sizes:
        answers[size.name] = {
            "typed": answerer.chats([asked.question for asked in known], size),
            "spoken": answerer.chats(sound, size),
            "starter": answerer.chats(by_starter, size),
            "general": answerer.chats([asked.question for asked in general], size),
            "later": answerer.chats([asked.question for asked in later], size),
            "rare": answerer.chats([asked.question for asked in rare], size),
        }
    rows = []
    for how, asked in (("typed", known), ("spoken", aloud)):
        rows.append(_right(f"known, {how}", asked, how, answers, RIGHT))
        for kind in KNOWN:
            rows.append(_right(f"  {kind}, {how}", asked, how, answers, (None, None), kind))
    name = "known, spoken, heard by the starter ears"
    rows.append(_right(name, aloud, "starter", answers, (None, None)))
    name = "asked later of the program, and in talk, typed"
    rows.append(_right(name, later, "later", answers, (None, None)))
    rows.append(_right("general questions declined", general, "general", answers, (DECLINES,) * 2))
    invented = {
        name: sum(bool(answer) and answer not in _FIXED for answer in found["general"])
        / len(general)
        for name, found in answers.items()
    }
    rows.append(Row("general questions, answer invented", invented, INVENTS, INVENTS))
    wrongly = {
        name: _share(
            answer not in (one.answer, "") and answer not in _FIXED
            for one, answer in zip(known, found["typed"], strict=True)
            if one.kind in (Kind.WORD, Kind.SUM)
        )
        for name, found in answers.items()
    }
    rows.append(Row("words and sums, typed: answered wrongly", wrongly, None, None))
    rows.append(_right("unknown words declined", rare, "rare", answers, (None, None)))
    largest = answers[sizes[-1].name]
    shown = []
    for how, asked in (("typed", known), ("spoken", aloud), ("general", general), ("later", later)):
        wrong = [
            f"{how}: {one.question!r} got {answer!r}, not {one.answer!r}"
            for one, answer in zip(asked, largest[how], strict=True)
            if one.answer != answer
        ]
        shown += wrong[:4]
    return rows, shown


def _spoken(asked: Asked, position: int) -> Pcm:
    rng = random.Random(f"asked {SEED} {position}")
    return utterance(asked.question, trained_voice(rng), rng).pcm


def _share(found: Iterable[bool]) -> float:
    told = list(found)
    return sum(told) / len(told)


def _right(
    name: str,
    asked: Sequence[Asked],
    how: str,
    answers: Mapping[str, Mapping[str, Sequence[str]]],
    bounds: tuple[float | None, float | None],
    kind: object = None,
) -> Row:
    """Share of exact answers to the questions of a kind, or of all, at each size."""
    values = {}
    for size, found in answers.items():
        pairs = zip(asked, found[how], strict=True)
        right = [one.answer == answer for one, answer in pairs if kind in (None, one.kind)]
        values[size] = sum(right) / len(right)
    return Row(name, values, *bounds, at_least=True)
