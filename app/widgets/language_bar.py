"""From which language into which: two lists, a button that swaps them, and the captions' button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from app.actions import ActionTable
from app.languages import TONGUES, natives
from app.models.live import LiveState
from app.settings.store import SettingsStore
from app.widgets.eliding_list import ElidingList
from app.widgets.icon_button import IconButton
from app.widgets.wheel import only_with_focus

SPACING_PX = 8
CUT_LIST = 0.75  # of what a list needs: with less, what is left of its words says too little


class _Tongues(ElidingList):
    def sizeHint(self) -> QSize:
        """Wide enough for its first line, which has no language and is longer than most of them.

        To measure them all would load fonts of every script there is.
        """
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        words = self.fontMetrics().size(Qt.TextFlag.TextSingleLine, self.itemText(0))
        words.setHeight(words.height() + 2)  # as Qt's own
        kind = QStyle.ContentsType.CT_ComboBox
        return self.style().sizeFromContents(kind, option, words, self)


class LanguageBar(QWidget):
    """Reads and changes the settings; can be used while the model can translate.

    Where it is narrow, the lists take the room of the word before them; where it is narrower still,
    one stands above the other.
    """

    def __init__(
        self,
        table: ActionTable,
        settings: SettingsStore,
        state: LiveState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._state, self._swap = settings, state, table["swap_languages"]
        self.label = QLabel(self)
        self.label.setProperty("role", "name")
        self.source = self._list("translate_from")
        self.target = self._list("translate_to")
        self.label.setBuddy(self.target)
        self.swap = IconButton(self._swap, self)
        self.captions = IconButton(table["captions"], self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING_PX)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._grid.addWidget(self.label, 0, 0)
        self._two_rows = True
        self._place(two_rows=False)
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
        self.label.setText(self.tr("&Translate"))
        self.source.setItemText(0, self.tr("Any language"))
        self.target.setItemText(0, self.tr("No translation"))
        self.source.set_name(self.tr("Language that is spoken"))
        self.target.set_name(self.tr("Language to translate into"))
        self._show_model()
        self._settings_changed(frozenset({"translate_from", "translate_to"}))

    def minimumSizeHint(self) -> QSize:
        """As narrow as it can become, and as high as it is now."""
        list_px = self.source.minimumSizeHint().width()
        button_px = self.captions.sizeHint().width()
        return QSize(list_px + SPACING_PX + button_px, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Arrange anew where there is another width, or something in it needs another.

        Not at once: on the way to its width it may be narrower, and what would ask for a higher
        window then makes it higher for good.
        """
        done = super().event(event)
        if event.type() is QEvent.Type.Resize:
            self._grid.update()
        elif event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self._arrange()
        return done

    def _arrange(self) -> None:
        lists = sum(box.sizeHint().width() for box in (self.source, self.target))
        buttons = sum(button.sizeHint().width() for button in (self.swap, self.captions))
        room = self.width() - buttons - 3 * SPACING_PX
        self._place(two_rows=room < lists * CUT_LIST)
        self.label.setVisible(lists + self.label.sizeHint().width() + SPACING_PX <= room)

    def _place(self, *, two_rows: bool) -> None:
        if two_rows is self._two_rows:
            return
        self._two_rows = two_rows
        for widget, one_row, first_or_second in (
            (self.source, (0, 1), (0, 1, 1, 3)),
            (self.swap, (0, 2), (0, 4)),
            (self.target, (0, 3), (1, 1, 1, 3)),
            (self.captions, (0, 4), (1, 4)),
        ):
            self._grid.removeWidget(widget)
            self._grid.addWidget(widget, *(first_or_second if two_rows else one_row))

    @Slot()
    def swap_languages(self) -> None:
        """Translate the other way round."""
        values = self._settings.values
        self._settings.change(
            translate_from=values.translate_to, translate_to=values.translate_from
        )

    def _list(self, setting: str) -> _Tongues:
        box = _Tongues(self)
        box.setObjectName(setting)
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

    def _offer(self, names: tuple[str, ...]) -> None:
        """Of the languages to translate into only these can be chosen; (): all."""
        rows = self.target.model()
        assert isinstance(rows, QStandardItemModel)
        for row, offered in enumerate(TONGUES, 1):
            rows.item(row).setEnabled(not names or offered.name in names)

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
        model = self._state.model
        self._offer(model.languages if model is not None else ())
        if model is not None and able and model.languages:
            tip = self.tr("{name} translates only into {languages}.").format(
                name=model.name, languages=natives(model.languages)
            )
        elif able:
            tip = self.tr("Each sentence is translated as soon as it is certain.")
        else:
            tip = self.tr("This model does not translate; open a general Gemma 3n model.")
        for widget in (self.label, self.source, self.target):
            widget.setToolTip(tip)
            widget.setAccessibleDescription(tip)
