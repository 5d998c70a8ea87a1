"""What is dropped or pasted into the question: pictures go in, all else is said not to."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.application import Application
from tests.dropping import drop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, and what is none."""
    for name in ("one.png", "two.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((4, 6, 3), np.uint8))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    for name in ("notes.txt", "talk.mp3", "birds.mp4"):
        (tmp_path / name).write_text("hello")
    (tmp_path / "data.bin").write_bytes(bytes(range(256)))
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe")  # whoever reads it waits for ever
    return tmp_path


def files(folder: Path, *names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / name)) for name in names])
    return data


def put_in(program: Application, data: QMimeData, *, pasted: bool) -> None:
    edit = program.chat.page.composer.edit
    program.window.pages.show_page("conversation")
    if pasted:
        QApplication.clipboard().setMimeData(data)
        edit.setFocus()
        QTest.keySequence(edit, QKeySequence(QKeySequence.StandardKey.Paste))
        return
    drop(edit.viewport(), data)


@pytest.mark.parametrize("pasted", [False, True], ids=["dropped", "pasted"])
@pytest.mark.parametrize(
    ("names", "taken", "said"),
    [
        (("one.png", "two.png"), 2, ()),
        (("one.png", "broken.png", "two.png"), 2, ("broken.png",)),
        (("notes.txt",), 0, ("notes.txt is a text", "paste it")),
        (("talk.mp3",), 0, ("talk.mp3 is a sound file", "page of the transcript")),
        (("birds.mp4",), 0, ("birds.mp4 is a video", "looked at")),
        (("data.bin",), 0, ("data.bin", "PNG, JPEG")),
        (("sub",), 0, ("sub",)),
        (("pipe",), 0, ("pipe",)),
        (("gone.png",), 0, ("gone.png",)),
        (("sub", "one.png", "notes.txt", "broken.png"), 1, ("sub, notes.txt, broken.png",)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_no_picture_is_said_and_keeps_no_other_out(
    program: Application,
    folder: Path,
    names: tuple[str, ...],
    taken: int,
    said: tuple[str, ...],
    pasted: bool,
) -> None:
    """One broken file kept the good ones out; a folder put its address into the question."""
    put_in(program, files(folder, *names), pasted=pasted)
    composer = program.chat.page.composer
    assert len(composer.attached) == taken
    assert composer.edit.toPlainText() == ""
    assert all(words in program.window.banner.text for words in said)
    assert bool(program.window.banner.text) is bool(said)


def test_a_good_picture_ends_what_was_said_of_a_bad_one(program: Application, folder: Path) -> None:
    put_in(program, files(folder, "broken.png"), pasted=False)
    assert program.window.banner.text
    put_in(program, files(folder, "one.png"), pasted=False)
    assert not program.window.banner.text


def test_a_picture_is_pasted_from_the_field_s_menu(program: Application) -> None:
    """The entry was grey: of the clipboard only the key took pictures."""
    data = QMimeData()
    data.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    QApplication.clipboard().setMimeData(data)
    composer = program.chat.page.composer
    menu = composer.edit.createStandardContextMenu()
    (paste,) = [action for action in menu.actions() if action.objectName() == "edit-paste"]
    assert paste.isEnabled()
    paste.trigger()
    assert len(composer.attached) == 1
    assert composer.edit.toPlainText() == ""
    menu.deleteLater()


@pytest.mark.parametrize("pasted", [False, True], ids=["dropped", "pasted"])
def test_text_and_addresses_of_the_web_stay_text(program: Application, pasted: bool) -> None:
    data = QMimeData()
    data.setText("https://example.org/x.png")
    data.setUrls([QUrl("https://example.org/x.png")])
    put_in(program, data, pasted=pasted)
    assert program.chat.page.composer.edit.toPlainText() == "https://example.org/x.png"
