"""What holds now: phase of listening, the model, its size, figures. Widgets read it.

Knows nothing of widgets, of the worker or of the microphone; the controller writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from engine.datatypes import LiveMetrics, ModelInfo, SizeFigures, SizeInfo

STARTER_NAME = "Moonshine tiny"  # what hears where the starter ears do


class Phase(StrEnum):
    """Whether the program listens, or writes down a file."""

    IDLE = "idle"
    LISTENING = "listening"
    PAUSED = "paused"  # the microphone is closed, the transcript goes on later
    STOPPING = "stopping"  # the microphone is closed, the last words are on their way
    READING = "reading"  # a sound file is written down; the microphone is closed


@dataclass(frozen=True, slots=True)
class FileProgress:
    """A sound file that is written down.

    length_s: None as long as it is not known. left_s: until it is done, None as long as one cannot
    say.
    """

    name: str
    heard_s: float = 0.0
    length_s: float | None = None
    left_s: float | None = None


class ModelState(StrEnum):
    """Whether there is a model to work with."""

    LOADING = "loading"
    READY = "ready"
    MISSING = "missing"  # the folder could not be used, or the worker is gone for good


class LiveState(QObject):
    """The facts of this moment, each with a signal.

    Signals:
        phase_changed(): `phase` or `asking_aloud` is another.
        model_changed(): `model`, `model_state`, `size` or `starter_ears` is another, or what
            sizes cost.
        coming_changed(): `coming`, the tower that is being loaded ("" = none), or its fraction.
        metrics_changed(): `metrics` is newer, or gone.
        microphone_changed(): `microphone` or `waiting_for_sound` is another.
        camera_changed(): `camera` is another.
        file_changed(): more of `file` is written down, or none is any more, or `files_waiting` is
            another.
    """

    phase_changed = Signal()
    model_changed = Signal()
    coming_changed = Signal()
    metrics_changed = Signal()
    microphone_changed = Signal()
    camera_changed = Signal()
    file_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.IDLE
        self.model_state = ModelState.LOADING
        self.model: ModelInfo | None = None
        self.size = ""
        self.wanted_size = ""
        self.automatic = False  # the size is chosen by what this machine carries
        self.size_reason = ""
        self.figures: dict[str, SizeFigures] = {}  # of every size, once they are known
        self.conversation_tokens = 0
        self._starter_wanted = False
        self.loading_fraction: float | None = None
        self.coming = ""
        self.coming_fraction: float | None = None
        self.metrics: LiveMetrics | None = None
        self.file: FileProgress | None = None
        self.files_waiting = 0  # for it to be written down
        self.asking_aloud = False
        self.microphone = ""
        self.waiting_for_sound = False
        self.camera = ""  # what is looked at; "": nothing
        self.camera_is_screen = self.camera_is_file = False
        self._heard_s = 0.0
        self._since: float | None = None

    @property
    def running(self) -> bool:
        """Whether there is something that "stop" would end."""
        return self.phase in (Phase.LISTENING, Phase.PAUSED, Phase.READING)

    @property
    def can_listen(self) -> bool:
        """Whether starting makes sense: a model that transcribes is there, or the first comes."""
        if self.phase is not Phase.IDLE or self.asking_aloud:
            return False
        if self.model_state is ModelState.LOADING:
            return self.model is None  # beside an open one, nothing would be heard until then
        return self.model is not None and "transcribe" in self.model.tasks

    @property
    def starter_wanted(self) -> bool:
        """Whether the starter ears shall hear where a model allows it, also the next one."""
        return self._starter_wanted

    @property
    def starter_ears(self) -> bool:
        """Whether another recogniser hears in the place of the open model."""
        return self._starter_wanted and self.model is not None and self.model.starter_ears

    @property
    def coming_sentence(self) -> str:
        """What a question or the microphone waits for; empty if for nothing."""
        if not self.coming:
            return ""
        percent = f"{round(100 * (self.coming_fraction or 0.0))} %"
        if self.coming == "vision":
            return self.tr("Seeing is being loaded… {percent}").format(percent=percent)
        return self.tr("Hearing is being loaded… {percent}").format(percent=percent)

    @property
    def listened_s(self) -> float:
        """Seconds of listening since the start, pauses left out."""
        running = monotonic() - self._since if self._since is not None else 0.0
        return self._heard_s + running

    def size_info(self) -> SizeInfo | None:
        """The size in force."""
        sizes = self.model.sizes if self.model else ()
        return next((size for size in sizes if size.name == self.size), None)

    def set_phase(self, phase: Phase) -> None:
        """Go to a phase; the clock of `listened_s` runs while listening."""
        if phase is self.phase:
            return
        if self.phase is Phase.IDLE:
            self._heard_s = 0.0
        if self._since is not None:
            self._heard_s += monotonic() - self._since
        self._since = monotonic() if phase is Phase.LISTENING else None
        self.phase = phase
        self.phase_changed.emit()

    def set_file(self, file: FileProgress | None) -> None:
        """How much of a file is written down; None: none is."""
        if file != self.file:
            self.file = file
            self.file_changed.emit()

    def set_files_waiting(self, count: int) -> None:
        """How many files come after the one that is written down."""
        if count != self.files_waiting:
            self.files_waiting = count
            self.file_changed.emit()

    def set_asking_aloud(self, asking: bool) -> None:
        """Whether the microphone is open to hear a question for the conversation."""
        if asking is not self.asking_aloud:
            self.asking_aloud = asking
            self.phase_changed.emit()

    def set_loading(self, fraction: float | None = None) -> None:
        """A model is on its way. fraction: 0..1, None if unknown."""
        self.model_state = ModelState.LOADING
        self.loading_fraction = fraction
        self.model_changed.emit()

    def set_model(self, model: ModelInfo) -> None:
        """A model is ready."""
        self.model, self.size = model, model.size
        self.wanted_size = model.size
        self.model_state = ModelState.READY
        self.model_changed.emit()

    def set_starter_wanted(self, wanted: bool) -> None:
        """Whether the starter ears shall hear where the model allows it."""
        if wanted is not self._starter_wanted:
            self._starter_wanted = wanted
            self.model_changed.emit()

    def set_missing(self) -> None:
        """No model can be used; if one was ready, it stays."""
        self.model_state = ModelState.READY if self.model else ModelState.MISSING
        self.model_changed.emit()

    def drop_model(self) -> None:
        """The worker is gone with all it had loaded; another is on its way."""
        self.model = None
        self.set_loading()

    def set_coming(self, tower: str, fraction: float | None = None) -> None:
        """A tower ("audio", "vision") is being loaded, 0..1 of it is there; or none is any more."""
        if (tower, fraction) != (self.coming, self.coming_fraction):
            self.coming, self.coming_fraction = tower, fraction
            self.coming_changed.emit()

    def set_wanted_size(self, name: str) -> None:
        """A size is asked for and will hold from the next utterance."""
        self.wanted_size = name
        self.model_changed.emit()

    def set_automatic(self, automatic: bool) -> None:
        """Whether the size is chosen by the program."""
        self.automatic = automatic
        self.model_changed.emit()

    def set_size_reason(self, sentence: str) -> None:
        """Why the program chose the size; "": a person did."""
        if sentence != self.size_reason:
            self.size_reason = sentence
            self.model_changed.emit()

    def set_figures(self, figures: tuple[SizeFigures, ...]) -> None:
        """What every size costs here; empty: not known."""
        self.figures = {one.name: one for one in figures}
        self.model_changed.emit()

    def set_conversation_tokens(self, tokens: int) -> None:
        """How much of a conversation the model has read."""
        self.conversation_tokens = tokens

    def switch_sentence(self, size: SizeInfo) -> str:
        """What a change to another size costs; "" for the one in force."""
        now = self.size_info()
        if now is None or size.name == now.name:
            return ""
        if size.kv_class == now.kv_class or not self.conversation_tokens:
            return self.tr("Nothing is read anew.")
        figures, tokens = self.figures.get(size.name), self.conversation_tokens
        if figures is None:
            return self.tr("{tokens} tokens are read anew.").format(tokens=tokens)
        seconds = max(1, round(tokens / figures.read_per_s))
        return self.tr("{tokens} tokens are read anew, about {seconds} s.").format(
            tokens=tokens, seconds=seconds
        )

    def set_size(self, name: str) -> None:
        """The size in force."""
        self.size = self.wanted_size = name
        self.model_changed.emit()

    def set_metrics(self, metrics: LiveMetrics | None) -> None:
        """New figures of the running recording."""
        self.metrics = metrics
        self.metrics_changed.emit()

    def set_microphone(self, label: str, *, waiting: bool) -> None:
        """Which microphone is heard, and whether sound is still awaited from it."""
        if (label, waiting) != (self.microphone, self.waiting_for_sound):
            self.microphone, self.waiting_for_sound = label, waiting
            self.microphone_changed.emit()

    def set_camera(self, label: str, *, is_screen: bool, is_file: bool) -> None:
        """What is looked at; "": nothing. is_file: a video, which is nobody's room."""
        news = (label, is_screen, is_file)
        if news != (self.camera, self.camera_is_screen, self.camera_is_file):
            self.camera, self.camera_is_screen, self.camera_is_file = news
            self.camera_changed.emit()
