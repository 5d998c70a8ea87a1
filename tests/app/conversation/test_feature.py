"""The page in the composed program, on a scripted worker: drafts, sentences, deleting, trouble."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import ModelState
from app.settings.choices import Language
from engine.datatypes import FinishReason, Role, Task
from engine.errors import ErrorKind
from engine.protocol import Ask, Context, Failed, Finished, Heard, Loaded, Token
from tests.app.window_fakes import FakeHost, answer, chunk, model, segment


def test_each_conversation_has_its_own_draft(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    page, book = chatting.chat.page, chatting.chat.book
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "one")
    first = book.conversation
    assert first is not None
    page.composer.edit.setPlainText("a draft for the first")
    page.composer.attach_picture(np.full((4, 4, 3), 7, np.uint8))
    chatting.chat.actions["new"].trigger()
    assert page.composer.edit.toPlainText() == ""
    assert page.composer.pictures == ()
    page.composer.edit.setPlainText("a draft for a new one")
    book.open(first)
    assert page.composer.edit.toPlainText() == "a draft for the first"
    assert [int(picture.mean()) for picture in page.composer.pictures] == [7]
    chatting.chat.actions["new"].trigger()
    assert page.composer.edit.toPlainText() == "a draft for a new one"


def test_who_asks_needs_no_welcome_any_more(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.window.show_welcome(True)
    assert not chatting.settings.values.welcomed
    chatting.window.pages.show_page("conversation")
    chatting.conversation.ask("first")
    qtbot.waitUntil(lambda: chatting.settings.values.welcomed)
    answer(chatting, hosts[0], qtbot, "one")
    assert not chatting.window.welcome.isVisibleTo(chatting.window.pages.widget(0))
    assert chatting.window.pages.page == "conversation"


def test_an_answer_that_fills_the_context_alone_is_not_gone_on_with(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    notice = chatting.chat.page.notice
    chatting.conversation.ask("first")
    full = FinishReason.CONTEXT_FULL
    answer(chatting, hosts[0], qtbot, "one", reason=full)
    assert "by itself" in notice.text
    assert notice.button.isHidden()
    chatting.conversation.ask("second")
    answer(chatting, hosts[0], qtbot, "two", reason=full)
    assert "oldest messages fall out" in notice.text
    notice.button.click()
    turn = hosts[0].sent(Ask)[-1].turns[-1].id
    hosts[0].say(Context(turn, 100, 512, dropped=2))
    qtbot.waitUntil(lambda: chatting.chat.book.dropped == 2)
    assert "2 oldest messages" in notice.text


def test_a_question_that_the_model_cannot_hold_is_edited_not_gone_on_with(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    """It said "what was written is kept", of nothing, and offered to fail once more."""
    composer, notice = chatting.chat.page.composer, chatting.chat.page.notice
    composer.edit.setPlainText("far too long")
    composer.submit()
    turn = hosts[0].sent(Ask)[-1].turns[-1].id
    hosts[0].say(Failed(ErrorKind.CONTEXT_FULL, "It has 408899 tokens.", turn))
    qtbot.waitUntil(lambda: not chatting.conversation.answering)
    assert "longer than the model holds" in notice.text
    assert notice.button.text() == "Edit the question"
    assert not chatting.chat.actions["go_on"].isEnabled()
    notice.button.click()
    assert (composer.edit.toPlainText(), composer.send.text()) == ("far too long", "Ask anew")
    composer.edit.setPlainText("short")
    composer.submit()
    answer(chatting, hosts[0], qtbot, "one", reason=FinishReason.FAILED)
    assert "what was written is kept" in notice.text
    assert notice.button.text() == "Go on"
    chatting.conversation.ask("next")
    answer(chatting, hosts[0], qtbot, reason=FinishReason.FAILED)
    assert "before its first word" in notice.text


def test_a_question_too_long_for_one_model_can_be_gone_on_with_by_another(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    notice = chatting.chat.page.notice
    turn = chatting.conversation.ask("far too long")
    hosts[0].say(Failed(ErrorKind.CONTEXT_FULL, "It has 408899 tokens.", turn))
    qtbot.waitUntil(lambda: "longer than the model holds" in notice.text)
    hosts[0].say(Loaded(model("/models/two", name="E4B", tasks=(Task.CHAT, Task.TRANSCRIBE))))
    qtbot.waitUntil(lambda: "before its first word" in notice.text)
    assert notice.button.text() == "Go on"
    notice.button.click()
    answer(chatting, hosts[0], qtbot, "one")
    assert chatting.chat.book.path[-1].model.startswith("E4B")


def test_a_failure_is_said_and_what_is_written_stays(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    turn = chatting.conversation.ask("first")
    hosts[0].say(Token(turn, 0, 7, "o"))
    hosts[0].say(Failed(ErrorKind.OUT_OF_MEMORY, "There is no memory left.", turn))
    qtbot.waitUntil(lambda: not chatting.conversation.answering)
    assert chatting.window.banner.text == "There is no memory left."
    assert chatting.chat.book.path[-1].text == "o"
    assert "was cut off" in chatting.chat.page.notice.text


def test_a_question_that_cannot_be_asked_stays_in_the_field(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    composer = chatting.chat.page.composer
    chatting.conversation.ask("first")
    composer.edit.setPlainText("second")
    chatting.chat._sent("second")
    assert "still being written" in chatting.window.banner.text
    assert composer.edit.toPlainText() == "second"


def test_an_edit_takes_pictures_along_and_ends_with_what_is_asked_otherwise(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    composer, edit = chatting.chat.page.composer, chatting.chat.actions["edit"]
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "one")
    composer.edit.setPlainText("a draft")
    for level in (4, 5):
        composer.attach_picture(np.full((4, 4, 3), level, np.uint8))
    edit.trigger()
    composer.attach_picture(np.zeros((4, 4, 3), np.uint8))
    composer.submit()
    assert [len(turn.images) for turn in hosts[0].sent(Ask)[-1].turns] == [1]
    assert composer.edit.toPlainText() == "a draft"
    assert [int(picture.mean()) for picture in composer.pictures] == [4, 5]
    composer.clear()
    answer(chatting, hosts[0], qtbot, "two")
    for number, asked in enumerate(
        (
            lambda: chatting.chat.spoken.heard.emit(np.full(1_600, 0.5, np.float32)),
            chatting.looking.ask_moment,
        ),
        1,
    ):
        edit.trigger()
        composer.attach_picture(np.zeros((4, 4, 3), np.uint8))
        chatting.looking.sound.hear(chunk(0))
        asked()
        answer(chatting, hosts[0], qtbot, "three")
        composer.edit.setPlainText("next")
        composer.submit()
        answer(chatting, hosts[0], qtbot, "four")
        assert len(chatting.chat.book.path) == 2 + 2 * number, "asked in place of it"
    edit.trigger()
    chatting.chat.actions["new"].trigger()
    assert composer.edit.toPlainText() == ""


def test_what_is_said_during_an_answer_is_asked_when_it_has_ended(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    composer, spoken = chatting.chat.page.composer, chatting.chat.spoken
    speak = chatting.chat.actions["speak"]
    assert (speak.isEnabled(), composer.speak.isEnabled()) == (True, True)
    spoken.begin()
    turn = chatting.conversation.ask("first")
    assert (speak.isEnabled(), composer.speak.isEnabled()) == (True, True), "it can be ended"
    spoken.cancel()
    assert (speak.isEnabled(), composer.speak.isEnabled()) == (False, False)
    sound, picture = np.full(1_600, 0.5, np.float32), np.zeros((4, 4, 3), np.uint8)
    composer.attach_picture(picture)
    spoken.heard.emit(sound)  # let go as the answer began
    assert "still being written" in chatting.window.banner.text
    hosts[0].say(Finished(turn, FinishReason.STOP_TOKEN))
    qtbot.waitUntil(lambda: len(hosts[0].sent(Ask)) == 2)
    asked = hosts[0].sent(Ask)[-1].turns[-1]
    assert (asked.audio is sound, len(asked.images)) == (True, 1)
    assert "still being written" not in chatting.window.banner.text
    assert len(composer.pictures) == 0
    spoken.heard.emit(sound)
    chatting.chat.actions["new"].trigger()  # what was said goes with its conversation
    QCoreApplication.processEvents()
    assert chatting.chat.book.conversation is None
    assert "was not asked" in chatting.window.banner.text


def test_the_moment_takes_the_pictures_beside_the_question(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    composer = chatting.chat.page.composer
    for level in (3, 5):
        composer.attach_picture(np.full((4, 4, 3), level, np.uint8))
    chatting.looking.ask_moment()
    asked = hosts[0].sent(Ask)[-1].turns[-1]
    assert [int(picture.mean()) for picture in asked.images] == [3, 5]
    assert composer.pictures == ()


def test_the_last_question_is_recalled_and_copied(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "Look:\n\n```\nx = 1\n```\n")
    edit = chatting.chat.page.composer.edit
    edit.recall_asked.emit()
    assert edit.toPlainText() == "first"
    chatting.chat.actions["copy_code"].trigger()
    assert QGuiApplication.clipboard().text() == "x = 1"
    chatting.chat.actions["copy_message"].trigger()
    assert QGuiApplication.clipboard().text().startswith("Look:")


def test_of_an_answer_that_is_not_shown_whole_the_last_block_is_copied(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.conversation.ask("first")
    long, last = "x = 1\n" * 2_400, "y = 2\n" * 300 + "the end"
    text = f"Look:\n\n```\n{long}```\n\nAnd:\n\n```\n{last}\n```\n"
    answer(chatting, hosts[0], qtbot, text)
    view = chatting.chat.page.view
    assert "show all" in view.layouts.laid(view.messages.row(1)).document.toPlainText()
    chatting.chat.actions["copy_code"].trigger()
    assert QGuiApplication.clipboard().text() == last
    view.enter(1)
    assert chatting.chat.page.tools.buttons["copy_code"].isVisibleTo(chatting.chat.page.tools)


def test_the_latest_words_are_those_of_the_page_in_sight(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "one\n\n" * 200)
    for index in range(60):
        chatting.transcript.put(1, segment(index, "some words", final=True))
    chatting.transcript.flush()
    chatting.window.show_welcome(False)
    talk, transcript = chatting.chat.page.view, chatting.window.view
    for page, shown, other in (
        ("conversation", talk, transcript),
        ("transcript", transcript, talk),
    ):
        for view in (talk, transcript):
            chatting.window.pages.show_page("conversation" if view is talk else "transcript")
            qtbot.waitUntil(lambda view=view: view.verticalScrollBar().maximum() > 0)
            view.verticalScrollBar().setValue(0)
        chatting.window.pages.show_page(page)
        chatting.window.table["latest"].trigger()
        assert (shown.following, other.following) == (True, False)


def test_versions_are_gone_through_where_there_are_any_and_nothing_is_being_written(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    actions, delegate = chatting.chat.actions, chatting.chat.page.view.delegate

    def possible() -> tuple[bool, bool, bool]:
        back, forth = actions["version_back"], actions["version_forth"]
        return back.isEnabled(), forth.isEnabled(), delegate.switching

    assert possible()[:2] == (False, False)
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "one")
    assert possible() == (False, False, True), "there is one version"
    actions["again"].trigger()
    assert possible() == (False, False, False), "another is being written"
    answer(chatting, hosts[0], qtbot, "two")
    assert possible() == (True, True, True)
    actions["version_back"].trigger()
    assert chatting.chat.book.model.row(1).message.text == "one"
    assert possible() == (True, True, True)
    actions["new"].trigger()
    assert possible()[:2] == (False, False)


def test_the_setting_says_who_hears_a_question_and_its_words_are_shown(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    sound = np.full(1_600, 0.5, np.float32)
    turn = chatting.conversation.ask("", audio=sound)
    assert hosts[0].sent(Ask)[-1].starter
    hosts[0].say(Heard(turn, "what is a heron"))
    answer(chatting, hosts[0], qtbot, "A bird.")
    assert [message.text for message in chatting.chat.book.path] == ["what is a heron", "A bird."]
    chatting.settings.change(starter_ears=False)
    chatting.conversation.ask("and a stork?")
    assert not hosts[0].sent(Ask)[-1].starter


def test_deleting_everything_deletes_conversations(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "one")
    file = chatting.paths.conversations_file
    assert file.exists()
    chatting.commands.delete_everything()
    assert not file.exists()
    assert chatting.chat.book.model.rowCount() == 0


@pytest.mark.parametrize("elsewhere", [False, True], ids=["new one", "in another"])
def test_what_is_being_written_goes_with_everything(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot, elsewhere: bool
) -> None:
    """A draft of before came back into the field that had just been emptied."""
    composer, book = chatting.chat.page.composer, chatting.chat.book
    chatting.conversation.ask("first")
    answer(chatting, hosts[0], qtbot, "one")
    first = book.conversation
    chatting.chat.actions["new"].trigger()
    composer.edit.setPlainText("a draft")
    composer.attach_picture(np.full((4, 4, 3), 7, np.uint8))
    if elsewhere:
        book.open(first)
        composer.edit.setPlainText("another")
    chatting.commands.delete_everything()
    assert (composer.edit.toPlainText(), composer.attached) == ("", ())


@pytest.mark.parametrize("version", [None, 99], ids=["not kept any more", "newer release"])
def test_deleting_everything_takes_conversations_that_are_not_open(
    compose: Callable[[], Application],
    hosts: list[FakeHost],
    qtbot: QtBot,
    version: int | None,
) -> None:
    first = compose()
    hosts[-1].say(Loaded(model(tasks=(Task.CHAT,))))
    qtbot.waitUntil(lambda: first.state.model_state is ModelState.READY)
    first.conversation.ask("secret")
    answer(first, hosts[-1], qtbot, "one")
    file = first.paths.conversations_file
    first.settings.change(keep_conversations=version is not None)
    first.close()
    if version:
        connection = sqlite3.connect(file)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
    damaged = file.with_suffix(".damaged-20260101-000000")
    damaged.write_bytes(b"secret")
    made = compose()
    assert made.chat.store.file is None
    made.commands.delete_everything()
    assert made.window.banner.text == "Everything is deleted."
    assert not file.exists()
    assert not damaged.exists()
    made.close()
    assert compose().chat.book.conversations() == []


def test_without_keeping_nothing_is_written(
    compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot
) -> None:
    first = compose()
    first.settings.change(keep_conversations=False)
    first.close()
    made = compose()
    hosts[-1].say(Loaded(model(tasks=(Task.CHAT,))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    made.conversation.ask("secret")
    answer(made, hosts[-1], qtbot, "one")
    assert made.chat.page.list.list.count() == 1
    assert not made.paths.conversations_file.exists()


def test_a_file_of_a_newer_release_is_said_and_left_alone(
    compose: Callable[[], Application], hosts: list[FakeHost], tmp_path: Path
) -> None:
    file = tmp_path / "profile" / "conversations.sqlite3"
    file.parent.mkdir()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    made = compose()
    assert "of a newer Nestling" in made.window.banner.text
    assert made.chat.store.file is None


def test_an_error_of_the_worker_is_said_in_the_language_of_the_window(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.settings.change(language=Language.GERMAN)
    hosts[-1].say(Failed(ErrorKind.CONTEXT_FULL, "It has 9 tokens too many."))
    qtbot.waitUntil(lambda: "9 tokens too many" in chatting.window.banner.text)
    assert chatting.window.banner.text.startswith("So viel fasst das Modell nicht")
    chatting.settings.change(language=Language.ENGLISH)


def test_a_conversation_is_saved_in_the_words_of_the_window(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot, tmp_path: Path
) -> None:
    chatting.conversation.ask("Wie spät ist es?", images=(np.zeros((4, 4, 3), np.uint8),))
    answer(chatting, hosts[0], qtbot, "Neun", reason=FinishReason.MAX_TOKENS)
    chatting.settings.change(language=Language.GERMAN)
    chatting.chat.saving.save_to(tmp_path / "talk.md")
    text = (tmp_path / "talk.md").read_text(encoding="utf-8")
    for words in ("## Ich", "*(1 Bild)*", "*(bei der größten erlaubten Länge beendet)*"):
        assert words in text
    chatting.chat.saving.save_and_tell(str(tmp_path / "missing" / "talk.md"))
    assert chatting.window.banner.text.startswith("Die Unterhaltung kann nicht als")
    chatting.settings.change(language=Language.ENGLISH)


def test_pictures_are_kept_when_a_person_asks_for_it(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    keep = chatting.chat.actions["keep_media"]
    assert not keep.isEnabled()
    chatting.conversation.ask("What is it?", images=(np.zeros((4, 4, 3), np.uint8),))
    answer(chatting, hosts[0], qtbot, "Nothing")
    assert keep.isEnabled()
    keep.trigger()
    assert not keep.isEnabled()
    talk = chatting.chat.book.conversation
    assert talk is not None
    assert list(chatting.chat.store.media(talk.id)) == [chatting.chat.book.path[0].id]
    assert chatting.chat.book.model.row(0).message.kept


def test_what_was_not_kept_is_said_before_the_answer(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.conversation.ask("What is it?", images=(np.zeros((4, 4, 3), np.uint8),))
    answer(chatting, hosts[0], qtbot, "Nothing")
    book = chatting.chat.book
    talk = book.conversation
    assert talk is not None
    book._with_media.clear()  # as after a restart
    book.open(talk)
    chatting.chat.actions["again"].trigger()
    assert "were not kept: the model answers without them" in chatting.window.banner.text
    answer(chatting, hosts[0], qtbot, "Still nothing")


def test_a_program_that_begins_on_this_page_takes_a_question_at_once(
    compose: Callable[[], Application], tmp_path: Path
) -> None:
    """A window that becomes active while its field is not in sight focuses something else."""
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "settings.toml").write_text(
        '[window]\nwelcomed = true\npage = "conversation"\n'
    )
    made = compose()
    field = made.chat.page.composer.edit
    assert made.window.focusWidget() is field
    assert field.isVisible(), "before any other event"


def test_an_edited_question_that_is_spoken_is_asked_in_its_place(
    chatting: Application, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    chatting.conversation.ask("hello")
    answer(chatting, hosts[0], qtbot, "hi")
    chatting.chat.actions["edit"].trigger()
    chatting.chat.spoken.heard.emit(np.full(1_600, 0.5, np.float32))
    (turn,) = [turn for turn in hosts[0].sent(Ask)[-1].turns if turn.role is Role.USER]
    assert (turn.text, turn.audio is None) == ("", False), "said in place of what stood there"
    answer(chatting, hosts[0], qtbot, "hi again")
    rows = chatting.chat.book.model.rows()
    assert [row.message.text for row in rows] == ["", "hi again"]
    assert rows[0].versions == 2
    assert chatting.chat.page.composer.edit.toPlainText() == ""
