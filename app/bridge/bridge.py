"""The engine as the window sees it: methods in, signals out. The one place that emits for it."""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bridge.host import Host, HostFactory, ProcessHost
from app.bridge.outbox import Outbox
from app.bridge.supervisor import Supervisor, killed_by
from engine.datatypes import (
    AudioChunk,
    FinishReason,
    Languages,
    Modality,
    SamplingParams,
    Seeing,
    Turn,
)
from engine.errors import ErrorKind
from engine.protocol import (
    Ask,
    Command,
    Context,
    Event,
    Failed,
    Feed,
    FileHeard,
    Finished,
    Handled,
    Heard,
    Hello,
    Listening,
    Loaded,
    LoadModel,
    MeasureSizes,
    Memory,
    Metrics,
    Progress,
    Ready,
    Release,
    ReleaseEars,
    SegmentChanged,
    SetIdleRelease,
    SetLanguages,
    SetSize,
    SizeChanged,
    SizesMeasured,
    StartListening,
    StopListening,
    Token,
    Tower,
    TowerState,
    TranscribeFile,
    Translate,
    Translated,
    TranslationChanged,
)

log = logging.getLogger(__name__)

STOP_MS = 2000  # what a stopped answer may take before the worker is ended


@dataclass(frozen=True, slots=True)
class _Death:
    """refused: why the system did not even start the worker."""

    exit_code: int | None
    refused: str = ""


