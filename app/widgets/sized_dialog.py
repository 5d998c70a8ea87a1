"""A dialog as large as its texts: it grows with the interface, and stays within the screen."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QDialog, QWidget

from app.theme import Theme


class SizedDialog(QDialog):
    """How small it may become, its layout knows: it cuts nothing off.

    Args:
        size: of the dialog at 100 % of the interface, in pixels.
    """

    def __init__(self, size: QSize, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._size, self._theme = size, theme
        theme.changed.connect(self._resize)
        self._resize()

    @property
    def room(self) -> QSize:
        """The largest that it may be."""
        return self.screen().availableGeometry().size()

    @Slot()
    def _resize(self) -> None:
        # Not under the pointer of who is just choosing the interface's size in it.
        if not self.isVisible():
            wanted = QSize(self._theme.px(self._size.width()), self._theme.px(self._size.height()))
            self.resize(wanted.boundedTo(self.room))
