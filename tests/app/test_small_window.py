"""The window on a small screen: what must be clicked is never below something else."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import Phase
from app.widgets.main_window import MainWindow

SIZES = [(480, 420), (600, 480), (480, 560), (480, 700), (600, 800), (1040, 420)]


@pytest.fixture
def window(program: Application) -> MainWindow:
    program.settings.change(welcomed=True)
    program.window.show_welcome(False)
    return program.window


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def assert_whole(window: MainWindow, *widgets: QWidget) -> None:
    """Each has the room that it needs, and lies over none of the others."""
    places = [place(widget) for widget in widgets]
    for widget, where in zip(widgets, places, strict=True):
        assert window.rect().contains(where), widget
        least = min(widget.minimumSizeHint().height(), widget.maximumHeight())
        assert widget.height() >= least, widget
        assert widget.width() >= widget.minimumSizeHint().width(), widget
    for index, one in enumerate(places):
        for number, other in enumerate(places[index + 1 :], index + 1):
            assert not one.intersects(other), (widgets[index], widgets[number])


@pytest.mark.parametrize("camera", [False, True], ids=["", "camera"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_what_must_be_clicked_lies_free(
    program: Application, window: MainWindow, qtbot: QtBot, size: tuple[int, int], camera: bool
) -> None:
    """At 480 by 420 the list of microphones lay over "Start listening"."""
    looking, composer = program.looking.panel, program.chat.page.composer
    looking.setVisible(camera)
    window.resize(*size)
    cards = [looking] if camera else []

    def transcript_fits() -> None:
        controls = window.controls
        assert_whole(window, window.view, controls, window.status, *cards)
        assert_whole(window, controls.listen, controls.pause, window.picker, window.meter)
        assert window.childAt(place(controls.listen).center()) is controls.listen

    def conversation_fits() -> None:
        assert_whole(window, composer, window.status, *cards)
        assert_whole(window, composer.edit, composer.send, composer.speak)

    for page, fits in (("transcript", transcript_fits), ("conversation", conversation_fits)):
        window.pages.show_page(page)
        qtbot.waitUntil(fits)
    assert window.height() <= max(size[1], 670 if camera else 460), "what a small screen has"


def test_the_model_s_card_goes_where_there_is_no_room_for_it_and_comes_again(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(480, 700)
    qtbot.waitUntil(lambda: window.panel.isVisible() and window.panel.height() > 80)
    whole = window.panel.height()
    window.resize(480, 480)
    qtbot.waitUntil(lambda: not window.panel.isVisible())
    assert window.table["panel"].isChecked(), "it was not put away"
    window.resize(480, 700)
    qtbot.waitUntil(lambda: window.panel.isVisible() and window.panel.height() == whole)
    window.table["panel"].trigger()
    window.resize(1040, 700)
    assert not window.panel.isVisible()


def test_the_card_gives_way_to_what_grows_beside_it(
    program: Application, window: MainWindow, qtbot: QtBot
) -> None:
    """Only with the next change of the window's size it did."""
    panel = program.looking.panel
    panel.show()
    window.resize(600, 860)
    qtbot.waitUntil(lambda: window.panel.isVisible())
    more = QLabel(panel)
    more.setFixedHeight(400)
    panel.layout().addWidget(more)
    qtbot.waitUntil(lambda: not window.panel.isVisible())
    assert panel.height() >= panel.minimumSizeHint().height()
    more.hide()
    qtbot.waitUntil(lambda: window.panel.isVisible())


def test_the_camera_s_place_comes_to_a_small_window_no_higher_than_it_must(
    program: Application, window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(480, 480)
    qtbot.waitUntil(lambda: not window.panel.isVisible())
    program.looking.panel.show()
    qtbot.waitUntil(lambda: program.looking.panel.height() > 100)
    qtbot.wait(50)  # for what would still grow
    assert window.height() <= 670


def test_the_camera_is_said_in_words_where_listening_is_not(
    program: Application, window: MainWindow, qtbot: QtBot
) -> None:
    """In a narrow window one read "Came"."""
    mark = program.looking.mark
    window.resize(480, 700)
    program.state.set_phase(Phase.LISTENING)
    program.state.set_camera("Webcam", is_screen=False, is_file=False)
    label = next(one for one in mark.findChildren(QLabel) if one.text() == "Camera on")
    qtbot.waitUntil(lambda: label.width() >= label.sizeHint().width())
    assert_whole(window, window.mark, label, mark.off)
    assert not window.mark.says_words
    assert window.mark.toolTip().startswith("Listening")
    window.resize(700, 700)
    qtbot.waitUntil(lambda: window.mark.says_words)
    assert label.width() >= label.sizeHint().width()
    assert mark.isVisibleTo(window)
    assert window.mark.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_why_nothing_can_be_asked_is_not_one_word_wide(
    program: Application, window: MainWindow, qtbot: QtBot
) -> None:
    """At 200 % and 480 px the button beside it took the room, and it went down 9 lines."""
    composer = program.chat.page.composer
    program.settings.change(interface_percent=200)
    window.pages.show_page("conversation")
    window.resize(480, 800)

    def fits() -> None:
        assert composer.hint.width() > 0.8 * composer.width()
        assert composer.width() >= composer.minimumSizeHint().width()
        assert_whole(window, composer.hint, composer.help, composer.edit, composer.send)

    qtbot.waitUntil(fits)
    composer.set_obstacle("")
    assert composer.hint.isHidden()
    assert composer.help.isHidden()
    without = composer.minimumSizeHint().height()
    composer.set_speaking(True, 3.0)
    assert composer.hint.isVisible()
    assert composer.minimumSizeHint().height() > without
