"""What each kind of weights would take of this computer's memory, for the open model."""

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QLabel, QWidget

from app.models.live import LiveState
from app.models.memory import bytes_text
from app.settings.choices import HeldWeights


class WeightsNote(QLabel):
    """A few lines of the settings; follows the model that is open."""

    def __init__(self, state: LiveState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setProperty("role", "muted")
        self.setObjectName("weights_note")
        self.setWordWrap(True)
        state.model_changed.connect(self.show_costs)
        self.show_costs()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_costs()

    @Slot()
    def show_costs(self) -> None:
        """Say it for the model that is open now."""
        model = self._state.model
        self.setVisible(model is not None and bool(model.held_bytes or not model.held))
        if model is None:
            return
        if not model.held:
            self.setText(
                self.tr("{name} came with small weights: they are kept as they are.").format(
                    name=model.name
                )
            )
            return
        names = {
            HeldWeights.INT4.value: self.tr("in 4 bits {size}"),
            HeldWeights.INT8.value: self.tr("in 8 bits {size}"),
            HeldWeights.EXACT.value: self.tr("as published {size}"),
        }
        costs = [
            text.format(size=bytes_text(model.held_bytes[kind]))
            for kind, text in names.items()
            if kind in model.held_bytes
        ]
        now = {
            HeldWeights.INT4.value: self.tr("in 4 bits"),
            HeldWeights.INT8.value: self.tr("in 8 bits"),
            HeldWeights.EXACT.value: self.tr("as published"),
        }
        self.setText(
            self.tr("The text model of {name} takes {costs}; now its weights are {now}.").format(
                name=model.name, costs=self.tr(", ").join(costs), now=now[model.held]
            )
        )
