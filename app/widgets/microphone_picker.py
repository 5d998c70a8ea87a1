"""The list of microphones. Knows nothing of how they are found or opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from app.capture.sources import COMPUTER_SOUND
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.eliding_list import ElidingList
from app.widgets.wheel import only_with_focus

if TYPE_CHECKING:
    from app.capture.sources import Source

ICON_PX = 18


class MicrophonePicker(ElidingList):
    """Microphones by the sound server's names; follows plugging, keeps an absent choice.

    Signals:
        chosen(str): a person chose this source; empty: whatever the system uses.
    """

    chosen = Signal(str)

    def __init__(
        self, settings: SettingsStore, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._theme = settings, theme
        self._sources: list[Source] = []
        self._heard = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        only_with_focus(self)
        self.activated.connect(self._activated)
        settings.changed.connect(self._settings_changed)
        theme.changed.connect(self._refill)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.set_name(self.tr("Microphone"))
        self._refill()

    @Slot(list)
    def set_sources(self, sources: list[Source]) -> None:
        """Show what can be recorded from now."""
        self._sources = sources
        self._refill()

    @Slot(object)
    def set_heard(self, source: Source | None) -> None:
        """The source that is heard, which need not be the chosen one."""
        self._heard = source.id if source else ""
        self._refill()

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if "microphone" in names:
            self._refill()

    @Slot(int)
    def _activated(self, index: int) -> None:
        source = self.itemData(index)
        self._settings.change(microphone=source)
        self.chosen.emit(source)

    @Slot()
    def _refill(self) -> None:
        side = self._theme.px(ICON_PX)
        self.setIconSize(QSize(side, side))
        icon = self._theme.icon("microphone", self._theme.tones.muted)
        wanted = self._settings.values.microphone
        # Rebuilding must not close the list under the user's hand.
        items = self._items(wanted)
        same = [(self.itemText(i), self.itemData(i)) for i in range(self.count())] == items
        if not same:
            self.clear()
            for text, source in items:
                self.addItem(icon, text, source)
        else:
            for index in range(self.count()):
                self.setItemIcon(index, icon)
        self.setCurrentIndex(max(0, self.findData(wanted)))
        self.setToolTip(self.currentText())
        self.setItemData(self.currentIndex(), self.currentText(), Qt.ItemDataRole.ToolTipRole)

    def _items(self, wanted: str) -> list[tuple[str, str]]:
        # What is heard tells more than what the system would choose for the next one.
        taken = next((source for source in self._sources if source.id == self._heard), None)
        default = next((source for source in self._sources if source.default), None)
        if not wanted and taken is not None:
            default = taken
        if default is not None:
            first = self.tr("System's choice ({name})").format(name=default.label)
        elif self._sources:
            first = self.tr("System's choice")
        else:
            first = self.tr("System's choice (no microphone found)")
        items = [(first, "")]
        for source in self._sources:
            text = source.label
            if source.id == COMPUTER_SOUND:
                text = self.tr("What the computer plays ({name})").format(name=source.label)
            elif source.monitor:
                text = self.tr("{name} (what the computer plays)").format(name=source.label)
            if source.id == self._heard and wanted not in ("", source.id):
                text = self.tr("{name} (heard now)").format(name=text)
            items.append((text, source.id))
        if wanted and all(source.id != wanted for source in self._sources):
            items.append((self.tr("{name} (not connected)").format(name=wanted), wanted))
        return items
