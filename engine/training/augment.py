"""Voices that no synthesiser has: waveform augmentation of 16 kHz clips, -1..1."""

from dataclasses import dataclass

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.espeak import SAMPLE_RATE

Samples = NDArray[np.float32]

_BANK_SECONDS = 60
_NOISES = (0.1, 0.3, 0.15, 0.45)  # shares of white, pink and brown noise and of babble
_LEVEL_FRAME = SAMPLE_RATE // 50
_BANDS = np.geomspace(80, SAMPLE_RATE / 2, 9)  # Hz: where an equaliser is set
_POINTS, _SHIFT, _BEND = 5, 1.5, 2.0  # of a warp: where it is set, and how many bands it moves
_SLOPE, _UNEVENNESS = 2.5, 6.0  # of an equaliser: dB an octave, and dB of each band; most often


@dataclass(frozen=True, slots=True)
class Odds:
    """How often each change is made to a clip."""

    resampling: float = 0.8
    tilt: float = 0.6
    resonance: float = 0.4
    bands: float = 0.55
    room: float = 0.3
    noise: float = 0.78
    warp: float = 0.5


class Augmenter:
    """Changes clips at random.

    Args:
        babble: speech of many, from which the babble of a crowd is mixed; each at least 1 s.
        odds: how often.
        seconds: of each noise, from which stretches are taken.
    """

    def __init__(
        self, babble: list[Samples], odds: Odds | None = None, seconds: int = _BANK_SECONDS
    ) -> None:
        self._odds = odds or Odds()
        rng = np.random.default_rng(0)
        count = seconds * SAMPLE_RATE
        self._noises = [_coloured(rng, count, slope) for slope in (0.0, 0.5, 1.0)]
        if babble:
            self._noises.append(_crowd(rng, babble, count))
        shares = np.array(_NOISES[: len(self._noises)])
        self._shares = shares / shares.sum()

    def stretch(self, rng: np.random.Generator) -> float:
        """By how much to resample a clip: above one is slower and lower."""
        if rng.random() >= self._odds.resampling:
            return 1.0
        return float(np.exp(rng.uniform(np.log(0.82), np.log(1.22))))

    def colour(self, pcm: Samples, rng: np.random.Generator) -> Samples:
        """A spectral tilt, a resonance, an equaliser and a room, each by its odds. Same length.

        The equaliser (after FilterAugment, arXiv 2110.03282) is there for speakers and microphones
        that no clip has: with another voice's long-term spectrum a voice of the clips was
        misheard twice as often.
        """
        odds = self._odds
        tilt = rng.random() < odds.tilt
        resonance = rng.random() < odds.resonance
        room = rng.random() < odds.room
        bands = rng.random() < odds.bands
        if not (tilt or resonance or room or bands) or not len(pcm):
            return pcm
        tail = SAMPLE_RATE // 4
        size = _fast_length(len(pcm) + tail)
        turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size).astype(np.complex64)
        response = np.ones(size // 2 + 1, np.complex64)
        if tilt:
            response *= 1 - np.float32(rng.uniform(-0.6, 0.8)) * turn
        if resonance:
            angle = 2 * np.pi * np.exp(rng.uniform(np.log(300), np.log(3000))) / SAMPLE_RATE
            radius = rng.uniform(0.85, 0.97)
            poles = 1 - 2 * radius * np.cos(angle) * turn + radius**2 * turn**2
            peak = np.float32((1 - radius) ** 1)
            response *= 1 + np.float32(rng.uniform(0.3, 1.5)) * peak / poles
        if bands:
            response *= _equaliser(rng, np.arange(len(response)) * (SAMPLE_RATE / size))
        if room:
            impulse = rng.standard_normal(tail).astype(np.float32)
            decay = rng.uniform(0.01, 0.08) * SAMPLE_RATE
            impulse *= np.exp(-np.arange(tail, dtype=np.float32) / np.float32(decay))
            impulse *= np.float32(rng.uniform(0.1, 0.7)) / np.linalg.norm(impulse)
            impulse[0] += 1
            response *= np.fft.rfft(impulse, size)
        coloured = np.fft.irfft(np.fft.rfft(pcm, size) * response, size)[: len(pcm)]
        return coloured.astype(np.float32)

    def warp(self, mel: Tensor, rng: np.random.Generator) -> Tensor:
        """A log-mel [T, bands] whose bands are moved by its odds, some up and others down.

        The formants of another mouth: unlike resampling, each by a factor of its own, and neither
        pitch nor speed goes along with all of them (vocal tract length perturbation, Jaitly and
        Hinton 2013, with a curve in place of a line). Moved by three bands, a voice of no clip was
        misheard a fifth less.
        """
        if rng.random() >= self._odds.warp:
            return mel
        last = mel.shape[-1] - 1
        shifts = rng.normal(0, _SHIFT) + rng.normal(0, rng.uniform(0, _BEND), _POINTS)
        bands = np.arange(last + 1)
        source = np.clip(bands + np.interp(bands, np.linspace(0, last, _POINTS), shifts), 0, last)
        below = np.minimum(source.astype(np.int64), last - 1)
        share = torch.from_numpy((source - below).astype(np.float32))
        lower, upper = mel[:, below], mel[:, below + 1]
        return lower + (upper - lower) * share

    def mix(self, pcm: Samples, rng: np.random.Generator) -> Samples:
        """A level over 20 dB and, by its odds, noise 3 to 22 dB below the speech. Same length."""
        level = active_level(pcm)
        scale = 10 ** rng.uniform(-1.6, -0.6) / max(level, 1e-4) if level else 1.0
        pcm = pcm * np.float32(scale)
        level = level * scale if level else 10 ** rng.uniform(-2.0, -1.0)
        if rng.random() < self._odds.noise:
            noise = self._noises[rng.choice(len(self._noises), p=self._shares)]
            pcm = with_noise(pcm, noise, rng.uniform(3, 22), level, rng)
        elif rng.random() < 0.7:  # the hiss of a quiet microphone; the rest stays digital silence
            pcm = with_noise(pcm, self._noises[0], rng.uniform(30, 60), level, rng)
        return np.clip(pcm, -1, 1).astype(np.float32)

    def noise(self, name: str) -> Samples:
        """All there is of "white", "pink", "brown" or "babble", at level one."""
        return self._noises[("white", "pink", "brown", "babble").index(name)]


def with_noise(
    pcm: Samples, noise: Samples, decibels: float, level: float, rng: np.random.Generator
) -> Samples:
    """`pcm` with a random stretch of `noise` (level one), `decibels` below `level`."""
    start = int(rng.integers(len(noise)))
    stretch = np.take(noise, range(start, start + len(pcm)), mode="wrap")
    return pcm + stretch * np.float32(level * 10 ** (-decibels / 20))


def active_level(pcm: Samples) -> float:
    """Root mean square of the frames of 20 ms within 30 dB of the loudest; 0.0 for silence."""
    frames = pcm[: len(pcm) // _LEVEL_FRAME * _LEVEL_FRAME].reshape(-1, _LEVEL_FRAME)
    power = np.square(frames).mean(axis=1) if len(frames) else np.zeros(1, np.float32)
    loudest = float(power.max())
    return float(np.sqrt(power[power >= loudest / 1000].mean())) if loudest > 0 else 0.0


def resampled(pcm: Samples, stretch: float) -> Samples:
    """`pcm` `stretch` times as long, pitch and formants moved with it."""
    if stretch == 1.0:
        return pcm
    return np.asarray(soxr.resample(pcm, SAMPLE_RATE, SAMPLE_RATE * stretch, "LQ"), np.float32)


def _equaliser(rng: np.random.Generator, frequency: NDArray[np.floating]) -> Samples:
    """Gains at these frequencies, Hz: a slope, and steps from band to band."""
    octaves = np.log2(np.maximum(frequency, _BANDS[0]) / 1000)
    steps = rng.normal(0, rng.uniform(0, _UNEVENNESS), len(_BANDS))
    decibels = rng.normal(0, _SLOPE) * octaves
    decibels += np.interp(octaves, np.log2(_BANDS / 1000), steps)
    return np.asarray(10 ** (np.clip(decibels, -30, 30) / 20), np.float32)


def _coloured(rng: np.random.Generator, count: int, slope: float) -> Samples:
    """Noise whose amplitude falls with frequency to the power of `slope`, level one."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 50)
    noise = np.fft.irfft(spectrum / frequency**slope, count)
    return np.asarray(noise / noise.std(), np.float32)


def _crowd(rng: np.random.Generator, babble: list[Samples], count: int) -> Samples:
    """Six people at once."""
    mixed = np.zeros(count, np.float32)
    for _ in range(6):
        filled = 0
        while filled < count:
            clip = babble[rng.integers(len(babble))][: count - filled]
            mixed[filled : filled + len(clip)] += clip
            filled += len(clip) + SAMPLE_RATE // 20
    return np.asarray(mixed / mixed.std(), np.float32)


def _fast_length(least: int) -> int:
    """The next length that the FFT likes."""
    power = 1 << (least - 1).bit_length()
    return next(size for size in (power * 5 // 8, power * 3 // 4, power) if size >= least)
