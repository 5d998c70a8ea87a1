"""The slider of model sizes. Knows nothing of how a size is put into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from app.models.live import LiveState, ModelState
from app.models.memory import bytes_text
from app.widgets.flow_layout import FlowLayout
from app.widgets.wheel import only_with_focus

if TYPE_CHECKING:  # it brings NumPy, and the window comes first
    from engine.datatypes import SizeInfo


class SizePicker(QWidget):
    """One position for each size of the model, the smallest at the left.

    Signals:
        chosen(str): a person chose the size of this name; while it is dragged, none is.
        automatic_chosen(bool): whether the program shall choose.
        table_asked(): show all sizes.
    """

    chosen = Signal(str)
    automatic_chosen = Signal(bool)
    table_asked = Signal()

    def __init__(self, state: LiveState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._title = QLabel(self)
        self._title.setProperty("role", "heading")
        self._value = QLabel(self)
        self._value.setProperty("role", "value")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setPageStep(1)
        only_with_focus(self.slider)
        self.slider.setTickPosition(QSlider.TickPosition.NoTicks)
        self._title.setBuddy(self.slider)
        self._cost = QLabel(self)
        self._cost.setProperty("role", "muted")
        self._cost.setWordWrap(True)
        self.automatic = QCheckBox(self)
        self.automatic.clicked.connect(self.automatic_chosen)
        self.table = QPushButton(self)
        self.table.clicked.connect(self.table_asked)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._value)
        self._rows = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.slider)
        layout.addWidget(self._cost)
        self._more = FlowLayout(apart=True)
        self._more.addWidget(self.automatic)
        self._more.addWidget(self.table)
        layout.addLayout(self._more)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self._released)
        state.model_changed.connect(self._show_model)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self._title.setText(self.tr("Model &size"))
        self.slider.setAccessibleName(self.tr("Model size"))
        self.automatic.setText(self.tr("&Automatic"))
        self.automatic.setToolTip(
            self.tr("The largest size that keeps up with speech and answers fast enough here")
        )
        self.table.setText(self.tr("All si&zes…"))
        self._show_model()

    def set_compact(self, compact: bool) -> None:
        """Only the slider, where there is little room; the settings have the rest, too."""
        self.automatic.setHidden(compact)
        self.table.setHidden(compact)
        self._more.invalidate()  # what is asked for its height before it is next shown
        self._rows.invalidate()

    @property
    def words(self) -> str:
        """What stands below the slider."""
        return self._cost.text()

    @Slot()
    def step(self, by: int) -> None:
        """Take the next larger (1) or smaller (-1) size."""
        if self.slider.isEnabled():
            self.slider.setValue(self.slider.value() + by)

    @Slot()
    def _show_model(self) -> None:
        model = self._state.model
        sizes = model.sizes if model else ()
        names = [size.name for size in sizes]
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(sizes) - 1))
        if self._state.wanted_size in names:
            self.slider.setValue(names.index(self._state.wanted_size))
        self.slider.blockSignals(False)
        self.automatic.setChecked(self._state.automatic)
        self.automatic.setEnabled(len(sizes) > 1)
        self.table.setEnabled(len(sizes) > 1)
        self.slider.setEnabled(len(sizes) > 1 and not self._state.automatic)
        self._describe()

    @Slot(int)
    def _moved(self, index: int) -> None:
        model = self._state.model
        if model is not None and index < len(model.sizes):
            self._describe()
            if not self.slider.isSliderDown():
                self._choose(model.sizes[index])
            else:
                at = self.slider.mapToGlobal(QPoint(0, self.slider.height()))
                QToolTip.showText(at, self._value.text(), self.slider)

    @Slot()
    def _released(self) -> None:
        model = self._state.model
        if model is not None and model.sizes:
            self._choose(model.sizes[self.slider.value()])

    def _choose(self, size: SizeInfo) -> None:
        if size.name != self._state.wanted_size:
            self.chosen.emit(size.name)

    def _describe(self) -> None:
        model = self._state.model
        if model is None:
            self._value.setText("–")
            loading = self._state.model_state is ModelState.LOADING
            text = self.tr("The model is being loaded.") if loading else self.tr("No model.")
            self._cost.setText(text)
            return
        index = min(self.slider.value(), len(model.sizes) - 1)
        size = model.sizes[index]
        label = params_text(size.effective_params)
        self._value.setText(f"{size.name} · {label}")
        words = [
            self.tr("{layers} layers, {params} parameters at work.").format(
                layers=size.layers, params=label
            )
        ]
        largest = model.sizes[-1].effective_params
        if len(model.sizes) == 1:
            words.append(self.tr("This model comes in one size, so there is nothing to choose."))
        elif size.effective_params == largest:
            words.append(self.tr("The largest size: the best words, the most work."))
        else:
            share = round(100 * size.effective_params / largest)
            words.append(
                self.tr("About {percent} % of the largest size's work.").format(percent=share)
            )
        if size.score is not None:
            score = QLocale().toString(size.score, "f", 1)
            said = self.tr("Score {score}.") if model.demonstration else self.tr("MMLU {score}.")
            words.append(said.format(score=score))
        figures = self._state.figures.get(size.name)
        if figures is not None:
            words.append(
                self.tr("About {memory} of memory, {speed} tokens a second.").format(
                    memory=bytes_text(figures.memory),
                    speed=QLocale().toString(figures.tokens_per_s, "f", 1),
                )
            )
        if size.name != self._state.size:
            words.append(self._state.switch_sentence(size))
            words.append(self.tr("Takes effect with the next utterance."))
        if self._state.automatic and self._state.size_reason:
            words.append(self._state.size_reason)
        self._cost.setText(" ".join(words))
        self.slider.setAccessibleDescription(f"{size.name}, {self._cost.text()}")
        self.slider.setToolTip(self._cost.text())


def params_text(count: int) -> str:
    """Effective parameters for people: 7.9M, or E2.0B as Gemma 3n's own names count."""
    if count >= 10**9:
        return f"E{QLocale().toString(count / 1e9, 'f', 1)}B"
    return f"{QLocale().toString(count / 1e6, 'f', 1)}M"
