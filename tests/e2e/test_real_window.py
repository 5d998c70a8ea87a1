"""The same behaviours once more in a real window, under X11: a run and a screen of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.display import VirtualDisplay

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 900  # far more than it takes, on a busy machine


def test_all_of_it_holds_in_a_real_window() -> None:
    display = VirtualDisplay()
    names = (
        *("test_listening.py", "test_troubles.py", "test_conversation.py", "test_translation.py"),
        "looking",
    )
    # What the offscreen platform has nothing of.
    files = [str(HERE / name) for name in (*names, "windows_of_others.py")]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
            cwd=ROOT,
            env={**os.environ, **display.environment},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    finally:
        display.close()
    assert done.returncode == 0, done.stdout[-8_000:]
