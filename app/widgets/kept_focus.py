"""The keyboard of a button that is disabled: Qt hands it to whatever field comes next in line."""

from PySide6.QtWidgets import QWidget


class KeptFocus:
    """Lends it to another widget instead, and takes it back when the button is enabled again.

    Args:
        buttons: that may be disabled while they have it.
        refuge: has it meanwhile.
    """

    def __init__(self, buttons: tuple[QWidget, ...], refuge: QWidget) -> None:
        self._buttons, self._refuge = buttons, refuge
        self._lent: QWidget | None = None

    def settle(self, held: QWidget | None) -> None:
        """The buttons are as they are to be now; `held` had the keyboard before."""
        if held in self._buttons and not held.isEnabled():
            self._lent = held
            self._refuge.setFocus()
        elif self._lent is not None and self._lent.isEnabled():
            if self._refuge.window().focusWidget() is self._refuge:
                self._lent.setFocus()
            self._lent = None
