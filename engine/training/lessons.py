"""Typed lessons: questions to answer, sentences to translate, in the chat format of the engine."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from engine.config import ModelConfig
from engine.datatypes import Languages
from engine.prompt import Message, chat_prompt, translate_prompt
from engine.tokenizer import Tokenizer
from engine.training.knowledge.items import drawn
from engine.training.knowledge.phrasings import typed
from engine.training.nano import TRANSLATE
from engine.training.parallel.sentences import LANGUAGES, Parallel, parallel

# Of the steps. All lessons of a step are of one kind, so that their lengths are alike.
TRANSLATION_SHARE, LATER_SHARE = 0.42, 0.1
_MOST_BEFORE = 2  # exchanges that a later question comes behind
_LATER_ARE = 3  # so many times as long as first questions, and so many fewer a step
_AS_TYPED = 0.4  # of the sentences to translate: with capitals and marks


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn. prompt: ids up to where the answer begins; answer: its ids."""

    prompt: list[int]
    answer: list[int]


class Lessons:
    """Lessons by number: the same seed and number give the same ones.

    Args:
        tokenizer: of the model.
        config: of the model.
        seed: of everything drawn here.
    """

    def __init__(self, tokenizer: Tokenizer, config: ModelConfig, seed: int) -> None:
        self._tokenizer, self._config, self._seed = tokenizer, config, seed

    def lessons(self, number: int, count: int) -> list[Lesson]:
        """What one step teaches."""
        rng = random.Random(f"lessons {self._seed} {number}")
        kind = rng.random()
        if kind < TRANSLATION_SHARE:
            pairs = parallel(rng.getrandbits(32), held_out=False)
            return [self._translation(pairs, rng) for _ in range(count)]
        if kind < TRANSLATION_SHARE + LATER_SHARE:
            later = max(1, count // _LATER_ARE)
            return [self._chat(rng, rng.randint(1, _MOST_BEFORE)) for _ in range(later)]
        return [self._chat(rng, 0) for _ in range(count)]

    def _chat(self, rng: random.Random, exchanges: int) -> Lesson:
        """A question behind so many others with their answers."""
        messages = []
        for _ in range(exchanges):
            before = drawn(rng)
            messages.append(Message("user", (typed(before.question, rng),)))
            messages.append(Message("model", (before.answer,)))
        asked = drawn(rng)
        messages.append(Message("user", (typed(asked.question, rng),)))
        prompt = chat_prompt(self._tokenizer, self._config, messages)
        return Lesson(prompt, self._tokenizer.encode(asked.answer))

    def _translation(self, pairs: Iterator[Parallel], rng: random.Random) -> Lesson:
        meaning = next(pairs)
        target = rng.choice(LANGUAGES)
        text = meaning.english
        if rng.random() < _AS_TYPED:
            text = typed(text, rng)
        prompt = translate_prompt(
            self._tokenizer, self._config, text, Languages(target, "English"), TRANSLATE
        )
        return Lesson(prompt, self._tokenizer.encode(meaning.translations[target]))
