"""Virtual microphones for tests: a private PulseAudio daemon. No D-Bus, no configuration files."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

RATE = 16_000  # Hz
START_SECONDS = 10.0
_POLL_SECONDS = 0.01


class VirtualAudio:
    """A sound server of its own whose sinks' monitors are the microphones.

    The options of the sinks are measured: at 16 kHz, mono, float and without rewinds, what is
    recorded equals what is played bit by bit, and begins 0.2 s after opening.

    Args:
        microphones: names; each becomes a source `NAME.monitor`.
    """

    def __init__(self, microphones: tuple[str, ...] = ("mic",)) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sound-"))
        self._socket = self._folder / "native"
        self._microphones = microphones
        self._server: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to use this server and no other."""
        folder = str(self._folder)
        return {
            "HOME": folder,
            "XDG_RUNTIME_DIR": folder,
            "PULSE_RUNTIME_PATH": folder,
            "PULSE_STATE_PATH": folder,
            "PULSE_SERVER": f"unix:{self._socket}",
        }

    def start(self) -> None:
        """Start the server (again)."""
        command = [
            *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"),
            *("--disable-shm=yes", "--log-target=stderr", "--log-level=error"),
        ]
        protocol = f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"
        sinks = [f"module-null-sink {_sink(name)}" for name in self._microphones]
        for module in (protocol, *sinks):
            command += ["-L", module]
        environment = self._full_environment()
        del environment["PULSE_SERVER"]  # the daemon refuses to start as a client of another
        self._socket.unlink(missing_ok=True)
        self._server = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("pulseaudio did not start; is the package installed?")
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """End the server as a crash would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let the server hang."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        assert self._server is not None
        self._server.send_signal(signal.SIGCONT)

    def revive(self) -> None:
        """Whatever was done to the server: let it run."""
        if self._server is None:
            self.start()
        self.thaw()

    def control(self, *arguments: str) -> str:
        """Run pactl and return what it printed."""
        return subprocess.run(
            ["pactl", *arguments],
            env=self._full_environment(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def plug_in(self, microphone: str) -> str:
        """Connect one of the server's microphones again; the module to unplug."""
        return self.control("load-module", "module-null-sink", *_sink(microphone).split())

    def plug(self, name: str, master: str) -> str:
        """Connect another microphone that hears what `master` hears; the module to unplug."""
        return self.control(
            "load-module",
            "module-remap-source",
            f"source_name={name}",
            f"master={master}.monitor",
            f"source_properties=device.description={name}",
        )

    def unplug(self, module: str) -> None:
        """Take away what `plug` connected."""
        self.control("unload-module", module)

    def play(self, wav: Path, microphone: str = "mic") -> subprocess.Popen[bytes]:
        """Let a microphone hear a file, in real time; returns at once."""
        player = subprocess.Popen(
            ["paplay", f"--device={microphone}", str(wav)], env=self._full_environment()
        )
        self._players.append(player)
        return player

    def show(self, film: Path) -> subprocess.Popen[bytes]:
        """Play a video again and again, its sound to the default output; returns at once.

        Its picture is in a window of its own where there is a screen.
        """
        environment = {**self._full_environment(), "SDL_AUDIODRIVER": "pulseaudio"}
        if "DISPLAY" not in environment:
            environment["SDL_VIDEODRIVER"] = "dummy"
        place = ["-noborder", *("-left", "560"), *("-top", "40"), *("-x", "640"), *("-y", "360")]
        # Quiet: it remarks on a screen without acceleration, and waits for keys otherwise.
        command = ["ffplay", "-loglevel", "quiet", "-nostats", "-loop", "0", *place, str(film)]
        player = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
        self._players.append(player)
        return player

    def recorders(self) -> list[str]:
        """The sources that are being recorded from just now, by index."""
        lines = self.control("list", "short", "source-outputs").splitlines()
        return [line.split("\t")[1] for line in lines]

    def close(self) -> None:
        """End the server and whatever plays."""
        for player in self._players:
            player.kill()
            player.wait()
        self._end(signal.SIGTERM)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _full_environment(self) -> dict[str, str]:
        environment = dict(os.environ, **self.environment)
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        return environment

    def _end(self, number: signal.Signals) -> None:
        if self._server is None:
            return
        self._server.send_signal(signal.SIGCONT)
        self._server.send_signal(number)
        try:
            self._server.wait(3)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None


def _sink(name: str) -> str:
    """What makes a sink whose monitor is an exact microphone."""
    return (
        f"sink_name={name} rate={RATE} channels=1 format=float32le norewinds=1 "
        f"sink_properties=device.description={name}"
    )


@contextlib.contextmanager
def in_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Let this process see these variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
