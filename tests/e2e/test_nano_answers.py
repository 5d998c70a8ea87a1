"""The bundled nano asked by keyboard and aloud, as a new user has it: its answers are read."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.conversation.tree import Message
from engine.training.knowledge.small_talk import DECLINED
from tests.e2e.looking.helpers import ask_aloud, messages
from tests.e2e.program import SOON, Program
from tests.e2e.speech import share_heard

ENLARGED = "Press Ctrl and plus to make the text larger."


@pytest.fixture(scope="module", params=[True, False], ids=["starter ears", "its own ears"])
def one_program(start: Callable[..., Program], request: pytest.FixtureRequest) -> Program:
    program = start(starter_ears=request.param)
    program.window.welcome.begin.click()
    return program


@pytest.fixture
def program(one_program: Program) -> Program:
    one_program.wait_for_model()
    one_program.application.chat.book.new()
    one_program.window.pages.show_page("conversation")
    return one_program


def answered(program: Program, count: int = 2) -> Message:
    """The last message, once so many are there and it is written whole."""
    conversation = program.application.conversation
    program.wait(lambda: len(messages(program)) == count and not conversation.answering, SOON)
    return messages(program)[-1]


def asked(program: Program, text: str) -> str:
    """What it answers to what is typed in a new conversation."""
    program.application.chat.book.new()
    edit = program.application.chat.page.composer.edit
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    return answered(program).text


def test_it_knows_its_own_program_common_words_and_sums(program: Program) -> None:
    assert asked(program, "How do I make the letters bigger?") == ENLARGED
    assert asked(program, "hello") == "Hello! Ask me about Nestling, or show me a picture."
    assert asked(program, "What is a dog?").startswith("Dog: ")
    assert asked(program, "What is 42 + 17?") == "42 + 17 = 59"
    private = "Everything happens on this computer, and nothing you say leaves it."
    assert asked(program, "Is my voice sent to a server?") == private
    program.photograph("nano-answers")


def test_it_declines_what_it_cannot_know(program: Program) -> None:
    assert asked(program, "Who was the first woman in parliament?") == DECLINED
    assert asked(program, "how long must i boil potatoes") == DECLINED


def test_what_is_asked_aloud_is_seen_in_words_and_answered_as_if_typed(program: Program) -> None:
    ask_aloud(program, "what does the slider do")
    answer = answered(program)
    (question, _) = messages(program)
    # The voice of the tests is no person's: the starter ears may miss a word of it.
    assert share_heard("what does the slider do", question.text) >= 0.6, question.text
    assert question.audio is None
    program.photograph("nano-answers-aloud")
    assert asked(program, question.text) == answer.text
