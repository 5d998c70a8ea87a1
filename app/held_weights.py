"""How the model's weights are held: two settings, put into force by opening the model again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from app.models.live import ModelState, Phase
from app.settings.choices import HeldWeights

if TYPE_CHECKING:
    from app.application import Application

_VARIABLE = "NESTLING_WEIGHTS"  # `--weights`, which the worker has inherited


class WeightsKeeper(QObject):
    """Tells the bridge what the setting says, and has the model opened again when it changes.

    State: `_due`: it changed while something was listened to or answered, or a model was opened;
    `_heard`: that of the audio tower did.
    """

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program = program
        self._settings, self._state, self._bridge = program.settings, program.state, program.bridge
        self._tell_bridge()
        self._due = self._heard = False
        self._settings.changed.connect(self._settings_changed)
        self._state.phase_changed.connect(self._go_on)
        self._bridge.finished.connect(self._go_on)
        # Queued: who else follows the model must be done with the one that was opened.
        self._state.model_changed.connect(self._go_on, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if not names & {"weights", "small_ears"}:
            return
        self._tell_bridge()
        fixed = os.environ.get(_VARIABLE)
        if fixed and "weights" in names:
            self._program.say(
                None,
                self.tr(
                    "Nestling was started with --weights {choice}: the setting holds from its "
                    "next start without that."
                ).format(choice=fixed),
            )
            if "small_ears" not in names:
                return
        self._due, self._heard = True, "small_ears" in names
        if self._is_busy():
            self._program.say(
                None, self.tr("It holds as soon as nothing is listened to or answered.")
            )
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        """Open the model again if that is due and disturbs nothing."""
        model = self._state.model
        if not self._due or self._is_busy():
            return
        self._due = False
        if model is None:
            return  # the next one that is opened has them so
        self._program.keeper.open_again(model)
        self._program.say(None, self._sentence())

    def _is_busy(self) -> bool:
        return (
            self._state.phase is not Phase.IDLE
            or self._state.asking_aloud
            or self._program.conversation.answering
            or self._state.model_state is ModelState.LOADING
        )

    def _tell_bridge(self) -> None:
        self._bridge.weights = self._settings.values.weights.value
        self._bridge.small_ears = self._settings.values.small_ears

    def _sentence(self) -> str:
        if self._heard and self._settings.values.small_ears:
            return self.tr("The model is opened again; it hears in 8 bits from now on.")
        if self._heard:
            return self.tr("The model is opened again; it hears as published from now on.")
        return {
            HeldWeights.AUTO: self.tr("The model is opened again, with weights as memory allows."),
            HeldWeights.EXACT: self.tr("The model is opened again, with weights as published."),
            HeldWeights.INT8: self.tr("The model is opened again, with weights in 8 bits."),
            HeldWeights.INT4: self.tr("The model is opened again, with weights in 4 bits."),
        }[self._settings.values.weights]
