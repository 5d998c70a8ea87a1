"""Puts a machine in order: Debian packages and a virtual environment beside `main.py`.

Runs under the system's bare Python, so it uses the standard library only; knows nothing of torch
or Qt. Every step looks first and does nothing where nothing is needed, so it can run again.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"

# Shared libraries that the wheels of PySide6 (X11 and Wayland) and sounddevice do not bring, and
# the program that reads the sound of videos.
WINDOW_PACKAGES = (
    "ffmpeg",
    "libportaudio2",
    "libasound2-plugins",
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
)

# What the tests use: private sound and message servers, synthesisers and a compiler for one of
# them, a person's voice, a screen, an encoder, fonts.
TEST_PACKAGES = (
    "pulseaudio",
    "pulseaudio-utils",
    "espeak-ng",
    "flite",
    "festival",
    "festvox-kdlpc16k",
    "festvox-us-slt-hts",
    "gcc",
    "libc6-dev",
    "python3-dev",
    "wordnet-base",
    "xvfb",
    "dbus-daemon",
    "xdotool",
    "sox",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
)

# What the vision tower is compared with, in a folder of the environment that only the process
# that compares searches: transformers would import torchvision, and torchvision does not load.
REFERENCE = "reference"
REFERENCE_PACKAGES = ("timm==1.0.31", "torchvision==0.28.0", "pillow==13.0.0")


def setup(window: Sequence[str]) -> int:
    """Set everything up, then become the window, started with `window`. Returns only on failure."""
    if not (_debian_packages(WINDOW_PACKAGES) and _environment("starter")):
        return 1
    return _become([str(_python()), str(ROOT / "main.py"), *window])


def test(arguments: Sequence[str]) -> int:
    """Set everything up, then run every check; `arguments` go to pytest. Returns an exit status."""
    packages = (*WINDOW_PACKAGES, *TEST_PACKAGES)
    if not (_debian_packages(packages) and _environment("dev", "starter") and _reference()):
        return 1
    checks = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", *arguments],
    )
    failed = [
        check[0] for check in checks if subprocess.call([_python(), "-m", *check], cwd=ROOT) != 0
    ]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def enter_environment() -> None:
    """Go on in the virtual environment if set-up made one, whatever else this Python has.

    Errors: SystemExit with what to do, if there are no packages there, or here without one.
    """
    inside = Path(sys.prefix).resolve() == ENVIRONMENT.resolve()
    if not inside and _stamp().exists() and _python().exists():
        sys.exit(_become([str(_python()), *sys.argv]))
    if importlib.util.find_spec("torch") is None:
        sys.exit("The packages that Nestling needs are not installed: run `python3 main.py setup`.")


def _become(command: list[str]) -> int:
    """Replace this process where the system can; elsewhere run the command and wait."""
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def _python() -> Path:
    """The virtual environment's interpreter."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _stamp() -> Path:
    """Holds what was installed; written last, so a broken set-up is done again."""
    return ENVIRONMENT / "installed.txt"


def _debian_packages(wanted: Sequence[str]) -> bool:
    """Install the Debian packages that are missing. Elsewhere they are the user's to install."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        print(f"Not a Debian system: these libraries are expected: {', '.join(wanted)}.")
        return True
    if importlib.util.find_spec("ensurepip") is None:
        wanted = (*wanted, "python3-venv")
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted]
    listing = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    missing = [name for name in wanted if name not in installed]
    if not missing:
        return True
    root = [] if os.geteuid() == 0 else ["sudo"]
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    print(f"Installing Debian packages: {' '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], install):
        command = [*root, *step]
        if shutil.which(command[0]) is None or subprocess.call(command, env=environment) != 0:
            print(
                f"`{' '.join(command)}` failed; the packages above are needed. "
                "Install them as root, then run this again.",
                file=sys.stderr,
            )
            return False
    return True


def _environment(*extras: str) -> bool:
    """Create the virtual environment and install the project with `extras` into it."""
    project = (ROOT / "pyproject.toml").read_bytes()
    digest = hashlib.sha256(project + sys.version.encode()).hexdigest()
    stamp = _stamp().read_text().split() if _stamp().exists() else []
    if _python().exists() and stamp[:1] == [digest] and set(extras) <= set(stamp):
        return True
    print("Installing Python packages; the first time this takes some minutes.", flush=True)
    _stamp().unlink(missing_ok=True)
    create = [sys.executable, "-m", "venv", str(ENVIRONMENT)]
    if not _python().exists():
        create.append("--clear")  # a link to a Python that is gone would stay
    target = f"{ROOT}[{','.join(extras)}]"
    install = [str(_python()), "-m", "pip", "install", "--quiet", "--editable", target]
    for command in (create, install):
        if subprocess.call(command) != 0:
            print(f"`{' '.join(command)}` failed; see the lines above it.", file=sys.stderr)
            return False
    _stamp().write_text(f"{digest} {' '.join(extras)}\n")
    return True


def _reference() -> bool:
    """Install what the vision tower is compared with, without what it says it depends on."""
    folder = ENVIRONMENT / REFERENCE
    stamp = folder / "installed.txt"
    wanted = "\n".join((*REFERENCE_PACKAGES, sys.version))
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(_python()), "-m", "pip", "install", "--quiet", "--no-deps"]
    install = [*pip, "--target", str(folder), *REFERENCE_PACKAGES]
    if subprocess.call(install) != 0:
        print(f"`{' '.join(install)}` failed; see the lines above it.", file=sys.stderr)
        return False
    stamp.write_text(wanted)
    return True
