""" "Tell me when …": asks the model about a condition again only when the scene has changed.

Knows nothing of widgets. Everything here runs in the GUI thread, and nothing in it waits.
"""

import logging
import re
import time
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal, Slot

from app.bridge.bridge import EngineBridge
from app.capture.picture import fitted
from app.capture.scene import SceneGate, Sensitivity, Verdict
from engine.datatypes import CameraFrame, FinishReason, Rgb, Role, SamplingParams, Seeing, Turn
from engine.protocol import Finished, Token

log = logging.getLogger(__name__)

LOOK_INTERVAL_S = 0.2  # a change measure on each frame of a fast camera would be wasted
SAMPLING = SamplingParams(temperature=0.0, max_tokens=4)
SEEING = Seeing(budget_s=2.0)  # news that comes late is none: rather a smaller picture


class Answer(StrEnum):
    """What the model says of the condition."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def answer_of(text: str) -> Answer:
    """The first of the two words in what the model wrote."""
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if word in ("yes", "no"):
            return Answer(word)
    return Answer.UNCLEAR


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that is worth a line in the log.

    answer: YES: the condition holds from now on; NO: it does not hold any more; UNCLEAR: the model
        gave no answer that could be read.
    at: seconds since the epoch at which the frame was taken.
    picture: the frame that was asked about.
    """

    answer: Answer
    at: float
    picture: Rgb


@dataclass(frozen=True, slots=True)
class Counts:
    """Frames since the beginning: looked at, asked about, and changed but passed over."""

    seen: int = 0
    asked: int = 0
    late: int = 0

    @property
    def skipped(self) -> int:
        """Frames that showed nothing new."""
        return self.seen - self.asked - self.late


class Watch(QObject):
    """Watches for one condition at a time.

    State: the scene last asked about, the answer it got, the newest changed frame that waits while
    an answer is on its way. All of it is forgotten at `stop`.

    Signals:
        running_changed(): `running` or `condition` is another.
        counted(): `counts` is another.
        sighted(Sighting): the answer is another than before.
    """

    running_changed = Signal()
    counted = Signal()
    sighted = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.condition = ""
        self.counts = Counts()
        self._gate = SceneGate()
        self._looked_at = 0.0
        self._holds = self._unclear = False  # as last answered
        self._turns = 0
        self._finishing = False
        self._asking: CameraFrame | None = None
        self._waiting: CameraFrame | None = None
        self._text = ""
        bridge.token.connect(self._take_token)
        bridge.finished.connect(self._take_end)
        bridge.loaded.connect(self._model_ready)

    @property
    def running(self) -> bool:
        """Whether it watches."""
        return bool(self.condition)

    def start(self, condition: str, sensitivity: Sensitivity = Sensitivity.NORMAL) -> None:
        """Watch for this from the next frame on."""
        self._forget()
        self.condition = condition.strip()
        self.counts = Counts()
        self._gate = SceneGate(sensitivity)
        self.counted.emit()
        self.running_changed.emit()

    @Slot()
    def stop(self) -> None:
        """Watch no more; an answer on its way is not heard."""
        if self.running:
            self.condition = ""
            self._forget()
            self.running_changed.emit()

    def finish(self) -> None:
        """No frame comes any more: stop once what is asked has been answered."""
        self._finishing = True
        self._stop_if_done()

    def _stop_if_done(self) -> None:
        if self._finishing and self._asking is None:
            self.stop()

    @Slot(object)
    def look(self, frame: CameraFrame) -> None:
        """Take the camera's newest frame."""
        if not self.running or frame.captured_at - self._looked_at < LOOK_INTERVAL_S:
            return
        self._looked_at = frame.captured_at
        look = self._gate.look(frame)
        seen, asked, late = self.counts.seen + 1, self.counts.asked, self.counts.late
        if look.verdict is Verdict.CHANGED:
            late += self._waiting is not None
            asked += self._waiting is None
            self._waiting = look.frame
            self._ask()
        self.counts = Counts(seen, asked, late)
        self.counted.emit()

    def _forget(self) -> None:
        self._asking = self._waiting = None
        self._finishing = False
        self._holds = self._unclear = False
        self._looked_at = 0.0
        self._gate.reset()
        self._turns -= 1  # what still comes is of a question nobody has asked

    def _ask(self) -> None:
        """Ask about the frame that waits, once the last answer is there."""
        if self._waiting is None or self._asking is not None:
            return
        self._turns -= 1  # the conversation counts upwards
        turn = Turn(self._turns, Role.USER, self.condition, images=(fitted(self._waiting.rgb),))
        if self._bridge.ask_aside((turn,), SAMPLING, SEEING, stated=True):
            self._asking, self._waiting, self._text = self._waiting, None, ""

    @Slot(object)
    def _take_token(self, token: Token) -> None:
        if token.turn == self._turns:
            self._text += token.piece

    @Slot(object)
    def _take_end(self, finished: Finished) -> None:
        frame = self._asking
        if finished.turn != self._turns or frame is None:
            return
        self._asking = None
        if finished.reason in (FinishReason.FAILED, FinishReason.STOPPED):
            # The question was lost, not answered: ask again, unless there is newer news.
            self._waiting = self._waiting or frame
        else:
            self._take_answer(answer_of(self._text), frame)
        if finished.reason is not FinishReason.FAILED:  # it would fail again at once
            self._ask()
        self._stop_if_done()

    @Slot(object)
    def _model_ready(self, _model: object) -> None:
        self._ask()

    def _take_answer(self, answer: Answer, frame: CameraFrame) -> None:
        log.info("watch: %s", answer)
        if answer is Answer.UNCLEAR:
            news, self._unclear = not self._unclear, True
        else:
            holds = answer is Answer.YES
            news, self._holds, self._unclear = holds is not self._holds, holds, False
        if news:
            age_s = time.monotonic() - frame.captured_at
            self.sighted.emit(Sighting(answer, time.time() - age_s, frame.rgb))
