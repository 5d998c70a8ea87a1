"""Sound files of every kind become the same stream of chunks."""

import contextlib
import os
import subprocess
import tracemalloc

import numpy as np
import pytest
import soundfile

from engine.audio.files import read_chunks, read_pcm
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError


def tone(seconds, rate, hertz=440.0):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype("f4")


def level_at(pcm, hertz):
    """Amplitude of one frequency."""
    clock = np.arange(pcm.size) / SAMPLE_RATE
    return 2 * abs(np.mean(pcm * np.exp(-2j * np.pi * hertz * clock)))


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_file_is_heard_as_16_khz_mono(tmp_path, kind, rate, channels):
    path = tmp_path / f"sound.{kind.lower()}"
    soundfile.write(path, np.stack([tone(2, rate)] * channels, 1), rate, format=kind)
    pcm = np.concatenate(list(read_pcm(path)))
    assert pcm.dtype == np.float32
    assert abs(pcm.size - 2 * SAMPLE_RATE) < 0.15 * SAMPLE_RATE  # codecs pad a little
    assert level_at(pcm[: 2 * SAMPLE_RATE], 440.0) == pytest.approx(0.5, abs=0.03)


def test_blocks_of_an_mp3_join_without_a_gap(tmp_path):
    """Reading block by block once lost 50 ms a second: the library sought after each block."""
    path = tmp_path / "sound.mp3"
    soundfile.write(path, tone(6, 22_050), 22_050)
    pcm = np.concatenate(list(read_pcm(path)))
    levels = [level_at(pcm[first : first + 1600], 440.0) for first in range(1600, 90_000, 1600)]
    assert min(levels) > 0.45


