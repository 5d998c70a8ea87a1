"""Small copies of pictures in a row, each a button that takes its picture away."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from app.widgets.message_layout import thumbnail
from engine.datatypes import Rgb

PICTURE_PX = 56


class PictureStrip(QScrollArea):
    """Out of sight without pictures; scrolls where they are more than its width holds.

    Signals:
        changed(): a picture has come or gone.
        taken_away(): somebody has taken one away.
    """

    changed = Signal()
    taken_away = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: list[Rgb] = []
        self.buttons: list[QToolButton] = []
        inside = QWidget(self)
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalScrollBar().rangeChanged.connect(self._show_last)
        self._most = 0  # of what can be scrolled
        self.hide()

    @property
    def pictures(self) -> tuple[Rgb, ...]:
        """In the order of the strip, uint8[H, W, 3] each."""
        return tuple(self._pictures)

    def attach(self, rgb: Rgb) -> None:
        """One more at the end, uint8[H, W, 3]."""
        self._pictures.append(rgb)
        button = QToolButton(self)
        button.setIcon(QIcon(QPixmap.fromImage(thumbnail(rgb))))
        button.setIconSize(QSize(PICTURE_PX, PICTURE_PX))
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(self.tr("Picture; press to take it away"))
        button.setToolTip(self.tr("Take this picture away"))
        button.clicked.connect(self._take_away)
        self.buttons.append(button)
        self._row.insertWidget(self._row.count() - 1, button)
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(button.sizeHint().height() + bar)
        self.show()
        self.changed.emit()

    def clear(self) -> None:
        """None any more."""
        for button in self.buttons:
            self._drop(button)
        self._pictures.clear()
        self.buttons.clear()
        self.hide()
        self.changed.emit()

    @Slot(int, int)
    def _show_last(self, _least: int, most: int) -> None:
        """A picture that has come is shown; one that goes moves nothing."""
        if most > self._most:
            self.horizontalScrollBar().setValue(most)
        self._most = most

    @Slot()
    def _take_away(self) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        place = self.buttons.index(button)
        del self._pictures[place], self.buttons[place]
        self._drop(button)
        self.setVisible(bool(self._pictures))
        self.taken_away.emit()
        self.changed.emit()

    def _drop(self, button: QToolButton) -> None:
        self._row.removeWidget(button)
        button.hide()
        button.deleteLater()
