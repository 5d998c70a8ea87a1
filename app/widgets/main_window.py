"""The main window: composes widgets and connects them to models. Decides nothing itself."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.actions import ActionTable
from app.models.live import LiveState, Phase
from app.models.memory import MemoryModel
from app.models.transcript import TranscriptModel
from app.settings.store import SettingsStore
from app.theme import Theme, app_icon
from app.widgets import enter_key, geometry
from app.widgets.banner import Banner
from app.widgets.camera_mark import looking_title
from app.widgets.columns import Columns
from app.widgets.control_bar import ControlBar, icon_button
from app.widgets.kept_focus import KeptFocus
from app.widgets.level_meter import LevelMeter
from app.widgets.listening_mark import ListeningMark
from app.widgets.memory_panel import MemoryPanel
from app.widgets.menus import build_menus, name_menus
from app.widgets.microphone_picker import MicrophonePicker
from app.widgets.pages import Pages
from app.widgets.side import Side, scrolling
from app.widgets.size_picker import SizePicker
from app.widgets.status_strip import StatusStrip
from app.widgets.transcript_view import TranscriptView
from app.widgets.welcome import Welcome
from app.widgets.wheel import zoom_with_wheel

NARROW_PX = 760  # below, what stands side by side stands one above the other


class MainWindow(QMainWindow):
    """The one window of the program.

    Signals:
        painted(): it has been drawn for the first time.
        close_asked(): a person wants it closed; it stays until `allow_close`.
        language_changed(): its words are others; its widgets hear of it by themselves, and later.
    """

    painted = Signal()
    close_asked = Signal()
    language_changed = Signal()

    def __init__(
        self,
        settings: SettingsStore,
        state: LiveState,
        transcript: TranscriptModel,
        memory: MemoryModel,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._settings, self._state, self.theme = settings, state, theme
        self._may_close = self._was_painted = self._narrow = False
        self.setObjectName("main")
        self.setWindowIcon(app_icon())
        self.setMinimumWidth(480)  # how high at least, the layout knows
        self.table = ActionTable(theme, self)
        self.mark = ListeningMark(state, theme, self)
        self.banner = Banner(theme, self)
        self.view = TranscriptView(transcript, theme, self)
        self.welcome = Welcome(self.table["models"], theme, self)
        self.picker = MicrophonePicker(settings, theme, self)
        self.meter = LevelMeter(theme, self)
        self.controls = ControlBar(
            self.table, self.picker, self.meter, settings, state, theme, self
        )
        self._kept_focus = KeptFocus((self.controls.listen, self.controls.pause), self.controls)
        self.sizes = SizePicker(state, self)
        self.memory = MemoryPanel(memory, theme, self)
        self.status = StatusStrip(state, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(scrolling(self.welcome, self))
        self.pages = Pages(self)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        transcript_place = self.pages.add("transcript", self.table["page_transcript"])
        transcript_place.addWidget(self._stack, 1)
        transcript_place.addWidget(self.controls)
        self.conversation_place = self.pages.add("conversation", self.table["page_conversation"])
        self.side = Side(self.sizes, self.memory, theme, self)
        self.panel = self.side.card
        self._columns = Columns(self.pages, self.side, theme, self)
        self._compose()
        build_menus(self, self.table)
        self._connect()
        self.pages.show_page(settings.values.page)
        self.show_welcome(not settings.values.welcomed)
        self._apply_settings(frozenset({"panel_visible", "theme", "text_size"}))
        self._show_phase()
        (self.welcome.begin if not settings.values.welcomed else self.controls.listen).setFocus()
        if not geometry.restore(self, settings.values.geometry):
            self.resize(1040, 700)

    # --- composing -------------------------------------------------------------------------------

    def _compose(self) -> None:
        right = self.marks = QHBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.mark)
        right.addStretch(1)
        for name in ("copy_all", "save", "history", "panel", "settings"):
            right.addWidget(icon_button(self.table[name], self))
        self._head.setSpacing(8)
        self._head.addWidget(self.pages.tabs)
        self._head.addLayout(right, 1)
        content = QVBoxLayout()
        content.setContentsMargins(20, 8, 20, 16)
        content.setSpacing(12)
        content.addLayout(self._head)
        content.addWidget(self.banner)
        content.addWidget(self._columns, 1)
        page = QWidget(self)
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(content, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(page)

    def _connect(self) -> None:
        table, state = self.table, self._state
        for changed in (state.phase_changed, state.model_changed, state.camera_changed):
            changed.connect(self._show_phase)
        self._settings.changed.connect(self._apply_settings)
        self.theme.changed.connect(self._arrange)
        self.welcome.done.connect(self._welcomed)
        self.pages.page_changed.connect(self._page_changed)
        table["welcome"].triggered.connect(self._show_welcome_again)
        table["panel"].toggled.connect(self._toggle_panel)
        table["full_screen"].toggled.connect(self._toggle_full_screen)
        table["microphone"].triggered.connect(self._go_to_microphones)
        table["size_larger"].triggered.connect(self._larger_size)
        table["size_smaller"].triggered.connect(self._smaller_size)
        table["close"].triggered.connect(self.close)
        zoom_with_wheel(self.view, table["text_larger"], table["text_smaller"])
        self.view.addActions([table["copy"], table["copy_all"], table["select_all"]])

    # --- showing what holds ----------------------------------------------------------------------

    @Slot()
    def _show_phase(self) -> None:
        phase, held = self._state.phase, self.focusWidget()
        self.view.set_phase(phase)
        self.table.show_phase(phase)
        self.table["listen"].setEnabled(self._state.running or self._state.can_listen)
        self.table["transcribe_file"].setEnabled(self._state.can_listen)
        for name in ("open_model", "bundled_model", "clear"):
            self.table[name].setEnabled(phase is Phase.IDLE)
        if phase is Phase.LISTENING:
            self.setWindowTitle(self.tr("● Listening — Nestling"))
            self.end_welcome()
        elif phase is Phase.PAUSED:
            self.setWindowTitle(self.tr("Paused — Nestling"))
        elif phase is Phase.READING:
            self.setWindowTitle(self.tr("Writing down a file — Nestling"))
        else:
            self.setWindowTitle(self.tr("Nestling"))
        if self._state.camera:
            self.setWindowTitle(looking_title(self._state, self.windowTitle()))
        if phase is not Phase.LISTENING:
            self.meter.set_level(0.0)
        self._kept_focus.settle(held)

    @Slot(object)
    def _apply_settings(self, names: frozenset[str]) -> None:
        values = self._settings.values
        if names & {"text_size", "show_tentative", "show_times"}:
            self.view.set_look(
                values.text_size, tentative=values.show_tentative, times=values.show_times
            )
        if "panel_visible" in names:
            self.table["panel"].setChecked(values.panel_visible)
            self.side.set_card_visible(values.panel_visible)
        if "theme" in names:
            self.table[f"theme_{values.theme.value}"].setChecked(True)

    def show_welcome(self, visible: bool) -> None:
        """The three lines of the first start, or the transcript."""
        self._stack.setCurrentIndex(1 if visible else 0)
        if visible:
            self.pages.show_page("transcript")

    def end_welcome(self) -> None:
        """Who uses the program needs it no more, now or at the next start."""
        self._settings.change(welcomed=True)
        self.show_welcome(False)

    @Slot()
    def _welcomed(self) -> None:
        self.end_welcome()
        self.controls.listen.setFocus()

    @Slot(str)
    def _page_changed(self, name: str) -> None:
        self._settings.change(page=name)
        if name == "transcript" and not self.pages.tabs.hasFocus():
            (self.controls.listen if self.controls.listen.isEnabled() else self.view).setFocus()

    # --- what needs nobody else ------------------------------------------------------------------

    @Slot()
    def _show_welcome_again(self) -> None:
        self.show_welcome(True)

    @Slot(bool)
    def _toggle_panel(self, visible: bool) -> None:
        self._settings.change(panel_visible=visible)

    @Slot(bool)
    def _toggle_full_screen(self, full: bool) -> None:
        state, whole = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | whole if full else state & ~whole)  # stays maximised below it

    @Slot()
    def _go_to_microphones(self) -> None:
        self.pages.show_page("transcript")
        self.picker.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.picker.showPopup()

    @Slot()
    def _larger_size(self) -> None:
        self.sizes.step(1)

    @Slot()
    def _smaller_size(self) -> None:
        self.sizes.step(-1)

    # --- the window itself -----------------------------------------------------------------------

    def come_to_front(self) -> None:
        """Show, unminimise and ask the system for the focus."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def allow_close(self) -> None:
        """Nothing is left to wait for: keep the place and go out of sight at once."""
        if not self._may_close:
            self._may_close = True
            self._settings.change(geometry=geometry.packed(self))
            self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is asked first: the last words may still be on their way."""
        if not self._may_close:
            self.close_asked.emit()
        event.setAccepted(self._may_close)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as it does in dialogs."""
        if not enter_key.presses(event, self.focusWidget()):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The window manager, too, can end full screen; the language can be another."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.table.retranslate()
            name_menus(self)
            self._show_phase()
            self.language_changed.emit()
        if event.type() == QEvent.Type.WindowStateChange:
            with QSignalBlocker(self.table["full_screen"]):
                self.table["full_screen"].setChecked(self.isFullScreen())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first drawing."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        narrow = self.width() < self.theme.px(NARROW_PX)
        if narrow is not self._narrow:
            self._narrow = narrow
            self._columns.set_narrow(narrow)
            self._head.setDirection(
                QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
            )