def test_sixteen_kilohertz_samples_come_through_unchanged(tmp_path):
    path, pcm = tmp_path / "sound.wav", tone(1.234, SAMPLE_RATE)
    soundfile.write(path, pcm, SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_array_equal(np.concatenate(list(read_pcm(path))), pcm)


def test_eight_channels_are_averaged(tmp_path):
    path = tmp_path / "sound.wav"
    channels = np.zeros((SAMPLE_RATE, 8), np.float32)
    channels[:, 3] = tone(1, SAMPLE_RATE)
    soundfile.write(path, channels, SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_allclose(
        np.concatenate(list(read_pcm(path))), tone(1, SAMPLE_RATE) / 8, atol=1e-7
    )


def test_chunks_follow_each_other_and_only_the_last_is_short(tmp_path):
    path, pcm = tmp_path / "sound.wav", tone(3.21, SAMPLE_RATE)
    soundfile.write(path, pcm, SAMPLE_RATE, subtype="FLOAT")
    chunks = list(read_chunks(path))
    assert [chunk.start for chunk in chunks] == [n * CHUNK_SAMPLES for n in range(len(chunks))]
    assert all(chunk.pcm.size == CHUNK_SAMPLES for chunk in chunks[:-1])
    np.testing.assert_array_equal(np.concatenate([chunk.pcm for chunk in chunks]), pcm)


def test_values_that_are_no_numbers_or_too_loud_are_tamed(tmp_path):
    path = tmp_path / "sound.wav"
    pcm = np.array([np.nan, np.inf, -np.inf, 7.0, -7.0, 0.25] * 1000, np.float32)
    soundfile.write(path, pcm, SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_array_equal(
        np.concatenate(list(read_pcm(path)))[:6], np.float32([0, 1, -1, 1, -1, 0.25])
    )


def test_the_loudest_floats_of_two_channels_do_not_overflow(tmp_path):
    path = tmp_path / "sound.wav"
    loudest = np.full((100, 2), np.finfo(np.float32).max, np.float32)
    soundfile.write(path, loudest, SAMPLE_RATE, subtype="FLOAT")
    assert set(np.concatenate(list(read_pcm(path)))) == {1.0}


def test_a_bad_sample_is_gone_after_resampling(tmp_path):
    path = tmp_path / "sound.wav"
    pcm = tone(1, 48_000)
    pcm[24_000] = np.nan
    soundfile.write(path, pcm, 48_000, subtype="FLOAT")
    heard = np.concatenate(list(read_pcm(path)))
    assert np.abs(heard).max() < 0.6
    assert level_at(heard, 440.0) == pytest.approx(0.5, abs=0.01)


def test_a_name_that_is_no_utf_8_is_read(tmp_path):
    path = tmp_path / os.fsdecode(b"b\xff.wav")
    with path.open("wb") as stream:
        soundfile.write(stream, tone(0.1, SAMPLE_RATE), SAMPLE_RATE, format="WAV")
    assert np.concatenate(list(read_pcm(path))).size == SAMPLE_RATE // 10


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "sound.flac"
    soundfile.write(path, np.zeros((120 * 44_100, 2), np.float32), 44_100)
    tracemalloc.start()
    samples = sum(chunk.pcm.size for chunk in read_chunks(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert samples == 120 * SAMPLE_RATE
    assert peak < 4_000_000


def failure(path):
    with pytest.raises(NestlingError) as caught:
        list(read_pcm(path))
    assert caught.value.kind is ErrorKind.BAD_AUDIO
    assert path.name in caught.value.message
    return caught.value.message


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    assert "does not exist" in failure(tmp_path / "nowhere.wav")
    assert "is a folder" in failure(tmp_path)
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is no regular file" in failure(tmp_path / "pipe.wav")


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = tmp_path / "sound.wav"
    path.touch()

    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", forbidden)
    assert "may not be read" in failure(path)


@pytest.mark.parametrize("content", [b"hello, this is text\n" * 100, bytes(5000)])
def test_a_file_that_is_no_sound_says_so(tmp_path, content):
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    assert "cannot be read as sound" in failure(path)


def test_a_file_without_samples_says_so(tmp_path):
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.zeros(0, np.float32), SAMPLE_RATE)
    assert "holds no sound" in failure(path)


def test_a_header_with_an_impossible_rate_says_so(tmp_path):
    path = tmp_path / "sound.wav"
    soundfile.write(path, tone(0.1, SAMPLE_RATE), SAMPLE_RATE)
    data = bytearray(path.read_bytes())
    data[24:28] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    assert "2000000000 samples a second" in failure(path)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_what_comes_before_a_damaged_place_is_read(tmp_path, kind):
    path = tmp_path / f"sound.{kind.lower()}"
    rng = np.random.default_rng(0)
    soundfile.write(path, 0.1 * rng.standard_normal(10 * SAMPLE_RATE), SAMPLE_RATE, format=kind)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    heard = []
    with contextlib.suppress(NestlingError):  # FLAC reports the damage
        for block in read_pcm(path):
            heard.append(block)
    assert 3 * SAMPLE_RATE < sum(block.size for block in heard) < 7 * SAMPLE_RATE


def test_a_truncated_flac_is_reported(tmp_path):
    path = tmp_path / "sound.flac"
    rng = np.random.default_rng(0)
    soundfile.write(path, 0.1 * rng.standard_normal(10 * SAMPLE_RATE), SAMPLE_RATE)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "damaged" in failure(path)


@pytest.mark.parametrize("rate", [SAMPLE_RATE, 22_050])
def test_all_sound_before_a_damaged_place_comes_as_chunks(tmp_path, rate):
    path = tmp_path / "sound.flac"
    rng = np.random.default_rng(0)
    soundfile.write(path, 0.1 * rng.standard_normal(10 * rate), rate)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    blocks, chunks = [], []
    for found, read in ((blocks, read_pcm), (chunks, read_chunks)):
        with pytest.raises(NestlingError, match="damaged"):
            found.extend(read(path))
    whole = np.concatenate([chunk.pcm for chunk in chunks])
    assert np.array_equal(whole, np.concatenate(blocks))
    read = soundfile.SoundFile(path)
    step, steps = rate // 100, 0
    with contextlib.suppress(soundfile.LibsndfileError):
        while len(read.read(step)) == step:
            steps += 1
    good = steps * step / rate
    assert good - 0.06 < len(whole) / SAMPLE_RATE < good + 0.02


def test_a_name_that_is_too_long_is_a_sentence(tmp_path):
    assert "cannot be read" in failure(tmp_path / ("x" * 300 + ".wav"))


def test_samples_of_a_real_encoder_at_an_odd_rate(tmp_path):
    path = tmp_path / "sound.wav"
    subprocess.run(
        ["sox", "-n", "-r", "11025", "-b", "24", "-c", "3", str(path), "synth", "1", "sine", "440"],
        check=True,
    )
    pcm = np.concatenate(list(read_pcm(path)))
    assert abs(pcm.size - SAMPLE_RATE) < 50
