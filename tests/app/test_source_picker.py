"""The list of what can be looked at: the box always shows what is chosen, and nothing else."""

import pytest
from pytestqt.qtbot import QtBot

from app.capture.camera_sources import PictureSource, SourceKind, network_source
from app.theme import Theme
from app.widgets.source_picker import SourcePicker

DESK = PictureSource(SourceKind.DEVICE, "/port/1", "Webcam")
DOOR = PictureSource(SourceKind.DEVICE, "/port/2", "Webcam")
SCREEN = PictureSource(SourceKind.SCREEN, "HDMI-1", "Screen")
MAIL = PictureSource(SourceKind.WINDOW, "77", "Mail")


@pytest.fixture
def picker(theme: Theme, qtbot: QtBot) -> SourcePicker:
    made = SourcePicker(theme)
    qtbot.addWidget(made)
    return made


def named(source: PictureSource, label: str) -> PictureSource:
    return PictureSource(source.kind, source.id, label)


def choose(picker: SourcePicker, label: str) -> None:
    picker.setCurrentText(label)
    picker.activated.emit(picker.currentIndex())


def shown(picker: SourcePicker) -> tuple[str, PictureSource | None]:
    assert picker.currentData() == picker.current
    return picker.currentText(), picker.current


def test_a_choice_whose_name_changes_stays_the_choice(picker: SourcePicker) -> None:
    """A window gets another title; a second camera of the same name has both numbered."""
    picker.set_sources((DESK, SCREEN, MAIL))
    choose(picker, "Mail")
    picker.set_sources((DESK, SCREEN, named(MAIL, "Mail (1 new)")))
    assert shown(picker) == ("Mail (1 new)", named(MAIL, "Mail (1 new)"))
    choose(picker, "Webcam")
    first, second = named(DOOR, "Webcam (1)"), named(DESK, "Webcam (2)")
    picker.set_sources((first, second, SCREEN))
    assert shown(picker) == ("Webcam (2)", second)
    assert picker.findText("Webcam") < 0, "it is there once, by its new name"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (DESK, "Webcam (not connected)"),
        (SCREEN, "Screen (not connected)"),
        (MAIL, "Mail (closed)"),
    ],
)
def test_a_choice_that_is_away_stays_in_the_box_and_says_so(
    picker: SourcePicker, source: PictureSource, text: str
) -> None:
    picker.set_sources((DESK, SCREEN, MAIL))
    choose(picker, source.label)
    others = tuple(other for other in (DOOR, SCREEN, MAIL) if other != source)
    picker.set_sources(others)
    assert shown(picker) == (text, source)
    picker.set_sources((*others, source))
    assert shown(picker) == (source.label, source)
    assert picker.findText(text) < 0


def test_what_nobody_has_chosen_is_the_first_that_is_there(picker: SourcePicker) -> None:
    picker.set_sources((DESK, SCREEN))
    assert shown(picker) == ("Webcam", DESK)
    picker.set_sources((SCREEN,))
    assert shown(picker) == ("Screen", SCREEN)
    picker.set_sources(())
    assert picker.current is None
    assert picker.currentText() == "No camera is connected"


def test_what_was_asked_for_stays_in_the_list(picker: SourcePicker) -> None:
    door = network_source("http://user:secret@door/video")
    picker.set_sources((DESK, SCREEN))
    picker.set_current(door)
    picker.set_sources((SCREEN,))
    assert shown(picker) == ("door/video", door)
    choose(picker, "Screen")
    assert picker.findText("door/video") >= 0
