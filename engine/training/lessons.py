"""Typed lessons: questions to answer, sentences to translate, in the chat format of the engine."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from engine.config import ModelConfig
from engine.datatypes import Languages
from engine.prompt import Message, chat_prompt, translate_prompt
from engine.tokenizer import Tokenizer
from engine.training.knowledge.items import Kind, drawn_of, other_calculation
from engine.training.knowledge.phrasings import typed, written
from engine.training.knowledge.small_talk import DECLINED
from engine.training.knowledge.spelling import spelled
from engine.training.nano import TRANSLATE
from engine.training.parallel.sentences import LANGUAGES, Parallel, parallel

TRANSLATION_SHARE, LATER_SHARE, DRILL_SHARE = 0.2, 0.03, 0.17  # of the lessons
DRILL = 10  # sums of one: written alone, two and a half fit where one question about a sum does
_MOST_LATER = 2  # questions of a conversation behind the first one
SHARES = {  # of the lessons that are questions
    Kind.PROGRAM: 0.28,
    Kind.SMALL_TALK: 0.08,
    Kind.WORD: 0.26,
    Kind.SUM: 0.1,
    Kind.GENERAL: 0.22,
    Kind.RARE_WORD: 0.06,
}
_NO_SUM = 0.2  # in place of sums: other calculations, which are declined
_WHOLE = 0.4  # of the declining answers; of the others only the beginning, which decides
_BEGINNING = 6  # tokens
LENGTH_STEP = 8  # lessons of a step are padded to the same multiple of so many tokens
_POOL = 400  # lessons of which one step takes those of about the same length
_AS_TYPED = 0.6  # of the sentences to translate: with capitals and marks


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn.

    kind: for the log; ids: what is read; targets: positions in it and what is to come next there.
    """

    kind: str
    ids: list[int]
    targets: list[tuple[int, int]]

    @property
    def padded(self) -> int:
        """Tokens that it takes in a step."""
        return -(-len(self.ids) // LENGTH_STEP) * LENGTH_STEP


class Lessons:
    """Lessons by number: the same seed and number give the same ones.

    Args:
        tokenizer: of the model.
        config: of the model.
        seed: of everything drawn here.
    """

    def __init__(self, tokenizer: Tokenizer, config: ModelConfig, seed: int) -> None:
        self._tokenizer, self._config, self._seed = tokenizer, config, seed
        self._begin, self._end = config.bos_token_id, tokenizer.id_of("<end_of_turn>")

    def lessons(self, number: int, tokens: int) -> list[Lesson]:
        """What one step teaches: of many lessons those that fill so many tokens, padding counted.

        They are about as long as one drawn at random, so that little is padding, and steps come
        in few shapes, for which the processor's kernels are made only once.
        """
        rng = random.Random(f"lessons {self._seed} {number}")
        pairs = parallel(rng.getrandbits(32), held_out=False)
        pool = [self._drawn(pairs, rng) for _ in range(_POOL)]
        padded = rng.choice(pool).padded
        alike = [lesson for lesson in pool if lesson.padded == padded]
        rest = [lesson for lesson in pool if lesson.padded < padded]
        rest.sort(key=lambda lesson: lesson.padded, reverse=True)
        return [*alike, *rest][: max(1, tokens // padded)]

    def _drawn(self, pairs: Iterator[Parallel], rng: random.Random) -> Lesson:
        kind = rng.random()
        if kind < TRANSLATION_SHARE:
            return self._translation(pairs, rng)
        if kind < TRANSLATION_SHARE + DRILL_SHARE:
            return self._drill(rng)
        later = kind < TRANSLATION_SHARE + DRILL_SHARE + LATER_SHARE
        return self._chat(rng, rng.randint(1, _MOST_LATER) if later else 0)

    def _chat(self, rng: random.Random, later: int) -> Lesson:
        """A question and so many later ones, each to be answered."""
        messages: list[Message] = []
        targets: list[tuple[int, int]] = []
        for left in range(later, -1, -1):
            kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
            no_sum = kind is Kind.SUM and rng.random() < _NO_SUM
            asked = other_calculation(rng) if no_sum else drawn_of(kind, rng)
            messages.append(Message("user", (spelled(written(asked.question, rng), rng),)))
            prompt = chat_prompt(self._tokenizer, self._config, messages)
            answer = [*self._tokenizer.encode(asked.answer), self._end]
            if not left and asked.answer == DECLINED and rng.random() > _WHOLE:
                answer = answer[:_BEGINNING]
            targets += enumerate(answer, len(prompt) - 1)
            messages.append(Message("model", (asked.answer,)))
        return Lesson("later" if later else kind.value, [*prompt, *answer[:-1]], targets)

    def _drill(self, rng: random.Random) -> Lesson:
        """Sums as answers write them, one behind the other: of each the result is learnt."""
        ids = [self._begin]
        targets: list[tuple[int, int]] = []
        for _ in range(DRILL):
            asked, _, result = drawn_of(Kind.SUM, rng).answer.partition("=")
            ids += self._tokenizer.encode(f"{asked}=")
            answer = [*self._tokenizer.encode(result), self._end]
            targets += enumerate(answer, len(ids) - 1)
            ids += answer
        return Lesson("drill", ids, targets)

    def _translation(self, pairs: Iterator[Parallel], rng: random.Random) -> Lesson:
        meaning = next(pairs)
        target = rng.choice(LANGUAGES)
        text = meaning.english
        if rng.random() < _AS_TYPED:
            text = spelled(typed(text, rng), rng, digits=True)
        prompt = translate_prompt(
            self._tokenizer, self._config, text, Languages(target, "English"), TRANSLATE
        )
        answer = [*self._tokenizer.encode(meaning.translations[target]), self._end]
        return Lesson(target, [*prompt, *answer[:-1]], list(enumerate(answer, len(prompt) - 1)))
