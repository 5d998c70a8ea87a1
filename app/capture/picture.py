"""Pictures between Qt, files and NumPy; from files, the clipboard and what is dropped."""

import mimetypes
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QImageReader, QPainter

from engine.datatypes import PICTURE_PIXELS, Rgb
from engine.errors import ErrorKind, NestlingError

LARGEST_PIXELS = 120_000_000  # a picture beyond is an attack or a map; 480 MB as Qt holds it
LARGEST_MB = 512  # what a reader may allocate
# Of a picture's shorter side. More no model uses: it looks at the whole at so many points square,
# and at a wide picture in parts of as many.
SHORT_SIDE = PICTURE_PIXELS[-1]


def rgb_of(image: QImage) -> Rgb:
    """uint8 [H, W, 3], read-only; what is transparent lies on white (audio-vision.md section 9)."""
    if image.hasAlphaChannel():
        image = _on_white(image)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    # Rows are padded to whole words, and the memory is Qt's.
    rgb = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
    rgb.flags.writeable = False
    return rgb


def image_of(rgb: Rgb) -> QImage:
    """A copy that Qt owns."""
    height, width, _ = rgb.shape
    whole = np.ascontiguousarray(rgb)
    return QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def fitted(rgb: Rgb) -> Rgb:
    """The picture as a question takes it along: no larger than a model uses."""
    height, width, _ = rgb.shape
    size = _fitted_size(QSize(width, height))
    return rgb if size == QSize(width, height) else rgb_of(_scaled(image_of(rgb), size))


def _fitted_size(size: QSize) -> QSize:
    """The same shape, the shorter side at most SHORT_SIDE."""
    if min(size.width(), size.height()) <= SHORT_SIDE:
        return size
    return size.scaled(SHORT_SIDE, SHORT_SIDE, Qt.AspectRatioMode.KeepAspectRatioByExpanding)


def _scaled(image: QImage, size: QSize) -> QImage:
    ignored = Qt.AspectRatioMode.IgnoreAspectRatio
    return image.scaled(size, ignored, Qt.TransformationMode.SmoothTransformation)


_ELSEWHERE = {  # what other files are for; by the first half of their MIME type
    "audio": "{name} is a sound file, no picture. Drop it on the page of the transcript, and it is "
    "written down.",
    "video": "{name} is a video, no picture. Choose it as what is looked at, beside the camera, "
    "and ask about it there; on the page of the transcript its sound is written down.",
    "text": "{name} is a text, no picture. Copy what you want to ask about, and paste it into the "
    "question.",
}


def read_picture(path: Path) -> Rgb:
    """A picture file, turned as its EXIF data say, no larger than a model uses.

    Errors: BAD_PICTURE if it cannot be read or is too large.
    """
    if path.exists() and not path.is_file():  # a pipe is waited for, for ever
        raise NestlingError(
            ErrorKind.BAD_PICTURE,
            f"{path.name} is no file. Expected is a PNG, JPEG, WebP, GIF, BMP or SVG file.",
        )
    kind = (mimetypes.guess_type(path.name)[0] or "").partition("/")[0]
    if kind in _ELSEWHERE and path.exists():
        raise NestlingError(ErrorKind.BAD_PICTURE, _ELSEWHERE[kind].format(name=path.name))
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.width() * size.height() > LARGEST_PIXELS:
        raise NestlingError(
            ErrorKind.BAD_PICTURE,
            f"The picture {path.name} has {size.width()} × {size.height()} points; at most "
            f"{LARGEST_PIXELS // 1_000_000} million can be looked at. Make it smaller first.",
        )
    reader.setAllocationLimit(LARGEST_MB)
    if size.isValid():
        reader.setScaledSize(_fitted_size(size))
    image = reader.read()
    if image.isNull():
        raise NestlingError(
            ErrorKind.BAD_PICTURE,
            f"{path.name} cannot be read as a picture ({reader.errorString()}). Expected is a "
            "PNG, JPEG, WebP, GIF, BMP or SVG file; open it elsewhere and save it as PNG.",
        )
    return rgb_of(image)


def has_pictures(data: QMimeData) -> bool:
    """Whether something dropped or pasted is a picture, or files that may be. Reads no file."""
    return data.hasImage() or bool(files_in(data))


def files_in(data: QMimeData) -> list[Path]:
    """The local files in something dropped or pasted; a file manager also offers their icon."""
    urls: list[QUrl] = data.urls() if data.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def picture_in(data: QMimeData) -> Rgb | None:
    """The picture itself in something dropped or pasted, no larger than a model uses."""
    image = data.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return None
    return rgb_of(_scaled(image, _fitted_size(image.size())))


def _on_white(image: QImage) -> QImage:
    image = QImage(image)
    image.setDevicePixelRatio(1.0)  # of a file named @2x: it would be painted at half its size
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(0xFFFFFFFF)
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground
