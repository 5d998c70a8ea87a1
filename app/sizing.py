"""What sizes cost here, and the automatic one: the largest that this machine carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Slot

from app.models.live import Phase
from app.widgets.sizes_dialog import SizesDialog

if TYPE_CHECKING:
    from app.application import Application
    from engine.datatypes import ModelInfo, SizeFigures, SizeInfo

LIVE_LIMIT = 0.8  # of a second that hearing a second may take: speech comes in bursts
BEHIND_READINGS = 20  # in a row, two a second: 10 s


class Because(StrEnum):
    """Why no larger size was taken."""

    LARGEST = "largest"
    ANSWERS = "answers"  # the next larger one answers too slowly
    LIVE = "live"  # the next larger one does not keep up with speech
    BEHIND = "behind"  # it was tried, and did not keep up
    SMALLEST = "smallest"  # even the smallest is too slow


@dataclass(frozen=True, slots=True)
class Choice:
    """A size, and why it is that one. figure: tokens a second, or a share, of the next larger."""

    name: str
    because: Because
    figure: float = 0.0


def largest_carried(
    sizes: Sequence[SizeInfo],
    figures: Mapping[str, SizeFigures],
    tokens_per_s: float,
    *,
    live: bool,
    below: str | None = None,
) -> Choice:
    """The largest size that answers so fast, and keeps up with speech if `live`.

    sizes: smallest first. figures: of each. below: a size that did not keep up.
    """
    names = [size.name for size in sizes]
    reason = Choice(names[-1], Because.LARGEST)
    for name in reversed(names):
        one = figures[name]
        load = one.live_load if live and one.live_load is not None else 0.0
        if below in names and names.index(name) >= names.index(below or ""):
            reason = Choice(name, Because.BEHIND)
        elif load > LIVE_LIMIT:
            reason = Choice(name, Because.LIVE, load)
        elif one.tokens_per_s < tokens_per_s:
            reason = Choice(name, Because.ANSWERS, one.tokens_per_s)
        else:
            return Choice(name, reason.because, reason.figure)
    return Choice(names[0], Because.SMALLEST, figures[names[0]].tokens_per_s)


class Sizing(QObject):
    """Has sizes measured, shows what they cost, and chooses one where that is wished.

    A size is only ever asked for; the worker takes it between turns and utterances.
    """

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program = program
        self._settings, self._state, self._bridge = program.settings, program.state, program.bridge
        self._record = program.paths.sizes_file
        self._behind = 0  # readings in a row
        self._below: str | None = None
        self._dialog: SizesDialog | None = None
        self._bridge.loaded.connect(self._loaded)
        self._bridge.sizes_measured.connect(self._measured)
        self._settings.changed.connect(self._settings_changed)
        self._state.metrics_changed.connect(self._watch)
        program.commands.automatic_chosen.connect(self._take_automatic)
        program.commands.sizes_asked.connect(self.show_sizes)
        program.window.language_changed.connect(self._choose)
        program.conversation.context_changed.connect(self._note_conversation)
        self._state.set_automatic(self._settings.values.automatic_size)

    @Slot(object)
    def _loaded(self, model: ModelInfo) -> None:
        self._below, self._behind = None, 0
        self._state.set_figures(())
        if len(model.sizes) > 1:
            self._bridge.measure_sizes(str(self._record))

    @Slot(object)
    def _measured(self, figures: tuple[SizeFigures, ...]) -> None:
        self._state.set_figures(figures)
        self._choose()

    @Slot(bool)
    def _take_automatic(self, automatic: bool) -> None:
        self._below = None
        self._settings.change(automatic_size=automatic)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if names & {"automatic_size", "answer_speed"}:
            self._state.set_automatic(self._settings.values.automatic_size)
            self._choose()

    @Slot()
    def _note_conversation(self) -> None:
        self._state.set_conversation_tokens(self._program.conversation.used)

    @Slot()
    def _watch(self) -> None:
        """Take a smaller size where live transcription falls behind, whatever was measured."""
        metrics = self._state.metrics
        slow = metrics is not None and metrics.real_time_factor > 1.0
        self._behind = self._behind + 1 if slow else 0
        if self._behind >= BEHIND_READINGS and self._state.phase is Phase.LISTENING:
            self._behind, self._below = 0, self._state.wanted_size
            self._choose()

    @Slot()
    def _choose(self) -> None:
        model, figures = self._state.model, self._state.figures
        if not self._settings.values.automatic_size or model is None or not figures:
            self._state.set_size_reason("")
            return
        live = "transcribe" in model.tasks
        speed = self._settings.values.answer_speed
        choice = largest_carried(model.sizes, figures, speed, live=live, below=self._below)
        self._state.set_size_reason(self._sentence(choice))
        if choice.name != self._state.wanted_size:
            self._program.commands.size_chosen.emit(choice.name)

    def _sentence(self, choice: Choice) -> str:
        """Why this size, in one line."""
        match choice.because:
            case Because.LARGEST:
                return self.tr("The largest size is fast enough here.")
            case Because.ANSWERS:
                return self.tr(
                    "The next larger size answers with {speed} tokens a second, too slow."
                ).format(speed=QLocale().toString(choice.figure, "f", 1))
            case Because.LIVE:
                return self.tr("The next larger size takes {share} % of the time to hear.").format(
                    share=round(100 * choice.figure)
                )
            case Because.BEHIND:
                return self.tr("The next larger size fell behind what is said.")
            case Because.SMALLEST:
                return self.tr("Even the smallest size is slower than wished.")

    @Slot()
    def show_sizes(self) -> None:
        """All sizes with what they cost."""
        if self._dialog is None:
            self._dialog = SizesDialog(self._state, self._program.theme, self._program.window)
            self._dialog.chosen.connect(self._program.commands.size_chosen)
            self._dialog.measure_asked.connect(self._measure_again)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @property
    def dialog(self) -> SizesDialog | None:
        """The table, once it has been opened."""
        return self._dialog

    @Slot()
    def _measure_again(self) -> None:
        self._state.set_figures(())
        self._bridge.measure_sizes(str(self._record), at_once=True)
