"""The pages and the column beside them; one above the other where the window is narrow."""

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from app.theme import Theme
from app.widgets.side import ANY_PX, Side


class Columns(QSplitter):
    """Below the pages the model's card goes first where there is too little room for all."""

    def __init__(
        self, pages: QWidget, side: Side, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._pages, self._side = pages, side
        self.setChildrenCollapsible(False)
        self.setHandleWidth(14)
        self.addWidget(pages)
        self.addWidget(side)
        self.setStretchFactor(0, 1)
        self._side_px = side.width_px
        theme.changed.connect(self._follow_letters)

    def set_narrow(self, narrow: bool) -> None:
        """One above the other, or side by side."""
        self._side.set_narrow(narrow)  # first: it may not be as wide as the window before
        self.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        self._share()
        self._side_px = self._side.width_px
        self.setSizes([ANY_PX, self._side.sizeHint().height() if narrow else self._side_px])

    @Slot()
    def _follow_letters(self) -> None:
        """As wide as at first in letters: by itself it would become wider, and stay so."""
        if self._side.width_px != self._side_px:
            self._side_px = self._side.width_px
            if self.orientation() is Qt.Orientation.Horizontal:
                self.setSizes([ANY_PX, self._side_px])

    def minimumSizeHint(self) -> QSize:
        """Without the card, which the window may become too low for."""
        least = super().minimumSizeHint()
        if self.orientation() is Qt.Orientation.Vertical:
            below = self._side.needed_px
            below += self.handleWidth() if below else 0
            least.setHeight(self._pages.minimumSizeHint().height() + below)
        return least

    def event(self, event: QEvent) -> bool:
        """Share anew when there is another height, or something in it needs another."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._share()
        return done

    def _share(self) -> None:
        narrow = self.orientation() is Qt.Orientation.Vertical
        taken = self._pages.minimumSizeHint().height() + self.handleWidth()
        self._side.set_room(self.height() - taken if narrow else ANY_PX)
