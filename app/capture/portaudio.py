"""The one place that touches PortAudio. Knows no Qt, no chunks.

Everything here may block while a sound server is frozen, so it is called from the capture thread,
and closing from a thread of its own. sounddevice is imported on first use: without the library
its import fails, and it sets up ALSA, which a program that does not listen has no need of.
"""

import atexit
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

from app.capture.ring import RING_SECONDS, Ring
from app.capture.sources import Source
from engine.datatypes import SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError

# 20 ms: the pulse device delivers on this grid; at 160 ms it delivers on one of 200 ms.
BLOCK_SECONDS = 0.02
# PortAudio's names of the devices that lead to a sound server, best first. `pulse` reads
# PULSE_SOURCE at each opening; on any of them the sound server can still move our stream.
SERVER_DEVICES = ("pulse", "pipewire", "default")


class InputStream(Protocol):
    """What the capture thread needs of an open microphone."""

    rate: int
    ring: Ring
    ended: threading.Event

    def close(self) -> None:
        """Release the microphone. Blocks for as long as the sound server is frozen."""


class AudioSystem(Protocol):
    """What the capture thread needs of PortAudio; tests put their own in its place."""

    def refresh(self) -> None:
        """Look for devices anew. No stream may be open."""

    def sources(self) -> list[Source]:
        """Microphones as PortAudio names them."""

    def open(self, source: str | None, wake: Callable[[], None]) -> InputStream:
        """Open a microphone; `wake` is called, from the callback, whenever sound has arrived."""

    def forget(self) -> None:
        """Never wait for the library again, not even at the end of the process."""


class PortAudio:
    """PortAudio through sounddevice.

    A source is one of PortAudio's own names, or else a name of the sound server's.
    """

    def __init__(self) -> None:
        self._library: ModuleType | None = None

    def refresh(self) -> None:
        """Look for devices anew: PortAudio's own list is as old as its initialisation.

        Raises:
            NestlingError: MISSING_LIBRARY; NO_MICROPHONE if PortAudio fails.
        """
        looked = "sounddevice" not in sys.modules  # its import looks for the first time
        sounddevice = self._loaded()
        if looked:
            return
        # Its one error: not initialised, which is so after the last attempt has failed.
        with contextlib.suppress(sounddevice.PortAudioError):
            sounddevice._terminate()
        try:
            sounddevice._initialize()
        except sounddevice.PortAudioError as error:
            raise _failed(error) from error

    def sources(self) -> list[Source]:
        """Microphones as PortAudio names them: for systems without PulseAudio's protocol.

        Raises:
            NestlingError: MISSING_LIBRARY; NO_MICROPHONE if PortAudio fails.
        """
        sounddevice = self._loaded()
        try:
            default = sounddevice.default.device[0]
            return [
                Source(device["name"], device["name"], False, device["index"] == default)
                for device in sounddevice.query_devices()
                if device["max_input_channels"] > 0
            ]
        except sounddevice.PortAudioError as error:
            raise _failed(error) from error

    def open(self, source: str | None, wake: Callable[[], None]) -> InputStream:
        """Open a microphone and let it run. None means the system's default.

        Raises:
            NestlingError: MISSING_LIBRARY; NO_MICROPHONE if nothing can be opened.
        """
        sounddevice = self._loaded()
        try:
            device, pulse_source = self._device(sounddevice, source)
            with _environment("PULSE_SOURCE", pulse_source):
                return self._opened(sounddevice, device, wake)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise NestlingError(
                ErrorKind.NO_MICROPHONE,
                f"The microphone cannot be opened ({error}). Connect one or choose another.",
            ) from error

    def _opened(
        self, sounddevice: ModuleType, device: int | None, wake: Callable[[], None]
    ) -> InputStream:
        """A running stream at our rate, or else at the device's own."""
        try:
            return _Stream(sounddevice, device, SAMPLE_RATE, wake)
        except sounddevice.PortAudioError:
            # A bare device that has one rate only; the chunker resamples.
            own_rate = round(sounddevice.query_devices(device, "input")["default_samplerate"])
            if own_rate == SAMPLE_RATE:
                raise
            return _Stream(sounddevice, device, own_rate, wake)

    def forget(self) -> None:
        """Take back sounddevice's exit handler: with a frozen server it would wait for ever."""
        if self._library is not None:
            atexit.unregister(self._library._exit_handler)

    def _device(self, sounddevice: ModuleType, source: str | None) -> tuple[int | None, str | None]:
        """PortAudio's index, None for its default; and what the server's client shall record."""
        names = {device["name"]: int(device["index"]) for device in sounddevice.query_devices()}
        if not names:
            raise NestlingError(
                ErrorKind.NO_MICROPHONE,
                "No microphone and no sound server was found. Connect a microphone or start "
                "the sound server.",
            )
        if source in names:
            return names[source], None
        return next((names[name] for name in SERVER_DEVICES if name in names), None), source

    def _loaded(self) -> ModuleType:
        if self._library is None:
            try:
                import sounddevice
            except OSError as error:  # what sounddevice raises without the C library
                raise NestlingError(
                    ErrorKind.MISSING_LIBRARY,
                    "The sound library PortAudio is missing. On Debian and Ubuntu install the "
                    "package libportaudio2, then start Nestling again.",
                ) from error
            except Exception as error:  # PortAudioError, whose class fails to come with it
                raise _failed(error) from error
            self._library = sounddevice
        return self._library


def _failed(error: Exception) -> NestlingError:
    return NestlingError(
        ErrorKind.NO_MICROPHONE,
        f"PortAudio cannot look for microphones ({error}). Check that the sound system runs; "
        "Nestling tries again.",
    )


@dataclass(frozen=True, slots=True)
class _Arrived:
    """The audio callback: copy, note the time, wake. An object because it outlives its maker."""

    ring: Ring
    wake: Callable[[], None]

    def __call__(self, samples: Any, frames: int, clock: Any, status: Any) -> None:
        self.ring.write(samples[:, 0], time.monotonic(), bool(status.input_overflow))
        self.wake()


class _Stream:
    """An open microphone.

    ended: set when PortAudio ended the stream by itself, which is how a loss is announced.
    """

    def __init__(
        self,
        sounddevice: ModuleType,
        device: int | None,
        rate: int,
        wake: Callable[[], None],
    ) -> None:
        self.rate = rate
        self.ring = Ring(round(RING_SECONDS * rate))
        self.ended = threading.Event()
        self._wake = wake
        self._stream = sounddevice.InputStream(
            samplerate=rate,
            channels=1,
            dtype="float32",
            blocksize=round(BLOCK_SECONDS * rate),
            device=device,
            callback=_Arrived(self.ring, wake),
            finished_callback=self._finished,
        )
        try:
            self._stream.start()
        except sounddevice.PortAudioError:
            self._stream.close()
            raise
        self._error = sounddevice.PortAudioError

    def close(self) -> None:
        """Release the microphone. Blocks for as long as the sound server is frozen."""
        with contextlib.suppress(self._error):  # a dead server's stream is closed all the same
            self._stream.abort()
        with contextlib.suppress(self._error):
            self._stream.close()

    def _finished(self) -> None:
        self.ended.set()
        self._wake()


@contextlib.contextmanager
def _environment(name: str, value: str | None) -> Iterator[None]:
    """Set a variable for a while where the C library reads it; None leaves it as it is."""
    before = os.environ.get(name)
    if value is not None:
        os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before
