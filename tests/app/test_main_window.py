"""The whole window: reachable by keyboard, named for screen readers, usable when narrow."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QSpinBox,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.commands import Commands
from app.models.live import LiveState, Phase
from app.models.memory import MemoryModel, Usage
from app.models.transcript import TranscriptModel
from app.paths import profile_paths
from app.settings.choices import Page
from app.settings.choices import Theme as ThemeChoice
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.main_window import MainWindow
from tests.app.window_fakes import metrics, model

# Offscreen there is no window manager to raise windows or to grab keys from.


class Parts:
    """A window and its models, without worker or microphone."""

    def __init__(self, settings: SettingsStore, theme: Theme, folder: object) -> None:
        self.settings, self.theme = settings, theme
        self.state, self.transcript, self.memory = LiveState(), TranscriptModel(), MemoryModel()
        self.window = MainWindow(settings, self.state, self.transcript, self.memory, theme)
        self.commands = Commands(
            self.window,
            settings,
            self.state,
            self.transcript,
            profile_paths(folder),  # type: ignore[arg-type]
        )


@pytest.fixture
def make_parts(
    settings: SettingsStore, theme: Theme, qtbot: QtBot, tmp_path: object
) -> Iterator[Callable[[], Parts]]:
    made: list[Parts] = []

    def make() -> Parts:
        made.append(Parts(settings, theme, tmp_path))
        made[-1].window.show()
        return made[-1]

    yield make
    for parts in made:
        parts.window.allow_close()
        parts.window.deleteLater()


@pytest.fixture
def parts(settings: SettingsStore, make_parts: Callable[[], Parts]) -> Parts:
    settings.change(welcomed=True)
    return make_parts()


def controls(root: QWidget) -> list[QWidget]:
    """Everything that a person can act on; the insides of Qt's own composites left out."""
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QSpinBox, QAbstractItemView, QTextEdit)
    found = []
    for widget in root.findChildren(QWidget):
        outside = widget.parentWidget()
        composite = outside.objectName().startswith("qt_") or isinstance(
            outside, QAbstractScrollArea
        )
        while outside is not None:
            composite = composite or isinstance(outside, QComboBox | QSpinBox)
            outside = outside.parentWidget()
        own = not composite and not widget.objectName().startswith("qt_")
        if own and isinstance(widget, kinds):
            found.append(widget)
    return found


def takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def test_every_control_has_a_name_for_screen_readers(parts: Parts) -> None:
    parts.commands.show_settings()
    parts.commands.show_history()
    dialogs = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    seen = 0
    for top in {parts.window, *dialogs}:
        for widget in controls(top):
            if widget.isHidden():
                continue
            spoken = widget.accessibleName() or (
                widget.text() if isinstance(widget, QAbstractButton) else ""
            )
            assert spoken.strip(), f"{widget} of {top} has no name"
            seen += 1
    assert seen > 25
    for top in dialogs:
        if top is not parts.window:
            top.close()


def test_tab_reaches_every_control_of_the_window(parts: Parts, qtbot: QtBot) -> None:
    parts.state.set_model(model())
    parts.state.set_phase(Phase.LISTENING)
    parts.window.activateWindow()
    wanted = {
        widget
        for widget in controls(parts.window)
        if widget.isVisible() and widget.isEnabled() and not isinstance(widget.parent(), QMenu)
    }
    assert len(wanted) >= 11
    at: QWidget = parts.window.controls.listen
    reached = set()
    for _ in range(100):
        reached.add(at)
        at = at.nextInFocusChain()
        while not (
            at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisible() and at.isEnabled()
        ):
            at = at.nextInFocusChain()
    assert {w.accessibleName() or w for w in wanted - reached} == set()


def test_every_action_stands_in_a_menu(parts: Parts) -> None:
    in_menus = set()
    todo = [action.menu() for action in parts.window.menuBar().actions()]
    while todo:
        for action in todo.pop().actions():
            if action.menu() is not None:
                todo.append(action.menu())
            else:
                in_menus.add(action)
    assert set(parts.window.table.findChildren(QAction)) <= in_menus


