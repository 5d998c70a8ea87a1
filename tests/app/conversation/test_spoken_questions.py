"""A question that the worker has put into words, and what becomes of its sound."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.conversation.store import Store
from engine.datatypes import Task
from engine.protocol import Heard
from tests.app.conversation.scripted import Parts
from tests.app.window_fakes import model

SOUND = np.full(1_600, 0.5, np.float32)


def test_a_question_put_into_words_stands_there_as_if_it_had_been_typed(
    parts: Parts, file: Path
) -> None:
    turn = parts.controller.ask("", audio=SOUND)
    title = parts.book.conversation.title  # type: ignore[union-attr]
    parts.bridge.heard.emit(Heard(turn + 1, "said by nobody"))
    assert parts.texts == ["", ""]
    parts.bridge.heard.emit(Heard(turn, "how do I save this"))
    parts.bridge.say("So.")
    parts.bridge.end()
    assert parts.texts == ["how do I save this", "So."]
    assert parts.book.conversation is not None
    assert title != parts.book.conversation.title == "how do I save this"
    parts.answer("and then?", "x")
    asked = parts.bridge.asked[-1][0][0]
    assert (asked.text, asked.audio) == ("how do I save this", None)  # not told twice
    again = Store(file)
    kept = again.messages(parts.book.conversation.id)[0]
    assert (kept.text, kept.sound_s, kept.forgotten) == ("how do I save this", 0.0, False)
    again.close()


def test_words_for_sound_leave_pictures_and_a_chosen_title_alone(parts: Parts) -> None:
    picture = np.full((4, 4, 3), 77, np.uint8)
    turn = parts.controller.ask("", images=(picture,), audio=SOUND)
    assert parts.book.conversation is not None
    parts.book.rename(parts.book.conversation, "mine")
    parts.bridge.heard.emit(Heard(turn, "what is it"))
    assert parts.book.conversation.title == "mine"
    parts.bridge.end()
    parts.answer("and?", "x")
    assert parts.bridge.asked[-1][0][0].images == (picture,)


def test_sound_that_somebody_keeps_stays_sound(parts: Parts) -> None:
    turn = parts.controller.ask("", audio=SOUND)
    parts.book.keep_media(turn)
    parts.bridge.heard.emit(Heard(turn, "what is it"))
    assert parts.book.tree[turn].audio is SOUND
    assert parts.texts[0] == ""


def test_another_answer_in_words_leaves_the_sound_to_the_first(parts: Parts) -> None:
    turn = parts.controller.ask("", audio=SOUND)
    parts.bridge.say("No.")
    parts.bridge.end()
    assert parts.book.last is not None
    parts.controller.regenerate(parts.book.last.id)
    parts.bridge.heard.emit(Heard(turn, "what is it"))
    assert parts.book.tree[turn].audio is SOUND
    assert parts.texts[0] == ""


@pytest.mark.parametrize("demonstration", [True, False])
def test_a_correction_of_a_spoken_question_is_all_that_is_asked_in_words(
    parts: Parts, demonstration: bool
) -> None:
    parts.state.set_model(replace(model(tasks=(Task.CHAT,)), demonstration=demonstration))
    turn = parts.controller.ask("", audio=SOUND)
    parts.controller.stop()
    parts.bridge.end()
    parts.controller.edit(turn, "what is a heron")
    QCoreApplication.processEvents()
    asked = parts.bridge.asked[-1][0][-1]
    assert asked.text == "what is a heron"
    assert (asked.audio is None) is demonstration


@pytest.mark.parametrize("demonstration", [True, False])
def test_what_is_said_anew_stands_for_what_was_misheard(parts: Parts, demonstration: bool) -> None:
    parts.state.set_model(replace(model(tasks=(Task.CHAT,)), demonstration=demonstration))
    turn = parts.controller.ask("", audio=SOUND)
    parts.bridge.heard.emit(Heard(turn, "what is a fox trot"))
    parts.bridge.end()
    parts.controller.edit(turn, "what is a fox trot", audio=SOUND)
    parts.bridge.end()
    assert parts.bridge.asked[-1][0][-1].text == ("" if demonstration else "what is a fox trot")
    parts.controller.edit(turn, "and in German", audio=SOUND)
    assert parts.bridge.asked[-1][0][-1].text == "and in German"


def test_a_question_said_anew_misses_nothing(parts: Parts, qtbot: QtBot) -> None:
    turn = parts.controller.ask("what was that", audio=SOUND)
    parts.bridge.end()
    parts.book.tree.put(replace(parts.book.tree[turn], audio=None))  # as after a restart
    with qtbot.assertNotEmitted(parts.controller.media_missing):
        parts.controller.edit(turn, "what was that", audio=SOUND)


@pytest.mark.parametrize("wanted", [True, False])
def test_the_starter_ears_hear_a_question_where_they_are_wanted(parts: Parts, wanted: bool) -> None:
    parts.state.set_starter_wanted(wanted)  # whichever model is open until the other has come
    parts.controller.ask("", audio=SOUND)
    assert parts.bridge.by_starter == [wanted]
