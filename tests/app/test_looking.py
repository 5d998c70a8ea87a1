"""The camera's place in the window, with a worker that answers nothing and no camera at all."""

from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.application import Application
from app.capture.camera import CameraState
from app.capture.camera_sources import PictureSource, SourceKind
from app.capture.screen import PORTAL
from app.looking import Looking
from app.settings.choices import PictureDetail
from app.watching import Answer, Sighting
from engine.datatypes import CameraFrame, FinishReason, Modality, Seeing, Task, Translation
from engine.errors import ErrorKind
from engine.protocol import Ask, Finished, Loaded, Token
from tests.app.window_fakes import FakeHost, model, segment

TASKS = (Task.CHAT, Task.SEE, Task.TRANSCRIBE)
SEEING = {"tasks": TASKS, "modalities": (Modality.TEXT, Modality.AUDIO, Modality.VISION)}


def frame(index: int = 0, level: int = 90) -> CameraFrame:
    return CameraFrame(np.full((30, 40, 3), level, np.uint8), index, 100.0 + index)


@pytest.fixture
def look(program: Application) -> Looking:
    """With the bundled model, which cannot see."""
    return program.looking


@pytest.fixture
def seeing(
    program: Application, hosts: list[FakeHost], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Looking:
    """With a model that sees, and a source that is on: its frames are the test's."""
    hosts[-1].say(Loaded(model("/models/general", name="general", **SEEING)))
    qtbot.waitUntil(lambda: program.state.model is not None and program.state.model.name != "nano")
    look = program.looking
    monkeypatch.setattr(look.camera._camera, "start", lambda *_: None)
    look.turn_on(PictureSource(SourceKind.DEVICE, "/port/1", "Webcam"))
    look.camera._enter(CameraState.ON)
    look.camera.frame_arrived.emit(frame())
    return look


def asks(hosts: list[FakeHost]) -> list[Ask]:
    return [ask for ask in hosts[-1].sent(Ask) if not ask.aside]


def test_a_model_that_cannot_see_says_so_and_nothing_can_be_asked(look: Looking) -> None:
    look.actions["panel"].trigger()
    assert "cannot see" in look.panel.hint.text()
    look.panel.question.setText("What is this?")
    assert not look.panel.ask.isEnabled()
    assert not look.panel.watch.isEnabled()
    look.ask("What is this?")
    assert look._program.window.banner.message is not None
    assert look._program.window.banner.message.kind is ErrorKind.NO_CAMERA


def test_every_key_of_the_window_does_one_thing(program: Application) -> None:
    actions = set(program.window.findChildren(QAction)) | set(program.findChildren(QAction))
    keys = Counter(key.toString() for action in actions for key in action.shortcuts())
    assert {key: count for key, count in keys.items() if key and count > 1} == {}


def test_without_any_source_looking_says_what_to_do(
    look: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.capture.screen.screens", lambda: ())
    look._list_sources()
    look.actions["camera"].trigger()
    assert "No camera is connected" in look._program.window.banner.text
    assert not look.actions["camera"].isChecked()
    assert look.panel.isVisible()


def test_on_wayland_the_desktop_is_asked_for_screen_window_or_part(
    look: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.capture.screen.is_wayland", lambda: True)
    look._list_sources()
    kinds = [look.panel.picker.itemData(i) for i in range(look.panel.picker.count())]
    assert [source.id for source in kinds if isinstance(source, PictureSource)] == [PORTAL]
    chosen: list[PictureSource] = []
    look.chooser.chosen.disconnect(look.turn_on)
    look.chooser.chosen.connect(chosen.append)
    look.chooser.ask("region")
    assert [source.id for source in chosen] == [PORTAL]


def test_who_turns_the_camera_off_hears_no_more_of_its_loss(seeing: Looking) -> None:
    """ "The camera is gone. Connect it again, and looking goes on by itself." stayed for good."""
    banner = seeing._program.window.banner
    seeing.camera.failed.emit(ErrorKind.CAMERA_LOST, "The camera is gone.")
    assert banner.text == "The camera is gone."
    seeing.actions["off"].trigger()
    assert banner.text == ""


def test_a_question_takes_the_newest_frame(seeing: Looking, hosts: list[FakeHost]) -> None:
    seeing.camera.frame_arrived.emit(frame(1, 200))
    seeing.panel.question.setText("What is this?")
    seeing.panel.ask.click()
    (ask,) = asks(hosts)
    assert int(ask.turns[-1].images[0].mean()) == 200
    assert ask.turns[-1].text == "What is this?"
    assert seeing.panel.question.text() == ""


def test_asking_beside_the_picture_leaves_the_keyboard_there(seeing: Looking) -> None:
    seeing._window.pages.show_page("transcript")
    seeing.panel.question.setFocus()
    seeing.panel.question.setText("What is this?")
    seeing.panel.question.returnPressed.emit()
    assert seeing._window.pages.page == "conversation"
    assert seeing._window.focusWidget() is seeing.panel.question


def test_marked_words_of_the_transcript_are_asked_about_as_they_are_copied(
    seeing: Looking, hosts: list[FakeHost]
) -> None:
    """Without the signs that part what is said from what it means."""
    seeing._window.show_welcome(False)
    seeing._program.transcript.put(1, segment(0, "one two.", final=True))
    clause = Translation(0, 0, 2, "German", "Eins zwei.", final=True)
    seeing._program.transcript.put_translation(1, clause)
    seeing._program.transcript.flush()
    seeing._window.view.selectAll()
    seeing.ask_moment()
    (ask,) = asks(hosts)
    assert ask.turns[-1].text.endswith("\n\n> one two.\n> Eins zwei.")


def test_a_turned_picture_is_asked_about_as_it_is_turned(seeing: Looking) -> None:
    corner = np.zeros((30, 40, 3), np.uint8)
    corner[0, 0] = 255
    seeing.actions["turn"].trigger()
    seeing.camera.frame_arrived.emit(CameraFrame(corner, 1, 101.0))
    rgb = seeing.picture()
    assert rgb is not None
    assert rgb.shape == (40, 30, 3)
    assert rgb[0, -1].tolist() == [255, 255, 255], "a quarter turn to the right"


def test_a_picture_that_stays_is_turned_at_once(seeing: Looking) -> None:
    """The last picture of a video, or the one that a desktop gives: no other comes."""
    seeing.camera._enter(CameraState.ENDED)
    for shape in ((40, 30, 3), (30, 40, 3)):
        seeing.actions["turn"].trigger()
        rgb, shown = seeing.picture(), seeing.panel.preview.frame
        assert rgb is not None
        assert shown is not None
        assert rgb.shape == shown.rgb.shape == shape


def test_a_mirrored_preview_mirrors_no_question(seeing: Looking) -> None:
    before = seeing.picture()
    seeing.actions["mirror"].trigger()
    assert seeing.panel.preview.mirrored
    assert seeing.picture() is before


def test_while_no_picture_comes_no_old_one_is_asked_about(
    seeing: Looking, hosts: list[FakeHost]
) -> None:
    seeing.camera._enter(CameraState.RECOVERING)
    seeing.ask("What is this?")
    assert asks(hosts) == []
    assert "no picture yet" in seeing._program.window.banner.text


def test_a_question_while_an_answer_is_written_is_refused_in_words(
    seeing: Looking, hosts: list[FakeHost]
) -> None:
    seeing.ask("What is this?")
    seeing.ask("And that?")
    assert len(asks(hosts)) == 1
    assert "still being written" in seeing._program.window.banner.text


@pytest.mark.parametrize(
    ("detail", "looked_at"),
    [
        (PictureDetail.QUICK, Seeing(pixels=256)),
        (PictureDetail.AUTO, Seeing(budget_s=2.0)),
        (PictureDetail.FINE, Seeing(pixels=768)),
    ],
)
def test_how_closely_pictures_are_looked_at_is_a_setting(
    seeing: Looking, hosts: list[FakeHost], detail: PictureDetail, looked_at: Seeing
) -> None:
    seeing._program.settings.change(picture_detail=detail)
    seeing.ask("What is this?")
    assert asks(hosts)[0].seeing == looked_at


def test_parts_of_wide_pictures_are_an_opt_in(seeing: Looking, hosts: list[FakeHost]) -> None:
    seeing._program.settings.change(pan_and_scan=True)
    seeing.ask("What is this?")
    assert asks(hosts)[0].seeing.pan_and_scan


def test_what_is_sighted_is_logged_told_and_forgotten_with_the_next_watch(seeing: Looking) -> None:
    seeing.panel.question.setText("a box is there")
    seeing.panel.watch.click()
    assert seeing.watch.running
    assert seeing.actions["watch"].isChecked()
    seeing.watch.sighted.emit(Sighting(Answer.YES, 0.0, frame().rgb))
    seeing.watch.sighted.emit(Sighting(Answer.NO, 60.0, frame().rgb))
    lines = [seeing.sightings.index(row).data() for row in range(seeing.sightings.rowCount())]
    assert lines[0].endswith("No longer: a box is there")
    assert lines[1].endswith("Now: a box is there")
    assert seeing._program.window.banner.text == "Now: a box is there"
    assert seeing.panel.log.isVisible()
    seeing.panel.watch.click()
    assert not seeing.watch.running
    seeing.tell_when("something else")
    assert seeing.sightings.rowCount() == 0


def test_of_old_sightings_only_the_small_picture_is_kept(seeing: Looking) -> None:
    for second in range(60):
        seeing.sightings.put(Sighting(Answer.YES, float(second), frame().rgb), "Now: it")
    assert seeing.sightings.picture(0) is not None
    assert seeing.sightings.picture(59) is None
    assert seeing.sightings.index(59).data(Qt.ItemDataRole.DecorationRole) is not None


def test_turning_off_ends_the_watch_and_leaves_no_frame(seeing: Looking) -> None:
    seeing.tell_when("a box is there")
    QTest.keyClick(seeing._window, Qt.Key.Key_F12)
    assert not seeing.watch.running
    assert seeing.frame is None
    assert seeing.panel.preview.frame is None
    assert seeing._state.camera == ""
    assert not seeing.actions["off"].isEnabled()


def test_a_watch_ends_with_the_window_it_looks_at(seeing: Looking) -> None:
    seeing.tell_when("a box is there")
    assert not seeing.panel.question.isEnabled()
    seeing.camera._screen.lost.emit()
    assert not seeing.watch.running
    assert not seeing.actions["watch"].isChecked()
    assert seeing.panel.question.isEnabled()
    assert "not on the screen any more" in seeing._program.window.banner.text


def test_a_watch_does_not_go_over_to_another_source(seeing: Looking) -> None:
    seeing.tell_when("a box is there")
    seeing.chooser.chosen.emit(PictureSource(SourceKind.NETWORK, "http://door/", "Door"))
    assert seeing.camera.source is not None
    assert seeing.camera.source.label == "Door"
    assert not seeing.watch.running


def test_where_no_other_picture_comes_nothing_is_watched_for(seeing: Looking) -> None:
    seeing.camera._enter(CameraState.ENDED)
    seeing.panel.question.setText("a box is there")
    for start in (seeing.panel.watch.click, seeing.actions["watch"].trigger):
        seeing._window.banner.clear(None)
        start()
        assert not seeing.watch.running
        assert not seeing.actions["watch"].isChecked()
        assert seeing.panel.question.isEnabled()
        assert "No other picture will come" in seeing._program.window.banner.text


def test_before_the_first_picture_watching_says_that_there_is_none(seeing: Looking) -> None:
    seeing.camera._enter(CameraState.STARTING)
    seeing.tell_when("a box is there")
    assert not seeing.watch.running
    assert "no picture yet" in seeing._program.window.banner.text


def test_a_watch_ends_with_the_video_once_its_last_question_is_answered(
    seeing: Looking, hosts: list[FakeHost], qtbot: QtBot
) -> None:
    seeing.tell_when("a box is there")
    seeing.camera.frame_arrived.emit(frame(1, 10))
    (ask,) = [ask for ask in hosts[-1].sent(Ask) if ask.aside]
    seeing.camera._enter(CameraState.ENDED)
    assert "the watch for “a box is there” ends" in seeing._program.window.banner.text
    turn = ask.turns[-1].id
    hosts[-1].say(Token(turn, 0, 7, "yes"))
    hosts[-1].say(Finished(turn, FinishReason.STOP_TOKEN))
    qtbot.waitUntil(lambda: not seeing.watch.running)
    assert seeing.sightings.rowCount() == 1
    assert seeing._program.window.banner.text == "Now: a box is there"
    assert seeing.panel.question.isEnabled()
    assert not seeing.actions["watch"].isChecked()


def test_the_place_cannot_be_hidden_while_something_is_looked_at(seeing: Looking) -> None:
    seeing.actions["panel"].setChecked(True)
    seeing.actions["panel"].trigger()
    assert seeing.panel.isVisible()


def test_the_windows_end_lets_everything_go(seeing: Looking, program: Application) -> None:
    program.close()
    assert seeing.camera.source is None
    assert not seeing.watch.running
