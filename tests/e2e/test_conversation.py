"""The conversation page of the real program, on a random tiny model in the real worker."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from app.conversation.sampling import Sampling
from app.conversation.store import Store
from app.conversation.tree import MessageState
from app.widgets.answers_dialog import AnswersDialog
from engine.datatypes import Task
from engine.text.matformer import Size, SizeTable, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint
from tests.e2e.chatting import LONG, SHORT, Chatting
from tests.e2e.program import Program


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that answers anything with nonsense, never ends by itself, and holds 512 tokens."""
    config = tiny_config()
    # Never drawn: another processor's rounding must not make an answer end before it begins.
    config["eos_token_id"] = [config["boi_token_id"]]
    return write_checkpoint(tmp_path_factory.mktemp("tiny"), config, seed=3)


@pytest.fixture(scope="module")
def running(tiny: Path, start: Callable[..., Program]) -> Program:
    program = start(tiny)
    program.window.resize(1100, 780)
    return program


@pytest.fixture
def chat(running: Program) -> Iterator[Chatting]:
    """An empty conversation."""
    chatting = Chatting(running)
    chatting.feature.actions["new"].trigger()
    chatting.book.set_sampling(SHORT)
    yield chatting
    chatting.controller.stop()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_question_is_answered_word_by_word_and_kept(chat: Chatting) -> None:
    chat.book.set_sampling(LONG)
    chat.begin("hello world")
    seen = {chat.rows[-1].message.text}
    chat.wait(lambda: seen.add(chat.rows[-1].message.text) or len(seen) > 3)
    chat.do("stop")
    answer = chat.last
    assert chat.texts == ["hello world", answer.text]
    assert chat.page.composer.edit.toPlainText() == ""
    with_own_eyes = Store(chat.store_file)
    kept = with_own_eyes.conversations()[0]
    assert kept.title == "hello world"
    assert [m.text for m in with_own_eyes.messages(kept.id)] == chat.texts
    with_own_eyes.close()


def test_the_last_conversation_comes_back(
    tiny: Path, start: Callable[..., Program], tmp_path: Path
) -> None:
    first = Chatting(start(tiny, tmp_path))
    first.ask("hello")
    texts = first.texts
    first.program.close()
    second = Chatting(start(tiny, tmp_path))
    assert second.texts == texts
    assert second.program.window.pages.page == "conversation"
    second.ask("and now?")
    assert second.texts[:2] == texts
    second.program.close()


def test_stopping_takes_effect_at_once_and_keeps_what_is_written(chat: Chatting) -> None:
    chat.book.set_sampling(LONG)
    chat.begin("hello world")
    QTest.mouseClick(chat.page.composer.send, Qt.MouseButton.LeftButton)
    assert not chat.controller.answering
    stopped = chat.last
    assert stopped.state is MessageState.STOPPED
    assert stopped.text
    chat.ask("and now?")  # the worker has stopped, too
    assert chat.texts[1] == stopped.text


def test_escape_stops_too(chat: Chatting) -> None:
    chat.book.set_sampling(LONG)
    chat.begin("hello")
    QTest.keyClick(chat.page.composer.edit, Qt.Key.Key_Escape)
    assert chat.last.state is MessageState.STOPPED


def test_an_answer_that_was_stopped_goes_on(chat: Chatting) -> None:
    chat.book.set_sampling(LONG)
    chat.begin("hello")
    chat.do("stop")
    begun = chat.last.text
    assert "You stopped" in chat.page.notice.text
    QTest.mouseClick(chat.page.notice.button, Qt.MouseButton.LeftButton)
    chat.wait(lambda: len(chat.last.text) > len(begun))
    chat.do("stop")
    assert chat.last.text.startswith(begun)
    assert len(chat.rows) == 2


def test_another_answer_stands_beside_the_first(chat: Chatting) -> None:
    chat.book.set_sampling(Sampling(max_tokens=24))
    first = chat.ask("hello").text
    chat.enter_row(1)
    QTest.mouseClick(chat.page.tools.buttons["again"], Qt.MouseButton.LeftButton)
    second = chat.answered().text
    assert second != first
    assert (chat.rows[1].version, chat.rows[1].versions) == (2, 2)
    chat.click_version(1, -1)
    chat.wait(lambda: chat.texts == ["hello", first])
    chat.do("version_forth")
    assert chat.texts == ["hello", second]


def test_editing_an_earlier_question_keeps_the_old_branch(chat: Chatting) -> None:
    chat.ask("hello")
    chat.ask("and you?")
    old = chat.texts
    chat.enter_row(0)
    QTest.mouseClick(chat.page.tools.buttons["edit"], Qt.MouseButton.LeftButton)
    assert chat.page.composer.edit.toPlainText() == "hello"
    chat.write("good morning")  # what is there is marked: typing replaces it
    chat.enter()
    chat.answered()
    assert len(chat.rows) == 2
    assert chat.texts[0] == "good morning"
    chat.click_version(0, -1)
    chat.wait(lambda: chat.texts == old)
    chat.click_version(0, 1)
    chat.wait(lambda: chat.texts[0] == "good morning")


