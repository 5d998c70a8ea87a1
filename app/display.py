"""Whether a window can be shown at all, asked before Qt is imported: Qt itself would abort."""

import ctypes
import os
import sys
from collections.abc import Callable, Mapping

# What Qt's wheel leaves to the system, with Debian's and Ubuntu's names of the packages.
BASE_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def obstacle(
    environ: Mapping[str, str] = os.environ,
    loads: Callable[[str], bool] = _loads,
    platform: str = sys.platform,
) -> str | None:
    """Why no window can be shown, in one sentence with what to do; None if one can."""
    if platform != "linux":
        return None
    chosen = environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    on_wayland, on_x11 = environ.get("WAYLAND_DISPLAY"), environ.get("DISPLAY")
    if not chosen:
        if not on_wayland and not on_x11:
            return (
                "Nestling finds no display (neither WAYLAND_DISPLAY nor DISPLAY is set); start it "
                "on a desktop, or use `python main.py transcribe FILE` without a window."
            )
        chosen = "wayland" if on_wayland else "xcb"
    needed = dict(BASE_LIBRARIES)
    if chosen == "xcb":
        needed |= XCB_LIBRARIES
    missing = [package for library, package in needed.items() if not loads(library)]
    if not missing:
        return None
    return (
        f"Nestling cannot open a window because {_listed(missing)} missing; install "
        f"{'it' if len(missing) == 1 else 'them'}, on Debian and Ubuntu with "
        f"`sudo apt install {' '.join(missing)}`."
    )


def _listed(packages: list[str]) -> str:
    if len(packages) == 1:
        return f"the system library {packages[0]} is"
    return f"the system libraries {', '.join(packages[:-1])} and {packages[-1]} are"
