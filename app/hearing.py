"""Live transcription in the window: the microphone's picker, meter and troubles; kept words."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app import journal
from app.error_words import in_own_language
from app.models.live import Phase
from app.moments import when_text
from engine.errors import ErrorKind, NestlingError

if TYPE_CHECKING:
    from app.application import Application
    from app.capture.sources import Source


DAY_MS = 24 * 60 * 60 * 1000
SETTLED_MS = 60_000  # after the last change of a number of days: "3" may be becoming "30"


class Hearing(QObject):
    """Connects what is heard with the widgets that show it."""

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        from app.file_intake import FileIntake
        from app.listening import ListeningController

        self._program, self._capture = program, program.capture
        self._state, self._window = program.state, program.window
        self.controller = ListeningController(
            program.bridge,
            program.capture,
            program.transcript,
            program.state,
            program.settings,
            program.paths.journal_folder,
            self,
        )
        capture, window = program.capture, program.window
        capture.sources_changed.connect(window.picker.set_sources)
        capture.source_changed.connect(self._source_changed)
        capture.level_changed.connect(window.meter.set_level)
        capture.state_changed.connect(self._capture_changed)
        capture.failed.connect(program.say)
        window.picker.chosen.connect(self._microphone_chosen)
        window.table["listen"].triggered.connect(self._toggle_listening)
        window.table["pause"].triggered.connect(self._toggle_pause)
        self.files = FileIntake(program, self.controller)
        self.controller.failed.connect(self._failed)
        self.controller.recovered.connect(self._recovered)
        program.commands.kept_nowhere = self.controller.kept_nowhere
        program.commands.growing_journals = self.controller.growing_journals
        program.commands.deleted.connect(self.controller.forget)
        program.commands.cleared.connect(self.controller.forget_times)
        program.commands.kept_shown.connect(self.controller.follow_kept)
        program.keeper.gone.connect(self.controller.give_up)
        self._changed_days = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._another_day = QTimer(self, interval=DAY_MS)
        for timer in (self._changed_days, self._another_day):
            timer.timeout.connect(self._forget_old)
        program.settings.changed.connect(self._settings_changed)
        program.state.model_changed.connect(self._model_changed)
        self._settings_changed(frozenset({"starter_ears"}))

    def look_at_journal(self) -> None:
        """Drop what is too old; offer again what a crash cut off."""
        self._forget_old()
        self._another_day.start()
        cut = journal.cut_off(self._program.paths.journal_folder)
        for found in cut:
            if self._show_cut_off(found):
                break
        for kept in cut:
            with suppress(OSError):  # one that cannot be written is offered once more
                journal.mark_whole(kept.path)

    def _show_cut_off(self, found: journal.TranscriptFile) -> bool:
        """Show the words that a crash left. Returns: whether they can be read."""
        path = found.path
        try:
            segments, translations = journal.load(path), journal.load_translations(path)
        except NestlingError as error:
            self._program.say(error.kind, in_own_language(error.kind, error.message))
            return False
        numbers = self._program.transcript.show_all(segments, translations, found.file)
        self.controller.follow_kept(path, numbers)
        self._window.show_welcome(False)
        self._program.say(
            None,
            self.tr(
                "The transcript of {when} was cut off; its %Ln words are here.", "", found.words
            ).format(when=when_text(found.started)),
        )
        return True

    @Slot()
    def _forget_old(self) -> None:
        days = self._program.settings.values.retention_days
        journal.forget_old(self._program.paths.journal_folder, days, datetime.now())

    @Slot(object, str)
    def _failed(self, kind: ErrorKind, message: str) -> None:
        if kind is ErrorKind.DISK:  # what was refused waits
            self._window.banner.show_message(
                kind, message, self.tr("Try again"), self.controller.retry_writing
            )
        else:
            self._program.say(kind, message)

    @Slot()
    def _toggle_listening(self) -> None:
        if self._state.running:
            self.controller.stop()
        else:
            self.controller.start()

    @Slot()
    def _toggle_pause(self) -> None:
        if self._state.phase is Phase.PAUSED:
            self.controller.resume()
        else:
            self.controller.pause()

    @Slot(str)
    def _microphone_chosen(self, source: str) -> None:
        self._capture.choose(source or None)

    @Slot(object, object)
    def _source_changed(self, source: Source, reason: str) -> None:
        if reason != "moved":
            self._window.banner.clear(ErrorKind.MICROPHONE_MOVED)
        self._state.set_microphone(source.label, waiting=self._state.waiting_for_sound)
        self._window.picker.set_heard(source)

    @Slot(object)
    def _capture_changed(self, state: object) -> None:
        banner = self._window.banner
        if state in ("listening", "stopped"):
            banner.clear(ErrorKind.NO_MICROPHONE, ErrorKind.MICROPHONE_LOST, ErrorKind.AUDIO_SERVER)
        if state == "stopped":
            self._window.picker.set_heard(None)
            banner.clear(ErrorKind.MICROPHONE_MOVED)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if "retention_days" in names:
            self._changed_days.start()
        if "starter_ears" in names:
            self._state.set_starter_wanted(self._program.settings.values.starter_ears)

    @Slot()
    def _model_changed(self) -> None:
        self._window.welcome.set_starter_ears(self._state.starter_ears)

    @Slot(object)
    def _recovered(self, kind: ErrorKind) -> None:
        self._window.banner.clear(kind)
