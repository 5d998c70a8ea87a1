"""Pictures between files, the clipboard, Qt and NumPy."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app.capture import picture
from app.capture.picture import (
    SHORT_SIDE,
    files_in,
    fitted,
    has_pictures,
    image_of,
    picture_in,
    read_picture,
    rgb_of,
)
from app.picture_keeping import save_picture
from engine.errors import ErrorKind, NestlingError

pytestmark = pytest.mark.usefixtures("qapp")


def random_rgb(height: int, width: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (48, 64), (33, 101)])
def test_qt_and_back_changes_nothing(shape: tuple[int, int]) -> None:
    rgb = random_rgb(*shape)
    back = rgb_of(image_of(rgb))
    assert np.array_equal(back, rgb)
    assert not back.flags.writeable


def test_what_is_transparent_lies_on_white() -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(0, 0, 0, 0))
    image.setPixelColor(1, 0, QColor(255, 0, 0, 128))
    left, right = rgb_of(image)[0].tolist()
    assert left == [255, 255, 255]
    assert right == [255, pytest.approx(127, abs=2), pytest.approx(127, abs=2)]


def test_a_picture_for_fine_screens_is_seen_whole(tmp_path: Path) -> None:
    image = QImage(8, 6, QImage.Format.Format_ARGB32)
    image.fill(QColor(200, 10, 10, 254))
    image.setDevicePixelRatio(2.0)  # as Qt reads a file that is named so
    rgb = rgb_of(image)
    assert rgb.shape == (6, 8, 3)
    assert np.abs(rgb.astype(int) - (200, 10, 10)).max() <= 2
    assert image.devicePixelRatio() == 2.0


def test_a_file_is_turned_as_its_exif_data_say(tmp_path: Path) -> None:
    rgb = np.zeros((20, 40, 3), np.uint8)
    rgb[:, :10] = 255  # white on the left
    jpeg = cv2.imencode(".jpg", rgb)[1].tobytes()
    # Orientation 6: the top of the picture is on the right of what is stored.
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0"
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    read = read_picture(path)
    assert read.shape == (40, 20, 3)
    assert read[:8].mean() > 200
    assert read[12:].mean() < 50


def test_a_file_with_a_wrong_ending_is_read_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(cv2.imencode(".png", random_rgb(4, 6))[1].tobytes())
    assert read_picture(path).shape == (4, 6, 3)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(NestlingError, match=r"broken\.png cannot be read") as caught:
        read_picture(path)
    assert caught.value.kind is ErrorKind.BAD_PICTURE


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="cannot be read"):
        read_picture(tmp_path / "nowhere.png")


def test_a_picture_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "LARGEST_PIXELS", 100)
    path = tmp_path / "map.png"
    cv2.imwrite(str(path), random_rgb(20, 20))
    with pytest.raises(NestlingError, match="20 × 20 points") as caught:
        read_picture(path)
    assert caught.value.kind is ErrorKind.BAD_PICTURE


def test_files_on_this_computer_may_be_pictures_and_those_of_others_not(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/x.png")])
    assert not has_pictures(data)
    data.setUrls([*data.urls(), QUrl.fromLocalFile(str(letter))])
    assert has_pictures(data)
    assert files_in(data) == [letter]
    assert picture_in(data) is None


def smooth(height: int, width: int) -> np.ndarray:  # type: ignore[type-arg]
    """A photograph's stand-in: brightness runs across, colour downwards."""
    across, down = np.linspace(0, 255, width), np.linspace(0, 255, height)
    channels = np.broadcast_arrays(across[None], down[:, None], 128.0)
    return np.stack(channels, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "shape"),
    [
        (1536, 2304, (768, 1152, 3)),
        (1080, 1920, (768, 1365, 3)),
        (3000, 1000, (2304, 768, 3)),
        (768, 4000, (768, 4000, 3)),
        (480, 640, (480, 640, 3)),
    ],
)
def test_a_question_takes_along_no_more_than_a_model_uses(
    tmp_path: Path, height: int, width: int, shape: tuple[int, int, int]
) -> None:
    """From a file, from the clipboard, from a camera: the same shape, and looks the same."""
    rgb = smooth(height, width)
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), rgb[:, :, ::-1])
    data = QMimeData()
    data.setImageData(image_of(rgb))
    for taken in (read_picture(path), picture_in(data), fitted(rgb)):
        assert taken is not None
        assert taken.shape == shape
        assert not taken.flags.writeable or taken is rgb
        wanted = cv2.resize(rgb, shape[1::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(taken.astype(int) - wanted).max() <= 2
    assert min(shape[:2]) <= SHORT_SIDE


def test_a_pasted_picture_is_taken_as_it_is(qapp: QApplication) -> None:
    data = QMimeData()
    data.setImageData(image_of(random_rgb(4, 6)))
    taken = picture_in(data)
    assert taken is not None
    assert np.array_equal(taken, random_rgb(4, 6))


@pytest.mark.parametrize("name", ["kept.png", "kept.jpg", "kept.anything"])
def test_a_kept_picture_can_be_opened_again(tmp_path: Path, name: str) -> None:
    rgb = np.full((30, 40, 3), (200, 90, 10), np.uint8)
    save_picture(rgb, tmp_path / name)
    assert np.abs(read_picture(tmp_path / name).astype(int) - rgb).max() <= 3
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save_picture(random_rgb(4, 6), tmp_path / "nowhere" / "kept.png")
    assert list(tmp_path.iterdir()) == []
