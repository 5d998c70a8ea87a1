"""Accents that nobody has, as espeak-ng says them."""

import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import NestlingError
from engine.training import accents
from engine.training.accents import COUNT, voice_file, voice_text
from engine.training.espeak import espeak_with_word_times
from engine.training.voices import UNHEARD_ESPEAK, made_voice, training_voice

TEXT = "the house on the other street has nine cheap beds"
DATA = Path("/usr/lib/x86_64-linux-gnu/espeak-ng-data/lang/gmw")


def test_a_number_is_an_accent_for_ever_and_each_another() -> None:
    texts = [voice_text(number) for number in range(60)]
    assert texts == [voice_text(number) for number in range(60)]
    assert len(set(texts)) == 60
    assert all("replace" in text for text in texts)


def test_no_sound_is_replaced_twice() -> None:
    for number in range(COUNT // 10):
        lines = [line.split() for line in voice_text(number).splitlines()]
        replaced = [line[2] for line in lines if line[0] == "replace"]
        assert len(replaced) == len(set(replaced))


def test_no_base_is_the_sound_table_of_a_voice_held_out() -> None:
    tables = {table for table, _ in accents._BASES}
    for voice in UNHEARD_ESPEAK:
        language = voice.name.split("+")[0]
        files = [file for file in DATA.iterdir() if file.name.lower() == language]
        assert files, language
        for file in files:
            lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
            used = {line[1] for line in lines if line[:1] == ["phonemes"]}
            assert used
            assert not tables & used


@pytest.mark.parametrize("variant", ["", "+f3"])
def test_each_is_said_in_its_own_way_with_a_time_for_every_word(variant: str) -> None:
    plain, _ = espeak_with_word_times(TEXT, f"en{variant}")
    spoken = []
    for number in range(12):
        pcm, times = espeak_with_word_times(TEXT, f"made-{number}{variant}")
        assert [word for word, _, _ in times] == TEXT.split()
        assert 0.5 * len(plain) < len(pcm) < 2 * len(plain)
        assert np.abs(pcm).max() > 0.05
        spoken.append(pcm.tobytes())
    assert len({*spoken, plain.tobytes()}) == 13


def spectrum(pcm: NDArray[np.float32]) -> NDArray[np.float64]:
    """Over all of the sound, dB."""
    frames = np.lib.stride_tricks.sliding_window_view(pcm, 512)[::128] * np.hanning(512)
    return np.asarray(10 * np.log10((np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0))[4:200])


def test_the_voice_after_it_has_no_accent() -> None:
    before, times = espeak_with_word_times(TEXT, "en-us")
    accent, _ = espeak_with_word_times(TEXT, "made-7+m3")
    after, again = espeak_with_word_times(TEXT, "en-us")
    for (_, _, end), (_, _, other) in zip(times, again, strict=True):
        assert other == pytest.approx(end, abs=0.005)
    assert np.abs(spectrum(before) - spectrum(after)).mean() < 1.0
    assert np.abs(spectrum(before) - spectrum(accent)).mean() > 2.0


def test_a_quarter_of_what_is_trained_on_is_said_so() -> None:
    rng = random.Random(1)
    drawn = [training_voice(rng) for _ in range(4000)]
    made = [voice for voice in drawn if voice.name.startswith("made-")]
    assert 0.22 < len(made) / len(drawn) < 0.28
    assert {voice.synthesiser for voice in made} == {"espeak"}
    assert made_voice(random.Random(2)) == made_voice(random.Random(2))


def test_a_folder_whose_name_the_library_has_no_room_for_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("a" * 40)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    for cached in (voice_file, accents._folder):
        cached.cache_clear()
    try:
        with pytest.raises(NestlingError, match="TMPDIR"):
            espeak_with_word_times(TEXT, "made-17+f3")
    finally:
        for cached in (voice_file, accents._folder):
            cached.cache_clear()