def test_an_instruction_and_steadiness_reach_the_model(chat: Chatting) -> None:
    plain = chat.ask("hello").text
    chat.do("new")
    chat.do("answers")
    dialog = chat.program.window.findChild(AnswersDialog)
    assert dialog is not None
    QTest.keyClicks(dialog.system, "say nothing but numbers")
    dialog.slider.setValue(0)
    assert dialog.value.text().startswith("Steady")
    assert not dialog.exact.isVisible()
    dialog.fold.click()
    assert dialog.exact.isVisible()
    dialog.tokens.setValue(24)
    dialog.reject()
    instructed = chat.ask("hello").text
    assert instructed != plain
    chat.do("again")
    assert chat.answered().text == instructed  # steady: the same each time


def test_messages_and_code_are_copied(chat: Chatting) -> None:
    answer = chat.ask("hello")
    chat.enter_row(1)
    QTest.mouseClick(chat.page.tools.buttons["copy_message"], Qt.MouseButton.LeftButton)
    assert clipboard() == answer.text


def test_conversations_are_listed_renamed_found_and_opened(chat: Chatting) -> None:
    chat.ask("hello world")
    first = chat.texts
    chat.do("new")
    chat.ask("seven pears")
    assert chat.titles()[:2] == ["seven pears", "hello world"]
    chat.do("rename")
    chat.wait(lambda: chat.page.list.list.findChild(QLineEdit) is not None)
    editor = chat.page.list.list.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "Fruit")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    chat.wait(lambda: chat.titles()[0] == "Fruit")
    chat.do("find")
    QTest.keyClicks(chat.page.list.field, "ello wor")
    chat.wait(lambda: any(title.startswith("hello world\n") for title in chat.titles()))
    assert not any("Fruit" in title for title in chat.titles())
    chat.page.list.list.setCurrentRow(0)
    chat.wait(lambda: chat.texts == first)
    chat.page.list.field.clear()
    chat.wait(lambda: "Fruit" in chat.titles())


def test_a_conversation_is_saved_as_markdown_and_json(chat: Chatting, tmp_path: Path) -> None:
    answer = chat.ask("hello world")
    chat.feature.saving.save_and_tell(str(tmp_path / "talk.md"))
    text = (tmp_path / "talk.md").read_text("utf-8")
    assert text.startswith("# hello world\n\n## You\n\nhello world\n\n## ")
    assert answer.text.strip() in text
    chat.feature.saving.save_and_tell(str(tmp_path / "talk.json"))
    found = json.loads((tmp_path / "talk.json").read_text("utf-8"))
    assert [message["text"] for message in found["messages"]] == chat.texts
    chat.feature.saving.save_and_tell(str(tmp_path / "missing" / "talk.md"))
    assert "cannot be saved" in chat.program.sentence
    chat.program.window.banner.clear(*chat.program.window.banner._messages)


def test_deleting_leaves_no_byte_behind(chat: Chatting) -> None:
    secret = "xylophone embargo"
    chat.ask(secret)
    folder = chat.store_file.parent

    def holders() -> list[str]:
        return [
            path.name for path in folder.glob("conversations*") if b"xylophone" in path.read_bytes()
        ]

    assert holders()
    chat.feature.confirm = lambda *_: True
    chat.do("delete")
    assert holders() == []
    assert secret not in chat.titles()
    assert chat.rows == []


def test_a_full_context_is_said_and_the_oldest_fall_out(chat: Chatting) -> None:
    long = "the quick brown fox jumps over the lazy dog " * 3
    for number in range(8):
        chat.ask(f"{number} {long}")
        if chat.book.dropped:
            break
    assert chat.book.dropped >= 2
    assert f"does not see the {chat.book.dropped} oldest messages" in chat.page.notice.text
    assert [row.in_context for row in chat.rows][: chat.book.dropped] == [False] * chat.book.dropped
    assert chat.rows[-1].in_context
    assert "of 512 tokens" in chat.page.composer.meter.text
    chat.program.photograph("conversation-context-full")


def test_an_answer_that_fills_the_context_is_kept_and_goes_on(chat: Chatting) -> None:
    for _ in range(30):  # random answers end by chance
        chat.do("new")
        chat.book.set_sampling(SHORT)
        chat.ask("the quick brown fox")
        chat.book.set_sampling(Sampling(max_tokens=2_000))
        chat.ask("hello")
        if chat.last.state is MessageState.CONTEXT_FULL:
            break
    assert chat.last.state is MessageState.CONTEXT_FULL
    assert len(chat.last.text) > 100
    assert "context is full" in chat.page.notice.text
    assert chat.page.notice.button.text() == "Go on"


def test_enter_never_sends_while_an_input_method_composes(chat: Chatting) -> None:
    edit = chat.page.composer.edit
    edit.setFocus()
    QApplication.sendEvent(edit, QInputMethodEvent("nihao", []))
    chat.enter()
    assert chat.rows == []
    chosen = QInputMethodEvent("", [])
    chosen.setCommitString("你好")
    QApplication.sendEvent(edit, chosen)
    assert chat.rows == []
    assert edit.toPlainText() == "你好"
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert edit.toPlainText() == "你好\n"
    chat.enter()
    assert chat.texts[0] == "你好\n"


