"""The keyboard of a button that is disabled: Qt hands it to whatever field comes next in line."""

from PySide6.QtWidgets import QWidget


class KeptFocus:
    """Lends it to another widget instead; gives it back when the button, or one of the others, is
    enabled again, unless it has gone elsewhere meanwhile.

    Args:
        buttons: that may be disabled while they have it.
        refuge: has it meanwhile; nothing that a person would work in.
    """

    def __init__(self, buttons: tuple[QWidget, ...], refuge: QWidget) -> None:
        self._buttons, self._refuge = buttons, refuge
        self._lent: QWidget | None = None

    def settle(self, held: QWidget | None) -> None:
        """The buttons are as they are to be now; `held` had the keyboard before."""
        if held in self._buttons and not held.isEnabled():
            self._lent = held
            self._refuge.setFocus()
        if self._lent is None:
            return
        gone = self._refuge.window().focusWidget() is not self._refuge
        free = next((one for one in (self._lent, *self._buttons) if one.isEnabled()), None)
        if free is not None and not gone:
            free.setFocus()
        if free is not None or gone:
            self._lent = None
