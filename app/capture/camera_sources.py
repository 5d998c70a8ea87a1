"""What pictures can come from, by names for people. Knows no Qt and opens no camera.

OpenCV names no cameras. On Linux the kernel does, in /sys/class/video4linux; elsewhere the
platform is asked through cv2-enumerate-cameras. Neither turns a camera on.
"""

import os
import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from engine.errors import ErrorKind, NestlingError

KERNEL_LIST = Path("/sys/class/video4linux")
SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp")


class SourceKind(StrEnum):
    """Where pictures come from."""

    DEVICE = "device"  # a camera of this computer
    NETWORK = "network"  # a camera by its address
    FILE = "file"  # a video file, played in its own time
    SCREEN = "screen"
    WINDOW = "window"
    REGION = "region"  # a rectangle of the screen


@dataclass(frozen=True, slots=True)
class PictureSource:
    """Something to look at.

    id: tells it from others of its kind; stable when it is unplugged and connected again. A
        camera's place on the bus, an address, a path, a screen's name, a window's number, or
        "X,Y,WIDTHxHEIGHT" of a region.
    label: the name for people; never with a password in it.
    """

    kind: SourceKind
    id: str
    label: str


def cameras(kernel_list: Path = KERNEL_LIST) -> tuple[PictureSource, ...]:
    """The cameras of this computer, by name. Cheap on Linux; elsewhere up to a second."""
    found = _of_kernel(kernel_list) if sys.platform == "linux" else _of_platform()
    return _told_apart(sorted(found, key=lambda source: (source.label.casefold(), source.id)))


def node(source: str, kernel_list: Path = KERNEL_LIST) -> int | None:
    """The number that OpenCV opens a camera by now; None if it is not connected.

    After plugging in anew the number may be another, so it is asked for at each opening.
    """
    if sys.platform == "linux":
        numbers = {place: number for number, place, _ in _nodes(kernel_list)}
        return numbers.get(source)
    from cv2_enumerate_cameras import enumerate_cameras

    for camera in enumerate_cameras():
        if source in (camera.path, camera.name):
            return int(camera.index)
    return None


def network_source(address: str) -> PictureSource:
    """A network camera.

    Errors: NO_CAMERA if it is no address of a camera.
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme.lower() not in SCHEMES or not host:
        raise NestlingError(
            ErrorKind.NO_CAMERA,  # over as soon as something is looked at
            f"“{_without_password(address)}” is no address of a camera. Expected is one that "
            f"begins with {', '.join(scheme + '://' for scheme in SCHEMES[:3])}; the camera's "
            "manual has it.",
        )
    shown = f"{host}:{port}" if port else host
    return PictureSource(SourceKind.NETWORK, address, shown + parts.path.rstrip("/"))


def file_source(path: Path) -> PictureSource:
    """A video file."""
    return PictureSource(SourceKind.FILE, str(path), path.name)


def _without_password(address: str) -> str:
    try:
        parts = urlsplit(address)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return address.rpartition("@")[2]


def _nodes(kernel_list: Path) -> list[tuple[int, str, str]]:
    """Number, place on the bus and name of each node that gives pictures."""
    found = []
    try:
        entries = sorted(os.listdir(kernel_list))
    except OSError:
        return []
    for entry in entries:
        number = re.fullmatch(r"video(\d+)", entry)
        if number is None:
            continue
        folder = kernel_list / entry
        try:
            # A camera's further nodes carry data about the pictures, not pictures.
            if int((folder / "index").read_text()) != 0:
                continue
            name = (folder / "name").read_text(errors="replace").strip()
        except (OSError, ValueError):
            continue  # it is just being unplugged
        # .../usb1/1-4/1-4:1.0/video4linux/video0: the port stays when the number changes.
        resolved = folder.resolve()
        port = resolved.parent.parent
        place = resolved if port.name == "virtual" else port  # one that a program feeds has none
        found.append((int(number[1]), str(place), name or entry))
    return found


def _of_kernel(kernel_list: Path) -> list[PictureSource]:
    return [
        PictureSource(SourceKind.DEVICE, place, _clean(name))
        for _, place, name in _nodes(kernel_list)
    ]


def _of_platform() -> list[PictureSource]:
    from cv2_enumerate_cameras import enumerate_cameras

    unique = {str(camera.path or camera.name): camera.name for camera in enumerate_cameras()}
    return [PictureSource(SourceKind.DEVICE, id, name) for id, name in unique.items()]


def _clean(name: str) -> str:
    """The name once: many cameras call themselves "HD Webcam: HD Webcam"."""
    first, colon, second = name.partition(": ")
    return first if colon and second.startswith(first[: len(second)]) else name


def _told_apart(found: list[PictureSource]) -> tuple[PictureSource, ...]:
    """Cameras of the same name, numbered."""
    labels = [source.label for source in found]
    seen: dict[str, int] = {}
    told = []
    for source in found:
        seen[source.label] = number = seen.get(source.label, 0) + 1
        twice = labels.count(source.label) > 1
        label = f"{source.label} ({number})" if twice else source.label
        told.append(PictureSource(source.kind, source.id, label))
    return tuple(told)