def test_no_two_actions_share_a_key_and_all_have_words(parts: Parts) -> None:
    keys: list[str] = []
    for action in parts.window.table.findChildren(QAction):
        assert action.text().strip()
        assert action.toolTip() != action.text().replace("&", "")
        keys += [key.toString() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    for key in ("Ctrl+L", "Ctrl+S", "Ctrl+N", "Ctrl+O", "Ctrl+,", "Ctrl+Q", "Ctrl+W", "F11"):
        assert QKeySequence(key).toString() in keys


@pytest.mark.parametrize("percent", [100, 150])
@pytest.mark.parametrize("width", [480, 700, 1040])
def test_nothing_is_cut_or_overlaps(parts: Parts, qtbot: QtBot, width: int, percent: int) -> None:
    """At 480 px and with larger letters everything that matters is inside the window."""
    parts.settings.change(interface_percent=percent)
    parts.theme.apply(parts.settings.values.theme, percent)
    parts.state.set_model(model())
    parts.state.set_phase(Phase.LISTENING)
    parts.state.set_metrics(metrics())
    window = parts.window
    if (width, percent) == (480, 150):
        width = 520  # half as large again needs a little more
    window.resize(width, 760)

    def fits() -> None:
        assert window.minimumSizeHint().width() <= window.width()
        assert window.height() == 760
        inside = window.rect()
        places: dict[str, QRect] = {}
        for name, widget in {
            "mark": window.mark,
            "view": window.view,
            "listen": window.controls.listen,
            "pause": window.controls.pause,
            "picker": window.picker,
            "meter": window.meter,
            "status": window.status,
        }.items():
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            assert inside.contains(place), name
            assert widget.width() >= min(widget.minimumSizeHint().width(), width), name
            places[name] = place
        names = list(places)
        for index, one in enumerate(names):
            for other in names[index + 1 :]:
                assert not places[one].intersects(places[other]), (one, other)
        assert window.view.height() >= 96
        for button in (window.controls.listen, window.controls.pause):
            assert button.width() >= button.sizeHint().width() - 2

    qtbot.waitUntil(fits)


def test_targets_are_large_enough_to_hit(parts: Parts) -> None:
    for widget in controls(parts.window):
        if widget.isVisible() and isinstance(widget, QAbstractButton):
            assert widget.width() >= 24, widget.accessibleName()
            assert widget.height() >= 24, widget.accessibleName()


def test_listening_is_unmistakable_in_title_and_window(parts: Parts) -> None:
    assert parts.window.windowTitle() == "Nestling"
    assert "Not listening" in parts.window.mark.text
    parts.state.set_phase(Phase.LISTENING)
    assert parts.window.windowTitle().startswith("● Listening")
    assert "Listening" in parts.window.mark.text
    assert parts.window.table["listen"].text() == "&Stop listening"
    assert parts.window.table["pause"].isEnabled()
    parts.theme.apply(ThemeChoice.DARK)
    assert parts.window.table["listen"].property("icon_name") == "stop"
    parts.state.set_phase(Phase.PAUSED)
    assert parts.window.windowTitle().startswith("Paused")
    assert parts.window.table["pause"].text() == "&Resume"
    parts.state.set_phase(Phase.STOPPING)
    assert not parts.window.table["listen"].isEnabled()
    parts.state.set_phase(Phase.IDLE)
    assert parts.window.windowTitle() == "Nestling"


def test_the_first_start_says_three_things(
    settings: SettingsStore, make_parts: Callable[[], Parts], qtbot: QtBot
) -> None:
    made = make_parts()
    welcome = made.window.welcome
    assert welcome.isVisible()
    assert len(welcome.lines) == 3
    shown = [label.text() for label in welcome.findChildren(QLabel)]
    assert all(line in shown for line in welcome.lines)
    assert "understands simple English, spoken clearly" in welcome.lines[1]
    qtbot.mouseClick(welcome.begin, Qt.MouseButton.LeftButton)
    assert not welcome.isVisible()
    assert settings.values.welcomed
    made.window.table["welcome"].trigger()
    assert welcome.isVisible()
    made.state.set_phase(Phase.LISTENING)
    assert not welcome.isVisible()


def test_who_listens_needs_no_welcome_any_more(
    settings: SettingsStore, make_parts: Callable[[], Parts]
) -> None:
    """It came again at every start, in place of the page of before, until "Begin" was pressed."""
    made = make_parts()
    made.state.set_phase(Phase.LISTENING)
    made.state.set_phase(Phase.IDLE)
    assert settings.values.welcomed
    made.window.pages.show_page("conversation")
    again = make_parts()
    assert not again.window.welcome.isVisibleTo(again.window)
    assert again.window.pages.page == "conversation"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_the_button_with_the_focus(
    settings: SettingsStore, make_parts: Callable[[], Parts], qtbot: QtBot, key: Qt.Key
) -> None:
    window = make_parts().window
    assert window.focusWidget() is window.welcome.begin
    qtbot.keyClick(window.welcome.begin, key)
    assert settings.values.welcomed
    pressed: list[None] = []
    window.table["listen"].triggered.connect(lambda: pressed.append(None))
    for enabled in (False, True):
        window.table["listen"].setEnabled(enabled)
        window.controls.listen.setFocus()
        qtbot.keyClick(window.controls.listen, key)
        assert len(pressed) == enabled


def test_the_empty_transcript_says_what_is_to_be_done_now(parts: Parts) -> None:
    """It said "Press “Start listening”" while it listened."""
    for phase, words in (
        (Phase.IDLE, "Press “Start listening”"),
        (Phase.LISTENING, "Speak: "),
        (Phase.PAUSED, "Press “Resume”"),
    ):
        parts.state.set_phase(phase)
        assert parts.window.view.hint.startswith(words)


def test_text_grows_and_shrinks_by_action(parts: Parts) -> None:
    table = parts.window.table
    for _ in range(3):
        table["text_larger"].trigger()
    assert parts.settings.values.text_size == 21
    assert parts.window.view.document().defaultFont().pointSize() == 21
    table["text_smaller"].trigger()
    assert parts.settings.values.text_size == 19
    table["text_normal"].trigger()
    assert parts.settings.values.text_size == 15
    for _ in range(40):
        table["text_smaller"].trigger()
    assert parts.settings.values.text_size == 10


def test_the_panel_can_be_put_away_and_stays_so(parts: Parts) -> None:
    assert parts.window.panel.isVisible()
    parts.window.table["panel"].trigger()
    assert not parts.window.panel.isVisible()
    assert not parts.settings.values.panel_visible


def test_sizes_step_by_key(parts: Parts, qtbot: QtBot) -> None:
    parts.commands.size_chosen.connect(parts.state.set_wanted_size)
    parts.state.set_model(model())
    with qtbot.waitSignal(parts.commands.size_chosen) as caught:
        parts.window.table["size_smaller"].trigger()
    assert caught.args == ["mixed"]
    with qtbot.waitSignal(parts.commands.size_chosen) as caught:
        parts.window.table["size_larger"].trigger()
    assert caught.args == ["full"]


def test_full_screen_gives_back_the_window_as_it_was(parts: Parts, qtbot: QtBot) -> None:
    window, full = parts.window, parts.window.table["full_screen"]
    for show, maximised in ((window.showMaximized, True), (window.showNormal, False)):
        show()
        full.trigger()
        assert window.isFullScreen()
        full.trigger()
        assert not window.isFullScreen()
        assert window.isMaximized() == maximised


def test_full_screen_and_back(parts: Parts) -> None:
    parts.window.table["full_screen"].trigger()
    assert parts.window.isFullScreen()
    parts.window.table["full_screen"].trigger()
    assert not parts.window.isFullScreen()
    parts.window.showFullScreen()
    assert parts.window.table["full_screen"].isChecked()
    parts.window.showNormal()
    assert not parts.window.table["full_screen"].isChecked()


def test_going_to_the_microphones(parts: Parts) -> None:
    parts.window.activateWindow()
    parts.window.table["microphone"].trigger()
    assert parts.window.picker.view().isVisible()
    parts.window.picker.hidePopup()


def test_closing_asks_first_and_remembers_the_place(
    parts: Parts, make_parts: Callable[[], Parts], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(parts.window.close_asked):
        parts.window.close()
    assert parts.window.isVisible()
    assert parts.settings.values.geometry == ""
    parts.window.resize(610, 520)  # smaller than the offscreen screen
    parts.window.allow_close()
    assert not parts.window.isVisible()
    assert parts.settings.values.geometry
    again = make_parts()
    assert again.window.size() == parts.window.size()


def test_the_window_comes_back_from_the_task_bar(parts: Parts) -> None:
    parts.window.showMinimized()
    parts.window.come_to_front()
    assert not parts.window.isMinimized()
    assert parts.window.isVisible()


def test_a_window_can_be_looked_at_in_both_themes(parts: Parts) -> None:
    parts.memory.put({"text": Usage(1_000_000, 0)})
    pictures = []
    for name in ("theme_dark", "theme_light"):
        parts.window.table[name].trigger()
        parts.theme.apply(parts.settings.values.theme)
        pictures.append(parts.window.grab().toImage())
    assert pictures[0].pixelColor(2, 60).lightness() < 60
    assert pictures[1].pixelColor(2, 60).lightness() > 200


@pytest.mark.parametrize("page", [Page.LISTENING, Page.APPEARANCE, Page.PRIVACY])
def test_the_settings_are_made_from_the_schema(parts: Parts, page: Page) -> None:
    parts.commands.show_settings()
    dialog = parts.commands.settings_dialog
    assert dialog is not None
    dialog.show_page(page)
    assert any(w.isVisible() for w in controls(dialog))
    dialog.close()
