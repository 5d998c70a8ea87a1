"""What tests change of the whole application's look, and how it is put back."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication

from app.theme import no_collection


@contextmanager
def kept_look(app: QApplication) -> Iterator[None]:
    """Letters and colours are afterwards as they were, however it ends."""
    font, palette = app.font(), app.palette()
    try:
        yield
    finally:
        with no_collection():
            if app.font() != font:
                app.setFont(font)
            if app.palette() != palette:
                app.setPalette(palette)


def undress(app: QApplication) -> None:
    """Widgets look as without our style sheet; Qt keeps one, which says nothing.

    With the last one it forgets which widgets it watches. One that outlives that, as a window does
    that waits for its deletion, is remembered without being watched, and the sheet after its end
    goes through what is no widget any more: a native crash, in one run of seven.
    """
    app.setStyleSheet(" ")
