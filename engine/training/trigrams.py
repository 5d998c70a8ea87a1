"""How well plain statistics of the training text guess the test text: an add-one trigram model."""

import math
from collections import Counter
from collections.abc import Sequence

_START, _END = "<s>", "</s>"


def perplexity(training: Sequence[str], test: Sequence[str]) -> float:
    """Of the test sentences, a word and a sentence's end at a time; both lists of words with
    spaces between. Words that the training lacks share one entry of the vocabulary."""
    vocabulary = {word for sentence in training for word in sentence.split()} | {_END}
    seen = Counter(gram for sentence in training for gram in _grams(sentence))
    contexts = Counter(gram[:2] for gram in seen.elements())
    nats, count = 0.0, 0
    for sentence in test:
        for gram in _grams(sentence):
            chance = (seen[gram] + 1) / (contexts[gram[:2]] + len(vocabulary) + 1)
            nats -= math.log(chance)
            count += 1
    return math.exp(nats / max(1, count))


def _grams(sentence: str) -> list[tuple[str, str, str]]:
    words = [_START, _START, *sentence.split(), _END]
    return list(zip(words, words[1:], words[2:], strict=False))
