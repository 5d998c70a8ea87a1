"""Fields for numbers: a style sheet's padding does not reach what is written in them."""

from PySide6.QtWidgets import QAbstractSpinBox

ROOM_PX = 8


def off_the_border(field: QAbstractSpinBox) -> None:
    """Let the digits begin where those of other fields begin."""
    field.lineEdit().setTextMargins(ROOM_PX, 0, 0, 0)
