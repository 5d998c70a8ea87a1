"""A list to choose from whose chosen text ends in "…" where it has too little room."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QStyle, QStyleOptionComboBox, QWidget

ICON_GAP_PX = 4  # Qt's own, between the icon and the text
LEAST_LETTERS = 8  # that are seen of the text, and the room for the arrow


class ElidingList(QComboBox):
    """Qt's own cuts through a letter, or is never narrower than its widest text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spoken: QLabel | None = None

    def set_name(self, words: str) -> None:
        """What screen readers call it where no label in sight does.

        On Linux Qt gives them the chosen text in its place, and a name only by a label beside it.
        """
        self.setAccessibleName(words)
        if self._spoken is None:
            self._spoken = QLabel(self.parentWidget())
            self._spoken.hide()
            self._spoken.setBuddy(self)
        self._spoken.setText(words)

    def changeEvent(self, event: QEvent) -> None:
        """The label stays beside it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ParentChange and self._spoken is not None:
            self._spoken.setParent(self.parentWidget())

    def minimumSizeHint(self) -> QSize:
        """Some letters, or what is there if it is less; who has said how many gets these."""
        if self.minimumContentsLength():
            return super().minimumSizeHint()
        hint = self.sizeHint()
        least = LEAST_LETTERS * self.fontMetrics().horizontalAdvance("m")
        return QSize(min(least, hint.width()), hint.height())

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """What is drawn: as much of the text as there is room for."""
        super().initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + ICON_GAP_PX
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - icon
        )