class EngineBridge(QObject):
    """Talks to the worker and keeps one alive. Lives in the GUI thread; no method waits.

    A dead worker is started again with the last good model and size. What was being listened to
    or answered is gone with it: who asked owns the truth, hears `worker_died` and asks anew.

    Signals:
        ready(Ready): the worker is up.
        loaded(ModelInfo): a model is open; also after a restart.
        size_changed(str): the size in force.
        sizes_measured(tuple[SizeFigures, ...]): what every size costs here.
        segment_changed(int, Segment, float): recording, text, time of the last sample it needs.
        translation_changed(int, Translation): recording and one clause of it, after its segment.
        translated(Translated): what `translate` was asked for, so far.
        listening_changed(int, ListeningState): recording and its phase.
        file_heard(FileHeard): how much of a file.
        metrics_changed(LiveMetrics): health of the recording.
        memory_changed(dict[str, PartMemory]): bytes by part.
        tower_changed(Tower): a tower comes, is there, or is gone; also while it loads.
        heard(Heard), token(Token), context_changed(Context), finished(Finished): an answer.
        failed(ErrorKind, str): one sentence for people.
        load_failed(ErrorKind, str): the same of opening a model.
        progress(str, object): something slow; fraction 0..1 or None.
        worker_died(str): why, and what happens next, in one sentence.
        worker_restarted(): another worker begins.
        gave_up(): there will be no other until `load_model` asks for one.
    """

    ready = Signal(object)
    loaded = Signal(object)
    size_changed = Signal(str)
    sizes_measured = Signal(object)
    segment_changed = Signal(int, object, float)
    translation_changed = Signal(int, object)
    translated = Signal(object)
    listening_changed = Signal(int, object)
    file_heard = Signal(object)
    metrics_changed = Signal(object)
    memory_changed = Signal(dict)
    tower_changed = Signal(object)
    heard = Signal(object)
    token = Signal(object)
    context_changed = Signal(object)
    finished = Signal(object)
    failed = Signal(object, str)
    load_failed = Signal(object, str)
    progress = Signal(str, object)
    worker_died = Signal(str)
    worker_restarted = Signal()
    gave_up = Signal()

    # The one hop from the host's threads: which life of the worker, and what came.
    _arrived = Signal(int, object)

    def __init__(self, make_host: HostFactory = ProcessHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_host = make_host
        self._host: Host | None = None
        self._life = 0
        self._supervisor = Supervisor()
        self._outbox = Outbox()
        self._wanted: LoadModel | None = None  # what was asked for last
        self._good: LoadModel | None = None  # what was opened last
        self._opening: deque[LoadModel] = deque()  # asked for and not answered, which is in turn
        self.weights = "auto"  # how those of the next model are held
        self.small_ears = False
        self.seeing = Seeing()  # how closely the pictures of a conversation are looked at
        self._answering: int | None = None
        self._asides: set[int] = set()  # questions outside the conversation
        self._stopping = False
        self._arrived.connect(self._take)
        self._restart = QTimer(self, singleShot=True)
        self._restart.timeout.connect(self._start_again)
        self._patience = QTimer(self, singleShot=True, interval=STOP_MS)
        self._patience.timeout.connect(self._lose_patience)

    @property
    def dropped_samples(self) -> int:
        """Sound given up because the worker did not keep pace."""
        return self._outbox.dropped_samples

    @property
    def opening(self) -> bool:
        """Whether a model is on its way; what is open stays until it is there."""
        return bool(self._opening)

    def start(self) -> None:
        """Start the worker, if there is none."""
        if self._host is None and not self._restart.isActive():
            self._begin_life()

    def load_model(self, folder: str, size: str | None = None) -> None:
        """Open a model folder; starts a worker if there is none left."""
        self._wanted = LoadModel(folder, size, self.weights, self.small_ears)
        if self._host is None:
            self._restart.stop()
            self._supervisor.forgive()
            self._begin_life()
        else:
            self._send_wanted()

    def set_size(self, name: str) -> None:
        """Take another size from the next utterance on."""
        self._send(SetSize(name))

    def start_listening(
        self, recording: int, translate_to: Languages | None = None, *, starter: bool = False
    ) -> None:
        """Begin a live transcription, translated as it goes on. starter: by the starter ears."""
        self._send(StartListening(recording, translate_to=translate_to, starter=starter))

    def transcribe_file(
        self,
        recording: int,
        file: Path,
        first: int = 0,
        translate_to: Languages | None = None,
        *,
        starter: bool = False,
    ) -> None:
        """Begin to write down a sound file, from a sample on. Else as `start_listening`."""
        self._send(TranscribeFile(recording, str(file), first, translate_to, starter))

    def set_languages(self, recording: int, translate_to: Languages | None) -> None:
        """Translate a recording that runs from now on; None: no more."""
        self._send(SetLanguages(recording, translate_to))

    def translate(self, number: int, text: str, languages: Languages) -> None:
        """Have a text translated, between everything else."""
        self._send(Translate(number, text, languages))

    def feed(self, chunk: AudioChunk) -> None:
        """Pass captured sound on."""
        self._send(Feed(chunk))

    def stop_listening(self, recording: int) -> None:
        """Drain a recording; Listening(STOPPED) follows its last text."""
        self._send(StopListening(recording))

    def ask(
        self, turns: tuple[Turn, ...], params: SamplingParams, *, starter: bool = False
    ) -> None:
        """Answer the last turn. starter: sound may be put into words by the starter ears."""
        self._answering = turns[-1].id if turns else None
        self._send(Ask(turns, params, seeing=self.seeing, starter=starter))

    def ask_aside(
        self,
        turns: tuple[Turn, ...],
        params: SamplingParams,
        seeing: Seeing,
        *,
        stated: bool = False,
    ) -> bool:
        """Answer a question outside the conversation; its last turn's id is below zero.

        seeing: how closely its pictures are looked at. stated: it is a condition; see `Ask`.
        Returns: whether there is a worker to ask. If so, `finished` follows, whatever happens.
        """
        if self._host is None:
            return False
        self._asides.add(turns[-1].id)
        self._send(Ask(turns, params, aside=True, seeing=seeing, stated=stated))
        return True

    def stop_answer(self) -> None:
        """End the running answer: by the flag, and after two seconds with the worker.

        While a tower is being loaded, its seconds do not count.
        """
        if self._host is not None and self._answering is not None:
            self._host.stop_answer()
            self._patience.start()

    def measure_sizes(self, record: str, *, at_once: bool = False) -> None:
        """Have it said what each size costs; `record`: where that is kept. See `MeasureSizes`."""
        self._send(MeasureSizes(record, at_once))

    def release(self, modality: Modality) -> None:
        """Give a tower's memory back, or give up loading it."""
        self._send(Release(modality))

    def release_ears(self) -> None:
        """Give the starter ears' memory back."""
        self._send(ReleaseEars())

    def set_idle_release(self, seconds: int) -> None:
        """After how long without use towers are released, 0 = never."""
        self._send(SetIdleRelease(seconds))

    def shutdown(self) -> None:
        """End the worker, within two seconds. Waits; nothing is emitted after it."""
        self._restart.stop()
        self._patience.stop()
        self._life += 1  # what still waits in the event loop is of a worker that is no more
        host, self._host = self._host, None
        if host is not None:
            host.close()

    def _send(self, command: Command) -> None:
        """Without a worker a command is lost: who sent it will hear of the next one."""
        if self._host is not None:
            self._outbox.put(command)
            self._send_waiting()

    def _send_waiting(self) -> None:
        if self._host is not None:
            for command in self._outbox.take():
                self._host.send(command)

    def _begin_life(self) -> None:
        self._life += 1
        self._outbox.clear()
        self._opening.clear()
        self._supervisor.note_start(time.monotonic())
        arrived: Callable[[object], None] = partial(self._arrived.emit, self._life)
        try:
            host = self._make_host(arrived, lambda code: arrived(_Death(code)))
            host.start()
        except OSError as error:  # no process, memory or file handle is left
            death = _Death(None, error.strerror or str(error))
            QTimer.singleShot(0, self, partial(arrived, death))  # told later, as every death is
            return
        self._host = host
        self._send(Hello())
        if self._wanted is not None:
            self._send_wanted()

    def _send_wanted(self) -> None:
        assert self._wanted is not None
        self._opening.append(self._wanted)
        self._send(self._wanted)

    @Slot()
    def _start_again(self) -> None:
        self._begin_life()
        self.worker_restarted.emit()

    @Slot()
    def _lose_patience(self) -> None:
        """The worker does not stop answering: end it. Its death is no fault to count."""
        if self._host is not None and self._answering is not None:
            self._stopping = True
            self._host.terminate()

    @Slot(int, object)
    def _take(self, life: int, event: Event | _Death) -> None:
        if life != self._life:
            return  # of a worker that is no more
        match event:
            case _Death():
                self._bury(event)
            case Handled(seq):
                self._outbox.acknowledge(seq)
                self._send_waiting()
            case Ready():
                self.ready.emit(event)
            case Loaded(model):
                asked = self._answered() or LoadModel("", None, self.weights, self.small_ears)
                self._good = replace(asked, folder=model.folder, size=model.size)
                if not self._opening:
                    self._wanted = self._good
                self.loaded.emit(model)
            case SizeChanged(name):
                if self._good is not None:
                    self._good = replace(self._good, size=name)
                    if not self._opening:
                        self._wanted = self._good
                self.size_changed.emit(name)
            case SizesMeasured(figures):
                self.sizes_measured.emit(figures)
            case SegmentChanged(recording, segment, captured_at):
                self.segment_changed.emit(recording, segment, captured_at)
            case TranslationChanged(recording, translation):
                self.translation_changed.emit(recording, translation)
            case Translated():
                self.translated.emit(event)
            case Listening(recording, state):
                self.listening_changed.emit(recording, state)
            case FileHeard():
                self.file_heard.emit(event)
            case Metrics(_, metrics):
                self.metrics_changed.emit(metrics)
            case Memory(parts):
                self.memory_changed.emit(parts)
            case Tower(state=state):
                if state is TowerState.LOADING and self._patience.isActive():
                    self._patience.start()  # it looks at no stop meanwhile, and is alive
                self.tower_changed.emit(event)
            case Heard():
                self.heard.emit(event)
            case Token():
                self.token.emit(event)
            case Context():
                self.context_changed.emit(event)
            case Finished(turn):
                self._end_answer(turn)
                self.finished.emit(event)
            case Progress(what, fraction):
                self.progress.emit(what, fraction)
            case Failed(kind, message, load=True):
                self._answered()
                if self._opening:  # another was wanted since, and is on its way
                    self.failed.emit(kind, message)
                else:
                    self._wanted = self._good  # the old one stays open
                    self.load_failed.emit(kind, message)
            case Failed(kind, message, turn):
                self._take_failure(kind, message, turn)

    def _answered(self) -> LoadModel | None:
        """Which request to open a model has its answer; None where none was made."""
        return self._opening.popleft() if self._opening else None

    def _take_failure(self, kind: ErrorKind, message: str, turn: int | None) -> None:
        self.failed.emit(kind, message)
        if turn is not None and (turn == self._answering or turn in self._asides):
            self._end_answer(turn)
            self.finished.emit(Finished(turn, FinishReason.FAILED))

    def _end_answer(self, turn: int) -> None:
        self._asides.discard(turn)
        if turn == self._answering:
            self._answering = None
            self._patience.stop()

    def _bury(self, death: _Death) -> None:
        """The worker is dead: tell, and see to another."""
        log.warning("the worker ended: %s", death)
        host, self._host = self._host, None
        if host is not None:
            host.close()
        stopped, self._stopping = self._stopping, False
        delay = 0.0 if stopped else self._supervisor.note_death(time.monotonic())
        opening = self.opening and not stopped
        back = opening and self._good is not None and self._wanted != self._good
        if back:
            self._wanted = self._good  # what was to be opened may have killed it
        turn = self._answering
        if turn is not None:
            self._end_answer(turn)
            reason = FinishReason.STOPPED if stopped else FinishReason.FAILED
            self.finished.emit(Finished(turn, reason))
        for aside in list(self._asides):
            self._end_answer(aside)
            self.finished.emit(Finished(aside, FinishReason.FAILED))
        self.worker_died.emit(self._obituary(death, stopped, delay, back=back))
        if delay is None:
            self.gave_up.emit()
        else:
            self._restart.start(round(delay * 1000))

    def _obituary(self, death: _Death, stopped: bool, delay: float | None, *, back: bool) -> str:
        """What happened and what comes next, in one sentence."""
        if stopped:
            cause = self.tr("The model did not stop in time and is being started anew")
        elif death.refused:
            cause = self.tr("The model could not be started ({})").format(death.refused)
        elif (fatal := killed_by(death.exit_code)) is None:
            cause = self.tr("The model stopped unexpectedly (exit code {})").format(death.exit_code)
        elif fatal.name == "SIGKILL":
            cause = self.tr("The model stopped: memory ran out or it was killed")
        elif fatal.name == "SIGBUS":  # a mapped file was read behind its new end
            cause = self.tr(
                "The model stopped: its files became shorter, or the disk that holds them failed"
            )
        else:
            cause = self.tr("The model crashed ({})").format(fatal.name)
        if delay is None:
            return self.tr("{}; open a model to try again.").format(cause)
        if back:
            return self.tr("{}; the model before it is opened again.").format(cause)
        if delay > 0:
            return self.tr("{}; it starts again in {} seconds.").format(cause, round(delay))
        return cause + "." if stopped else self.tr("{}; it starts again.").format(cause)
