"""The wheel scrolls the page; it changes nothing that lies under the pointer by chance."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QScrollArea, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.widgets.wheel import only_with_focus

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def turn(widget: QWidget) -> None:
    """One notch towards the person, above a widget, as it comes from the system."""
    window = widget.window()
    handle = window.windowHandle()
    assert handle is not None
    QTest.wheelEvent(handle, widget.mapTo(window, widget.rect().center()), QPoint(0, -120))


def test_the_page_scrolls_and_a_field_turns_only_with_the_focus(qtbot: QtBot) -> None:
    area, page = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    rows = QVBoxLayout(page)
    number, other = QSpinBox(), QSpinBox()
    number.setValue(30)
    only_with_focus(number)
    rows.addWidget(number)
    rows.addWidget(other)
    rows.addStretch(1)
    page.setMinimumHeight(2000)
    area.setWidget(page)
    area.resize(200, 200)
    with qtbot.waitExposed(area):
        area.show()
    other.setFocus()
    turn(number)
    assert number.value() == 30
    assert area.verticalScrollBar().value() > 0
    area.verticalScrollBar().setValue(0)
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    turn(number)
    assert number.value() == 29


def test_scrolling_past_changes_no_setting_no_size_and_no_source(program: Application) -> None:
    window = program.window
    before, size = program.settings.values, program.state.size
    program.commands.show_settings()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    fields = [field for field in dialog._fields.values() if isinstance(field, QComboBox | QSpinBox)]
    assert len(fields) > 5
    window.view.setFocus()
    boxes = window.findChildren(QComboBox)
    assert len(boxes) >= 4
    for widget in (*fields, *boxes, window.sizes.slider):
        assert not widget.hasFocus()
        for _ in range(3):
            turn(widget)
    assert program.settings.values == before
    assert (program.state.size, program.state.wanted_size) == (size, size)
    dialog.close()
