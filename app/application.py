"""The composition root: what exists, who knows whom, and in which order it begins and ends."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from app import i18n, journal
from app.commands import Commands
from app.crash import CrashLog
from app.instance import SingleInstance
from app.models.live import LiveState, ModelState, Phase
from app.models.memory import MemoryModel, Usage
from app.models.transcript import TranscriptModel
from app.paths import APP_ID, Paths, bundled_model, profile_paths
from app.settings.store import SettingsStore
from app.signals import EndSignals
from app.theme import Theme
from app.widgets.history_dialog import when_text
from app.widgets.main_window import MainWindow
from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:  # these bring NumPy, and the window comes first
    from app.bridge.bridge import EngineBridge
    from app.bridge.host import HostFactory
    from app.capture.controller import CaptureController
    from app.capture.portaudio import AudioSystem
    from app.capture.sources import Source
    from app.listening import ListeningController
    from engine.datatypes import ModelInfo, PartMemory

log = logging.getLogger(__name__)

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
        closed(): everything has been released.
    """

    composed = Signal()
    closed = Signal()

    bridge: EngineBridge
    capture: CaptureController
    listening: ListeningController

    _asked_size: str | None

    def __init__(
        self,
        app: QApplication,
        options: Options,
        make_host: HostFactory | None,
        audio: AudioSystem | None,
    ) -> None:
        super().__init__()
        self._app, self._options = app, options
        self._make_host, self._audio = make_host, audio
        self.paths: Paths = profile_paths(options.profile)
        self.settings = SettingsStore(self.paths.settings_file, self)
        i18n.install(app, self.settings.values.language)
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
        self._asked_folder, self._asked_size = "", None
        self._instead = False
        self._death = ""
        self._drain = QTimer(self, singleShot=True, interval=DRAIN_MS)
        self._drain.timeout.connect(self.close)
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
        from app.listening import ListeningController

        self.bridge = EngineBridge(self._make_host or ProcessHost, self)
        self.capture = CaptureController(self, self._audio)
        self.listening = ListeningController(
            self.bridge,
            self.capture,
            self.transcript,
            self.state,
            self.settings,
            self.paths.journal_folder,
            self,
        )
        self._connect()
        self.bridge.start()
        folder = self._options.model or self.settings.values.model_folder or bundled_model()
        self.load_model(str(folder), self.settings.values.size or None)
        for problem in self.settings.problems:
            self.say(None, problem)
        self._look_at_journal()
        self.composed.emit()

    def _connect(self) -> None:
        bridge, capture, window = self.bridge, self.capture, self.window
        bridge.loaded.connect(self._loaded)
        bridge.size_changed.connect(self._size_changed)
        bridge.memory_changed.connect(self._memory_changed)
        bridge.progress.connect(self._progress)
        bridge.failed.connect(self._engine_failed)
        bridge.worker_died.connect(self._worker_died)
        bridge.gave_up.connect(self._gave_up)
        capture.sources_changed.connect(window.picker.set_sources)
        capture.source_changed.connect(self._source_changed)
        capture.level_changed.connect(window.meter.set_level)
        capture.state_changed.connect(self._capture_changed)
        capture.failed.connect(self.say)
        window.picker.chosen.connect(self._microphone_chosen)
        window.table["listen"].triggered.connect(self._toggle_listening)
        window.table["pause"].triggered.connect(self._toggle_pause)
        self.listening.failed.connect(self.say)
        self.listening.recovered.connect(self._recovered)
        self.listening.drained.connect(self._drained)
        self.state.phase_changed.connect(self._phase_changed)
        self.commands.model_chosen.connect(self.load_model)
        self.commands.size_chosen.connect(self._size_chosen)
        self.commands.cleared.connect(self.listening.forget_times)

    def _look_at_journal(self) -> None:
        """Drop what is too old; offer again what a crash cut off."""
        folder = self.paths.journal_folder
        try:
            journal.forget_old(folder, self.settings.values.retention_days, datetime.now())
            cut = journal.cut_off(folder)
            if not cut:
                return
            self.transcript.show_all(journal.load(cut[0].path))
            for kept in cut:
                journal.mark_whole(kept.path)
        except (OSError, NestlingError) as error:
            self.say(ErrorKind.DISK, str(error))
            return
        self.window.show_welcome(False)
        self.say(
            None,
            self.tr("The transcript of {when} was cut off; its {count} words are here.").format(
                when=when_text(cut[0].started), count=cut[0].words
            ),
        )

    # --- what a person does ----------------------------------------------------------------------

    @Slot()
    def _toggle_listening(self) -> None:
        if self.state.phase in (Phase.LISTENING, Phase.PAUSED):
            self.listening.stop()
        else:
            self.listening.start()

    @Slot()
    def _toggle_pause(self) -> None:
        if self.state.phase is Phase.PAUSED:
            self.listening.resume()
        else:
            self.listening.pause()

    @Slot(str)
    def _microphone_chosen(self, source: str) -> None:
        self.capture.choose(source or None)

    @Slot(str)
    def _size_chosen(self, name: str) -> None:
        self.state.set_wanted_size(name)
        self.settings.change(size=name)
        self.bridge.set_size(name)

    @Slot(str)
    def load_model(self, folder: str, size: str | None = None) -> None:
        """Open a model folder; the old one stays in use until the new one is ready."""
        self.window.banner.clear(ErrorKind.BAD_MODEL, ErrorKind.WORKER_DIED)
        self._asked_folder, self._asked_size = folder, size
        self._instead = False
        self.state.set_loading()
        self.bridge.load_model(folder, size)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if names & {"theme", "interface_percent"}:
            values = self.settings.values
            self.theme.apply(values.theme, values.interface_percent)

    # --- what the worker says --------------------------------------------------------------------

    @Slot(object)
    def _loaded(self, model: ModelInfo) -> None:
        self.window.banner.clear(ErrorKind.WORKER_DIED)
        bundled = Path(model.folder) == bundled_model()
        if self._options.model is None:
            self.settings.change(model_folder="" if bundled else model.folder)
        if "transcribe" not in model.tasks:
            self.say(
                ErrorKind.UNSUPPORTED_TASK,
                self.tr(
                    "{name} was not made to transcribe speech; open another model to listen."
                ).format(name=model.name),
            )

    @Slot(str)
    def _size_changed(self, name: str) -> None:
        self.state.set_size(name)

    @Slot(str, object)
    def _progress(self, _what: str, fraction: float | None) -> None:
        if self.state.model_state is ModelState.LOADING:
            self.state.set_loading(fraction)

    @Slot(dict)
    def _memory_changed(self, parts: dict[str, PartMemory]) -> None:
        usage = {part: Usage(m.private, m.file_backed) for part, m in parts.items()}
        rest, own = usage.get("app", Usage()), own_memory()
        usage["app"] = Usage(rest.private + own.private, rest.file_backed + own.file_backed)
        self.memory.put(usage)

    @Slot(object, str)
    def _engine_failed(self, kind: ErrorKind, message: str) -> None:
        if self._instead and kind is ErrorKind.BAD_MODEL:
            log.warning("the bundled model cannot be used either: %s", message)
        else:
            self.say(kind, message)
        if self.state.model_state is not ModelState.LOADING:
            return
        if self._asked_size is not None and kind is not ErrorKind.OUT_OF_MEMORY:
            self._try_instead(self._asked_folder)  # sizes have names of their own in each model
        elif self.state.model is None and Path(self._asked_folder) != bundled_model():
            self._try_instead(str(bundled_model()))
            self._instead = True  # what is wrong with the wanted one matters more
        else:
            self.state.set_missing()
            if self.state.model is None:
                self.listening.give_up()

    def _try_instead(self, folder: str) -> None:
        self._asked_size, self._asked_folder = None, folder
        self.bridge.load_model(folder)

    @Slot(str)
    def _worker_died(self, reason: str) -> None:
        self.memory.put({"app": own_memory()})
        self._death = reason
        self.say(ErrorKind.WORKER_DIED, reason)

    @Slot()
    def _gave_up(self) -> None:
        self.state.set_missing()
        self.listening.give_up()
        self.window.banner.show_message(
            ErrorKind.WORKER_DIED, self._death, self.tr("Try again"), self._load_again
        )

    def _load_again(self) -> None:
        self.load_model(self._asked_folder, self.settings.values.size or None)

    # --- what the microphone says ----------------------------------------------------------------

    @Slot(object, object)
    def _source_changed(self, source: Source, reason: str) -> None:
        if reason != "moved":
            self.window.banner.clear(ErrorKind.MICROPHONE_MOVED)
        self.state.set_microphone(source.label, waiting=self.state.waiting_for_sound)
        self.window.picker.set_heard(source)

    @Slot(object)
    def _capture_changed(self, state: object) -> None:
        banner = self.window.banner
        if state in ("listening", "stopped"):
            banner.clear(ErrorKind.NO_MICROPHONE, ErrorKind.MICROPHONE_LOST, ErrorKind.AUDIO_SERVER)
        if state == "stopped":
            self.window.picker.set_heard(None)
            banner.clear(ErrorKind.MICROPHONE_MOVED)

    @Slot()
    def _phase_changed(self) -> None:
        self.commands.busy_journal = self.listening.journal_path

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
        elif kind is ErrorKind.DISK and self._running:
            banner.show_message(kind, message, self.tr("Try again"), self.listening.retry_writing)
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

    @Slot(object)
    def _recovered(self, kind: ErrorKind) -> None:
        self.window.banner.clear(kind)

    # --- ending ----------------------------------------------------------------------------------

    @Slot()
    def _close_asked(self) -> None:
        """Close at once, or after the last words have arrived."""
        if self._running and self.state.phase is not Phase.IDLE and not self._closing:
            self._closing = True
            self.say(None, self.tr("Finishing the last words, then Nestling closes…"))
            self._drain.start()
            self.listening.stop()
        else:
            self.close()

    @Slot()
    def _drained(self) -> None:
        if self._closing:
            self.close()

    @Slot()
    def close(self) -> None:
        """Release microphone, worker and files; at most two seconds. Later calls do nothing."""
        if self._closed:
            return
        self._closing = self._closed = True
        self._drain.stop()
        self._first_paint.stop()
        self.window.allow_close()
        if self._running:
            self.capture.close()
            self.listening.close()
            self.bridge.shutdown()
        self.closed.emit()


def own_memory() -> Usage:
    """Memory of this process, without the worker's."""
    import psutil

    memory = psutil.Process().memory_info()
    shared = getattr(memory, "shared", 0)
    return Usage(memory.rss - shared, shared)


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
    if instance.call_first():
        return 0
    instance.hold()
    crash = CrashLog(paths.crash_file)
    crash.install()
    application = compose(options)
    crash.caught.connect(application.say_internal)
    signals = EndSignals()
    signals.received.connect(application.window.close)
    instance.called.connect(application.come_to_front)
    application.closed.connect(app.quit)
    application.show()
    code = app.exec()
    application.close()
    signals.close()
    instance.release()
    crash.close()
    return code
