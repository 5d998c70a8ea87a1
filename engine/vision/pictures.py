"""Picture files to pixels: upright, without alpha. Knows nothing of the tower."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datatypes import Rgb
from engine.errors import ErrorKind, NestlingError
from engine.vision.opencv import cv2

_ORIENTATION = 0x0112  # of the TIFF tags that an EXIF block is made of
_EXIF_INTRODUCTION = b"Exif\0\0"  # written before the block in JPEG files


def read_picture(path: Path) -> Rgb:
    """A picture file as uint8 [H, W, 3]: turned as its EXIF says, transparency over white.

    JPEG, PNG and WebP, and whatever else OpenCV reads. Deeper channels are cut to 8 bits.

    Errors: BAD_PICTURE if there is no such file or it is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _bad(
            path, f"cannot be read ({error.strerror})", "give the path of a picture"
        ) from None
    try:
        pixels, kinds, blocks = cv2.imdecodeWithMetadata(
            np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED
        )
    except cv2.error:  # an empty file, or more pixels than OpenCV takes
        pixels = None
    if pixels is None or pixels.dtype not in (np.uint8, np.uint16):
        raise _bad(
            path, "cannot be read as a picture", "expected JPEG, PNG or WebP; convert it to one"
        )
    metadata = dict(zip(np.ravel(kinds).tolist(), blocks, strict=True))
    exif = metadata.get(cv2.IMAGE_METADATA_EXIF)
    orientation = 1 if exif is None else exif_orientation(np.asarray(exif, np.uint8).tobytes())
    return np.ascontiguousarray(_upright(_opaque(pixels), orientation))


def exif_orientation(exif: bytes) -> int:
    """The orientation 1 to 8 that an EXIF block names; 1, which is upright, if it names none."""
    block = exif.removeprefix(_EXIF_INTRODUCTION)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", block, 4)
        (entries,) = struct.unpack_from(f"{order}H", block, first)
        for entry in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", block, first + 2 + 12 * entry)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:  # cut short, or pointing outside
        pass
    return 1


def _upright(rgb: Rgb, orientation: int) -> Rgb:
    """What the camera saw: 5 to 8 swap the axes, then halves are mirrored."""
    if orientation >= 5:
        rgb = rgb.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        rgb = rgb[:, ::-1]
    if orientation in (3, 4, 7, 8):
        rgb = rgb[::-1]
    return rgb


def _opaque(pixels: npt.NDArray[Any]) -> Rgb:
    """OpenCV's blue-green-red, grey or with alpha, 8 or 16 bits -> red-green-blue over white."""
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 2:
        return np.repeat(pixels[:, :, None], 3, axis=2)
    colours = pixels[:, :, 2::-1]
    if pixels.shape[2] == 3:
        return colours
    alpha = pixels[:, :, 3:].astype(np.uint16)
    # 16 bits hold 255 * 255 + 127.
    blended = (colours * alpha + 255 * (255 - alpha) + 127) // 255
    return blended.astype(np.uint8)


def _bad(path: Path, found: str, advice: str) -> NestlingError:
    return NestlingError(ErrorKind.BAD_PICTURE, f"{path.name} {found}: {advice}.")
