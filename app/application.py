"""The composition root: what exists, who knows whom, and in which order it begins and ends."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox

from app import i18n
from app.commands import Commands
from app.crash import CrashLog
from app.doctor import Doctor
from app.hearing import Hearing
from app.instance import SingleInstance
from app.journal import FLUSH_S
from app.model_keeper import ModelKeeper
from app.models.live import LiveState, Phase
from app.models.memory import MemoryModel
from app.models.transcript import TranscriptModel
from app.paths import APP_ID, Paths, bundled_model, profile_paths
from app.settings.store import SettingsStore
from app.signals import EndSignals
from app.theme import Theme
from app.towers import Towers
from app.widgets.confirm import confirmed
from app.widgets.main_window import MainWindow
from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:  # these bring NumPy, and the window comes first
    from app.bridge.bridge import EngineBridge
    from app.bridge.host import HostFactory
    from app.captions import Captions
    from app.capture.controller import CaptureController
    from app.capture.portaudio import AudioSystem
    from app.conversation.controller import ConversationController
    from app.conversation.feature import ConversationFeature
    from app.copying import Copying
    from app.downloads import Downloads
    from app.listening import ListeningController
    from app.looking import Looking
    from app.sizing import Sizing
    from app.translating import Translating

FIRST_PAINT_MS = 400  # a window that is never drawn (started minimised) must not wait for ever
DRAIN_MS = 3_000  # how long closing waits for the last words


@dataclass(frozen=True, slots=True)
class Options:
    """How the window is started.

    model: folder of the model, instead of the one used last. profile: folder that holds
    everything the program keeps, instead of the user's own.
    """

    model: Path | None = None
    profile: Path | None = None


class Application(QObject):
    """Everything of one window. Build with `compose`, begin with `show`, end with `close`.

    Signals:
        composed(): worker, microphone and controller exist and are connected.
        answering(bool): whether a second start is answered: not by a window that is about to go.
        ending(): features release what they hold; the worker is still there.
        closed(): everything has been released.
    """

    composed = Signal()
    answering = Signal(bool)
    ending = Signal()
    closed = Signal()

    bridge: EngineBridge
    capture: CaptureController
    keeper: ModelKeeper
    hearing: Hearing
    towers: Towers
    listening: ListeningController
    translating: Translating
    captions: Captions
    downloads: Downloads
    chat: ConversationFeature
    conversation: ConversationController
    looking: Looking
    copying: Copying
    sizing: Sizing

    def __init__(
        self,
        app: QApplication,
        options: Options,
        make_host: HostFactory | None,
        audio: AudioSystem | None,
    ) -> None:
        super().__init__()
        self._app, self.options = app, options
        self._make_host, self._audio = make_host, audio
        self.paths: Paths = profile_paths(options.profile)
        self.settings = SettingsStore(self.paths.settings_file, self)
        self.speech = i18n.Speech(app)
        self.speech.take(self.settings.values.language)
        self.theme = Theme(app, self)
        self.theme.apply(self.settings.values.theme, self.settings.values.interface_percent)
        self.state = LiveState(self)
        self.transcript = TranscriptModel(self)
        self.memory = MemoryModel(self)
        self.window = MainWindow(
            self.settings, self.state, self.transcript, self.memory, self.theme
        )
        self.commands = Commands(
            self.window, self.settings, self.state, self.transcript, self.paths
        )
        self._running = self._closing = self._closed = False
        self._asking = self._ended = False
        self.confirm = confirmed
        self._drain = QTimer(self, singleShot=True, interval=DRAIN_MS)
        self._drain.timeout.connect(self._drained)
        self._first_paint = QTimer(self, singleShot=True, interval=FIRST_PAINT_MS)
        self._first_paint.timeout.connect(self.start_engine)
        self.settings.changed.connect(self._settings_changed)
        self.settings.failed.connect(self.say)
        self.window.close_asked.connect(self._close_asked)
        self.window.table["quit"].triggered.connect(self.window.close)

    # --- beginning -------------------------------------------------------------------------------

    def show(self) -> None:
        """Show the window; everything else begins once it is drawn."""
        self.window.painted.connect(self._drawn)
        self._first_paint.start()
        self.window.show()

    @Slot()
    def _drawn(self) -> None:
        self._first_paint.start(0)

    @Slot()
    def start_engine(self) -> None:
        """Start the worker and look for microphones; nothing is recorded."""
        if self._running or self._closing:
            return
        self._running = True
        from app.bridge.bridge import EngineBridge
        from app.bridge.host import ProcessHost
        from app.capture.controller import CaptureController

        self.bridge = EngineBridge(self._make_host or ProcessHost, self)
        self.capture = CaptureController(self, self._audio)
        self._install()
        self.bridge.start()
        folder = self.options.model or self.settings.values.model_folder or bundled_model()
        self.keeper.load(str(folder), self.settings.values.size or None)
        for problem in self.settings.problems:
            self.say(None, problem)
        self.hearing.look_at_journal()
        self.composed.emit()

    def _install(self) -> None:
        """The window's features: each is one object that connects itself (see `ending`)."""
        self.keeper = ModelKeeper(self)
        self.hearing = Hearing(self)
        self.towers = Towers(self)
        self.listening = self.hearing.controller
        self.listening.drained.connect(self._drained)
        from app.captions import Captions
        from app.translating import Translating

        self.translating = Translating(self)
        self.captions = Captions(self)
        from app.conversation.feature import ConversationFeature
        from app.copying import Copying
        from app.downloads import Downloads
        from app.looking import Looking

        self.downloads = Downloads(self)
        self.doctor = Doctor(self)
        self.chat = ConversationFeature(self)
        self.conversation = self.chat.controller
        self.looking = Looking(self)
        self.copying = Copying(self)
        from app.sizing import Sizing

        self.sizing = Sizing(self)
        from app.held_weights import WeightsKeeper

        self.weights = WeightsKeeper(self)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if "language" in names:
            self.speech.take(self.settings.values.language)
        if names & {"theme", "interface_percent"}:
            values = self.settings.values
            self.theme.apply(values.theme, values.interface_percent)

    # --- sentences -------------------------------------------------------------------------------

    @Slot(object, str)
    def say(self, kind: ErrorKind | None, message: str) -> None:
        """One sentence in the window, with a button where a person can do something about it."""
        banner = self.window.banner
        if kind is ErrorKind.BAD_MODEL:
            table = self.window.table
            banner.show_message(
                kind, message, table["open_model"].text(), table["open_model"].trigger
            )
        else:
            banner.show_message(kind, message)

    @Slot(str)
    def say_internal(self, message: str) -> None:
        """A bug of ours."""
        self.say(ErrorKind.INTERNAL, message)

    @Slot(str)
    def come_to_front(self, token: str) -> None:
        """A second start wants this window; Wayland lets it have the focus by the token."""
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self.window.come_to_front()

    # --- ending ----------------------------------------------------------------------------------

    @Slot()
    def _close_asked(self) -> None:
        """Close at once, or after the last words have arrived."""
        if self._running and self.state.phase is not Phase.IDLE and not self._closing:
            self._closing = True
            self.answering.emit(False)
            self.say(None, self.tr("Finishing the last words, then Nestling closes…"))
            self._drain.start()
            self.listening.stop()
        elif self._nothing_is_lost():
            self.close()

    @Slot()
    def _drained(self) -> None:
        self._drain.stop()
        if self._closing and self._nothing_is_lost():
            self.close()

    def _nothing_is_lost(self) -> bool:
        """Whether all there is to keep is in files, or somebody says that it may be lost."""
        if not self._running or self._ended:
            return True
        if self._asking:
            return False
        for keeping in (self.listening, self.chat.book):
            if keeping.unwritten:
                keeping.retry_writing()
        if self.listening.unwritten or self.chat.book.unwritten:
            lost = self.tr(
                "The disk does not take what is still to be kept: it will be lost. Make room "
                "first, or save it as a file in another place."
            )
        elif self.commands.unsaved():
            lost = self.tr("This transcript is kept nowhere else. This cannot be undone.")
        else:
            return True
        self._asking = True
        self.answering.emit(True)  # the question can be found by starting the program again
        may = self.confirm(self.window, self.tr("Close Nestling?"), lost)
        self._asking = self._closing = False
        self.window.banner.clear(None)
        return may or self._ended

    @Slot()
    def end(self) -> None:
        """The system wants the program to end: there is nobody to ask."""
        self._ended = True
        self._close_asked()

    @Slot()
    def close(self) -> None:
        """Release microphone, worker and files; at most two seconds. Later calls do nothing."""
        if self._closed:
            return
        self._closing = self._closed = True
        self.answering.emit(False)
        self._drain.stop()
        self._first_paint.stop()
        self.window.allow_close()
        if self._running:
            self.ending.emit()
            self.capture.close()
            until = monotonic() + FLUSH_S
            self.listening.close()
            self.bridge.shutdown()
            self.listening.wait_for_medium(until)
        self.closed.emit()


