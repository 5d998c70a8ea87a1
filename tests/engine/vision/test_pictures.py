"""Picture files: what `timm_figures.files` does not show, and what is refused."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ErrorKind, NestlingError
from engine.vision.pictures import exif_orientation, read_picture


def block(order: str, *entries: tuple[int, int]) -> bytes:
    """An EXIF block with short values."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    tags = [struct.pack(f"{order}HHIHH", tag, 3, 1, value, 0) for tag, value in entries]
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + b"".join(tags)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_orientation_is_found_in_both_byte_orders(order: str) -> None:
    assert exif_orientation(block(order, (0x010F, 5), (0x0112, 6))) == 6
    assert exif_orientation(b"Exif\0\0" + block(order, (0x0112, 3))) == 3
    assert exif_orientation(block(order, (0x0112, 9))) == 1
    assert exif_orientation(block(order, (0x010F, 5))) == 1


@given(st.binary(max_size=80), st.sampled_from([b"", b"II*\0", b"MM\0*", b"II*\0\x08\0\0\0"]))
def test_any_bytes_have_an_orientation(data: bytes, begin: bytes) -> None:
    assert 1 <= exif_orientation(begin + data) <= 8


def test_sixteen_bits_are_cut_to_eight(tmp_path: Path) -> None:
    deep = (np.arange(3 * 5 * 3, dtype=np.uint16) * 1400).reshape(3, 5, 3)
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    assert np.array_equal(read_picture(tmp_path / "deep.png"), (deep >> 8)[:, :, ::-1])


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut short"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.jpg").write_bytes(content)
    with pytest.raises(NestlingError, match="expected JPEG, PNG or WebP") as caught:
        read_picture(tmp_path / "broken.jpg")
    assert caught.value.kind is ErrorKind.BAD_PICTURE


def test_pixels_that_are_no_levels_are_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "real.tiff"), np.zeros((4, 4, 3), np.float32))
    with pytest.raises(NestlingError, match="expected JPEG, PNG or WebP"):
        read_picture(tmp_path / "real.tiff")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(NestlingError, match="cannot be read") as caught:
            read_picture(path)
        assert caught.value.kind is ErrorKind.BAD_PICTURE
