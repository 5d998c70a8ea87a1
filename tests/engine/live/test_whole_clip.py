"""A file through the transcriber: final segments only, flat memory, damage told at its place."""

import numpy as np
import pytest
import soundfile

from engine.datatypes import SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError
from engine.live.recogniser import Hypothesis
from engine.live.whole_clip import transcribe_file


class Counting:
    """Writes how many tenths of a second it has heard, and notes the longest segment."""

    def __init__(self):
        self.samples = self.longest = self.decodes = 0

    def reset(self):
        self.samples = 0

    def feed(self, pcm, *, final=False):
        self.samples += pcm.size
        self.longest = max(self.longest, self.samples)

    def decode(self, committed):
        self.decodes += 1
        return Hypothesis((str(self.samples * 10 // SAMPLE_RATE),), 1)

    def mark(self):
        return self.samples

    def rewind(self, mark):
        self.samples = mark


@pytest.fixture
def sound(speech):
    """The sentence three times, with pauses that close a segment."""
    pause = np.zeros(3 * SAMPLE_RATE // 2, np.float32)
    return np.concatenate([pause, speech, pause, speech, pause, speech])


def test_each_utterance_is_decoded_once_and_comes_out_final(tmp_path, sound, speech):
    path = tmp_path / "sound.wav"
    soundfile.write(path, sound, SAMPLE_RATE)
    recogniser = Counting()
    segments = list(transcribe_file(path, recogniser))
    assert recogniser.decodes == len(segments) == 3
    assert all(segment.final and not segment.tentative for segment in segments)
    for segment in segments:
        assert speech.size / SAMPLE_RATE < segment.end_s - segment.start_s < 4.0
    assert segments[-1].end_s == pytest.approx(sound.size / SAMPLE_RATE)


def test_the_words_before_a_damaged_place_are_written(tmp_path, sound):
    path = tmp_path / "sound.flac"
    soundfile.write(path, sound, SAMPLE_RATE)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 5])
    segments = []

    def collect():
        for segment in transcribe_file(path, Counting()):
            segments.append(segment)

    with pytest.raises(NestlingError) as caught:
        collect()
    assert caught.value.kind is ErrorKind.BAD_AUDIO
    assert segments


def test_without_the_gate_the_whole_file_is_heard(tmp_path):
    path = tmp_path / "noise.wav"
    noise = 0.1 * np.random.default_rng(0).standard_normal(60 * SAMPLE_RATE)
    soundfile.write(path, noise, SAMPLE_RATE)
    recogniser = Counting()
    segments = list(transcribe_file(path, recogniser, use_vad=False))
    assert segments[0].start_s == 0.0
    assert segments[-1].end_s == 60.0
    assert recogniser.longest <= 28 * SAMPLE_RATE