def compose(
    options: Options | None = None,
    make_host: HostFactory | None = None,
    audio: AudioSystem | None = None,
) -> Application:
    """All of one window, not yet shown; needs a QApplication. make_host, audio: for tests."""
    app = cast("QApplication | None", QApplication.instance())
    assert app is not None, "make a QApplication first"
    return Application(app, options or Options(), make_host, audio)


def main(options: Options | None = None) -> int:
    """Run the window until it is closed. Returns: the process's exit code."""
    options = options or Options()
    QApplication.setApplicationName("Nestling")
    QApplication.setDesktopFileName(APP_ID)
    app = QApplication(sys.argv[:1])
    paths = profile_paths(options.profile)
    instance = SingleInstance(paths.data)
    try:
        if instance.call_first():
            return 0
    except NestlingError as error:
        i18n.Speech(app).take(SettingsStore(paths.settings_file).values.language)
        message = QCoreApplication.translate("SingleInstance", error.message)
        sys.stderr.write(message + "\n")
        QMessageBox.warning(None, "Nestling", message)
        return 1
    instance.hold()
    crash = CrashLog(paths.crash_file)
    crash.install()
    application = compose(options)
    crash.caught.connect(application.say_internal)
    signals = EndSignals()
    signals.received.connect(application.end)
    instance.called.connect(application.come_to_front)
    application.answering.connect(instance.answer)
    application.closed.connect(app.quit)
    application.show()
    code = app.exec()
    application.close()
    signals.close()
    instance.release()
    crash.close()
    return code
