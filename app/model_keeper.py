"""Which model is open: opening, falling back, its size, its memory, the death of its worker."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.error_words import in_own_language
from app.models.live import ModelState
from app.models.memory import Usage
from app.paths import bundled_model
from engine.errors import ErrorKind

if TYPE_CHECKING:
    from app.application import Application
    from engine.datatypes import ModelInfo, PartMemory

log = logging.getLogger(__name__)

# What is said of one model, and is over with the next.
_OF_A_MODEL = (ErrorKind.WORKER_DIED, ErrorKind.OUT_OF_MEMORY, ErrorKind.UNSUPPORTED_TASK)


class ModelKeeper(QObject):
    """Opens the wanted model, or says why not and opens the bundled one instead.

    Signals:
        gone(): no model can be had until a person asks for one.
    """

    gone = Signal()

    _asked_size: str | None

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program = program
        self._settings, self._state, self._window = program.settings, program.state, program.window
        self._bridge = bridge = program.bridge
        self._asked_folder, self._asked_size = "", None
        self._opening = False  # what was asked for has not been open yet
        self._instead = False  # the bundled model was taken: the wanted one cannot be had today
        self._death = ""
        bridge.loaded.connect(self._loaded)
        bridge.size_changed.connect(self._size_changed)
        bridge.memory_changed.connect(self._memory_changed)
        bridge.progress.connect(self._progress)
        bridge.failed.connect(self._engine_failed)
        bridge.load_failed.connect(self._load_failed)
        bridge.worker_died.connect(self._worker_died)
        bridge.gave_up.connect(self._gave_up)
        program.commands.model_chosen.connect(self.load)
        program.commands.size_chosen.connect(self._size_chosen)

    @Slot(str)
    def load(self, folder: str, size: str | None = None) -> None:
        """Open a model folder from now on; the old one stays in use until the new one is ready."""
        self._instead = False
        self._open(folder, size)

    def open_again(self, model: ModelInfo) -> None:
        """Open the model that is in use once more, in its size."""
        self._open(model.folder, self._state.size or None)

    def _open(self, folder: str, size: str | None) -> None:
        self._window.banner.clear(ErrorKind.BAD_MODEL, ErrorKind.WORKER_DIED)
        self._asked_folder, self._asked_size = folder, size
        self._opening = True
        self._state.set_loading()
        self._bridge.load_model(folder, size)

    @Slot(str)
    def _size_chosen(self, name: str) -> None:
        self._state.set_wanted_size(name)
        self._settings.change(size=name)
        self._bridge.set_size(name)

    @Slot(object)
    def _loaded(self, model: ModelInfo) -> None:
        if not self._instead and Path(model.folder) == Path(self._asked_folder):
            self._window.banner.clear(*_OF_A_MODEL)
        self._asked_folder, self._opening = model.folder, False
        bundled = Path(model.folder) == bundled_model()
        if not self._instead:
            if self._program.options.model is None:
                self._remember("" if bundled else model.folder)
            if self._settings.values.size not in {size.name for size in model.sizes}:
                self._settings.change(size="")  # it was chosen with another model
        if "transcribe" not in model.tasks:
            self._program.say(
                ErrorKind.UNSUPPORTED_TASK,
                self.tr(
                    "{name} was not made to transcribe speech; open another model to listen."
                ).format(name=model.name),
            )

    def _remember(self, folder: str) -> None:
        try:
            self._settings.change(model_folder=folder)
        except ValueError:
            self._program.say(
                None,
                self.tr(
                    "The name of this model’s folder is no text that can be kept: rename it, or "
                    "open it again after the next start."
                ),
            )

    @Slot(str)
    def _size_changed(self, name: str) -> None:
        self._state.set_size(name)

    @Slot(str, object)
    def _progress(self, _what: str, fraction: float | None) -> None:
        if self._state.model_state is ModelState.LOADING:
            self._state.set_loading(fraction)

    @Slot(dict)
    def _memory_changed(self, parts: dict[str, PartMemory]) -> None:
        usage = {part: Usage(m.private, m.file_backed) for part, m in parts.items()}
        rest, own = usage.get("app", Usage()), own_memory()
        usage["app"] = Usage(rest.private + own.private, rest.file_backed + own.file_backed)
        self._program.memory.put(usage)

    @Slot(object, str)
    def _engine_failed(self, kind: ErrorKind, message: str) -> None:
        self._program.say(kind, in_own_language(kind, message))

    @Slot(object, str)
    def _load_failed(self, kind: ErrorKind, message: str) -> None:
        if self._asked_size is not None and kind is ErrorKind.BAD_INPUT:
            log.info("opened again without a size: %s", message)
        elif self._instead and kind is ErrorKind.BAD_MODEL:
            log.warning("the bundled model cannot be used either: %s", message)
        else:
            self._engine_failed(kind, message)
        if self._asked_size is not None and kind is not ErrorKind.OUT_OF_MEMORY:
            self._try_instead(self._asked_folder)  # sizes have names of their own in each model
        elif self._state.model is None and Path(self._asked_folder) != bundled_model():
            self._try_instead(str(bundled_model()))
            self._instead = True  # what is wrong with the wanted one matters more
        else:
            self._state.set_missing()
            if self._state.model is None:
                self.gone.emit()
            else:  # it stays
                self._asked_folder, self._opening = self._state.model.folder, False

    def _try_instead(self, folder: str) -> None:
        self._asked_size, self._asked_folder = None, folder
        self._bridge.load_model(folder)

    @Slot(str)
    def _worker_died(self, reason: str) -> None:
        self._program.memory.put({"app": own_memory()})
        self._death = reason
        self._program.say(ErrorKind.WORKER_DIED, reason)

    @Slot()
    def _gave_up(self) -> None:
        again: Callable[[], None] = self._load_again
        bundled = str(bundled_model())
        if self._opening and self._asked_folder != bundled:
            again = partial(self.load, self._asked_folder, self._settings.values.size or None)
            self._try_instead(bundled)
            self._instead = True
        else:
            self._state.set_missing()
            self.gone.emit()
        self._window.banner.show_message(
            ErrorKind.WORKER_DIED, self._death, self.tr("Try again"), again
        )

    def _load_again(self) -> None:
        self._open(self._asked_folder, self._settings.values.size or None)


def own_memory() -> Usage:
    """Memory of this process, without the worker's."""
    import psutil

    memory = psutil.Process().memory_info()
    shared = getattr(memory, "shared", 0)
    return Usage(memory.rss - shared, shared)
