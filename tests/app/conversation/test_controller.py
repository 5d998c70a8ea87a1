"""Asking, stopping, branching, going on: the controller on a scripted worker."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.conversation.controller import CannotAsk
from app.conversation.store import Store
from app.conversation.tree import MessageState
from engine.datatypes import FinishReason, Role, Task
from engine.errors import ErrorKind, NestlingError
from engine.protocol import Context
from tests.app.conversation.scripted import Parts
from tests.app.window_fakes import model


def sent(parts: Parts) -> list[tuple[Role, str]]:
    return [(turn.role, turn.text) for turn in parts.bridge.asked[-1][0]]


def test_each_question_tells_the_whole_branch(parts: Parts) -> None:
    parts.book.set_system(" be brief ")
    parts.answer("one", "un", "o")
    parts.controller.ask("two")
    assert sent(parts) == [
        (Role.SYSTEM, "be brief"),
        (Role.USER, "one"),
        (Role.MODEL, "uno"),
        (Role.USER, "two"),
    ]
    assert parts.texts == ["one", "uno", "two", ""]
    assert parts.controller.obstacle is CannotAsk.ANSWERING


def test_pictures_and_sound_go_with_every_later_question_and_never_to_disk(
    parts: Parts, file: Path
) -> None:
    picture = np.full((4, 4, 3), 77, np.uint8)
    sound = np.full(1_600, 0.5, np.float32)
    turn = parts.controller.ask("what is it?", images=(picture,), audio=sound)
    assert parts.bridge.turn == turn
    parts.bridge.end()
    parts.answer("and?", "x")
    first = parts.bridge.asked[-1][0][0]
    assert first.images == (picture,)
    assert first.audio is sound
    other = parts.book.conversation
    assert other is not None
    parts.book.new()
    parts.book.open(other)
    assert parts.book.path[0].images == (picture,)  # while the program runs
    assert not parts.book.path[0].forgotten
    again = Store(file)
    kept = again.messages(other.id)[0]
    assert (kept.pictures, kept.sound_s, kept.images, kept.forgotten) == (1, 0.1, (), True)
    again.close()


def test_a_large_picture_is_not_kept_nor_sent_as_large_as_it_came(parts: Parts) -> None:
    """72 MB of a photograph would go to the worker again with each later question."""
    parts.controller.ask("what is it?", images=(np.zeros((4000, 6000, 3), np.uint8),))
    parts.bridge.end()
    parts.answer("and?", "x")
    ((image,),) = [turn.images for turn in parts.bridge.asked[-1][0] if turn.images]
    assert image.shape == (768, 1152, 3)
    assert parts.book.path[0].images == (image,)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_no_question(parts: Parts, text: str) -> None:
    with pytest.raises(NestlingError, match="write a question") as caught:
        parts.controller.ask(text)
    assert caught.value.kind is ErrorKind.BAD_INPUT
    assert parts.texts == []


def test_one_answer_at_a_time(parts: Parts) -> None:
    parts.controller.ask("one")
    with pytest.raises(NestlingError, match="still being written"):
        parts.controller.ask("two")


def test_a_model_that_does_not_chat_is_not_asked(parts: Parts) -> None:
    parts.state.set_model(model(tasks=(Task.TRANSCRIBE,)))
    with pytest.raises(NestlingError, match="made to listen") as caught:
        parts.controller.ask("one")
    assert caught.value.kind is ErrorKind.UNSUPPORTED_TASK
    parts.state.model = None
    parts.state.set_missing()
    with pytest.raises(NestlingError, match="No model is open"):
        parts.controller.ask("one")


def test_a_model_that_only_sees_is_asked_about_pictures_alone(parts: Parts) -> None:
    parts.state.set_model(model(tasks=(Task.TRANSCRIBE, Task.SEE)))
    assert parts.controller.obstacle is None
    with pytest.raises(NestlingError, match="about pictures only") as caught:
        parts.controller.ask("one")
    assert caught.value.kind is ErrorKind.UNSUPPORTED_TASK
    assert parts.texts == []
    parts.controller.ask("what is this", images=(np.zeros((4, 4, 3), np.uint8),))
    parts.bridge.say("A circle.")
    parts.bridge.end()
    parts.controller.ask("what colour is it")  # the picture stands further up
    assert parts.texts == ["what is this", "A circle.", "what colour is it", ""]


def test_a_question_waits_for_the_model(parts: Parts, qtbot: QtBot) -> None:
    parts.state.drop_model()
    parts.controller.ask("one")
    assert parts.bridge.asked == []
    parts.state.set_model(model(tasks=(Task.CHAT,)))
    parts.bridge.loaded.emit(None)
    qtbot.waitUntil(lambda: len(parts.bridge.asked) == 1)


def test_a_question_that_waited_for_a_model_without_speech_is_cut(
    parts: Parts, qtbot: QtBot
) -> None:
    parts.state.drop_model()
    parts.controller.ask("one")
    parts.state.set_model(model(tasks=(Task.TRANSCRIBE,)))
    parts.bridge.loaded.emit(None)
    qtbot.waitUntil(lambda: not parts.controller.answering)
    assert parts.bridge.asked == []
    assert parts.book.last is not None
    assert parts.book.last.state is MessageState.CUT


def test_a_stop_takes_effect_at_once_and_late_words_are_not_taken(
    parts: Parts, qtbot: QtBot
) -> None:
    parts.controller.ask("one")
    parts.bridge.say("un")
    parts.controller.stop()
    parts.bridge.say("late")
    assert parts.texts == ["one", "un"]
    assert parts.bridge.stops == 1
    parts.controller.ask("two")
    assert len(parts.bridge.asked) == 1  # the worker is not done with the first
    parts.bridge.say("later")
    parts.bridge.end(FinishReason.STOPPED)
    qtbot.waitUntil(lambda: len(parts.bridge.asked) == 2)
    assert parts.texts == ["one", "un", "two", ""]
    parts.bridge.say("dos")
    assert parts.texts[-1] == "dos"


def test_a_question_stopped_before_it_is_sent_is_never_sent(parts: Parts, qtbot: QtBot) -> None:
    parts.state.drop_model()
    parts.controller.ask("one")
    parts.controller.stop()
    parts.state.set_model(model(tasks=(Task.CHAT,)))
    parts.bridge.loaded.emit(None)
    parts.controller.stop()
    assert parts.bridge.stops == 0
    qtbot.wait(0)
    assert parts.bridge.asked == []


def test_a_question_asked_while_another_model_comes_waits_here_and_is_taken_back_at_once(
    parts: Parts, qtbot: QtBot
) -> None:
    """Behind the loading, the worker would not see the stop, and be killed for that."""
    parts.state.set_loading(0.5)
    parts.controller.ask("one")
    parts.controller.stop()
    assert (parts.bridge.asked, parts.bridge.stops) == ([], 0)
    parts.controller.ask("two")
    parts.state.set_missing()  # the folder was broken: the model in use answers
    qtbot.waitUntil(lambda: len(parts.bridge.asked) == 1)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (FinishReason.STOP_TOKEN, MessageState.DONE),
        (FinishReason.MAX_TOKENS, MessageState.LENGTH),
        (FinishReason.CONTEXT_FULL, MessageState.CONTEXT_FULL),
        (FinishReason.FAILED, MessageState.CUT),
    ],
)
def test_how_an_answer_ended_is_kept(
    parts: Parts, reason: FinishReason, state: MessageState
) -> None:
    parts.controller.ask("one")
    parts.bridge.say("un")
    parts.bridge.end(reason)
    assert parts.book.last is not None
    assert parts.book.last.state is state
    assert parts.controller.can_go_on is (state is not MessageState.DONE)


def test_going_on_sends_what_is_written(parts: Parts) -> None:
    parts.controller.ask("one")
    parts.bridge.say("un")
    parts.bridge.end(FinishReason.FAILED)
    parts.controller.go_on()
    assert sent(parts) == [(Role.USER, "one"), (Role.MODEL, "un")]
    parts.bridge.say("o")
    parts.bridge.end()
    assert parts.texts == ["one", "uno"]
    parts.controller.go_on()  # nothing is left to be said
    assert len(parts.bridge.asked) == 2


def test_going_on_before_the_first_word_asks_again(parts: Parts) -> None:
    parts.controller.ask("one")
    parts.bridge.end(FinishReason.FAILED)
    parts.controller.go_on()
    assert sent(parts) == [(Role.USER, "one")]
    assert len(parts.texts) == 2


def test_branches(parts: Parts) -> None:
    first = parts.answer("one", "uno")
    parts.answer("two", "dos")
    parts.controller.regenerate(first)
    parts.bridge.say("ein")
    parts.bridge.end()
    assert parts.texts == ["one", "ein"]
    parts.book.switch(first, 0)
    assert parts.texts == ["one", "uno", "two", "dos"]
    question = parts.book.path[0].id
    parts.controller.edit(question, "three")
    assert sent(parts) == [(Role.USER, "three")]
    parts.bridge.say("tres")
    parts.bridge.end()
    assert parts.texts == ["three", "tres"]
    parts.book.switch(parts.book.path[0].id, -1)
    assert parts.texts[0] == "one"
    assert [row.versions for row in parts.book.model.rows()[:2]] == [2, 2]


def test_what_falls_out_of_the_context_is_not_sent_again(parts: Parts) -> None:
    for number in range(3):
        parts.answer(f"q{number}", f"a{number}")
    parts.controller.ask("q3")
    parts.bridge.context_changed.emit(Context(parts.bridge.turn, 400, 512, dropped=4))
    parts.bridge.context_changed.emit(Context(parts.bridge.turn, 402, 512, dropped=4))
    parts.bridge.end()
    assert parts.book.dropped == 4
    assert (parts.controller.used, parts.controller.limit) == (402, 512)
    parts.controller.ask("q4")
    assert [text for _, text in sent(parts)] == ["q2", "a2", "q3", "", "q4"]
    parts.bridge.context_changed.emit(Context(parts.bridge.turn, 400, 512, dropped=2))
    assert parts.book.dropped == 6


def test_a_worker_that_is_given_up_ends_the_waiting(parts: Parts) -> None:
    parts.controller.ask("one")
    parts.bridge.say("un")
    parts.bridge.gave_up.emit()
    assert parts.book.last is not None
    assert parts.book.last.state is MessageState.CUT


def test_a_disk_that_refuses_costs_nothing_once_it_takes_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    blocker = tmp_path / "folder"
    blocker.write_text("")
    parts = Parts(blocker / "c.sqlite3")
    told: list[object] = []
    over: list[object] = []
    parts.book.failed.connect(lambda kind, _text: told.append(kind))
    parts.book.recovered.connect(over.append)
    parts.answer("one", "un", "o")
    assert told
    assert set(told) == {ErrorKind.DISK}
    parts.book.retry_writing()
    assert over == []
    blocker.unlink()
    parts.book.retry_writing()
    assert over == [ErrorKind.DISK]
    parts.answer("two", "dos")
    parts.book.close()
    store = Store(blocker / "c.sqlite3")
    (kept,) = store.conversations()
    assert [m.text for m in store.messages(kept.id)] == ["one", "uno", "two", "dos"]
    store.close()


def test_deleting_the_conversation_in_sight_while_it_is_answered(parts: Parts, file: Path) -> None:
    parts.controller.ask("one")
    parts.bridge.say("un")
    assert parts.book.conversation is not None
    parts.book.delete(parts.book.conversation)
    assert parts.texts == []
    assert not parts.controller.answering
    assert parts.book.conversations() == []
    parts.book.delete_all()
    assert not file.exists()


def test_renaming_and_searching(parts: Parts) -> None:
    parts.answer("one pear", "uno")
    assert parts.book.conversation is not None
    parts.book.rename(parts.book.conversation, "  My \n fruit ")
    parts.book.rename(parts.book.conversation, "   ")
    assert [c.title for c in parts.book.conversations()] == ["My fruit"]
    assert [found.conversation.title for found in parts.book.search("pear")] == ["My fruit"]


def test_what_is_kept_of_a_question_is_there_after_a_restart(parts: Parts, file: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    sound = np.random.default_rng(1).uniform(-1, 1, 1_600).astype(np.float32)
    turn = parts.controller.ask("what is it?", images=(picture,), audio=sound)
    parts.bridge.end()
    parts.book.keep_media(turn)
    assert parts.book.path[0].kept
    parts.controller.edit(turn, "what else is it?")
    parts.bridge.end()
    parts.book.close()
    again = Parts(file)
    (talk,) = again.book.conversations()
    again.book.open(talk)
    for question in (again.book.tree[turn], again.book.path[0]):
        assert (question.kept, question.forgotten) == (True, False)
        assert np.array_equal(question.images[0], picture)
        assert question.audio is not None
        assert np.array_equal(question.audio, sound)
    again.book.delete(talk)
    again.book.close()
    files = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    assert all(sound.tobytes()[:64] not in path.read_bytes() for path in files), "for good"


def test_other_pictures_stand_in_for_those_of_an_edited_question(parts: Parts) -> None:
    old, new = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 7, np.uint8)
    turn = parts.controller.ask("what is it?", images=(old,))
    parts.bridge.end()
    parts.book.keep_media(turn)
    parts.controller.edit(turn, "and now?", images=(new,))
    parts.bridge.end()
    assert parts.bridge.asked[-1][0][-1].images == (new,)
    question = parts.book.path[0]
    assert (question.pictures, question.kept) == (1, False), "nobody asked to keep the new one"
    parts.controller.edit(question.id, "and again?")
    assert parts.bridge.asked[-1][0][-1].images == (new,)


def test_what_was_kept_and_cannot_be_read_is_not_there(parts: Parts, file: Path) -> None:
    turn = parts.controller.ask("what?", images=(np.zeros((4, 4, 3), np.uint8),))
    parts.bridge.end()
    parts.book.keep_media(turn)
    parts.book.close()
    store = Store(file)
    store.keep_media(turn, [(0, b"broken")])
    store.close()
    again = Parts(file)
    again.book.open(again.book.conversations()[0])
    assert again.book.path[0].forgotten
    again.book.close()


def test_what_was_not_kept_is_said_when_it_is_asked_again(parts: Parts, file: Path) -> None:
    turn = parts.controller.ask("what is it?", images=(np.zeros((4, 4, 3), np.uint8),))
    parts.bridge.end()
    parts.book.close()
    again = Parts(file)
    again.book.open(again.book.conversations()[0])
    told: list[int] = []
    again.controller.media_missing.connect(told.append)
    assert again.book.leaf is not None
    again.controller.regenerate(again.book.leaf)
    again.bridge.end()
    assert told == [1]
    again.answer("and?", "x")
    assert told == [1], "once is enough while one goes on"
    again.controller.edit(turn, "what was it?")
    again.bridge.end()
    assert told == [1, 1]
    again.book.close()
