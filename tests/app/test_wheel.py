"""The wheel scrolls the page; it changes nothing that lies under the pointer by chance."""

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QListWidget,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.application import Application
from app.capture.camera_sources import network_source
from app.widgets.settings_dialog import SHOWN_PAGES
from app.widgets.wheel import only_with_focus


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
    program.looking.panel.show()
    before, size = program.settings.values, program.state.size
    window.view.setFocus()
    sources = tuple(network_source(f"http://127.0.0.1:{port}/") for port in (1, 2))
    program.looking.panel.picker.set_sources(sources)
    boxes = [box for box in window.findChildren(QComboBox) if box.isVisible()]
    assert len(boxes) >= 4, "languages, microphone, what is looked at"
    shown = [box.currentIndex() for box in boxes]
    for widget in (*boxes, window.sizes.slider):
        widget.setEnabled(True)  # the model of the tests translates nothing
        pass_over(widget)
    assert [box.currentIndex() for box in boxes] == shown
    program.commands.show_settings()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    fields = 0
    for page in SHOWN_PAGES:
        dialog.show_page(page)
        dialog.findChild(QListWidget, "pages").setFocus()
        for field in dialog._fields.values():
            if isinstance(field, QComboBox | QSpinBox) and field.isVisible():
                pass_over(field)
                fields += 1
    assert fields > 10
    assert program.settings.values == before
    assert (program.state.size, program.state.wanted_size) == (size, size)
    dialog.close()


def pass_over(widget: QWidget) -> None:
    """Scroll over a widget that is in sight and has not the focus."""
    assert widget.isVisible()
    assert not widget.hasFocus()
    for area in _areas(widget):
        area.ensureWidgetVisible(widget)
    spy = _Spy(widget)
    for _ in range(3):
        turn(widget)
    assert spy.turns, "something else lies above it"


class _Spy(QObject):
    """Counts the turns that reach a widget."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.turns = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.turns += event.type() == QEvent.Type.Wheel
        return super().eventFilter(watched, event)


def _areas(widget: QWidget) -> list[QScrollArea]:
    """What it can be scrolled in."""
    found, parent = [], widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            found.append(parent)
        parent = parent.parentWidget()
    return found


@pytest.mark.parametrize("page", ["transcript", "conversation"])
def test_with_ctrl_it_makes_the_text_larger_and_smaller_as_the_keys_do(
    program: Application, page: str
) -> None:
    window = program.window
    window.show_welcome(False)
    window.pages.show_page(page)
    text = window.view if page == "transcript" else program.chat.page.view
    font, size = text.font(), program.settings.values.text_size
    handle = window.windowHandle()
    assert handle is not None
    place = text.viewport().mapTo(window, text.viewport().rect().center())
    for delta, larger in ((120, 2), (60, 2), (60, 4), (-360, -2)):
        QTest.wheelEvent(
            handle, place, QPoint(0, delta), QPoint(), Qt.KeyboardModifier.ControlModifier
        )
        assert program.settings.values.text_size == size + larger
    assert text.font() == font
