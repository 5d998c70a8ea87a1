"""The column beside the pages: what features put there, and the model's card below it."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.memory_panel import MemoryPanel
from app.widgets.size_picker import SizePicker

WIDTH_PX, WIDEST_PX = 300, 380
ANY_PX = 16_777_215  # Qt's "no limit"
CARD_MARGINS_PX = 26


class Side(QWidget):
    """Right of the pages, or below them where the window is narrow.

    The card can be put away (`set_card_visible`); what features have put there stays, and the
    column is in sight as long as anything in it is.
    """

    def __init__(
        self, sizes: SizePicker, memory: MemoryPanel, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._sizes, self._theme = sizes, theme
        self._narrow, self._card_wanted = False, True
        self._room_px = ANY_PX
        self._added: list[QWidget] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(12)
        self.card = _card(sizes, memory, self)
        self._rows.addWidget(self.card, 1)
        theme.changed.connect(self._fit)

    def add(self, widget: QWidget) -> None:
        """Put a feature's widget above the card; it may be hidden and shown at any time."""
        self._rows.insertWidget(len(self._added), widget)
        self._added.append(widget)
        widget.installEventFilter(self)
        self._fit()

    def set_card_visible(self, visible: bool) -> None:
        """Show or put away the model's card."""
        self._card_wanted = visible
        self._fit()

    def set_narrow(self, narrow: bool) -> None:
        """Below the pages: as low as can be."""
        self._narrow = narrow
        self._fit()

    def set_room(self, px: int) -> None:
        """So high may all of it be; the card waits for a higher window if it has too little."""
        self._room_px = px
        self._fit()  # what features have put there may need another height, too

    @property
    def width_px(self) -> int:
        """How wide it must be beside the pages."""
        return self._theme.px(WIDTH_PX)

    @property
    def needed_px(self) -> int:
        """How high what features have put there must be."""
        shown = [widget for widget in self._added if not widget.isHidden()]
        heights = [max(one.minimumHeight(), one.minimumSizeHint().height()) for one in shown]
        return sum(heights) + self._rows.spacing() * max(0, len(shown) - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The column goes and comes with what it holds."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return super().eventFilter(watched, event)

    @Slot()
    def _fit(self) -> None:
        self._sizes.set_compact(self._narrow)
        shown = any(not widget.isHidden() for widget in self._added)
        below = self._sizes.sizeHint().height() + CARD_MARGINS_PX
        needed = self.needed_px + self._rows.spacing() if shown else 0
        self.card.setMaximumHeight(below if self._narrow else ANY_PX)
        self.card.setMinimumHeight(below if self._narrow else 0)
        self.card.setVisible(self._card_wanted and needed + below <= self._room_px)
        self.setVisible(shown or not self.card.isHidden())
        self.setMaximumWidth(ANY_PX if self._narrow else self._theme.px(WIDEST_PX))
        self.setMinimumWidth(0 if self._narrow else self.width_px)


def _card(sizes: SizePicker, memory: MemoryPanel, parent: QWidget) -> QScrollArea:
    card = QFrame(parent)
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(18, 14, 18, 12)
    layout.setSpacing(12)
    rule = QFrame(card)
    rule.setProperty("role", "rule")
    layout.addWidget(sizes)
    layout.addWidget(rule)
    layout.addWidget(memory)
    layout.addStretch(1)
    return scrolling(card, parent)


def scrolling(content: QWidget, parent: QWidget) -> QScrollArea:
    """What may be higher than its place."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setWidget(content)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
