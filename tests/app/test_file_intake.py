"""Sound files into the window: from the menu and dropped, with what is said of those that fail."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app import journal
from app.application import Application
from app.models.live import Phase
from app.widgets.save_dialog import SaveDialog
from engine.datatypes import Task
from engine.errors import ErrorKind
from engine.protocol import (
    Failed,
    FileHeard,
    Listening,
    ListeningState,
    Loaded,
    SegmentChanged,
    StartListening,
    StopListening,
    TranscribeFile,
)
from tests.app.window_fakes import FakeHost, kept, listen, model, segment, words
from tests.dropping import drop, files


@pytest.fixture
def host(program: Application, hosts: list[FakeHost]) -> FakeHost:
    program.window.end_welcome()
    return hosts[-1]


def begin(program: Application, host: FakeHost, qtbot: QtBot, name: str = "/music/talk.mp3") -> int:
    """Drop a file, and hear some of it; the recording's number."""
    asked = len(host.sent(TranscribeFile))
    assert drop(program.window.view.viewport(), files(name))
    qtbot.waitUntil(lambda: len(host.sent(TranscribeFile)) > asked)
    number: int = host.sent(TranscribeFile)[-1].recording
    host.say(FileHeard(number, 65.0, 3_700.0, 700.0, False))
    host.say(SegmentChanged(number, segment(0, "good morning", final=True, at=2.0), 0.0))
    qtbot.waitUntil(lambda: "good morning" in words(program))
    return number


def end(program: Application, host: FakeHost, number: int, qtbot: QtBot) -> None:
    host.say(Listening(number, ListeningState.STOPPED))
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)


