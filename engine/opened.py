"""What a session holds: the open model with what was made for it, and a live recording.

Knows no pipe, no window and no order of events: `engine.session` decides what happens when.
"""

import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from engine import residency
from engine.chat import Chat
from engine.datatypes import Languages, Modality, ModelInfo, SizeInfo, Task
from engine.errors import ErrorKind, NestlingError
from engine.footprint import give_back
from engine.live.gemma import GemmaRecogniser
from engine.live.interpreter import Interpreter, LiveTranslation
from engine.live.metrics import StepLog
from engine.live.moonshine import is_installed
from engine.live.transcriber import Transcriber
from engine.live.translator import GemmaTranslator
from engine.measuring import Measuring
from engine.model import Gemma3n
from engine.protocol import Event, Progress
from engine.senses import Pace
from engine.text.matformer import Size, kv_classes
from engine.towers import Towers
from engine.weights import Weights

# One fixed sentence for each task that a model was not made for.
UNSUPPORTED = {
    Task.CHAT: "This model was not made to chat: open a general Gemma 3n model to ask things.",
    Task.TRANSCRIBE: "This model was not made to transcribe: open a Gemma 3n model that hears.",
    Task.SEE: "This model has no eyes: open a Gemma 3n model that sees to ask about pictures.",
    Task.TRANSLATE: "This model was not made to translate: open a general Gemma 3n model.",
}


def opening(
    folder: Path, device: str, weights: Weights, size: str | None
) -> Generator[Event, None, Gemma3n]:
    """Open a model, telling how far it is."""
    steps = Gemma3n.opening(folder, device=device, weights=weights, size=size)
    while True:
        try:
            yield Progress("model", next(steps))
        except StopIteration as end:
            model: Gemma3n = end.value
            return model


class Recording:
    """A live transcription that runs. let_go: of what hears."""

    def __init__(
        self,
        number: int,
        transcriber: Transcriber,
        translation: LiveTranslation,
        now: float,
        log: StepLog | None,
        let_go: Callable[[], None],
    ) -> None:
        self.number = number
        self._let_go = let_go
        self.log = log
        self.transcriber = transcriber
        self.translation = translation
        self.metrics_due = now
        self.size_due: str | None = None  # to be announced at the end of the utterance

    def close(self) -> None:
        """Let go of what hears; close the log, if one is kept."""
        self._let_go()
        if self.log is not None:
            self.log.close()


class Opened:
    """An open model, the size in force, and what was made for it so far."""

    def __init__(self, model: Gemma3n, size: str | None, clock: Callable[[], float]) -> None:
        self.model = model
        self.towers = Towers(model, clock)
        self.size = model.sizes.size(size) if size is not None else model.sizes.largest
        self.pace = Pace()
        self.said: dict[str, str] = {}  # in sounds that were put into words, by their content
        self.chat = Chat(model, self.pace)
        self._recogniser: GemmaRecogniser | None = None
        self._translator: GemmaTranslator | None = None
        self.interpreter: Interpreter | None = None
        self.measuring: Measuring | None = None
        self._outlasted = False  # by a translation that a larger size began, and goes on reading

    def make_interpreter(self) -> Interpreter:
        """The interpreter, made when first asked for."""
        if self.interpreter is None:
            self._translator = GemmaTranslator(self.model, self.size)
            self.interpreter = Interpreter(self._translator)
        return self.interpreter

    def recogniser(self) -> GemmaRecogniser:
        """The recogniser, made when first asked for: it has the audio tower loaded."""
        if self._recogniser is None:
            self._recogniser = GemmaRecogniser(self.model, self.size)
        return self._recogniser

    @property
    def allows_starter(self) -> bool:
        """Whether the starter ears may hear in its place: people's speech is beyond it."""
        return self.model.sizes.demonstration and is_installed()

    def take_size(self, size: Size) -> None:
        """Answer with this size from the next turn on, and hear with it from the next segment."""
        self.size = size
        self.give_back()
        self._outlasted = self.interpreter is not None and self.interpreter.working
        if self.measuring is not None:
            self.measuring.take_size(size)
        if self._recogniser is not None:
            self._recogniser.size = size
        if self._translator is not None:
            self._translator.size = size

    def give_back(self) -> None:
        """Give back weights that the size in force does not read: a larger one was just at work."""
        give_back(self.model.text, self.size)

    def settle(self) -> None:
        """Give back what a translation still read of a larger size, once it is done."""
        if self._outlasted and self.interpreter is not None and not self.interpreter.working:
            self._outlasted = False
            self.give_back()

    def release(self, modality: Modality) -> Sequence[Event]:
        """Let go of a tower and of what holds it, if it may go."""
        if modality is Modality.AUDIO and not self.towers.is_held(modality):
            self._recogniser = None
        return self.towers.release(modality)

    def tasks(self) -> tuple[Task, ...]:
        """What can be asked: what the model was made for and this engine does."""
        able = [Task.CHAT]
        if Modality.AUDIO in self.model.modalities:
            able.append(Task.TRANSCRIBE)
        if Modality.VISION in self.model.modalities:
            able.append(Task.SEE)
        able.append(Task.TRANSLATE)
        made_for = self.model.sizes.tasks
        return tuple(task for task in able if made_for is None or task in made_for)

    def require(self, task: Task, into: Languages | None = None) -> None:
        """Errors: UNSUPPORTED_TASK if the model was not made for it, or not for that language."""
        if task not in self.tasks():
            raise NestlingError(ErrorKind.UNSUPPORTED_TASK, UNSUPPORTED[task])
        known = self.model.sizes.languages
        if into is not None and known and into.target not in known:
            raise NestlingError(
                ErrorKind.UNSUPPORTED_TASK,
                f"This model does not translate into {into.target}, only into "
                f"{' and '.join(known)}: choose one of these, or open a general Gemma 3n model.",
            )

    def info(self) -> ModelInfo:
        """What the window is told of the model."""
        sizes, config = self.model.sizes, self.model.config.text
        classes = kv_classes(sizes.sizes, config)
        return ModelInfo(
            # Names of folders need not be text; what is shown and kept must be.
            name=os.fsencode(self.model.folder.resolve().name).decode("utf-8", "replace"),
            folder=str(self.model.folder),
            tasks=self.tasks(),
            modalities=self.model.modalities,
            sizes=tuple(
                SizeInfo(
                    name=size.name,
                    effective_params=self.model.effective_params(size),
                    layers=size.num_layers,
                    score=size.score,
                    kv_class=classes[size.name],
                )
                for size in sizes.sizes
            ),
            size=self.size.name,
            streaming=Modality.AUDIO in self.model.modalities,
            demonstration=sizes.demonstration,
            starter_ears=self.allows_starter,
            held=self.model.held,
            held_bytes=self.model.held_bytes(),
            languages=sizes.languages,
        )

    def kv_bytes(self) -> int:
        """Bytes of every cache of keys and values."""
        heard = 0 if self._recogniser is None else self._recogniser.kv_bytes
        translated = 0 if self._translator is None else self._translator.kv_bytes
        return self.chat.kv_bytes + heard + translated

    def extents(self) -> dict[str, list[residency.Extent]]:
        """Where the weights lie in the process's memory, by part."""
        weights = {**self.model.part_tensors(), **self.towers.arriving}
        extents = {
            part: [
                residency.Extent(tensor.data_ptr(), tensor.nbytes)
                for tensor in tensors
                if tensor.device.type == "cpu"
            ]
            for part, tensors in weights.items()
        }
        ple = self.model.text.ple
        return (
            extents
            if ple is None
            else extents | {"ple": [residency.Extent(*span) for span in ple.spans]}
        )
