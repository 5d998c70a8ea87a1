"""Pictures and sound of a question as bytes in the file of conversations, without loss.

Only what a person asks to be kept comes here. Knows no database and no window.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from app.capture.picture import image_of, rgb_of
from app.conversation.tree import Message
from engine.datatypes import Rgb

SOUND = -1  # the place of the sound; pictures have theirs from 0
PNG_QUALITY = 70  # Qt's measure of haste: a third larger than the smallest, and ten times sooner
_SAMPLES = np.dtype("<f4")

Medium = tuple[int, bytes]


def packed(message: Message) -> list[Medium]:
    """What went with a message: its place and its bytes."""
    media = [(place, _png(rgb)) for place, rgb in enumerate(message.images)]
    if message.audio is not None:
        media.append((SOUND, message.audio.astype(_SAMPLES).tobytes()))
    return media


def with_media(message: Message, media: Iterable[Medium]) -> Message:
    """The message with what was kept of it; as it is, if that cannot be read."""
    found = dict(media)
    audio = None
    if SOUND in found:
        data = found.pop(SOUND)
        audio = np.frombuffer(data[: len(data) // 4 * 4], _SAMPLES).astype(np.float32)
    images = [QImage.fromData(QByteArray(found[place])) for place in sorted(found)]
    if any(image.isNull() for image in images):
        return message
    return replace(message, images=tuple(map(rgb_of, images)), audio=audio, kept=True)


def _png(rgb: Rgb) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image_of(rgb).save(buffer, "PNG", PNG_QUALITY)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
