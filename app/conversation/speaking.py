"""A question that is spoken: sound from the microphone between pressing and letting go.

Uses the microphone that already listens, or opens it for as long as the question takes. Knows
nothing of widgets; the sound is kept in memory and goes to the worker with the question.
"""

from time import monotonic

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.capture.controller import CaptureController
from app.capture.microphone import CaptureState
from app.models.live import LiveState, Phase
from app.settings.store import SettingsStore
from engine.datatypes import SAMPLE_RATE, AudioChunk

LONGEST_S = 30.0  # what the audio tower was trained on at once
TAP_S = 0.4  # let go sooner, and the microphone stays open until it is pressed again
TICK_MS = 250


class SpokenQuestion(QObject):
    """Hears one question at a time.

    Signals:
        changed(): `hearing`, `seconds` or `possible` may be another.
        heard(object): the question's sound, float32[n], 16 kHz, mono.
        missed(): it has ended, and no sound came.
    """

    changed = Signal()
    heard = Signal(object)
    missed = Signal()

    def __init__(
        self,
        capture: CaptureController,
        state: LiveState,
        settings: SettingsStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._capture, self._state, self._settings = capture, state, settings
        self._chunks: list[AudioChunk] = []
        self._hearing = self._ours = self._ending = False
        self._pressed_at = 0.0
        self._latched = False
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.changed)
        capture.chunk_captured.connect(self._take_chunk)
        capture.state_changed.connect(self._capture_changed)
        state.phase_changed.connect(self.changed)

    @property
    def hearing(self) -> bool:
        """Whether a question is being heard."""
        return self._hearing

    @property
    def possible(self) -> bool:
        """Whether one could begin: not while a transcript is paused or comes to its end."""
        phase = self._state.phase
        closed = self._capture.state is CaptureState.STOPPED
        return phase is Phase.LISTENING or (phase is Phase.IDLE and closed)

    @property
    def seconds(self) -> float:
        """How much of it has been heard."""
        return sum(chunk.pcm.size for chunk in self._chunks) / SAMPLE_RATE

    @Slot()
    def press(self) -> None:
        """The button goes down: begin, or prepare to end."""
        self._latched = self._hearing
        self._pressed_at = monotonic()
        if not self._hearing:
            self.begin()

    @Slot()
    def let_go(self) -> None:
        """The button comes up: the end, unless it was only tapped to begin."""
        if self._hearing and (self._latched or monotonic() - self._pressed_at >= TAP_S):
            self.end()

    @Slot()
    def toggle(self) -> None:
        """Begin, or end and ask."""
        if self._hearing:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Hear from now on, where that is `possible`."""
        if self._hearing or not self.possible:
            return
        listening = self._state.phase is Phase.LISTENING
        self._chunks.clear()
        self._hearing, self._ending, self._ours = True, False, not listening
        self._state.set_asking_aloud(True)
        if self._ours:
            self._capture.start(self._settings.values.microphone or None)
        self._tick.start()
        self.changed.emit()

    def end(self) -> None:
        """Ask what was heard; the microphone closes if it was opened for this."""
        if not self._hearing or self._ending:
            return
        self._ending = True
        if self._ours:
            self._capture.stop()  # its last chunk comes before STOPPED
        else:
            self._finish()

    def cancel(self) -> None:
        """Hear no more, and ask nothing."""
        if self._hearing:
            self._chunks.clear()
            self._quiet()
            if self._ours:
                self._capture.stop()

    @Slot(object)
    def _take_chunk(self, chunk: AudioChunk) -> None:
        if self._hearing:
            self._chunks.append(chunk)
            if self.seconds >= LONGEST_S:
                self.end()

    @Slot(object)
    def _capture_changed(self, state: CaptureState) -> None:
        if state in (CaptureState.STOPPED, CaptureState.PAUSED) and self._hearing:
            self._finish()
        self.changed.emit()

    def _finish(self) -> None:
        chunks = [chunk.pcm for chunk in self._chunks]
        self._chunks.clear()
        self._quiet()
        if chunks:
            self.heard.emit(np.concatenate(chunks)[: round(LONGEST_S * SAMPLE_RATE)])
        else:
            self.missed.emit()

    def _quiet(self) -> None:
        self._hearing = False
        self._tick.stop()
        self._state.set_asking_aloud(False)
        self.changed.emit()
