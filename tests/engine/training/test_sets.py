"""What the test sentences are, and how far they lie from the training sentences."""

import itertools

import pytest

from engine.training import sets, trigrams
from engine.training.grammar import is_held_out
from engine.training.nearness import Neighbourhood


@pytest.mark.parametrize(
    ("sentence", "near"),
    [
        ("the cat is here", True),
        ("the dog is here", True),
        ("the cat is", True),
        ("cat is here", True),
        ("the big cat is here", True),
        ("the cat here is", False),
        ("the dog was here", False),
        ("the cat is here right now", False),
        ("", False),
    ],
)
def test_one_word_changed_added_or_left_out_is_near(sentence: str, near: bool) -> None:
    assert (sentence in Neighbourhood(["the cat is here", "good morning to you"])) is near


def test_no_everyday_test_sentence_is_within_one_word_of_a_training_sentence() -> None:
    training = Neighbourhood(sets.training_sentences())
    for seed in sets._SETS.values():
        tests = list(itertools.islice(sets.everyday(seed), 300))
        assert len(set(tests)) == 300
        assert all(is_held_out(text) and text not in training for text in tests)


def test_no_open_english_test_is_within_one_word_of_a_training_example() -> None:
    training = sets.open_english(held_out=False)
    tests = sets.open_english(held_out=True)
    assert len(training) > 25_000
    assert len(tests) > 2_000
    near = Neighbourhood(training)
    assert not [text for text in tests if text in near]


def test_training_on_text_knows_what_to_leave_out() -> None:
    near = sets.near_tests()
    text = next(sets.everyday(2))
    assert text in near
    assert f"{text} please" in near
    assert not [text for text in sets.training_sentences() if text in near]


def test_the_everyday_set_cannot_be_guessed() -> None:
    tests = list(itertools.islice(sets.everyday(2), 120))
    assert trigrams.perplexity(sets.training_sentences(), tests) >= 12


def test_perplexity_of_what_is_always_the_same_is_low_and_of_the_unknown_high() -> None:
    known = ["a b c"] * 1000
    assert trigrams.perplexity(known, ["a b c"]) == pytest.approx(1.0, abs=0.01)
    # Every continuation unseen: one of three words, the end and the unknown.
    assert trigrams.perplexity(known, ["z z z"]) > 5
