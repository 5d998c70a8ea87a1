"""The program as another process, seen and driven from outside: windows, keys, signals, files."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.02
PATIENCE = 90.0  # s, on a busy machine


class Outside:
    """`python main.py` with a profile of its own.

    Args:
        environment: the virtual display's and the sound server's, above the usual one.
        model: the model's folder.
        profile: where the program keeps everything.
    """

    def __init__(self, environment: Mapping[str, str], model: Path, profile: Path) -> None:
        self._environment = dict(environment)
        self.profile = profile
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "main.py", "--model", str(model), "--profile", str(profile)],
            cwd=ROOT,
            env=self._environment,
        )

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain; windows: {self.windows()}"
            time.sleep(POLL_SECONDS)

    def wait_for_window(self, title: str = "Nestling") -> str:
        """The number of its visible window."""
        self.wait(lambda: bool(self.windows(title)))
        return self.windows(title)[0]

    def windows(self, title: str = "Nestling") -> list[str]:
        """All visible windows on the display with this in their title, the topmost last."""
        return self._xdotool("search", "--onlyvisible", "--name", title).split()

    def press(self, window: str, keys: str) -> None:
        """Press keys as a person would, with the window in focus."""
        self._xdotool("windowfocus", "--sync", window)
        self._xdotool("key", "--clearmodifiers", keys)

    @property
    def family(self) -> list[psutil.Process]:
        """The window's process and what it has started."""
        window = psutil.Process(self.process.pid)
        return [window, *window.children(recursive=True)]

    @property
    def has_worker(self) -> bool:
        """Whether the engine's process exists, and with it every page of the window.

        Other children come and go before it: looking for PortAudio asks ldconfig and gcc.
        """
        for child in self.family[1:]:
            try:
                if "--multiprocessing-fork" in child.cmdline():
                    return True
            except psutil.Error:  # ended meanwhile
                continue
        return False

    @property
    def journals(self) -> list[Path]:
        return sorted((self.profile / "transcripts").glob("*.jsonl"))

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()

    def _xdotool(self, *arguments: str) -> str:
        # It ends with 1 where it finds nothing, which is an answer too.
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environment, capture_output=True, text=True
        )
        return done.stdout.strip()
