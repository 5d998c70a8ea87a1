"""What lessons ask is spelled as people and recognisers spell it, too."""

import random
import re

import pytest

from engine.training.knowledge.items import Kind, other_calculation
from engine.training.knowledge.small_talk import DECLINED
from engine.training.knowledge.spelling import spelled


def ways(text: str, *, digits: bool = False) -> set[str]:
    rng = random.Random(4)
    return {spelled(text, rng, digits=digits) for _ in range(600)}


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("what is a heron?", "what's a heron?"),
        ("i do not hear you", "i don't hear you"),
        ("hello.", "hello!"),
        ("hello", "hello!"),
        ("thank you", "thank you"),
    ],
)
def test_each_text_comes_as_it_is_and_in_other_spellings(text: str, way: str) -> None:
    assert {text, way} <= ways(text)


def test_everything_is_in_small_letters_as_the_model_reads_it() -> None:
    assert ways("Hello, LAURA.") == {"hello, laura.", "hello, laura!"}


def test_questions_keep_their_mark_and_words_their_letters() -> None:
    assert all(way.endswith("?") for way in ways("Where is the train to London?"))
    plain = {re.sub("[^a-z]", "", way) for way in ways("good morning laura")}
    assert plain == {"goodmorninglaura"}


def test_numbers_up_to_99_may_stand_in_digits_and_only_where_asked() -> None:
    text = "anna will be thirty one on friday at nine"
    assert "anna will be 31 on friday at 9" in ways(text, digits=True)
    assert not any(re.search(r"\d", way) for way in ways(text))
    hundreds = ways("five hundred pounds and one hundred and two", digits=True)
    assert not any(re.search(r"5|1 ", way) for way in hundreds)


def test_what_is_no_sum_is_declined() -> None:
    rng = random.Random(0)
    drawn = [other_calculation(rng) for _ in range(300)]
    assert {(one.kind, one.answer) for one in drawn} == {(Kind.GENERAL, DECLINED)}
    assert not any(re.search(r"plus|add|\+|[<>]", one.question) for one in drawn)
    assert {"minus", "times", "divided"} <= {word for one in drawn for word in one.question.split()}
    assert all(re.search(r"\d", one.question) for one in drawn if re.search("[-*/]", one.question))
