"""The line at the bottom: model, size, lag, load, losses. Reads the live state."""

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.models.live import STARTER_NAME, LiveState, ModelState, Phase

LAGGING_S = 3.0  # behind by more than this is said in the warning tone


class _Elided(QLabel):
    """A label that ends in dots where it has too little room, and takes none from the window."""

    def minimumSizeHint(self) -> QSize:
        """High enough, and as narrow as may be."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter,
            self.rect(),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            self.palette(),
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )


class StatusStrip(QFrame):
    """Figures of this moment, each with its words in the tooltip."""

    def __init__(self, state: LiveState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setProperty("role", "status")
        self.model = self._label(stretches=True)
        self.size_name = self._label()
        self.lag = self._label()
        self.load = self._label()
        self.cadence = self._label(yields=True)
        self.dropped = self._label()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 6, 20, 7)
        layout.setSpacing(18)
        layout.addWidget(self.model, 1)
        for label in (self.size_name, self.lag, self.cadence, self.load, self.dropped):
            layout.addWidget(label)
        state.model_changed.connect(self._show)
        state.coming_changed.connect(self._show)
        state.metrics_changed.connect(self._show)
        state.phase_changed.connect(self._show)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setAccessibleName(self.tr("Status"))
        for label, tip in {
            self.model: self.tr("The model in use"),
            self.size_name: self.tr("The model size in force"),
            self.lag: self.tr("How far the shown words are behind the sound"),
            self.cadence: self.tr(
                "How often the words are renewed: as often as this computer can keep up"
            ),
            self.load: self.tr(
                "Computing time for each second of sound; above 1 the computer is too slow"
            ),
            self.dropped: self.tr("Sound that was lost before it could be heard"),
        }.items():
            label.setToolTip(tip)
            label.setAccessibleDescription(tip)
        self._show()

    def _label(self, *, stretches: bool = False, yields: bool = False) -> QLabel:
        label = _Elided(self) if stretches or yields else QLabel(self)
        label.setProperty("role", "muted")
        if stretches:
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    @Slot()
    def _show(self) -> None:
        state = self._state
        locale = QLocale()
        if state.coming:
            self.model.setText(state.coming_sentence)
        elif state.model is not None and state.model_state is ModelState.READY:
            name = state.model.name
            demo = self.tr("{name} (demonstration)").format(name=name)
            shown = demo if state.model.demonstration else name
            if state.starter_ears:
                ears = self.tr("Starter ears: {name}, English").format(name=STARTER_NAME)
                shown = f"{ears} · {shown}"
            self.model.setText(shown)
        elif state.model_state is ModelState.LOADING:
            text = self.tr("Loading the model…")
            if state.loading_fraction is not None:
                percent = f"{round(100 * state.loading_fraction)} %"
                text = self.tr("Loading the model… {percent}").format(percent=percent)
            self.model.setText(text)
        else:
            self.model.setText(self.tr("No model"))
        self.size_name.setText(state.size if state.model else "")
        metrics = state.metrics
        running = metrics is not None and state.phase is not Phase.IDLE
        for label in (self.lag, self.cadence, self.load):
            label.setVisible(running)  # afterwards nothing is behind, and nothing is computed
        self.dropped.setVisible(metrics is not None and (running or metrics.dropped_s > 0))
        if metrics is None:
            return
        lag = locale.toString(metrics.lag_s, "f", 1)
        self.lag.setText(self.tr("Lag {seconds} s").format(seconds=lag))
        if metrics.every_s is None:
            self.cadence.setText(self.tr("Words at pauses"))
        else:
            every = locale.toString(metrics.every_s, "f", 1)
            self.cadence.setText(self.tr("Words every {seconds} s").format(seconds=every))
        load = locale.toString(metrics.real_time_factor, "f", 2)
        self.load.setText(self.tr("Load {factor}").format(factor=load))
        dropped = locale.toString(metrics.dropped_s, "f", 1)
        self.dropped.setText(self.tr("Lost {seconds} s").format(seconds=dropped))
        self._set_tone(self.lag, metrics.lag_s > LAGGING_S)
        self._set_tone(self.load, metrics.real_time_factor > 1)
        self._set_tone(self.dropped, metrics.dropped_s > 0)

    @staticmethod
    def _set_tone(label: QLabel, bad: bool) -> None:
        role = "danger" if bad else "muted"
        if label.property("role") != role:
            label.setProperty("role", role)
            label.style().unpolish(label)
            label.style().polish(label)