def test_a_dropped_file_is_written_down_under_its_name(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    number = begin(program, host, qtbot)
    window = program.window
    assert host.sent(TranscribeFile)[-1].path == "/music/talk.mp3"
    assert words(program) == "talk.mp3\ngood morning"
    assert window.mark.text == "talk.mp3 · 1:05 of 1:01:40 · 12 min left"
    assert window.mark.property("listening") is False
    assert window.windowTitle() == "Writing down a file — Nestling"
    assert window.controls.listen.text() == "Stop"
    assert not window.controls.pause.isEnabled()
    assert not window.table["transcribe_file"].isEnabled()
    end(program, host, number, qtbot)
    assert window.mark.text == "Not listening"
    assert window.controls.listen.text() == "Start listening"
    assert window.table["transcribe_file"].isEnabled()


def test_the_button_stops_it(program: Application, host: FakeHost, qtbot: QtBot) -> None:
    number = begin(program, host, qtbot)
    qtbot.mouseClick(program.window.controls.listen, Qt.MouseButton.LeftButton)
    assert host.sent(StopListening)[-1].recording == number
    assert host.sent(StartListening) == []
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    assert words(program) == "talk.mp3\ngood morning"


def test_a_long_name_loses_its_middle_where_there_is_little_room(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    name = "the minutes of the yearly meeting of all members.mp3"
    begin(program, host, qtbot, f"/music/{name}")
    assert program.window.mark.text.startswith("the minutes of t…mbers.mp3 · ")
    assert name in program.window.mark.toolTip()


def test_a_file_is_chosen_from_the_menu(
    program: Application, host: FakeHost, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "talk.wav").touch()
    program.window.pages.show_page("conversation")
    program.window.table["transcribe_file"].trigger()
    dialog = program.window.findChild(QFileDialog, "sound dialog")
    assert isinstance(dialog, QFileDialog)
    assert {"*.mp3", "*.mp4"} <= set(dialog.nameFilters()[0].strip(")").split("(")[1].split())
    dialog.filesSelected.emit([str(tmp_path / "talk.wav")])
    dialog.close()
    assert host.sent(TranscribeFile)[-1].path == str(tmp_path / "talk.wav")
    assert program.window.pages.page == "transcript"


@pytest.mark.parametrize("place", ["welcome", "controls", "meter"])
def test_every_part_of_the_page_takes_a_file(
    program: Application, host: FakeHost, qtbot: QtBot, place: str
) -> None:
    if place == "welcome":
        program.window.show_welcome(True)
    assert drop(getattr(program.window, place), files("/music/talk.mp3"))
    qtbot.waitUntil(lambda: bool(host.sent(TranscribeFile)))
    assert not program.window.welcome.isVisible()


def test_what_is_no_file_is_not_taken(program: Application, host: FakeHost) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/talk.mp3")])
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.DragEnter,
    )
    assert not program.hearing.files.eventFilter(program.window.view, event)


@pytest.mark.parametrize(
    ("state", "names", "said"),
    [
        ("unkept", ("/a.mp3", "/b.mp3"), "One file at a time"),
        ("listening", ("/a.mp3",), "Stop listening first"),
        ("asking", ("/a.mp3",), "Stop listening first"),
        ("unkept, reading", ("/a.mp3",), "One file at a time"),
        ("deaf", ("/a.mp3",), "once a model that transcribes is open"),
    ],
)
def test_why_a_file_is_not_taken_is_one_sentence(
    program: Application,
    host: FakeHost,
    qtbot: QtBot,
    state: str,
    names: tuple[str, ...],
    said: str,
) -> None:
    program.settings.change(keep_transcripts="unkept" not in state)
    if state == "listening":
        listen(program, host, "hello")
    elif state == "asking":
        program.state.set_asking_aloud(True)
    elif "reading" in state:
        begin(program, host, qtbot)
    elif state == "deaf":
        host.say(Loaded(model(tasks=(Task.CHAT,))))
        qtbot.waitUntil(lambda: not program.state.can_listen)
    asked, shown = len(host.sent(TranscribeFile)), words(program)
    drop(program.window.view.viewport(), files(*names))
    qtbot.waitUntil(lambda: said in program.window.banner.text)
    assert len(host.sent(TranscribeFile)) == asked
    assert words(program) == shown
    program.state.set_asking_aloud(False)


def hear_whole(program: Application, host: FakeHost, text: str, qtbot: QtBot) -> None:
    """The file that the worker was given last, to its end."""
    number = host.sent(TranscribeFile)[-1].recording
    host.say(SegmentChanged(number, segment(0, text, final=True, at=2.0), 0.0))
    host.say(FileHeard(number, 60.0, 60.0, None, True))
    host.say(Listening(number, ListeningState.STOPPED))


def paths(host: FakeHost) -> list[str]:
    return [asked.path for asked in host.sent(TranscribeFile)]


def test_several_files_are_written_down_one_after_the_other(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    drop(program.window.view.viewport(), files("/music/one.mp3", "/music/two.mp3"))
    qtbot.waitUntil(lambda: paths(host) == ["/music/one.mp3"])
    assert program.window.mark.text.endswith(" · 1 more to come")
    drop(program.window.view.viewport(), files("/music/three.mp3"))
    qtbot.waitUntil(lambda: program.window.mark.text.endswith(" · 2 more to come"))
    program.window.pages.show_page("conversation")
    hear_whole(program, host, "good morning", qtbot)
    qtbot.waitUntil(lambda: paths(host)[1:] == ["/music/two.mp3"])
    number = host.sent(TranscribeFile)[-1].recording
    host.say(Failed(ErrorKind.BAD_AUDIO, "/music/two.mp3 cannot be read as sound"))
    host.say(Listening(number, ListeningState.STOPPED))
    qtbot.waitUntil(lambda: paths(host)[2:] == ["/music/three.mp3"])
    assert "two.mp3 cannot be read" in program.window.banner.text, "what comes next hides it not"
    assert "to come" not in program.window.mark.text
    hear_whole(program, host, "good night", qtbot)
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    assert program.window.pages.page == "conversation", "nobody is taken from where they are"
    assert words(program) == "three.mp3\ngood night"
    folder = program.paths.journal_folder
    assert {kept.file for kept in journal.transcripts(folder) if kept.words} == {
        "one.mp3",
        "three.mp3",
    }
    program.window.banner.clear(ErrorKind.BAD_AUDIO)
    qtbot.waitUntil(lambda: "3 files were heard" in program.window.banner.text)


def test_the_next_one_waits_for_a_question_that_is_asked_aloud(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    drop(program.window.view.viewport(), files("/music/one.mp3", "/music/two.mp3"))
    qtbot.waitUntil(lambda: len(host.sent(TranscribeFile)) == 1)
    program.state.set_asking_aloud(True)
    hear_whole(program, host, "good morning", qtbot)
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    qtbot.wait(50)
    assert len(host.sent(TranscribeFile)) == 1
    program.state.set_asking_aloud(False)
    qtbot.waitUntil(lambda: paths(host)[1:] == ["/music/two.mp3"])


def test_whoever_stops_one_stops_all(program: Application, host: FakeHost, qtbot: QtBot) -> None:
    drop(program.window.view.viewport(), files("/music/one.mp3", "/music/two.mp3"))
    qtbot.waitUntil(lambda: len(host.sent(TranscribeFile)) == 1)
    qtbot.mouseClick(program.window.controls.listen, Qt.MouseButton.LeftButton)
    end(program, host, host.sent(TranscribeFile)[-1].recording, qtbot)
    qtbot.wait(50)
    assert paths(host) == ["/music/one.mp3"]
    assert program.state.files_waiting == 0


def test_what_cannot_be_written_down_any_more_is_named(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    drop(program.window.view.viewport(), files("/music/one.mp3", "/music/two.mp3"))
    qtbot.waitUntil(lambda: len(host.sent(TranscribeFile)) == 1)
    host.say(Loaded(model(tasks=(Task.CHAT,))))
    hear_whole(program, host, "good morning", qtbot)
    qtbot.waitUntil(lambda: "not written down: two.mp3." in program.window.banner.text)
    assert paths(host) == ["/music/one.mp3"]
    assert words(program) == "one.mp3\ngood morning"


def test_the_window_is_emptied_for_it_and_what_would_be_lost_is_asked_about(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    program.settings.change(keep_transcripts=False)
    listen(program, host, "kept nowhere")
    program.window.table["listen"].trigger()
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    asked: list[str] = []
    program.commands.confirm = lambda *texts: bool(asked.append(texts[1])) or len(asked) > 1
    program.hearing.files.take([Path("/music/talk.mp3")])
    assert asked == ["Empty the window?"]
    assert host.sent(TranscribeFile) == []
    assert "kept nowhere" in words(program)
    program.hearing.files.take([Path("/music/talk.mp3")])
    assert len(host.sent(TranscribeFile)) == 1
    assert words(program) == ""


def test_a_file_without_sound_is_one_sentence_and_the_next_one_ends_it(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    program.hearing.files.take([Path("/music/notes.txt")])
    number = host.sent(TranscribeFile)[-1].recording
    host.say(Failed(ErrorKind.BAD_AUDIO, "/music/notes.txt cannot be read as sound: expected …"))
    end(program, host, number, qtbot)
    assert program.window.banner.text.startswith("/music/notes.txt cannot be read as sound")
    begin(program, host, qtbot)
    assert program.window.banner.text == ""


def test_a_worker_that_dies_half_way_is_told_as_always_and_the_words_stay(
    program: Application, host: FakeHost, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    begin(program, host, qtbot)
    host.die(-9)
    qtbot.waitUntil(lambda: "memory ran out or it was killed" in program.window.banner.text)
    assert words(program) == "talk.mp3\ngood morning"
    assert program.state.phase is Phase.READING
    qtbot.waitUntil(lambda: len(hosts) > 1)
    hosts[-1].say(Loaded(model()))
    qtbot.waitUntil(lambda: bool(hosts[-1].sent(TranscribeFile)))
    assert hosts[-1].sent(TranscribeFile)[0].first > 0


def test_captions_are_for_what_is_said_now(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    program.window.table["captions"].trigger()
    number = begin(program, host, qtbot)
    assert program.captions._captions() == ()
    end(program, host, number, qtbot)
    program.window.table["captions"].trigger()


def test_a_kept_one_is_found_and_shown_by_the_file_s_name(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    kept(program, "another day", whole=True)
    end(program, host, begin(program, host, qtbot), qtbot)
    program.commands.clear()
    program.commands.show_history()
    dialog = program.window.findChild(QWidget, "kept")
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.count() == 2)  # type: ignore[attr-defined]
    rows = [dialog.item(row).text() for row in range(dialog.count())]  # type: ignore[attr-defined]
    assert [("talk.mp3" in row) for row in rows] == [True, False]
    history = dialog.window()
    history.field.setText("talk.mp3")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: dialog.count() == 1 and not history.reading)  # type: ignore[attr-defined]
    history.show_button.click()  # type: ignore[attr-defined]
    assert words(program) == "talk.mp3\ngood morning"


def test_it_is_saved_under_the_file_s_name_with_the_file_s_times(
    program: Application, host: FakeHost, qtbot: QtBot, tmp_path: Path
) -> None:
    end(program, host, begin(program, host, qtbot), qtbot)
    program.window.table["save_srt"].trigger()
    dialog = program.window.findChild(SaveDialog, "save dialog")
    assert dialog is not None
    assert Path(dialog.selectedFiles()[0]).name == "talk.srt"
    dialog.close()
    program.commands.save_to(tmp_path / "talk.srt")
    saved = (tmp_path / "talk.srt").read_text("utf-8")
    assert saved == "1\n00:00:02,000 --> 00:00:03,000\ngood morning\n"
    program.commands.save_to(tmp_path / "talk.vtt")
    assert "00:00:02.000 --> " in (tmp_path / "talk.vtt").read_text("utf-8")
    program.commands.save_to(tmp_path / "talk.txt")
    assert (tmp_path / "talk.txt").read_text("utf-8") == "good morning\n"
