"""The window comes back where it was, and into sight if that place is gone."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets import geometry

SCREEN = QRect(0, 0, 1920, 1080)
SECOND = QRect(1920, 0, 1280, 1024)


@pytest.mark.parametrize(
    "place",
    [
        QRect(100, 100, 800, 600),
        QRect(1850, 100, 800, 600),  # over both screens
        QRect(-700, 500, 800, 600),  # a grip of the title is left
        QRect(3000, 900, 800, 600),
    ],
)
def test_a_place_that_can_be_reached_is_kept(place: QRect) -> None:
    assert geometry.rescued(place, [SCREEN, SECOND]) == place


@pytest.mark.parametrize(
    "place",
    [
        QRect(2500, 100, 800, 600),  # the second screen is gone
        QRect(-790, 100, 800, 600),
        QRect(100, -700, 800, 600),
        QRect(100, 1100, 800, 600),
    ],
)
def test_a_place_out_of_reach_becomes_the_middle_of_the_screen(place: QRect) -> None:
    rescued = geometry.rescued(place, [SCREEN])
    assert SCREEN.contains(rescued)
    assert rescued.size() == place.size()


def test_a_window_larger_than_the_screen_is_made_to_fit() -> None:
    rescued = geometry.rescued(QRect(9000, 9000, 4000, 3000), [SCREEN])
    assert rescued == SCREEN


def test_without_a_screen_nothing_moves() -> None:
    assert geometry.rescued(SECOND, []) == SECOND


def test_size_and_place_survive_as_text(qtbot: QtBot) -> None:
    first, second = QWidget(), QWidget()
    qtbot.addWidget(first)
    qtbot.addWidget(second)
    first.setGeometry(60, 70, 500, 300)
    first.show()
    text = geometry.packed(first)
    assert text.isascii()
    assert geometry.restore(second, text)
    assert second.size() == first.size()


@pytest.mark.parametrize("text", ["", "no base64 …", "bm90IGdlb21ldHJ5"])
def test_what_is_no_geometry_is_left_alone(qtbot: QtBot, text: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert not geometry.restore(window, text)


def test_a_window_kept_on_a_lost_screen_is_brought_back(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(50, 60, 300, 200)
    window.show()
    text = geometry.packed(window)
    kept: list[QRect] = []

    def moved(place: QRect, _screens: list[QRect]) -> QRect:
        kept.append(place)
        return place.translated(11, 13)

    monkeypatch.setattr(geometry, "rescued", moved)
    again = QWidget()
    qtbot.addWidget(again)
    assert geometry.restore(again, text)
    assert again.geometry() == kept[0].translated(11, 13)
