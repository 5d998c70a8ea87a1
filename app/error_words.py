"""What went wrong elsewhere, in the language of the window: a sentence for each kind of error.

The worker and whatever knows no Qt say in English what exactly they found; that stands behind it.
"""

import re

from PySide6.QtCore import QLocale, QObject

from app.i18n import translated
from engine.errors import ErrorKind


def in_own_language(kind: ErrorKind, message: str) -> str:
    """An English sentence about an error, led in by one in the language of the window.

    In English it says everything by itself. Tokens are counted as the window's language counts.
    """
    if kind is ErrorKind.CONTEXT_FULL:
        message = re.sub(r"\d+", lambda found: QLocale().toString(int(found[0])), message)
    if translated(QLocale()) == "en":
        return message
    return f"{ErrorWords().sentences()[kind]} ({message})"


class ErrorWords(QObject):
    """The sentences; an object, so that Qt's tools know whose they are."""

    def sentences(self) -> dict[ErrorKind, str]:
        """By kind; each says what the matter is, and what to do where that is always the same."""
        return {
            ErrorKind.BAD_MODEL: self.tr("This model cannot be opened."),
            ErrorKind.BAD_AUDIO: self.tr("This sound cannot be read."),
            ErrorKind.BAD_INPUT: self.tr("This cannot be done as it was asked for."),
            ErrorKind.UNSUPPORTED_TASK: self.tr("This model was not made for that."),
            ErrorKind.CONTEXT_FULL: self.tr(
                "The model cannot hold so much: shorten it, or begin a new conversation."
            ),
            ErrorKind.REWIND_TOO_FAR: self.tr("So far back the model does not remember."),
            ErrorKind.NO_MICROPHONE: self.tr("There is no microphone that can be used."),
            ErrorKind.MICROPHONE_LOST: self.tr("The microphone is gone."),
            ErrorKind.MICROPHONE_MOVED: self.tr("Another microphone is in use now."),
            ErrorKind.AUDIO_SERVER: self.tr("The sound server does not answer."),
            ErrorKind.NO_CAMERA: self.tr("This cannot be looked at."),
            ErrorKind.CAMERA_LOST: self.tr("No picture comes any more."),
            ErrorKind.BAD_PICTURE: self.tr("This picture or video cannot be read."),
            ErrorKind.NO_SCREEN: self.tr("This desktop does not show its screen to programs."),
            ErrorKind.WORKER_DIED: self.tr("The model has stopped."),
            ErrorKind.OUT_OF_MEMORY: self.tr(
                "The memory is not enough: take a smaller size, or close other programs."
            ),
            ErrorKind.DISK: self.tr("A file cannot be read or written."),
            ErrorKind.NETWORK: self.tr("The network does not do its part."),
            ErrorKind.TOKEN: self.tr("The server does not accept who asks."),
            ErrorKind.KEYRING: self.tr(
                "The token may still be in the system’s keyring: open the keyring, and try again."
            ),
            ErrorKind.LICENCE: self.tr("Terms have to be accepted first."),
            ErrorKind.BAD_DOWNLOAD: self.tr("What was downloaded is not what was announced."),
            ErrorKind.MISSING_LIBRARY: self.tr("A library of the system is missing."),
            ErrorKind.PROTOCOL: self.tr("Two parts of different releases run together."),
            ErrorKind.INTERNAL: self.tr("Something unexpected went wrong; please report it."),
        }
