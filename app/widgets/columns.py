"""The pages and the column beside them; one above the other where the window is narrow."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from app.widgets.side import ANY_PX, Side


class Columns(QSplitter):
    """Below the pages the model's card goes first where there is too little room for all."""

    def __init__(self, pages: QWidget, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._pages, self._side = pages, side
        self.setChildrenCollapsible(False)
        self.setHandleWidth(14)
        self.addWidget(pages)
        self.addWidget(side)
        self.setStretchFactor(0, 1)

    def set_narrow(self, narrow: bool) -> None:
        """One above the other, or side by side."""
        self.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        self._side.set_narrow(narrow)
        self._share()
        self.setSizes([ANY_PX, self._side.sizeHint().height() if narrow else self._side.width_px])

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
