import itertools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.training.augment import Augmenter, Odds, active_level, resampled, with_noise

ALWAYS = Odds(*[1.0] * 7)


@pytest.fixture(scope="module")
def augmenter() -> Augmenter:
    speech = np.sin(np.arange(20_000) / 5).astype(np.float32)
    return Augmenter([speech, speech * 0.5], ALWAYS)


@pytest.mark.parametrize("length", [1, 160, 1601, 24_000, 65_536])
@pytest.mark.parametrize("seed", range(4))
def test_length_stays_and_samples_stay_finite_and_in_range(
    augmenter: Augmenter, length: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    pcm = rng.standard_normal(length).astype(np.float32) * 0.2
    changed = augmenter.mix(augmenter.colour(pcm, rng), rng)
    assert changed.shape == pcm.shape
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()
    assert np.abs(changed).max() <= 1.0


def test_digital_silence_stays_finite(augmenter: Augmenter) -> None:
    rng = np.random.default_rng(0)
    silence = np.zeros(8000, np.float32)
    assert np.isfinite(augmenter.mix(augmenter.colour(silence, rng), rng)).all()


def test_nothing_changes_at_odds_of_zero_but_the_level() -> None:
    plain = Augmenter([], Odds(*[0.0] * 7))
    rng = np.random.default_rng(3)
    pcm = rng.standard_normal(8000).astype(np.float32) * 0.1
    assert plain.stretch(rng) == 1.0
    assert np.array_equal(plain.colour(pcm, rng), pcm)
    mel = torch.randn(20, 128)
    assert torch.equal(plain.warp(mel, rng), mel)


def test_a_warp_moves_each_formant_by_a_few_bands_of_its_own(augmenter: Augmenter) -> None:
    mel = torch.zeros(3, 128)
    mel[:, [30, 60, 90]] = 1.0
    moved = []
    for seed in range(200):
        warped = augmenter.warp(mel, np.random.default_rng(seed))
        assert warped.shape == mel.shape
        assert torch.equal(warped[0], warped[2]), "as long as a clip lasts a mouth stays the same"
        around = [warped[0, at - 12 : at + 13].argmax().item() - 12 for at in (30, 60, 90)]
        moved.append(around)
    shifts = np.array(moved)
    assert (shifts.std(axis=0) > 1).all()
    assert (shifts.std(axis=0) < 4).all()
    assert np.std(shifts[:, 2] - shifts[:, 0]) > 0.7
    flat = augmenter.warp(torch.full((2, 128), -3.0), np.random.default_rng(1))
    assert torch.allclose(flat, torch.full((2, 128), -3.0))


def test_an_equaliser_changes_each_band_and_leaves_the_loudest_sounds_in_place() -> None:
    alone = Augmenter([], Odds(0, 0, 0, 1.0, 0, 0, 0))
    pcm = np.random.default_rng(1).standard_normal(65_536).astype(np.float32) * 0.1
    edges = np.geomspace(100, 8000, 7)
    frequency = np.fft.rfftfreq(len(pcm), 1 / 16_000)

    def levels(sound: NDArray[np.float32]) -> NDArray[np.float64]:
        power = np.abs(np.fft.rfft(sound)) ** 2
        bands = [(frequency >= low) & (frequency < high) for low, high in itertools.pairwise(edges)]
        return np.array([10 * np.log10(power[band].mean()) for band in bands])

    changes = np.array(
        [levels(alone.colour(pcm, np.random.default_rng(s))) - levels(pcm) for s in range(40)]
    )
    assert (changes.std(axis=0) > 2).all()
    assert (np.abs(changes) < 31).all()
    click = np.zeros(16_000, np.float32)
    click[8000] = 1.0
    assert {int(abs(alone.colour(click, np.random.default_rng(s))).argmax()) for s in range(9)} == {
        8000
    }


def test_resampling_moves_length_and_pitch_together() -> None:
    time = np.arange(32_000, dtype=np.float32) / 16_000
    slower = resampled(np.sin(2 * np.pi * 1000 * time).astype(np.float32), 1.25)
    assert len(slower) == 40_000
    peak = np.abs(np.fft.rfft(slower)).argmax() * 16_000 / len(slower)
    assert peak == pytest.approx(800, abs=2)


def test_noise_lies_as_far_below_the_active_level_as_asked(augmenter: Augmenter) -> None:
    speech = np.zeros(64_000, np.float32)
    speech[16_000:32_000] = np.sin(np.arange(16_000) / 4)
    level = active_level(speech)
    assert level == pytest.approx(np.sqrt(0.5), rel=0.02)
    rng = np.random.default_rng(0)
    noisy = with_noise(speech, augmenter.noise("white"), 10.0, level, rng)
    difference = noisy - speech
    assert 20 * np.log10(level / difference.std()) == pytest.approx(10.0, abs=0.3)


def test_a_longer_bank_holds_more_of_each_noise() -> None:
    speech = np.sin(np.arange(20_000) / 5).astype(np.float32)
    longer = Augmenter([speech], ALWAYS, seconds=90)
    for name in ("white", "pink", "brown", "babble"):
        assert len(longer.noise(name)) == 90 * 16_000
    rng = np.random.default_rng(1)
    quiet = Augmenter([], Odds(0, 0, 0, 0, 0, 1.0))
    assert np.isfinite(quiet.mix(speech, rng)).all(), "without a crowd the other noises are mixed"
