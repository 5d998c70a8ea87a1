"""The list of earlier transcripts: what its rows say, and the search through all of them."""

from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.journal import Journal
from app.moments import when_text
from app.theme import Theme
from app.widgets import history_dialog
from app.widgets.history_dialog import HistoryDialog
from tests.app.window_fakes import segment

START = datetime(2026, 3, 1, 9, 30).astimezone()


def write(folder: Path, text: str, days: int) -> datetime:
    """A transcript of so many days after START; when that was."""
    started = START + timedelta(days=days)
    made = Journal(folder, started, {})
    made.record((1, 0), segment(0, text, final=True))
    made.close()
    return started


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> QWidget:
    made = QWidget()
    made.theme = theme  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    return made


def opened(folder: Path, window: QWidget) -> HistoryDialog:
    dialog = HistoryDialog(folder, frozenset(), window.theme, window)  # type: ignore[attr-defined]
    dialog.show()
    return dialog


def rows(dialog: HistoryDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_a_row_says_when_how_much_and_the_first_words(
    tmp_path: Path, window: QWidget, qtbot: QtBot
) -> None:
    first = write(tmp_path, "the heron stands in the reeds", 0)
    second = write(tmp_path, "a pear " * 100, 1)
    dialog = opened(tmp_path, window)
    qtbot.waitUntil(lambda: not dialog.reading)
    later, earlier = rows(dialog)
    assert earlier == f"{when_text(first)} · 6 words\nthe heron stands in the reeds"
    assert later.startswith(f"{when_text(second)} · 200 words\na pear a pear")
    assert dialog.list.currentRow() == 0
    assert dialog.list.hasFocus() or not dialog.isActiveWindow()
    assert dialog.list.visualItemRect(dialog.list.item(0)).width() <= dialog.list.viewport().width()


def test_words_and_dates_are_looked_for(tmp_path: Path, window: QWidget, qtbot: QtBot) -> None:
    write(tmp_path, "many words stand before the one that matters, Heron, and behind", 0)
    write(tmp_path, "nothing but pears (and more)", 40)
    dialog = opened(tmp_path, window)
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    QTest.keyClicks(dialog.field, "heron")
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    assert rows(dialog)[0].splitlines()[1] == "… the one that matters, Heron, and behind"
    dialog.field.setText("pears (and")
    qtbot.waitUntil(lambda: "pears" in rows(dialog)[0])
    day = QLocale().toString(START.date(), QLocale.FormatType.ShortFormat)
    dialog.field.setText(day)
    qtbot.waitUntil(lambda: "many words" in "".join(rows(dialog)))
    assert dialog.list.count() == 1
    dialog.field.setText("storks")
    qtbot.waitUntil(lambda: dialog.list.count() == 0 and not dialog.reading)
    assert dialog.hint.text() == "Nothing was found"
    assert dialog.hint.isVisible()
    assert not dialog.delete_button.isEnabled()
    dialog.field.clear()
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    dialog.field.setFocus()
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.focusWidget() is dialog.list


def test_what_is_deleted_is_not_found_again(tmp_path: Path, window: QWidget, qtbot: QtBot) -> None:
    for day in range(3):
        write(tmp_path, f"pear {day}", day)
    dialog = opened(tmp_path, window)
    dialog.confirm = lambda text: True
    qtbot.waitUntil(lambda: dialog.list.count() == 3)
    dialog.list.setCurrentRow(1)
    dialog.delete_button.click()
    assert dialog.list.currentRow() == 1
    dialog.field.setText("pear")
    qtbot.waitUntil(lambda: not dialog.reading)
    assert [row.splitlines()[1] for row in rows(dialog)] == ["pear 2", "pear 0"]


def test_thousands_are_read_while_the_window_goes_on(
    tmp_path: Path, window: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening read every word of all of them first."""
    head = '{"kind": "start", "started": "%s"}\n{"kind": "words", "words": [["w%d", 0, 0]]}\n'
    for day in range(2_000):
        started = START + timedelta(hours=day)
        path = tmp_path / f"{started:%Y-%m-%d_%H-%M-%S}.jsonl"
        path.write_text(head % (started.isoformat(), day))
    (tmp_path / "zzz.jsonl").write_text(head % (START.isoformat(), 2_000))
    began = perf_counter()
    reads = 0
    real = history_dialog.summary

    def counted(path: Path) -> object:
        nonlocal reads
        reads += 1
        return real(path)

    monkeypatch.setattr(history_dialog, "summary", counted)
    dialog = opened(tmp_path, window)
    assert reads < 2_001, f"all were read before anything was seen, {perf_counter() - began:.2f} s"
    dialog.field.setText("w7")
    qtbot.waitUntil(lambda: dialog.list.count() == 111 and not dialog.reading, timeout=30_000)
    assert reads == 2_001
    dialog.field.clear()
    qtbot.waitUntil(lambda: dialog.list.count() == 2_001, timeout=30_000)
    assert [row.splitlines()[1] for row in rows(dialog)[-3:]] in (
        ["w1", "w0", "w2000"],
        ["w1", "w2000", "w0"],
    ), "its name is newer than its words"
