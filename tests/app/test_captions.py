"""The caption window: what it shows, how it looks, where it stands; driven by the transcript."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.application import Application
from app.captions import NEWEST_ROWS, Captions
from app.settings.choices import CaptionGround, CaptionWords
from app.widgets.caption_window import Caption, CaptionWindow
from engine.datatypes import Translation
from tests.app.window_fakes import segment


@pytest.fixture
def captions(program: Application) -> Captions:
    """In sight."""
    program.window.table["captions"].trigger()
    return program.captions


@pytest.fixture
def window(captions: Captions) -> CaptionWindow:
    assert captions.window is not None
    return captions.window


def shown(window: CaptionWindow) -> tuple[Caption, ...]:
    return window.captions


def put(program: Application, index: int, text: str, tentative: str = "", meant: str = "") -> None:
    program.transcript.put(1, segment(index, text, tentative, final=not tentative))
    if meant:
        clause = Translation(index, 0, len(text.split()), "German", meant, final=True)
        program.transcript.put_translation(1, clause)
    program.transcript.flush()


def test_one_action_shows_and_hides_it_above_all_others(
    program: Application, window: CaptionWindow
) -> None:
    assert window.isVisible()
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert window.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert window.accessibleName() == "Captions"
    program.window.table["captions"].trigger()
    assert not window.isVisible()


def test_closing_it_otherwise_unchecks_the_action(
    program: Application, window: CaptionWindow
) -> None:
    window.close()
    assert not program.window.table["captions"].isChecked()
    program.window.table["captions"].trigger()
    assert window.isVisible()


def test_it_shows_the_newest_words_and_their_translation(
    program: Application, window: CaptionWindow
) -> None:
    put(program, 0, "one two", meant="Eins zwei")
    put(program, 1, "three", "four")
    assert shown(window) == (
        Caption("one two\u2028three", " four"),
        Caption("Eins zwei", translated=True),
    )
    assert "one two" in window.accessibleDescription()
    program.settings.change(caption_words=CaptionWords.SPOKEN)
    assert [caption.translated for caption in window.captions] == [False]
    program.settings.change(caption_words=CaptionWords.TRANSLATED)
    assert shown(window) == (Caption("Eins zwei", translated=True),)
    program.settings.change(show_tentative=False, caption_words=CaptionWords.SPOKEN)
    assert shown(window) == (Caption("one two\u2028three"),)


def test_an_uncertain_beginning_stands_on_a_line_of_its_own(
    program: Application, window: CaptionWindow
) -> None:
    put(program, 0, "one two")
    put(program, 1, "", "thr")
    assert shown(window) == (Caption("one two", "\u2028thr"),)


def test_a_long_transcript_costs_no_more_than_a_short_one(
    program: Application, window: CaptionWindow
) -> None:
    for index in range(3 * NEWEST_ROWS):
        put(program, index, f"row {index}")
    assert window.captions[0].text.count("\u2028") == NEWEST_ROWS - 1
    assert window.captions[0].text.endswith(f"row {3 * NEWEST_ROWS - 1}")


def test_hidden_it_is_not_kept_up_to_date(program: Application, window: CaptionWindow) -> None:
    program.window.table["captions"].trigger()
    put(program, 0, "one")
    assert shown(window) == ()
    program.window.table["captions"].trigger()
    assert shown(window) == (Caption("one"),)


def test_its_look_follows_the_settings_at_once(program: Application, window: CaptionWindow) -> None:
    put(program, 0, "some words", meant="einige Wörter")
    screen = window.screen().availableGeometry()
    assert abs(window.width() - 0.6 * screen.width()) <= 1
    height = window.height()
    program.settings.change(caption_width_percent=100, caption_text_size=36, caption_lines=3)
    assert window.width() == screen.width()
    assert window.height() > 1.5 * height
    assert screen.contains(window.geometry())
    program.settings.change(caption_click_through=True)
    assert window.windowFlags() & Qt.WindowType.WindowTransparentForInput
    assert window.isVisible()
    program.settings.change(caption_click_through=False)
    assert not window.windowFlags() & Qt.WindowType.WindowTransparentForInput


def pixels(window: CaptionWindow) -> QImage:
    return window.grab().toImage().convertToFormat(QImage.Format.Format_ARGB32)


def test_its_ground_covers_as_much_as_is_wished(
    program: Application, window: CaptionWindow
) -> None:
    def ground() -> int:
        return pixels(window).pixelColor(window.width() // 2, 2).alpha()

    program.settings.change(caption_opacity_percent=100)
    assert ground() == 255
    program.settings.change(caption_opacity_percent=50)
    assert 120 <= ground() <= 135
    program.settings.change(caption_opacity_percent=0)
    assert ground() == 0
    program.settings.change(caption_opacity_percent=100, caption_ground=CaptionGround.LIGHT)
    assert pixels(window).pixelColor(window.width() // 2, 2).lightness() > 200


def test_the_lines_that_have_room_are_the_last(program: Application, window: CaptionWindow) -> None:
    """What no longer fits goes out at the top; the picture is that of the last words alone."""
    program.settings.change(caption_lines=1)
    put(program, 0, "first words")
    put(program, 1, "last words")
    both = pixels(window)
    program.transcript.clear()
    put(program, 0, "last words")
    assert pixels(window) == both
    put(program, 0, "other words")
    assert pixels(window) != both


@pytest.mark.parametrize(
    ("words", "left_to_right"),
    [
        (("hello ", "world"), True),
        (("\u05e9\u05dc\u05d5\u05dd ", "\u05e2\u05d5\u05dc\u05dd"), False),
    ],
    ids=["English", "Hebrew"],
)
def test_what_may_change_follows_in_the_order_of_reading(
    program: Application, window: CaptionWindow, words: tuple[str, str], left_to_right: bool
) -> None:
    program.settings.change(caption_opacity_percent=100)
    window.show_captions((Caption(*words),))
    image = pixels(window)
    red = np.array(
        [
            [image.pixelColor(x, y).red() for x in range(image.width())]
            for y in range(image.height())
        ]
    )
    firm, faint = (np.argwhere(np.abs(red - level) < 3)[:, 1].mean() for level in (255, 0xC9))
    assert (firm < faint) == left_to_right


def test_lines_and_certain_words_end_at_their_own_letters(
    program: Application, window: CaptionWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also behind letters that take two places of Qt's: emoji, rare Chinese."""
    written: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        window,
        "_write",
        lambda _painter, at, text, _colour, *, slanted: written.append((text, slanted)) or at.x(),
    )
    window.show_captions((Caption("\U0001f44d yes \U00020bb7", " perhaps"),))
    window.grab()
    assert written[-2:] == [("\U0001f44d yes \U00020bb7", False), (" perhaps", True)]
    written.clear()
    program.settings.change(caption_lines=2, caption_width_percent=30)
    window.show_captions((Caption("\U0001f44d" * 3 + "\u2028one two\u2028three"),))
    window.grab()
    assert [text for text, _ in written if text][-2:] == ["one two", "three"]


