"""Names and places of cameras, as the kernel lays them out."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.capture import camera_sources
from app.capture.camera_sources import SourceKind, cameras, file_source, network_source, node
from engine.errors import ErrorKind, NestlingError


class Kernel:
    """A folder like /sys, whose links and files are those of Linux 6."""

    def __init__(self, folder: Path) -> None:
        self._devices = folder / "devices"
        self.list = folder / "class" / "video4linux"
        self.list.mkdir(parents=True)

    def plug(self, number: int, name: str, port: str = "usb1/1-4/1-4:1.0", index: int = 0) -> None:
        real = self._devices / port / "video4linux" / f"video{number}"
        real.mkdir(parents=True)
        (real / "name").write_text(name + "\n")
        (real / "index").write_text(f"{index}\n")
        (self.list / f"video{number}").symlink_to(real)

    def unplug(self, number: int) -> None:
        (self.list / f"video{number}").unlink()


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    monkeypatch.setattr(sys, "platform", "linux")
    return Kernel(tmp_path)


def test_cameras_have_their_names_in_order_and_only_once(kernel: Kernel) -> None:
    kernel.plug(0, "Integrated Camera: Integrated C")
    kernel.plug(1, "Integrated Camera: Integrated C", index=1)  # data about the pictures
    kernel.plug(10, "Brio 100", "usb2/2-1/2-1:1.0")
    assert [source.label for source in cameras(kernel.list)] == ["Brio 100", "Integrated Camera"]
    assert {source.kind for source in cameras(kernel.list)} == {SourceKind.DEVICE}


def test_two_of_a_kind_are_told_apart(kernel: Kernel) -> None:
    kernel.plug(0, "Webcam", "usb1/1-1/1-1:1.0")
    kernel.plug(2, "Webcam", "usb1/1-2/1-2:1.0")
    first, second = cameras(kernel.list)
    assert (first.label, second.label) == ("Webcam (1)", "Webcam (2)")
    assert first.id != second.id


def test_cameras_fed_by_programs_are_different_ones(kernel: Kernel) -> None:
    kernel.plug(4, "Dummy video device (0x0000)", "virtual")
    kernel.plug(5, "Dummy video device (0x0001)", "virtual")
    one, other = cameras(kernel.list)
    assert (node(one.id, kernel.list), node(other.id, kernel.list)) == (4, 5)


def test_plugged_in_anew_it_is_the_same_camera_with_another_number(kernel: Kernel) -> None:
    kernel.plug(0, "Webcam")
    (before,) = cameras(kernel.list)
    kernel.unplug(0)
    assert cameras(kernel.list) == ()
    assert node(before.id, kernel.list) is None
    kernel.plug(3, "Webcam")
    assert cameras(kernel.list) == (before,)
    assert node(before.id, kernel.list) == 3


def test_a_camera_that_goes_while_it_is_read_is_left_out(kernel: Kernel) -> None:
    kernel.plug(0, "Webcam")
    (kernel.list / "video7").symlink_to(kernel.list / "nowhere")
    (kernel.list / "v4l-subdev0").mkdir()
    assert len(cameras(kernel.list)) == 1


def test_without_the_kernels_list_there_are_none(tmp_path: Path, kernel: Kernel) -> None:
    assert cameras(tmp_path / "nowhere") == ()


def test_elsewhere_the_platform_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        SimpleNamespace(path=r"\\?\usb#vid_046d", name="Brio 100", index=1400),
        SimpleNamespace(path=r"\\?\usb#vid_046d", name="Brio 100", index=700),
        SimpleNamespace(path=None, name="OBS Virtual Camera", index=701),
    ]
    library = SimpleNamespace(enumerate_cameras=lambda: found)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", library)
    brio, virtual = cameras()
    assert (brio.label, virtual.label) == ("Brio 100", "OBS Virtual Camera")
    assert (node(brio.id), node(virtual.id), node("gone")) == (1400, 701, None)


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("http://192.168.1.20:8080/video", "192.168.1.20:8080/video"),
        ("  rtsp://me:secret@cam.local/live/ ", "cam.local/live"),
        ("HTTPS://Cam.Example/a.mjpg?token=1", "cam.example/a.mjpg"),
        ("rtsp://[fe80::1]:554/x", "fe80::1:554/x"),
    ],
)
def test_a_network_camera_is_called_by_its_host_without_the_password(
    address: str, label: str
) -> None:
    source = network_source(address)
    assert source.kind is SourceKind.NETWORK
    assert source.id == address.strip()
    assert source.label == label


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camera",
        "192.168.1.20:8080",
        "file:///etc/passwd",
        "concat:a|b",
        "http://",
        "http://[::1",
        "rtsp://host:port/x",
        "ftp://me:secret@host/x",
    ],
)
def test_what_is_no_address_of_a_camera_is_refused(address: str) -> None:
    with pytest.raises(NestlingError, match="is no address of a camera") as caught:
        network_source(address)
    assert caught.value.kind is ErrorKind.NO_CAMERA
    assert "secret" not in caught.value.message


def test_a_file_is_called_by_its_name() -> None:
    source = file_source(Path("/films/garden.mp4"))
    assert (source.kind, source.id, source.label) == (
        camera_sources.SourceKind.FILE,
        "/films/garden.mp4",
        "garden.mp4",
    )
