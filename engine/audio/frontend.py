"""From samples to log-mel frames, whole or in pieces. Knows the ear's constants, no weights."""

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from engine.datatypes import SAMPLE_RATE

MEL_BINS = 128
HOP_SAMPLES = 160  # 10 ms
FRAME_SAMPLES = 512  # 32 ms
# A frame is released only when one sample more than it uses exists: the reference counts so,
# and only so does a stream end with as many frames as a whole clip.
FRAME_NEEDS_SAMPLES = FRAME_SAMPLES + 1
PAD_MULTIPLE_SAMPLES = 128  # a clip's end is filled with zeros up to a multiple of this
FFT_SIZE = 1024
PRE_EMPHASIS = 0.97
BAND_HZ = (125.0, 7600.0)
MEL_FLOOR = 1e-5  # magnitude below which everything is silence; its logarithm is -11.51


def padded_samples(n_samples: int) -> int:
    """Samples of a clip once its end is filled up with zeros.

    A clip too short for one frame is filled up to one, so that nothing spoken is lost; the
    reference extractor makes no frame of it. Nothing stays nothing.
    """
    if n_samples == 0:
        return 0
    least = max(n_samples, FRAME_NEEDS_SAMPLES)
    return math.ceil(least / PAD_MULTIPLE_SAMPLES) * PAD_MULTIPLE_SAMPLES


def mel_frames(n_samples: int) -> int:
    """Mel frames of a whole clip of `n_samples` samples."""
    return _complete_frames(padded_samples(n_samples))


def _complete_frames(n_samples: int) -> int:
    return max(0, (n_samples - FRAME_NEEDS_SAMPLES) // HOP_SAMPLES + 1)


@dataclass(frozen=True, slots=True)
class MelState:
    """Where a stream stands between two steps.

    samples: float64 [n], not yet used up; n is at most 512 after a step.
    total: samples since the stream began.
    """

    samples: Tensor
    total: int

    @property
    def nbytes(self) -> int:
        """Memory that the state holds."""
        return self.samples.nbytes


class LogMel:
    """Log-mel frames of 32 ms every 10 ms, in float64.

    Keeps nothing itself: all that a stream needs is in the state that `step` takes and returns.

    Source: spec/audio-vision.md section 2.
    """

    def __init__(self, bins: int = MEL_BINS) -> None:
        self.bins = bins
        self._bank = mel_bank(bins)
        phase = torch.arange(FRAME_SAMPLES, dtype=torch.float64) * (2 * math.pi / FRAME_SAMPLES)
        self._window = 0.5 * (1 - torch.cos(phase))

    @staticmethod
    def initial_state() -> MelState:
        """The start of a stream."""
        return MelState(torch.empty(0, dtype=torch.float64), 0)

    def step(self, state: MelState, pcm: Tensor, *, final: bool) -> tuple[MelState, Tensor]:
        """Take more sound and give the frames that are complete now.

        Args:
            state: of this stream; it is not changed.
            pcm: float [n_samples], mono, -1..1, 16 kHz; n_samples may be 0.
            final: the stream ends here: fill up with zeros. The state returned is a fresh one.

        Returns:
            The next state and float64 [n_frames, bins].
        """
        assert pcm.ndim == 1, f"sound is [n_samples], mono, not {list(pcm.shape)}"
        assert pcm.is_floating_point(), f"sound is float, -1..1, not {pcm.dtype}"
        samples = torch.cat([state.samples, pcm.to(torch.float64)])
        total = state.total + pcm.shape[0]
        if final:
            samples = torch.nn.functional.pad(samples, (0, padded_samples(total) - total))
        n_frames = _complete_frames(samples.shape[0])
        # unfold would make one frame of exactly 512 samples, which is not complete yet.
        used = samples[: (n_frames - 1) * HOP_SAMPLES + FRAME_SAMPLES] if n_frames else samples[:0]
        frames = self._log_mel(used)
        if final:
            return self.initial_state(), frames
        return MelState(samples[n_frames * HOP_SAMPLES :].clone(), total), frames

    def _log_mel(self, samples: Tensor) -> Tensor:
        if samples.shape[0] == 0:
            return samples.new_empty(0, self.bins)
        frames = samples.unfold(0, FRAME_SAMPLES, HOP_SAMPLES)  # [T, 512]
        emphasised = frames.clone()
        emphasised[:, 1:] -= PRE_EMPHASIS * frames[:, :-1]  # the first sample's window is zero
        magnitude: Tensor = torch.fft.rfft(emphasised * self._window, n=FFT_SIZE).abs()  # [T, 513]
        return (magnitude @ self._bank).clamp_min(MEL_FLOOR).log()


def log_mel(pcm: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Log-mel frames of a whole clip: one final step.

    pcm: float [n_samples], mono, -1..1, 16 kHz. Returns `dtype` [n_frames, 128].
    """
    front = _front()
    _, frames = front.step(front.initial_state(), pcm, final=True)
    return frames.to(dtype)


@cache
def _front() -> LogMel:
    return LogMel()


def mel_bank(bins: int) -> Tensor:
    """Triangles on the HTK mel scale, of height one: float64 [FFT_SIZE / 2 + 1, bins]."""
    low, high = (2595 * math.log10(1 + hz / 700) for hz in BAND_HZ)
    mel = torch.linspace(low, high, bins + 2, dtype=torch.float64)
    corners = 700 * (10 ** (mel / 2595) - 1)
    hz = torch.arange(FFT_SIZE // 2 + 1, dtype=torch.float64) * (SAMPLE_RATE / FFT_SIZE)
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    rising = (hz[:, None] - left) / (peak - left)
    falling = (right - hz[:, None]) / (right - peak)
    return torch.minimum(rising, falling).clamp_min(0)
