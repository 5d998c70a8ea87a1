"""How the model shall answer in this conversation: an instruction, and how lively."""

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.actions import plain
from app.conversation.sampling import STEPS, Sampling, step_of
from app.theme import Theme
from app.widgets.number_field import off_the_border
from app.widgets.sized_dialog import SizedDialog

ANY_SEED = -1
FIELD_PX = 90  # some lines of an instruction
MOST_TOKENS = 32_768
LARGEST_SEED = 2**31 - 1  # what a spin box holds


class AnswersDialog(SizedDialog):
    """Applies what is changed at once; the numbers behind the slider are folded away.

    Signals:
        system_changed(str): another instruction.
        sampling_changed(Sampling): other numbers.
    """

    system_changed = Signal(str)
    sampling_changed = Signal(object)

    def __init__(self, system: str, sampling: Sampling, theme: Theme, parent: QWidget) -> None:
        super().__init__(QSize(460, 360), theme, parent)
        self._sampling = sampling
        self.setObjectName("answers dialog")
        self.system_label = QLabel(self)
        self.system = QPlainTextEdit(self)
        self.system.setPlainText(system)
        self.system.setTabChangesFocus(True)
        self._fit_field()
        theme.changed.connect(self._fit_field)
        self.system.textChanged.connect(self._system_written)
        self.system_label.setBuddy(self.system)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, len(STEPS) - 1)
        self.slider.setPageStep(1)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.valueChanged.connect(self._step_chosen)
        self.steady, self.lively, self.value = QLabel(self), QLabel(self), QLabel(self)
        self.value.setProperty("role", "value")
        self.fold = QPushButton(self)
        self.fold.setProperty("role", "quiet")
        self.fold.setCheckable(True)
        self.exact = QWidget(self)
        self.exact.setVisible(False)
        self.fold.toggled.connect(self.exact.setVisible)
        self.temperature = QDoubleSpinBox(self.exact)
        self.temperature.setRange(0.0, 5.0)
        self.temperature.setSingleStep(0.1)
        self.top_k, self.tokens = QSpinBox(self.exact), QSpinBox(self.exact)
        self.top_k.setRange(0, 1024)
        self.top_p = QDoubleSpinBox(self.exact)
        self.top_p.setRange(0.01, 1.0)
        self.top_p.setSingleStep(0.01)
        self.tokens.setRange(1, MOST_TOKENS)
        self.seed = QSpinBox(self.exact)
        self.seed.setRange(ANY_SEED, LARGEST_SEED)
        for field in (self.temperature, self.top_p):
            field.setKeyboardTracking(False)  # a number is whole when it is left, or by Enter
            field.valueChanged.connect(self._number_changed)
        for number in (self.top_k, self.tokens, self.seed):
            number.setKeyboardTracking(False)
            number.valueChanged.connect(self._number_changed)
        self._labels = [QLabel(self.exact) for _ in range(5)]
        form = QFormLayout(self.exact)
        fields = (self.temperature, self.top_k, self.top_p, self.tokens, self.seed)
        for label, widget in zip(self._labels, fields, strict=True):
            label.setBuddy(widget)
            label.setProperty("role", "name")
            off_the_border(widget)
            form.addRow(label, widget)
        scale = QHBoxLayout()
        scale.addWidget(self.steady)
        scale.addWidget(self.slider, 1)
        scale.addWidget(self.lively)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field is for the field
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for part in (self.system_label, self.system, self.value):
            layout.addWidget(part)
        layout.addLayout(scale)
        layout.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.exact)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self._show()
        self.retranslate()

    @Slot()
    def _fit_field(self) -> None:
        self.system.setMinimumHeight(self._theme.px(FIELD_PX))

    @Slot()
    def _system_written(self) -> None:
        self.system_changed.emit(self.system.toPlainText())

    @Slot(int)
    def _step_chosen(self, step: int) -> None:
        chosen = STEPS[step]
        self._take(
            Sampling(
                chosen.temperature,
                chosen.top_k,
                chosen.top_p,
                self._sampling.max_tokens,
                self._sampling.seed,
            )
        )

    @Slot()
    def _number_changed(self) -> None:
        seed = self.seed.value()
        self._take(
            Sampling(
                round(self.temperature.value(), 2),
                self.top_k.value(),
                round(self.top_p.value(), 2),
                self.tokens.value(),
                None if seed == ANY_SEED else seed,
            )
        )

    def _take(self, sampling: Sampling) -> None:
        if sampling != self._sampling:
            self._sampling = sampling
            self._show()
            self.sampling_changed.emit(sampling)

    def _show(self) -> None:
        """Bring slider, numbers and name together."""
        sampling = self._sampling
        step = step_of(sampling)
        for widget, value in (
            (self.temperature, sampling.temperature),
            (self.top_p, sampling.top_p),
        ):
            with QSignalBlocker(widget):
                widget.setValue(value)
        for number, count in (
            (self.top_k, sampling.top_k),
            (self.tokens, sampling.max_tokens),
            (self.seed, ANY_SEED if sampling.seed is None else sampling.seed),
            (self.slider, len(STEPS) // 2 if step is None else step),
        ):
            with QSignalBlocker(number):
                number.setValue(count)
        self.value.setText(self._name(step))
        self.slider.setAccessibleDescription(self.value.text())

    def _name(self, step: int | None) -> str:
        match step:
            case 0:
                return self.tr("Steady: the same answer each time")
            case 1:
                return self.tr("Calm: likely words, few surprises")
            case 2:
                return self.tr("Balanced: as Google recommends for Gemma 3n")
            case 3:
                return self.tr("Free: less likely words, too")
            case 4:
                return self.tr("Lively: surprising, and sometimes wrong")
            case _:
                return self.tr("Numbers of your own")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("How to answer"))
        self.system_label.setText(self.tr("&Instruction for this conversation"))
        self.system.setPlaceholderText(self.tr("For example: answer in one sentence."))
        self.system.setAccessibleName(self.tr("Instruction for this conversation"))
        self.slider.setAccessibleName(self.tr("From steady to lively"))
        self.steady.setText(self.tr("Steady"))
        self.lively.setText(self.tr("Lively"))
        self.fold.setText(self.tr("Exact numbers"))
        names = (
            self.tr("&Temperature"),
            self.tr("Top-&k (0: off)"),
            self.tr("Top-&p"),
            self.tr("&Longest answer"),
            self.tr("&Seed"),
        )
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
            buddy = label.buddy()
            if buddy is not None:
                buddy.setAccessibleName(plain(name))
        self.tokens.setSuffix(self.tr(" tokens"))
        self.seed.setSpecialValueText(self.tr("another each time"))
        self.value.setText(self._name(step_of(self._sampling)))
