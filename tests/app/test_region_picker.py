"""Choosing a part of the screen with the mouse and the keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.widgets.region_picker import STEP_PX, RegionPicker


@pytest.fixture
def picker(theme: Theme, qtbot: QtBot) -> Iterator[RegionPicker]:
    made = RegionPicker(theme)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_a_mere_click_leaves_the_rectangle_as_it_was(picker: RegionPicker) -> None:
    before, picked = picker.area, list[QRect]()
    picker.picked.connect(picked.append)
    QTest.mouseClick(picker, Qt.MouseButton.LeftButton, pos=QPoint(50, 60))
    assert picker.area == before
    assert picked == []
    QTest.keyClick(picker, Qt.Key.Key_Right)
    QTest.keyClick(picker, Qt.Key.Key_Return)
    assert picked == [before.translated(STEP_PX, 0)]