def test_its_place_is_remembered(program: Application, window: CaptionWindow, qtbot: QtBot) -> None:
    start = window.geometry().center()
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    QTest.mouseMove(window, QPoint(30, -80))
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=QPoint(30, -80))
    moved = window.geometry().center()
    assert moved.y() < start.y()
    qtbot.waitUntil(lambda: program.settings.values.caption_place != "")
    put(program, 0, "more words", meant="mehr Wörter")  # it grows around its centre
    assert abs(window.geometry().center().y() - moved.y()) <= 1
    assert window.geometry().center() != start
    program.settings.change(caption_place="")
    assert window.geometry().center().x() == start.x()


def test_it_stays_with_the_hand_that_moves_it_while_somebody_speaks(
    program: Application, window: CaptionWindow, qtbot: QtBot
) -> None:
    put(program, 0, "more", "words")
    for step in range(1, 5):
        window.move(window.pos() + QPoint(-20, -40))
        place = window.pos()
        put(program, 0, "more words" + " and more" * step, "still")
        assert window.pos() == place
    centre = window.geometry().center()
    qtbot.waitUntil(lambda: program.settings.values.caption_place != "")
    assert program.settings.values.caption_place == f"{centre.x()},{centre.y()}"


@pytest.mark.parametrize("kept", ["99999,99999", "nonsense", ""])
def test_a_place_out_of_sight_is_not_taken(program: Application, kept: str) -> None:
    program.settings.change(caption_place=kept)
    program.window.table["captions"].trigger()
    window = program.captions.window
    assert window is not None
    assert window.screen().availableGeometry().contains(window.geometry())


class Screen:
    """Of a desktop that this platform does not have."""

    def __init__(self, area: QRect) -> None:
        self.geometry = self.availableGeometry = lambda: area


def test_it_follows_to_the_screens_that_there_are(
    window: CaptionWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = Screen(QRect(0, 0, 1000, 800)), Screen(QRect(1000, 0, 1000, 800))
    screens = [left, right]
    monkeypatch.setattr(QGuiApplication, "screens", lambda: list(screens))
    monkeypatch.setattr(QGuiApplication, "primaryScreen", lambda: screens[0])
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    window.put_at(QPoint(1500, 400))
    assert right.geometry().contains(window.geometry())
    screens.remove(right)
    app.screenRemoved.emit(window.screen())
    assert left.geometry().contains(window.geometry())
    screens.append(right)
    app.screenAdded.emit(window.screen())
    assert right.geometry().contains(window.geometry())
    right.availableGeometry = lambda: QRect(1000, 300, 1000, 200)
    window.screen().availableGeometryChanged.emit(QRect())
    assert right.availableGeometry().contains(window.geometry())


def test_its_menu_has_what_one_needs_there(
    program: Application, window: CaptionWindow, qapp: QApplication
) -> None:
    qapp.sendEvent(
        window, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5))
    )
    (menu,) = window.findChildren(QMenu)
    assert program.window.table["listen"] in menu.actions()
    assert program.window.table["captions"] in menu.actions()
    menu.close()


def test_it_goes_with_the_program(program: Application, window: CaptionWindow) -> None:
    program.close()
    assert program.captions.window is None
