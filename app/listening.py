"""Listening from "start" to the last word: microphone to worker, words to journal and model.

A sound file goes the same way, but that the worker reads it.

Knows nothing of widgets. Everything here runs in the GUI thread.
"""

from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bridge.bridge import EngineBridge
from app.capture.controller import CaptureController
from app.capture.microphone import CaptureState
from app.error_words import in_own_language
from app.journal import Journal
from app.keeping import Keeping
from app.models.live import STARTER_NAME, FileProgress, LiveState, Phase
from app.models.transcript import TranscriptModel
from app.recordings import Recording, shifted, shown_name
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
from engine.protocol import FileHeard, ListeningState

CLOSE_MS = 1_500  # the microphone answers "stop" within 0.8 s even if the sound server is frozen
RETRY_MS = 5_000  # between attempts to write to a disk that was full
NOTE_S = 5.0  # between two lines of figures in the journal


class ListeningController(QObject):
    """Start, pause, resume and stop, and what comes of them.

    Signals:
        failed(object, str): an error's kind and a sentence for people.
        recovered(object): errors of this kind are over.
        drained(): listening has ended and every word has arrived.
        file_ended(): nothing more is heard of a file, and nobody stopped it.
    """

    failed = Signal(object, str)
    recovered = Signal(object)
    drained = Signal()
    file_ended = Signal()

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
        self._settings, self._keeping = settings, Keeping(journal_folder)
        self._current: Recording | None = None
        self._open: dict[int, Recording] = {}
        self._journal: Journal | None = None
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
        bridge.file_heard.connect(self._file_heard)
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

    def start_file(self, file: Path) -> None:
        """Write down a sound file into the empty window: its times are those in the file."""
        if not self._state.can_listen:
            return
        name = shown_name(file)
        self._begin_journal(monotonic(), name)
        self._state.set_metrics(None)
        self._state.set_file(FileProgress(name))
        self._state.set_phase(Phase.READING)
        self._begin_recording(file=file)

    def _begin_journal(self, now: float, file: str = "") -> None:
        self._journal, self._journal_zero = None, now
        if self._settings.values.keep_transcripts:
            about = {"model": self._state.model.name} if self._state.model else {}
            if self._state.starter_ears:
                about["heard by"] = STARTER_NAME
            if file:
                about["file"] = file
            self._journal = self._keeping.begin(about)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        """What is said from now on is kept, or is not any more; what was said before stays so."""
        if "keep_transcripts" not in names:
            return
        if self._state.phase in (Phase.LISTENING, Phase.PAUSED):
            self._begin_journal(monotonic())
        if self._state.file is not None and self._current is not None:
            self._begin_journal(monotonic(), self._state.file.name)
            self._current.journal = self._journal
            self._keeping.put(self._current.number, self._journal)
        if self._state.phase is Phase.LISTENING and self._current is not None:
            self._end_recording()
            self._begin_recording()
        self._finish_if_drained()

    @Slot()
    def stop(self) -> None:
        """Close the microphone or the file, wait for the last words, end the transcript."""
        if not self._state.running:
            return
        was_reading = self._state.phase is Phase.READING
        was_paused = self._state.phase is Phase.PAUSED
        self._journal = None
        self._state.set_phase(Phase.STOPPING)
        if was_reading:
            self._end_recording()
            return
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
        return any(not self._keeping.knows(self._transcript.key(row)[0]) for row in rows)

    @property
    def unwritten(self) -> bool:
        """Whether there are words that the disk refuses to take."""
        return self._keeping.waiting

    @Slot()
    def retry_writing(self) -> None:
        """Write again what the disk refused."""
        if self._keeping.retry():
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
        self._keeping.follow(path, numbers)

    @Slot()
    def forget(self) -> None:
        """Everything that is kept is being deleted: what waits for the disk is never written."""
        self._retry.stop()
        self._keeping.forget()

    def close(self) -> None:
        """Nothing more will come: keep what there is, release the files."""
        self._closing.stop()
        self._retry.stop()
        self._current = self._journal = None
        self._open.clear()
        self._keeping.close_all()

    def wait_for_medium(self, until: float) -> None:
        """Until all that was closed is on it, or that moment of the monotonic clock has come."""
        self._keeping.wait_for_medium(until)

    @property
    def journal_path(self) -> Path | None:
        """The file of the running transcript."""
        return self._journal.path if self._journal else None

    def growing_journals(self) -> frozenset[Path]:
        """All files that are still written to: after a stop, until the last words have room."""
        return frozenset(journal.path for journal in self._keeping.journals)

    # --- sound to the worker ---------------------------------------------------------------------

    def _begin_recording(self, replay: Recording | None = None, file: Path | None = None) -> None:
        """A new recording, from now on or with the sound that another one left unheard.

        replay: was drained for another model, or its worker died. The next model hears the rest.
        file: is heard, and no microphone.
        """
        number = self._transcript.new_recording()
        if replay is not None:
            recording = replay.renewed(number)
        elif file is not None:
            recording = Recording(number, self._journal, monotonic(), 0.0, 0.0, first=0, file=file)
            self._transcript.set_title(number, shown_name(file))
        else:
            now = monotonic()
            zero = self._window_zero if self._window_zero is not None else now
            recording = Recording(number, self._journal, now, now - zero, now - self._journal_zero)
        self._open[recording.number] = recording
        self._keeping.put(recording.number, recording.journal)
        if replay is None or self._current is replay:
            self._current = recording
        # Behind one that waits for another model, as the worker hears one at a time.
        first = all(other.begun for other in self._open.values() if other is not recording)
        if replay is None and self._state.model is not None and first:
            self._hand_over(recording)

    def _hand_over(self, recording: Recording) -> None:
        """Tell the worker of a recording, and give it the sound that waits for it."""
        recording.begun = True
        number, starter = recording.number, self._state.starter_ears
        if recording.file is not None:
            first = recording.first or 0
            self._bridge.transcribe_file(
                number, recording.file, first, self._languages, starter=starter
            )
        else:
            self._bridge.start_listening(number, self._languages, starter=starter)
        for chunk in recording.recent:
            self._bridge.feed(chunk)
        if recording.ended:
            self._bridge.stop_listening(recording.number)

    @Slot(object)
    def _take_chunk(self, chunk: AudioChunk) -> None:
        recording = self._current
        if recording is None or recording.file is not None:
            return
        chunk = recording.take(chunk)
        if recording.begun:
            self._bridge.feed(chunk)

    @Slot(object)
    def _capture_changed(self, state: CaptureState) -> None:
        waiting = state in (CaptureState.STARTING, CaptureState.RECOVERING)
        self._state.set_microphone(self._state.microphone, waiting=waiting)
        if self._state.phase is Phase.READING:
            return
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
            elif recording.file is not None:  # of a microphone there would be sound to be heard
                self._open.pop(recording.number, None)
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
        try:
            self._keeping.record_translation(number, translation)
        except NestlingError as error:
            self._refused(error)
        self._transcript.put_translation(number, translation)

    @Slot(int, object)
    def _listening_changed(self, number: int, state: ListeningState) -> None:
        if state is ListeningState.STOPPED and number in self._open:
            self._transcript.settle(number)
            recording = self._open.pop(number)
            self._look_for_words(recording)
            if recording is self._current and self._bridge.opening and not recording.whole:
                self._begin_recording(replay=recording)  # drained for a model that hears on
            elif recording is self._current:
                # Nobody asked for it: a file's end, or it failed, or hearing was freed while it
                # loaded.
                self._current = None
                if recording.file is not None:
                    self.file_ended.emit()
                self.stop()
            self._finish_if_drained()

    def _look_for_words(self, recording: Recording) -> None:
        """A whole file without a word would look like one that was not heard."""
        if recording.whole and self._transcript.rowCount() == 0:
            words = self.tr("No words were heard in {file}; a voice in it may be too quiet.")
            name = self._state.file.name if self._state.file is not None else ""
            self.failed.emit(ErrorKind.BAD_AUDIO, words.format(file=name))

    @Slot(object)
    def _file_heard(self, heard: FileHeard) -> None:
        recording, file = self._open.get(heard.recording), self._state.file
        if recording is not None and file is not None:
            recording.whole = heard.ended
            self._state.set_file(
                FileProgress(file.name, heard.heard_s, heard.length_s, heard.left_s)
            )

    @Slot(object)
    def _take_metrics(self, metrics: LiveMetrics) -> None:
        if self._state.file is not None:  # nobody waits for its words: there is no lag
            return
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
                if recording.file is None or not recording.ended:
                    self._begin_recording(replay=recording)
        self._finish_if_drained()

    @Slot()
    def give_up(self) -> None:
        """There will be no worker: end what waits for one, keep the confirmed words."""
        for number in list(self._open):
            self._transcript.settle(number)
        self._open.clear()
        if self._state.running:
            self.stop()
        self._finish_if_drained()

    def _finish_if_drained(self) -> None:
        needed = {id(recording.journal) for recording in self._open.values()}
        for journal in list(self._keeping.journals):
            if journal is not self._journal and id(journal) not in needed:
                self._close(journal)
        if self._state.phase is Phase.STOPPING and not self._open and self._current is None:
            self._transcript.flush()
            self._state.set_file(None)
            self._state.set_phase(Phase.IDLE)
            self.drained.emit()

    def _close(self, journal: Journal) -> None:
        try:
            self._keeping.close(journal)
        except NestlingError as error:
            self.failed.emit(error.kind, in_own_language(error.kind, error.message))
