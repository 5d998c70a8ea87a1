import itertools
import random

from engine.training.batches import CHARACTERS
from engine.training.grammar import is_held_out, random_words, sentences, vocabulary


def _drawn(count: int, *, held_out: bool, seed: int = 1) -> list[str]:
    return list(itertools.islice(sentences(seed, held_out=held_out), count))


def test_no_held_out_sentence_is_ever_a_training_sentence() -> None:
    training = set(_drawn(5000, held_out=False)) | set(_drawn(5000, held_out=False, seed=2))
    held_out = set(_drawn(500, held_out=True, seed=3))
    assert not training & held_out
    assert all(map(is_held_out, held_out))


def test_sentences_are_different_and_the_same_for_the_same_seed() -> None:
    first = _drawn(1000, held_out=False)
    assert len(set(first)) == len(first)
    assert first == _drawn(1000, held_out=False)
    assert first != _drawn(1000, held_out=False, seed=2)


def test_every_word_is_in_the_vocabulary_and_is_written_as_the_model_writes() -> None:
    words = set(vocabulary())
    assert 350 <= len(words) <= 700
    for sentence in _drawn(2000, held_out=False):
        assert set(sentence) <= set(CHARACTERS), sentence
        assert set(sentence.split()) <= words, sentence


def test_random_words_have_the_length_asked_for() -> None:
    rng = random.Random(0)
    strings = [random_words(rng, count) for count in range(1, 10)]
    assert [len(string.split()) for string in strings] == list(range(1, 10))
