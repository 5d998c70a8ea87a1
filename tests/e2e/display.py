"""A screen that nobody sees: a private Xvfb without a port on the network."""

import os
import subprocess

SIZE = "1280x800x24"


class VirtualDisplay:
    """Xvfb on a free display number of its own choosing."""

    def __init__(self) -> None:
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            # Without -noreset it begins anew, and refuses new windows meanwhile, whenever the
            # last client is gone.
            [
                *("Xvfb", "-displayfd", str(write_end), "-screen", "0", SIZE),
                *("-nolisten", "tcp", "-noreset"),
            ],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            number = answer.readline().strip()  # empty if it ended instead
        if not number:
            self._server.wait()
            raise RuntimeError("Xvfb did not start; is the package xvfb installed?")
        self.name = f":{number}"

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to show its window here."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait()