def test_a_killed_worker_costs_nothing_and_one_click_goes_on(chat: Chatting) -> None:
    chat.book.set_sampling(LONG)
    chat.begin("hello")
    host = chat.program.application.bridge._host
    assert host is not None
    host.terminate()
    chat.wait(lambda: not chat.controller.answering)
    cut = chat.last
    assert cut.state is MessageState.CUT
    assert cut.text
    assert "was cut off" in chat.page.notice.text
    chat.program.wait_for_model()
    QTest.mouseClick(chat.page.notice.button, Qt.MouseButton.LeftButton)
    chat.wait(lambda: len(chat.last.text) > len(cut.text))
    chat.do("stop")
    assert chat.last.text.startswith(cut.text)
    assert len(chat.rows) == 2


def test_a_link_is_shown_before_it_is_opened(chat: Chatting) -> None:
    asked: list[str] = []
    opened: list[QUrl] = []
    chat.feature.confirm = lambda _title, text, _action: bool(asked.append(text))
    chat.feature.open_link = opened.append
    chat.page.view.link_clicked.emit("https://example.org/a?b=c")
    assert "https://example.org/a?b=c" in asked[0]
    assert opened == []
    chat.feature.confirm = lambda *_: True
    chat.page.view.link_clicked.emit("https://example.org/")
    assert [url.toString() for url in opened] == ["https://example.org/"]


def test_a_picture_stands_beside_its_question(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    seeing = write_checkpoint(tmp_path / "seeing", tiny_config(vision=True), seed=3)
    chat = Chatting(start(seeing, tmp_path / "program"))
    chat.program.window.resize(1100, 780)
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:, :80] = (200, 60, 40)
    chat.page.composer.attach_picture(picture)
    assert chat.page.composer.pictures[0] is picture
    answer = chat.ask("what is this?")
    assert answer.state in (MessageState.DONE, MessageState.LENGTH)
    assert chat.page.composer.pictures == ()
    shown = chat.page.view.layouts.laid(chat.rows[0]).thumbnails
    assert len(shown) == 1
    assert shown[0][1].pixelColor(10, 10).red() > 150
    chat.program.photograph("conversation-picture")
    other = chat.ask("and without?")
    assert other.state in (MessageState.DONE, MessageState.LENGTH)
    chat.program.close()


def test_a_question_is_spoken(start: Callable[..., Program], tiny: Path, tmp_path: Path) -> None:
    chat = Chatting(start(tiny, tmp_path))
    speak = chat.page.composer.speak
    QTest.mousePress(speak, Qt.MouseButton.LeftButton)
    chat.wait(lambda: chat.feature.spoken.seconds > 0)
    assert "Hearing your question" in chat.program.window.mark.text
    player = chat.program.say("hello my friend")
    chat.wait(lambda: player.poll() is not None)
    QTest.mouseRelease(speak, Qt.MouseButton.LeftButton)
    chat.wait(lambda: len(chat.rows) == 2)
    answer = chat.answered()
    assert answer.text
    question = chat.question(0)
    assert question.audio is not None
    assert question.sound_s > 0.5
    assert float(np.abs(question.audio).max()) > 0.01
    assert "Not listening" in chat.program.window.mark.text
    chat.program.photograph("conversation-spoken")
    chat.program.close()


def test_a_model_that_does_not_chat_says_so(start: Callable[..., Program], tmp_path: Path) -> None:
    scribe = write_checkpoint(tmp_path / "model", tiny_config(), seed=3)
    sizes = (Size("full", (48,) * 12),)
    write_matformer(scribe, SizeTable(sizes, (48,), {Task.TRANSCRIBE: None}))
    chat = Chatting(start(scribe, tmp_path / "program"))
    composer = chat.page.composer
    chat.wait(lambda: composer.hint.isVisible())
    assert "was made to listen, not to answer" in composer.hint.text()
    assert "E2B or E4B" in composer.hint.text()
    assert composer.help.text() == "Open model folder…"
    chat.write("hello")
    chat.enter()
    assert chat.rows == []
    chat.program.photograph("conversation-no-chat")
    chat.program.close()


def test_everything_on_the_page_is_reached_by_tab(chat: Chatting) -> None:
    chat.ask("hello")
    wanted = {
        button
        for button in chat.page.findChildren(QPushButton)
        if button.isVisible() and button.isEnabled()
    } | {chat.page.view, chat.page.composer.edit, chat.page.list.list, chat.page.composer.speak}
    at = chat.page.composer.edit
    reached = set()
    for _ in range(200):
        reached.add(at)
        at = at.nextInFocusChain()
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisible() and at.isEnabled():
            reached.add(at)
    assert wanted <= reached
    for control in wanted:
        assert control.accessibleName() or control.text(), control
