"""A field and what it is called: above it where there is too little room beside it."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

LETTERS = 24  # of a label; with fewer in a line, it stands above the field


class LabelledRow(QWidget):
    """Follows its own width."""

    def __init__(self, label: QLabel, field: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._label, self._field = label, field
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(4, 2, 0, 2)
        self._row.addWidget(label, 1)
        self._row.addWidget(field)

    def minimumSizeHint(self) -> QSize:
        """As narrow as it can become, and as high as it is now."""
        widest = max(part.minimumSizeHint().width() for part in (self._label, self._field))
        return QSize(widest + self._edges_px, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Arrange anew where there is another width, or something in it needs another."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._arrange()
        return done

    def _arrange(self) -> None:
        metrics = self._label.fontMetrics()
        words = metrics.horizontalAdvance(self._label.text())
        needed = min(words, LETTERS * metrics.averageCharWidth()) + self._row.spacing()
        needed += self._field.sizeHint().width() + self._edges_px
        above = needed > self.width()
        self._row.setDirection(
            QBoxLayout.Direction.TopToBottom if above else QBoxLayout.Direction.LeftToRight
        )

    @property
    def _edges_px(self) -> int:
        margins = self._row.contentsMargins()
        return margins.left() + margins.right()
