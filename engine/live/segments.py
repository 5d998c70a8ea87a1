"""Where a segment of speech begins and ends, from the voice detector's windows and the sound.

Knows nothing of text. Positions are samples since the stream began.
"""

from dataclasses import dataclass

import numpy as np

from engine.datatypes import SAMPLE_RATE, Pcm
from engine.live.voice import WINDOW_SAMPLES, Window

QUIET_SAMPLES = SAMPLE_RATE // 10  # a cut is made in the quietest 100 ms
SEARCH_SAMPLES = 3 * SAMPLE_RATE  # of the last 3 s


@dataclass(frozen=True, slots=True)
class GateSettings:
    """How windows become segments.

    on, off: probabilities above which silence becomes speech, below which speech pauses.
    onset_windows: windows in a row above `on` that open a segment (a click is shorter).
    pre_roll_s: sound kept from before the onset: soft first consonants.
    pause_s: silence that closes a segment.
    short_pause_s: silence that closes a long one: between the two lengths of `shortening_s`, what
        is needed falls from one to the other. A breath is a better end than a cut.
    longest_s: length at which a segment is cut without a pause; the model knows clips up to 30 s.
    """

    on: float = 0.5
    off: float = 0.35
    onset_windows: int = 2
    pre_roll_s: float = 0.3
    pause_s: float = 0.6
    short_pause_s: float = 0.25
    shortening_s: tuple[float, float] = (6.0, 14.0)
    longest_s: float = 28.0

    def closing_pause_s(self, length_s: float) -> float:
        """Silence that closes a segment of this length."""
        first_s, last_s = self.shortening_s
        share = min(1.0, max(0.0, (length_s - first_s) / (last_s - first_s)))
        return self.pause_s + share * (self.short_pause_s - self.pause_s)


@dataclass(frozen=True, slots=True)
class Opened:
    """Speech began; the segment takes the sound from `start` on."""

    start: int


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause was long enough at `end`; voice_end: where speech was last heard."""

    end: int
    voice_end: int


class Gate:
    """Turns windows into openings and pauses.

    State: whether a segment is open, the current silence, the voice heard in the segment
    (`voice_s`, and `certain_s` in which a doubtful window counts for less).
    """

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._floor = 0
        self._origin = 0
        self._onset = 0
        self._start = 0
        self._voice_end = 0
        self.open = False
        self.voice = False
        self.voice_s = self.certain_s = 0.0

    def restart(self, origin: int) -> None:
        """Begin anew at sample `origin`, after a gap: nothing before it can be used."""
        self._origin = self._floor = origin
        self._onset = 0
        self.open = self.voice = False

    def cut(self, at: int, voice_s: float) -> None:
        """Begin a new segment at `at` while speech goes on; voice_s: speech already heard in it."""
        self._floor = self._start = at
        self.voice_s = self.certain_s = voice_s

    def follow(self, window: Window) -> Opened | Paused | None:
        """Take the detector's next window; what it changed."""
        end = self._origin + window.end
        step = self._inside if self.open else self._outside
        return step(end, window.probability)

    def _outside(self, end: int, probability: float) -> Opened | None:
        if probability < self._settings.on:
            self._onset = 0
            return None
        if not self._onset:
            self.voice_s = self.certain_s = 0.0
        self._onset += 1
        self._count(probability)
        if self._onset < self._settings.onset_windows:
            return None
        onset = end - self._onset * WINDOW_SAMPLES
        self.open = self.voice = True
        self._voice_end, self._onset = end, 0
        self._start = max(self._floor, onset - int(self._settings.pre_roll_s * SAMPLE_RATE))
        return Opened(self._start)

    def _inside(self, end: int, probability: float) -> Paused | None:
        if probability >= (self._settings.off if self.voice else self._settings.on):
            self.voice, self._voice_end = True, end
            self._count(probability)
            return None
        self.voice = False
        length_s = (self._voice_end - self._start) / SAMPLE_RATE
        if end - self._voice_end < self._settings.closing_pause_s(length_s) * SAMPLE_RATE:
            return None
        self.open, self._floor = False, end
        return Paused(end, self._voice_end)

    def _count(self, probability: float) -> None:
        self.voice_s += WINDOW_SAMPLES / SAMPLE_RATE
        self.certain_s += max(0.0, 2 * probability - 1) * WINDOW_SAMPLES / SAMPLE_RATE


def quietest(pcm: Pcm) -> int:
    """Return the middle of the quietest 100 ms. pcm: float32 [n >= 1600]; returns: 0..n."""
    # Whole windows of 10 ms are summed, so that the search costs nothing beside recognition.
    hop = QUIET_SAMPLES // 10
    hops = pcm[: pcm.size // hop * hop].reshape(-1, hop).astype(np.float64)
    energy = np.concatenate([[0.0], np.cumsum((hops**2).sum(axis=1))])
    windows = energy[10:] - energy[:-10]
    return int(np.argmin(windows)) * hop + QUIET_SAMPLES // 2


class History:
    """The last seconds of sound, addressed by sample since the stream began."""

    def __init__(self, keep_samples: int) -> None:
        self._keep = keep_samples
        self._pcm: Pcm = np.zeros(0, np.float32)
        self.end = 0

    def restart(self, origin: int) -> None:
        """Forget everything; the next sample is number `origin`."""
        self._pcm, self.end = np.zeros(0, np.float32), origin

    def append(self, pcm: Pcm) -> None:
        """Take new sound, forget what is older than the length kept."""
        self._pcm = np.concatenate([self._pcm, pcm])[-self._keep - pcm.size :]
        self.end += pcm.size

    def between(self, start: int, end: int) -> Pcm:
        """Return the samples [start, end), which must still be kept."""
        first = self.end - self._pcm.size
        assert first <= start <= end <= self.end, "sound asked for that is no longer kept"
        return self._pcm[start - first : end - first]
