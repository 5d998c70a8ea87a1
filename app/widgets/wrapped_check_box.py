"""A check box whose words go on in a second line where they have too little room."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
ANY_PX = 10_000


class WrappedCheckBox(QCheckBox):
    """Qt's own is as wide as its words, whatever room there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """As wide as the longest word."""
        return QSize(self._beside_px + self._words(1).width(), super().minimumSizeHint().height())

    def heightForWidth(self, width: int) -> int:
        """As high as the lines are."""
        lines = self._words(width - self._beside_px).height()
        return super().sizeHint().height() + lines - self._words(ANY_PX).height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box by the style, the words by us."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        words, option.text = option.text, ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        left = (
            self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self).left()
        )
        painter.drawItemText(
            QRect(left, 0, self.width() - left, self.height()),
            _WRAPPED | _MIDDLE,
            self.palette(),
            self.isEnabled(),
            words,
            QPalette.ColorRole.WindowText,
        )

    @property
    def _beside_px(self) -> int:
        """What is not words of its width."""
        return super().sizeHint().width() - self._words(ANY_PX).width()

    def _words(self, width: int) -> QRect:
        return self.fontMetrics().boundingRect(QRect(0, 0, width, ANY_PX), _WRAPPED, self.text())
