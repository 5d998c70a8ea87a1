"""From which language into which: two lists, a button that swaps them, and the captions' button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from app.actions import ActionTable
from app.languages import TONGUES
from app.models.live import LiveState
from app.settings.store import SettingsStore
from app.widgets.icon_button import IconButton
from app.widgets.wheel import only_with_focus

NARROW_LIST_PX = 72


class LanguageBar(QWidget):
    """Reads and changes the settings; can be used while the model can translate."""

    def __init__(
        self,
        table: ActionTable,
        settings: SettingsStore,
        state: LiveState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._state, self._swap = settings, state, table["swap_languages"]
        self._label = QLabel(self)
        self.source = self._list("translate_from")
        self.target = self._list("translate_to")
        self._label.setBuddy(self.target)
        self.swap = IconButton(self._swap, self)
        self.captions = IconButton(table["captions"], self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._label)
        layout.addWidget(self.source, 1)
        layout.addWidget(self.swap)
        layout.addWidget(self.target, 1)
        layout.addWidget(self.captions)
        self._swap.triggered.connect(self.swap_languages)
        settings.changed.connect(self._settings_changed)
        state.model_changed.connect(self._show_model)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self._label.setText(self.tr("&Translate"))
        self.source.setItemText(0, self.tr("Any language"))
        self.target.setItemText(0, self.tr("No translation"))
        self.source.setAccessibleName(self.tr("Language that is spoken"))
        self.target.setAccessibleName(self.tr("Language to translate into"))
        self._show_model()
        self._settings_changed(frozenset({"translate_from", "translate_to"}))

    def set_narrow(self, narrow: bool) -> None:
        """Less room for the lists, and without the word before them."""
        self._label.setHidden(narrow)
        for box in (self.source, self.target):
            box.setMinimumWidth(NARROW_LIST_PX if narrow else 0)

    @Slot()
    def swap_languages(self) -> None:
        """Translate the other way round."""
        values = self._settings.values
        self._settings.change(
            translate_from=values.translate_to, translate_to=values.translate_from
        )

    def _list(self, setting: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(setting)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setMaxVisibleItems(16)
        only_with_focus(box)
        box.addItem("", "")
        for tongue in TONGUES:
            box.addItem(tongue.native, tongue.code)
        box.activated.connect(self._chosen)
        return box

    @Slot()
    def _chosen(self) -> None:
        box = self.sender()
        assert isinstance(box, QComboBox)
        self._settings.change(**{box.objectName(): box.currentData()})

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        for box in (self.source, self.target):
            if box.objectName() in names:
                with QSignalBlocker(box):
                    value = getattr(self._settings.values, box.objectName())
                    box.setCurrentIndex(max(0, box.findData(value)))
        self._swap.setEnabled(self._able and self.source.currentIndex() > 0)

    @property
    def _able(self) -> bool:
        model = self._state.model
        return model is not None and "translate" in model.tasks

    @Slot()
    def _show_model(self) -> None:
        able = self._able
        for box in (self.source, self.target):
            box.setEnabled(able)
        self._swap.setEnabled(able and self.source.currentIndex() > 0)
        if able:
            tip = self.tr("Each sentence is translated as soon as it is certain.")
        else:
            tip = self.tr("This model does not translate; open a general Gemma 3n model.")
        for widget in (self._label, self.source, self.target):
            widget.setToolTip(tip)
            widget.setAccessibleDescription(tip)
