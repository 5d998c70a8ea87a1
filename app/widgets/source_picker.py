"""The list of what can be looked at. Opens nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from app.theme import Theme
from app.widgets.eliding_list import ElidingList
from app.widgets.wheel import only_with_focus

if TYPE_CHECKING:
    from app.capture.camera_sources import PictureSource

ICONS = {
    "device": "camera",
    "network": "network",
    "file": "film",
    "screen": "screen",
    "window": "window",
    "region": "region",
}
ASKED_FOR = ("network", "file", "region")  # kinds that no list of this computer has

ICON_PX = 18


class SourcePicker(ElidingList):
    """Cameras, screens and windows by name; below them what has to be asked for first.

    State: the sources of this computer, as last told; one more that was asked for.

    Signals:
        chosen(PictureSource): a person chose this source.
        asked(str): a person wants to give a "network" address, a "file" or a "region".
        opening(): the list is about to be shown: a good moment to look what there is.
    """

    chosen = Signal(object)
    asked = Signal(str)
    opening = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sources: tuple[PictureSource, ...] = ()
        self._extra: PictureSource | None = None
        self._current: PictureSource | None = None
        self._chosen = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        only_with_focus(self)
        self.activated.connect(self._activated)
        theme.changed.connect(self._refill)
        self.retranslate()

    @property
    def current(self) -> PictureSource | None:
        """The source in the box."""
        return self._current

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.set_name(self.tr("What to look at"))
        self._refill()

    def showPopup(self) -> None:
        """Look what there is, then show it."""
        self.opening.emit()
        super().showPopup()

    def set_sources(self, sources: tuple[PictureSource, ...]) -> None:
        """What can be looked at now; a choice that is away stays the choice."""
        if sources != self._sources:
            self._sources = sources
            self._refill()

    def set_current(self, source: PictureSource | None) -> None:
        """Put a source in the box, whether it is in the list or not."""
        self._current, self._chosen = source, source is not None
        if source is not None and source.kind in ASKED_FOR:
            self._extra = source
        self._refill()

    @Slot(int)
    def _activated(self, index: int) -> None:
        data = self.itemData(index)
        if isinstance(data, str):
            self._show_current()  # the wish is not the choice yet
            if data:
                self.asked.emit(data)
        else:
            self._current, self._chosen = data, True
            self.chosen.emit(data)

    @Slot()
    def _refill(self) -> None:
        side = self._theme.px(ICON_PX)
        self.setIconSize(QSize(side, side))
        sources = list(self._sources)
        if self._extra is not None:
            sources.append(self._extra)
        # The same one may have another name now: a window its title, a camera its number.
        here = next((source for source in sources if _same(source, self._current)), None)
        if here is None and not self._chosen:
            here = sources[0] if sources else None
        away = self._current if here is None and self._chosen else None
        self._current = here or away
        self.clear()
        for source in sources:
            self.addItem(self._icon(ICONS[source.kind]), source.label, source)
        if away is not None:
            self.addItem(self._icon(ICONS[away.kind]), self._absence(away), away)
        if not any(source.kind == "device" for source in sources):
            self.insertItem(0, self.tr("No camera is connected"), "")
        self.insertSeparator(self.count())
        self.addItem(self._icon("network"), self.tr("Network camera…"), "network")
        self.addItem(self._icon("film"), self.tr("Video file…"), "file")
        self.addItem(self._icon("region"), self.tr("Part of the screen…"), "region")
        self._show_current()

    def _show_current(self) -> None:
        data = [self.itemData(index) for index in range(self.count())]
        self.setCurrentIndex(data.index(self._current) if self._current is not None else 0)
        self.setToolTip(self.currentText())

    def _absence(self, source: PictureSource) -> str:
        if source.kind == "window":
            return self.tr("{name} (closed)").format(name=source.label)
        return self.tr("{name} (not connected)").format(name=source.label)

    def _icon(self, name: str) -> QIcon:
        return self._theme.icon(name, self._theme.tones.muted)


def _same(one: PictureSource, other: PictureSource | None) -> bool:
    return other is not None and (one.kind, one.id) == (other.kind, other.id)
