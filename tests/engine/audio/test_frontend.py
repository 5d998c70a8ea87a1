"""The log-mel front end against written-down values; the reference extractor has its own test."""

import numpy as np
import pytest
import torch

from engine.audio.frontend import FRAME_NEEDS_SAMPLES, LogMel, log_mel, mel_bank, mel_frames
from tests.tiny_audio import voice_like

FLOOR = -11.512925


def test_mel_bank_has_the_published_shape() -> None:
    bank = mel_bank(128)
    filled = bank > 0
    assert int(filled.sum()) == 946
    assert filled.any(0).all()
    rows = filled.any(1).nonzero().flatten()
    assert [int(rows[0]), int(rows[-1])] == [9, 486]
    assert filled.sum(0)[[0, 1, 30, 64, 100, 127]].tolist() == [1, 2, 3, 6, 11, 19]
    sums = bank.sum(0)[[0, 1, 64, 127]]
    assert sums.tolist() == pytest.approx([0.952024, 0.971149, 3.029532, 9.359664], abs=1e-6)


def test_a_pure_tone_gives_the_golden_frame() -> None:
    """Magnitudes, not logarithms: far from the tone they are the reference's own rounding noise."""
    time = np.arange(16_000) / 16_000
    tone = (0.5 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    mel = log_mel(torch.from_numpy(tone))
    assert mel.shape == (97, 128)
    bins = [0, 1, 30, 40, 41, 42, 45, 60, 127]
    golden = torch.tensor(
        [-8.3248, -11.2754, -4.4482, 3.5948, 2.1994, -0.5667, -3.0634, -7.1406, -11.5129]
    ).exp()
    assert ((mel[:, bins].exp() - golden).abs() <= 1e-6 + 1e-4 * golden).all()
    assert (mel.argmax(1) == 39).all()


def test_an_impulse_touches_only_the_frames_that_hold_it() -> None:
    impulse = torch.zeros(16_000)
    impulse[1600] = 1.0
    mel = log_mel(impulse)
    heard = (mel > FLOOR + 1e-3).any(1).nonzero().flatten()
    assert heard.tolist() == [7, 8, 9, 10]
    for frame, values in {
        7: [-5.5869, -2.4950, -0.3903],
        8: [-2.9481, 0.6374, 2.7477],
        10: [-10.2671, -9.1095, -7.9815],
    }.items():
        assert mel[frame, [0, 64, 127]].tolist() == pytest.approx(values, abs=3e-4)


def test_noise_gives_the_golden_statistics() -> None:
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32) * 0.1
    mel = log_mel(torch.from_numpy(noise))
    assert float(mel.mean()) == pytest.approx(0.68418, abs=1e-4)
    assert float(mel.std(correction=0)) == pytest.approx(1.71176, abs=1e-4)
    values = [-3.6899, -1.0535, 1.8971, 3.1391]
    assert mel[50, [0, 10, 64, 127]].tolist() == pytest.approx(values, abs=1e-4)


@pytest.mark.parametrize(
    ("seconds", "frames"), [(0.5, 48), (1, 97), (2, 197), (5, 497), (20, 1997), (30, 2997)]
)
def test_clips_have_the_published_frame_counts(seconds: float, frames: int) -> None:
    assert mel_frames(int(seconds * 16_000)) == frames


def test_frame_count_is_the_number_of_frames() -> None:
    for n_samples in range(0, 2_000, 37):
        assert log_mel(torch.zeros(n_samples)).shape[0] == mel_frames(n_samples)


def test_digital_silence_is_the_floor() -> None:
    assert (log_mel(torch.zeros(4_000)) == FLOOR).all()


@pytest.mark.parametrize("n_samples", [1, 100, FRAME_NEEDS_SAMPLES - 1])
def test_a_clip_too_short_for_a_frame_is_filled_up_to_one(n_samples: int) -> None:
    pcm = voice_like(n_samples)
    mel = log_mel(pcm)
    assert mel.shape == (1, 128)
    padded = torch.nn.functional.pad(pcm, (0, FRAME_NEEDS_SAMPLES - n_samples))
    assert torch.equal(mel, log_mel(padded))


def test_no_sound_is_no_frame() -> None:
    assert log_mel(torch.empty(0)).shape == (0, 128)


def test_a_frame_waits_for_the_sample_after_it() -> None:
    """The reference counts 513 samples a frame though it uses 512; the stream waits alike."""
    front = LogMel()
    state, mel = front.step(front.initial_state(), torch.zeros(512), final=False)
    assert mel.shape[0] == 0
    _, mel = front.step(state, torch.zeros(1), final=False)
    assert mel.shape[0] == 1


def test_frames_do_not_depend_on_the_pieces() -> None:
    pcm = voice_like(20_011)
    whole = log_mel(pcm, torch.float64)
    for size in (1_000, 7, 513):
        front = LogMel()
        state = front.initial_state()
        frames = []
        for piece in pcm.split(size):
            state, mel = front.step(state, piece, final=False)
            assert state.samples.shape[0] <= 512
            frames.append(mel)
        state, mel = front.step(state, pcm[:0], final=True)
        assert state.total == 0
        frames.append(mel)
        torch.testing.assert_close(torch.cat(frames), whole, atol=1e-12, rtol=0)


@pytest.mark.parametrize("pcm", [torch.zeros(800, dtype=torch.int16), torch.zeros(1, 800)])
def test_sound_of_another_kind_is_a_bug_of_ours(pcm: torch.Tensor) -> None:
    """Integers would pass as sound 32768 times too loud, and a channel axis as one sample."""
    with pytest.raises(AssertionError, match="sound is"):
        log_mel(pcm)
