"""What is asked and answered: enough of it, split cleanly, and true of the program."""

import random
import re
from pathlib import Path

import pytest

from engine.training.batches import CHARACTERS
from engine.training.knowledge import items
from engine.training.knowledge.items import (
    Kind,
    drawn,
    general_set,
    known_set,
    later_set,
    rare_set,
    summed,
)
from engine.training.knowledge.later import EVERY_INTENT, LATER
from engine.training.knowledge.phrasings import questions, typed, written
from engine.training.knowledge.program import INTENTS
from engine.training.knowledge.questions import QUESTIONS
from engine.training.knowledge.small_talk import DECLINED

APP = Path(__file__).parents[3] / "app"


def test_there_are_enough_intents_and_each_has_its_own_questions() -> None:
    assert len(INTENTS) >= 60
    owner: dict[str, str] = {}
    for intent in EVERY_INTENT:
        for held_out in (False, True):
            found = list(questions(intent, held_out=held_out))
            assert found, intent.name
            for question in found:
                assert set(question) <= set(CHARACTERS), question
                assert owner.setdefault(question, intent.name) == intent.name, question


@pytest.mark.parametrize("intent", EVERY_INTENT, ids=lambda intent: intent.name)
def test_no_held_out_phrasing_is_trained(intent: object) -> None:
    training = set(questions(intent, held_out=False))  # type: ignore[arg-type]
    assert not training & set(questions(intent, held_out=True))  # type: ignore[arg-type]


def test_decorated_training_questions_are_no_test_questions() -> None:
    rng = random.Random(5)
    trained = {drawn(rng).question for _ in range(4000)}
    held_out = {text for intent in EVERY_INTENT for text in questions(intent, held_out=True)}
    assert not trained & held_out


def test_every_key_named_in_an_answer_is_an_action_with_that_key() -> None:
    key = re.compile(r"Ctrl\+\S*[A-Za-z0-9]|\bF\d+")
    named = {found for intent in EVERY_INTENT for found in key.findall(intent.answer)}
    tables = [
        (APP / f"{name}.py").read_text() for name in ("actions", "chat_actions", "look_actions")
    ]
    bound = set(re.findall(r'"(Ctrl\+[^"]+|F\d+)"', "".join(tables)))
    assert len(named) > 35
    assert named <= bound


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("Show words before they are confirmed", "settings/schema.py"),
        ("Size of everything else", "settings/schema.py"),
        ("Keep transcripts on this computer", "settings/schema.py"),
        ("What &Nestling is", "actions.py"),
        ("Use the &demonstration model", "actions.py"),
        ("&About Nestling", "actions.py"),
        ("C&heck the model", "actions.py"),
        ("Conn&ections", "actions.py"),
        ("&Delete this conversation", "chat_actions.py"),
        ("Save as &Markdown", "chat_actions.py"),
        ("&Translate", "widgets/language_bar.py"),
        ("Free the memory of seeing", "widgets/memory_panel.py"),
        ("&New transcript", "actions.py"),
        ("As &SubRip subtitles", "actions.py"),
        ("&Colours", "widgets/menus.py"),
        ("Save &transcript", "widgets/menus.py"),
        ("Delete everything", "widgets/privacy_page.py"),
        ("what the computer plays", "widgets/microphone_picker.py"),
    ],
)
def test_words_of_the_window_that_answers_name_are_there(words: str, file: str) -> None:
    plain = words.replace("&", "")
    assert plain in (APP / file).read_text().replace("&", "")


def test_the_thousand_commonest_nouns_are_explained_briefly() -> None:
    nouns = items.common_nouns()
    assert len(nouns) >= 1000
    assert nouns["heron"].startswith("Heron: ")
    assert max(len(answer.split()) for answer in nouns.values()) <= 15


def test_sums_are_right_and_split() -> None:
    assert summed(34, 58) == "34 + 58 = 92"
    rng = random.Random(1)
    training = {items._sum(rng, False).answer for _ in range(3000)}
    tests = {items._sum(rng, True).answer for _ in range(300)}
    assert not training & tests
    for answer in training | tests:
        left, right, total = map(int, re.findall(r"\d+", answer))
        assert left + right == total
        assert max(left, right) <= 100


def test_there_are_300_general_questions_in_thirty_domains_never_trained() -> None:
    assert len(QUESTIONS) == 30
    texts = [text for group in QUESTIONS.values() for text in group]
    assert len(texts) == len(set(texts)) == 300
    assert not set(texts) & items.known_questions()
    assert {asked.answer for asked in general_set()} == {DECLINED}
    rng = random.Random(2)
    near = items.near_questions()
    trained = [drawn(rng) for _ in range(5000)]
    assert not [a for a in trained if a.kind is Kind.GENERAL and a.question in near]


def test_questions_around_a_noun_that_is_explained_are_declined_in_training() -> None:
    rng = random.Random(4)
    declined = [items.drawn_of(Kind.GENERAL, rng) for _ in range(2000)]
    nouns = items.common_nouns().keys()
    around = [a for a in declined if set(a.question.split()) & nouns]
    assert len(around) > 400
    assert {asked.answer for asked in around} == {DECLINED}
    asked = {asked.question for intent in items._taught_program() for asked in intent}
    program = {word for text in asked for word in text.split()}
    assert not set(items._nouns_elsewhere(known=True)) & program


def test_what_has_an_answer_is_never_declined_in_training() -> None:
    rng = random.Random(3)
    for asked in (drawn(rng) for _ in range(5000)):
        if asked.question in items.known_questions():
            assert asked.answer != DECLINED, asked


def test_the_test_sets_hold_every_kind_and_are_the_same_each_time() -> None:
    known = known_set(100)
    assert {asked.kind for asked in known} == set(items.KNOWN)
    assert 90 <= len(known) <= 110
    assert known == known_set(100)
    assert all(asked.speakable for asked in known_set(50, aloud=True))
    assert {asked.answer for asked in rare_set(20)} == {DECLINED}


def test_what_was_asked_later_is_measured_apart() -> None:
    later = later_set(100)
    assert later == later_set(100)
    answers = {intent.answer for intent in LATER} - {intent.answer for intent in INTENTS}
    assert len(answers & {asked.answer for asked in later}) > 10
    assert not answers & {asked.answer for asked in known_set(300)}


def test_typing_adds_capitals_and_marks_only() -> None:
    rng = random.Random(0)
    forms = {typed("how do i save this", rng) for _ in range(50)}
    assert forms == {"how do i save this", "How do I save this", "How do I save this?"}
    assert "Make it dark." in {typed("make it dark", rng) for _ in range(50)}


def test_a_comma_stands_behind_what_leads_to_a_question_and_nowhere_else() -> None:
    rng = random.Random(1)

    def forms(text: str) -> set[str]:
        return {written(text, rng) for _ in range(200)}

    assert "So, what is a heron?" in forms("so what is a heron")
    assert "Sorry but, what is it?" in forms("sorry but what is it")
    for text in ("soldier", "someone is here", "button", "hello"):
        assert all(form.rstrip(".").lower() == text for form in forms(text))


def test_no_phrasing_of_the_tests_comes_about_by_what_leads_to_a_question() -> None:
    rng = random.Random(4)
    trained = [drawn(rng).question for _ in range(20_000)]
    held_out = ("tell me <x> plus", "what do you get for", "what exactly is", "just one question")
    for beginning in held_out:
        start, _, rest = beginning.partition("<x>")
        found = [text for text in trained if text.startswith(start.strip()) and rest in text]
        assert not found, found[:3]
