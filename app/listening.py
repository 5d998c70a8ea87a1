"""Listening from "start" to the last word: microphone to worker, words to journal and model.

Knows nothing of widgets. Everything here runs in the GUI thread.
"""

import logging
from datetime import datetime
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bridge.bridge import EngineBridge
from app.capture.controller import CaptureController
from app.capture.microphone import CaptureState
from app.error_words import in_own_language
from app.journal import Journal
from app.late_translations import LateTranslations
from app.models.live import STARTER_NAME, LiveState, Phase
from app.models.transcript import TranscriptModel
from app.recordings import Recording, shifted
from app.settings.store import SettingsStore
from engine.datatypes import (
    AudioChunk,
    Languages,
    LiveMetrics,
    ModelInfo,
    Segment,
    Translation,
)
from engine.errors import ErrorKind, NestlingError
from engine.protocol import ListeningState

log = logging.getLogger(__name__)

CLOSE_MS = 1_500  # the microphone answers "stop" within 0.8 s even if the sound server is frozen
RETRY_MS = 5_000  # between attempts to write to a disk that was full
NOTE_S = 5.0  # between two lines of figures in the journal


class ListeningController(QObject):
    """Start, pause, resume and stop, and what comes of them.

    Signals:
        failed(object, str): an error's kind and a sentence for people.
        recovered(object): errors of this kind are over.
        drained(): listening has ended and every word has arrived.
    """

    failed = Signal(object, str)
    recovered = Signal(object)
    drained = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        capture: CaptureController,
        transcript: TranscriptModel,
        state: LiveState,
        settings: SettingsStore,
        journal_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._capture = bridge, capture
        self._transcript, self._state = transcript, state
        self._settings, self._folder = settings, journal_folder
        self._current: Recording | None = None
        self._open: dict[int, Recording] = {}
        self._journal: Journal | None = None
        self._journals: list[Journal] = []
        self._flushing: list[Journal] = []  # closed, and perhaps not yet on the medium
        self._kept: dict[int, tuple[Path, int]] = {}  # a recording's file, and its number there
        self._late = LateTranslations()
        self._window_zero: float | None = None
        self._journal_zero = 0.0
        self._noted_at = 0.0
        self._languages: Languages | None = None
        self._closing = QTimer(self, singleShot=True, interval=CLOSE_MS)
        self._closing.timeout.connect(self._end_recording)
        self._retry = QTimer(self, interval=RETRY_MS)
        self._retry.timeout.connect(self.retry_writing)
        capture.chunk_captured.connect(self._take_chunk)
        capture.state_changed.connect(self._capture_changed)
        settings.changed.connect(self._settings_changed)
        bridge.loaded.connect(self._model_ready)
        bridge.load_failed.connect(self._model_stays)
        bridge.segment_changed.connect(self._take_segment)
        bridge.translation_changed.connect(self.take_translation)
        bridge.listening_changed.connect(self._listening_changed)
        bridge.metrics_changed.connect(self._take_metrics)
        bridge.worker_died.connect(self._worker_died)

    # --- what a person asks for ------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Open the microphone and begin a transcript."""
        if not self._state.can_listen:
            return
        now = monotonic()
        if self._window_zero is None:
            # After the rows of a kept transcript that is shown.
            self._window_zero = now - self._transcript.end_s
        self._begin_journal(now)
        self._state.set_metrics(None)
        self._state.set_phase(Phase.LISTENING)
        self._begin_recording()
        self._capture.start(self._settings.values.microphone or None)

    def _begin_journal(self, now: float) -> None:
        self._journal, self._journal_zero = None, now
        if self._settings.values.keep_transcripts:
            about = {"model": self._state.model.name} if self._state.model else {}
            if self._state.starter_ears:
                about["heard by"] = STARTER_NAME
            self._journal = Journal(self._folder, datetime.now().astimezone(), about)
            self._journals.append(self._journal)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        """What is said from now on is kept, or is not any more; what was said before stays so."""
        if "keep_transcripts" not in names:
            return
        if self._state.phase in (Phase.LISTENING, Phase.PAUSED):
            self._begin_journal(monotonic())
        if self._state.phase is Phase.LISTENING and self._current is not None:
            self._end_recording()
            self._begin_recording()
        self._finish_if_drained()

    @Slot()
    def stop(self) -> None:
        """Close the microphone, wait for the last words, end the transcript."""
        if self._state.phase not in (Phase.LISTENING, Phase.PAUSED):
            return
        was_paused = self._state.phase is Phase.PAUSED
        self._journal = None
        self._state.set_phase(Phase.STOPPING)
        self._capture.stop()
        if was_paused and self._current is None:
            self._finish_if_drained()
        else:
            self._closing.start()

    @Slot()
    def pause(self) -> None:
        """Close the microphone; what was said before is still written down."""
        if self._state.phase is Phase.LISTENING:
            self._state.set_phase(Phase.PAUSED)
            self._capture.pause()
            self._closing.start()

    @Slot()
    def resume(self) -> None:
        """Open the microphone again and go on with the transcript."""
        if self._state.phase is Phase.PAUSED:
            self._end_recording()
            self._state.set_phase(Phase.LISTENING)
            self._begin_recording()
            self._capture.resume()

    def is_open(self, number: int) -> bool:
        """Whether more may come of this recording."""
        return number in self._open

    def set_languages(self, languages: Languages | None) -> None:
        """Translate what is heard from now on; None: no more."""
        if languages != self._languages:
            self._languages = languages
            for recording in self._open.values():
                if recording.begun and not recording.ended:
                    self._bridge.set_languages(recording.number, languages)

    def kept_nowhere(self) -> bool:
        """Whether something that the window shows is in no file."""
        rows = range(self._transcript.rowCount())
        return any(self._transcript.key(row)[0] not in self._kept for row in rows)

    @property
    def unwritten(self) -> bool:
        """Whether there are words that the disk refuses to take."""
        waiting = any(journal.waiting_bytes for journal in self._journals)
        return waiting or self._late.waiting

    @Slot()
    def retry_writing(self) -> None:
        """Write again what the disk refused."""
        if all(journal.retry() for journal in self._journals) and self._late.retry():
            self._retry.stop()
            self.recovered.emit(ErrorKind.DISK)
            self._finish_if_drained()

    def forget_times(self) -> None:
        """The window was emptied, or shows a kept transcript: the next start follows that."""
        if not self._open and self._state.phase is Phase.IDLE:
            self._window_zero = None

    @Slot(object, object)
    def follow_kept(self, path: Path, numbers: dict[int, int]) -> None:
        """A kept transcript is shown: what is translated of it belongs into its file.

        numbers: of its recordings in the window, to those in the file.
        """
        self._kept.update({number: (path, kept) for number, kept in numbers.items()})

    @Slot()
    def forget(self) -> None:
        """Everything that is kept is being deleted: what waits for the disk is never written."""
        self._retry.stop()
        for journal in self._journals:
            journal.abandon()
        self._journals.clear()
        self._kept.clear()
        self._late = LateTranslations()

    def close(self) -> None:
        """Nothing more will come: keep what there is, release the files."""
        self._closing.stop()
        self._retry.stop()
        self._current = self._journal = None
        self._open.clear()
        for journal in list(self._journals):
            self._journals.remove(journal)
            self._flushing.append(journal)
            try:
                journal.close()
            except NestlingError as error:
                log.error("%s", error.message)
        try:
            self._late.write()
        except NestlingError as error:
            log.error("%s", error.message)

    def wait_for_medium(self, until: float) -> None:
        """Until all that was closed is on it, or that moment of the monotonic clock has come."""
        for journal in self._flushing:
            if not journal.flushed(max(0.0, until - monotonic())):
                log.warning("the medium has not all of %s yet", journal.path)
        self._flushing.clear()

    @property
    def journal_path(self) -> Path | None:
        """The file of the running transcript."""
        return self._journal.path if self._journal else None

    def growing_journals(self) -> frozenset[Path]:
        """All files that are still written to: after a stop, until the last words have room."""
        return frozenset(journal.path for journal in self._journals)

    # --- sound to the worker ---------------------------------------------------------------------

    def _begin_recording(self, replay: Recording | None = None) -> None:
        """A new recording, from now on or with the sound that another one left unheard.

        replay: was drained for another model, or its worker died. The next model hears the rest.
        """
        number = self._transcript.new_recording()
        if replay is not None:
            recording = replay.renewed(number)
        else:
            now = monotonic()
            zero = self._window_zero if self._window_zero is not None else now
            recording = Recording(number, self._journal, now, now - zero, now - self._journal_zero)
        self._open[recording.number] = recording
        if recording.journal is not None:
            self._kept[recording.number] = (recording.journal.path, recording.number)
        if replay is None or self._current is replay:
            self._current = recording
        # Behind one that waits for another model, as the worker hears one at a time.
        first = all(other.begun for other in self._open.values() if other is not recording)
        if replay is None and self._state.model is not None and first:
            self._hand_over(recording)

    def _hand_over(self, recording: Recording) -> None:
        """Tell the worker of a recording, and give it the sound that waits for it."""
        recording.begun = True
        starter = self._state.starter_ears
        self._bridge.start_listening(recording.number, self._languages, starter=starter)
        for chunk in recording.recent:
            self._bridge.feed(chunk)
        if recording.ended:
            self._bridge.stop_listening(recording.number)

    @Slot(object)
    def _take_chunk(self, chunk: AudioChunk) -> None:
        recording = self._current
        if recording is None:
            return
        chunk = recording.take(chunk)
        if recording.begun:
            self._bridge.feed(chunk)

    @Slot(object)
    def _capture_changed(self, state: CaptureState) -> None:
        waiting = state in (CaptureState.STARTING, CaptureState.RECOVERING)
        self._state.set_microphone(self._state.microphone, waiting=waiting)
        if state is CaptureState.PAUSED and self._state.phase is Phase.PAUSED:
            self._end_recording()
        elif state is CaptureState.PAUSED and self._state.phase is Phase.LISTENING:
            self._capture.resume()  # asked for while the microphone was still being closed
        elif state is CaptureState.STOPPED:
            if self._state.phase in (Phase.LISTENING, Phase.PAUSED):
                self._journal = None
                self._state.set_phase(Phase.STOPPING)  # it gave up by itself
            self._end_recording()

    @Slot()
    def _end_recording(self) -> None:
        """No more sound for the current recording: let the worker drain it."""
        self._closing.stop()
        recording, self._current = self._current, None
        if recording is not None:
            recording.ended = True
            if recording.begun:
                self._bridge.stop_listening(recording.number)
        self._finish_if_drained()

    # --- words from the worker -------------------------------------------------------------------

    @Slot(object)
    def _model_ready(self, model: ModelInfo) -> None:
        self._state.set_model(model)
        self._hand_over_waiting()

    @Slot(object, str)
    def _model_stays(self, _kind: ErrorKind, _message: str) -> None:
        """What was to be heard by another model is heard by the old one, if there is one."""
        if self._state.model is not None:
            self._hand_over_waiting()

    def _hand_over_waiting(self) -> None:
        for recording in list(self._open.values()):
            if not recording.begun:
                self._hand_over(recording)

    @Slot(int, object, float)
    def _take_segment(self, number: int, segment: Segment, _captured_at: float) -> None:
        recording = self._open.get(number)
        if recording is None:
            return
        recording.note_segment(segment)
        if recording.journal is not None:
            try:
                recording.journal.record(
                    (number, segment.index), shifted(segment, recording.journal_shift_s)
                )
            except NestlingError as error:
                self._refused(error)
        self._transcript.put(number, shifted(segment, recording.shift_s))

    @Slot(int, object)
    def take_translation(self, number: int, translation: Translation) -> None:
        """Keep and show a clause in another language."""
        if number in self._kept:
            path, kept = self._kept[number]
            try:
                self._keep_translation(path, kept, translation)
            except NestlingError as error:
                self._refused(error)
        self._transcript.put_translation(number, translation)

    def _keep_translation(self, path: Path, kept: int, translation: Translation) -> None:
        key = kept, translation.segment
        for journal in self._journals:
            if journal.path == path:
                journal.record_translation(key, translation)
                return
        self._late.record(path, key, translation)

    @Slot(int, object)
    def _listening_changed(self, number: int, state: ListeningState) -> None:
        if state is ListeningState.STOPPED and number in self._open:
            self._transcript.settle(number)
            recording = self._open.pop(number)
            if recording is self._current and self._bridge.opening:
                self._begin_recording(replay=recording)  # drained for a model that hears on
            elif recording is self._current:
                # Nobody asked for it: it failed, or hearing was freed while it loaded.
                self._current = None
                self.stop()
            self._finish_if_drained()

    @Slot(object)
    def _take_metrics(self, metrics: LiveMetrics) -> None:
        self._state.set_metrics(metrics)
        # The worker hears one recording at a time, in order.
        heard = next((recording for recording in self._open.values() if recording.begun), None)
        if heard is not None:
            heard.note_lag(metrics.lag_s)
        if self._journal is not None and monotonic() - self._noted_at >= NOTE_S:
            self._noted_at = monotonic()
            try:
                self._journal.note(metrics)
            except NestlingError as error:
                self._refused(error)

    def _refused(self, error: NestlingError) -> None:
        """The disk did not take what was written: say so once, and try again."""
        self._retry.start()
        self.failed.emit(error.kind, in_own_language(error.kind, error.message))

    @Slot(str)
    def _worker_died(self, _reason: str) -> None:
        """Keep what is confirmed; the next worker hears the rest again."""
        self._state.drop_model()
        for recording in list(self._open.values()):
            if recording.begun:
                self._transcript.settle(recording.number)
                del self._open[recording.number]
                self._begin_recording(replay=recording)

    @Slot()
    def give_up(self) -> None:
        """There will be no worker: end what waits for one, keep the confirmed words."""
        for number in list(self._open):
            self._transcript.settle(number)
        self._open.clear()
        if self._state.phase in (Phase.LISTENING, Phase.PAUSED):
            self.stop()
        self._finish_if_drained()

    def _finish_if_drained(self) -> None:
        needed = {id(recording.journal) for recording in self._open.values()}
        for journal in list(self._journals):
            if journal is not self._journal and id(journal) not in needed:
                self._close(journal)
        if self._state.phase is Phase.STOPPING and not self._open and self._current is None:
            self._transcript.flush()
            self._state.set_phase(Phase.IDLE)
            self.drained.emit()

    def _close(self, journal: Journal) -> None:
        if journal.waiting_bytes and not journal.retry():
            return  # the disk is full: it stays open, and is tried again
        self._journals.remove(journal)
        self._flushing = [*(other for other in self._flushing if not other.flushed(0.0)), journal]
        try:
            journal.close()
        except NestlingError as error:
            self.failed.emit(error.kind, in_own_language(error.kind, error.message))
