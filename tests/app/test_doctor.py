"""The check of the model from the Help menu: its child, its table, copying, the end of it."""

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.theme import Theme
from app.widgets.doctor_dialog import DoctorDialog
from tests.app.window_fakes import model

LONG_MS = 60_000


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Kept here until the test has ended: a dialog goes with its parent."""
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def dialog(parent: QWidget, theme: Theme) -> DoctorDialog:
    return DoctorDialog(theme, parent)


def examined(dialog: DoctorDialog, qtbot: QtBot, script: str) -> bool:
    """Let a child say something; what the dialog makes of its end."""
    with qtbot.waitSignal(dialog.examined, timeout=LONG_MS) as ended:
        dialog.examine(sys.executable, ["-c", script], ".")
    assert ended.args is not None
    return bool(ended.args[0])


def test_the_table_is_shown_and_copied(dialog: DoctorDialog, qtbot: QtBot) -> None:
    assert examined(dialog, qtbot, "print('opens   PASS'); print('memory  PASS')")
    assert dialog.table.toPlainText() == "opens   PASS\nmemory  PASS"
    assert "Nothing is wrong" in dialog.state
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == "opens   PASS\nmemory  PASS"


def test_a_failed_check_is_said(dialog: DoctorDialog, qtbot: QtBot) -> None:
    assert not examined(dialog, qtbot, "print('opens   FAIL'); raise SystemExit(1)")
    assert "Something is wrong" in dialog.state
    assert dialog.table.toPlainText() == "opens   FAIL"


def test_a_child_that_dies_or_cannot_start_is_a_failure(dialog: DoctorDialog, qtbot: QtBot) -> None:
    assert not examined(dialog, qtbot, "import os; os.abort()")
    assert "ended early" in dialog.table.toPlainText()
    with qtbot.waitSignal(dialog.examined, timeout=LONG_MS) as ended:
        dialog.examine("/no/such/program", [], ".")
    assert ended.args == [False]


def test_closing_ends_the_child(dialog: DoctorDialog, qtbot: QtBot) -> None:
    dialog.examine(
        sys.executable, ["-c", "import time; print('up', flush=True); time.sleep(600)"], "."
    )
    dialog.open()
    qtbot.waitUntil(lambda: "up" in dialog.table.toPlainText(), timeout=LONG_MS)
    dialog.reject()
    assert not dialog.running


def test_the_menu_checks_the_open_model(program: Application, qtbot: QtBot, tmp_path: Path) -> None:
    """On an empty folder, which is found out quickly."""
    program.bridge.loaded.emit(model(str(tmp_path)))
    program.window.table["doctor"].trigger()
    dialog = program.doctor.dialog
    assert dialog is not None
    with qtbot.waitSignal(dialog.examined, timeout=LONG_MS) as ended:
        pass
    assert ended.args == [False]
    table = dialog.table.toPlainText()
    assert "config.json" in table
    assert str(tmp_path) not in table
    dialog.reject()
    assert program.doctor.dialog is None
