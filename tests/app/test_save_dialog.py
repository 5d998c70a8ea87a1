"""What a file is saved as: its ending says what is in it, whatever stands in its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.save_dialog import SaveDialog

FILTERS = {"Text (*.txt)": "txt", "Subtitles (*.srt)": "srt", "Both (*.srt)": "srt"}


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[SaveDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    place = QStandardPaths.StandardLocation.DocumentsLocation
    yield SaveDialog(parent, "Save", FILTERS, place, "notes", also=("text",))
    parent.close()


@pytest.mark.parametrize(
    ("name", "words", "saved"),
    [
        ("Notes 22.11.2026", "Subtitles (*.srt)", "Notes 22.11.2026.srt"),
        ("Notes 22.11.2026", "Text (*.txt)", "Notes 22.11.2026.txt"),
        ("film.srt", "Text (*.txt)", "film.srt"),
        ("film.TEXT", "Subtitles (*.srt)", "film.TEXT"),
    ],
)
def test_an_ending_that_says_nothing_is_part_of_the_name(
    dialog: SaveDialog, qtbot: QtBot, tmp_path: Path, name: str, words: str, saved: str
) -> None:
    dialog.selectNameFilter(words)
    dialog.filterSelected.emit(words)
    with qtbot.waitSignal(dialog.chosen) as caught:
        dialog.fileSelected.emit(str(tmp_path / name))
    assert caught.args == [str(tmp_path / saved), words]


@pytest.mark.parametrize("may", [True, False])
def test_a_file_that_the_ending_leads_to_is_not_replaced_unasked(
    dialog: SaveDialog, tmp_path: Path, may: bool
) -> None:
    (tmp_path / "Notes 22.11.txt").touch()
    told: list[str] = []
    dialog.chosen.connect(lambda name, _: told.append(name))
    dialog.confirm = lambda *_: may
    dialog.fileSelected.emit(str(tmp_path / "Notes 22.11"))
    assert bool(told) is may
