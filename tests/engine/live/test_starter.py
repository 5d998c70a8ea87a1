"""The starter ears: the real network behind the live transcriber, hearing a person read."""

import importlib.util
import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import residency
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError
from engine.live import starter
from engine.live.moonshine import Moonshine, is_installed, weights_folder
from engine.live.starter import GUESSING_SAMPLES, STARTER_LIVE, StarterRecogniser
from engine.live.transcriber import Transcriber
from engine.training.sets import error_rate
from tests.engine.live.scripted import chunks
from tests.reader import SAID, reading

ROOT = Path(__file__).resolve().parents[3]
# Decodings at fixed places, so that every machine writes the same; few, so that it takes little.
SETTINGS = replace(STARTER_LIVE, decode_every=5)


@pytest.fixture(scope="module")
def recogniser():
    made = StarterRecogniser(residency.private_bytes)
    yield made
    made.close()


@pytest.fixture(scope="module")
def spoken():
    return reading()


def listen(recogniser, pcm, settings=SETTINGS):
    transcriber = Transcriber(recogniser, settings=settings, clock=lambda: 0.0)
    updates = [update for chunk in chunks(pcm) for update in transcriber.feed(chunk)]
    return [update.segment for update in updates + transcriber.finish()]


def test_what_is_said_is_confirmed_while_it_is_said_and_never_taken_back(recogniser, spoken):
    segments = listen(recogniser, spoken)
    for before, after in itertools.pairwise(segments):
        assert after.words[: len(before.words)] == before.words
    assert any(segment.words and not segment.final for segment in segments)
    assert any(segment.tentative for segment in segments)
    assert error_rate([SAID], [" ".join(s.text for s in segments if s.final)]) < 0.2
    assert not segments[-1].tentative


def test_words_have_times_inside_the_sound(recogniser, spoken):
    words = [
        word for segment in listen(recogniser, spoken) if segment.final for word in segment.words
    ]
    times = [time for word in words for time in (word.heard_s, word.confirmed_s)]
    assert all(word.heard_s <= word.confirmed_s for word in words)
    assert min(times) > 0.5
    assert max(times) <= spoken.size / SAMPLE_RATE


def test_silence_and_hiss_are_nothing(recogniser):
    hiss = np.random.default_rng(1).normal(0, 0.01, 5 * SAMPLE_RATE).astype(np.float32)
    assert listen(recogniser, np.zeros(5 * SAMPLE_RATE, np.float32)) == []
    assert listen(recogniser, hiss) == []


def test_speech_without_a_pause_is_cut_and_goes_on(recogniser, spoken):
    pcm = np.concatenate([spoken[SAMPLE_RATE // 2 : -SAMPLE_RATE]] * 4)
    assert pcm.size > STARTER_LIVE.gate.longest_s * SAMPLE_RATE
    rarely = replace(STARTER_LIVE, decode_every=25)
    finals = [segment for segment in listen(recogniser, pcm, rarely) if segment.final]
    assert len(finals) > 1
    assert all(s.end_s - s.start_s <= STARTER_LIVE.gate.longest_s + 0.2 for s in finals)
    assert error_rate([" ".join([SAID] * 4)], [" ".join(s.text for s in finals)]) < 0.2


@pytest.mark.parametrize("seconds", [2, 9.21, 9.22, 12, 30])
def test_segments_of_every_length_are_heard(recogniser, spoken, seconds):
    speech = spoken[SAMPLE_RATE // 2 : -SAMPLE_RATE]
    recogniser.reset()
    recogniser.feed(np.resize(speech, round(seconds * SAMPLE_RATE)), final=True)
    words = " ".join(recogniser.decode(0).words).lower()
    assert words.startswith("it was")
    assert words.count("times") >= seconds // 5


def test_too_little_sound_is_no_word(recogniser):
    recogniser.reset()
    assert recogniser.decode(0).words == ()
    recogniser.feed(np.full(GUESSING_SAMPLES - 1, 0.1, np.float32))
    assert recogniser.decode(0).words == ()
    recogniser.reset()
    recogniser.feed(np.full(CHUNK_SAMPLES // 4, 0.1, np.float32), final=True)
    assert recogniser.decode(0).words == ()


def test_sound_is_forgotten_back_to_a_mark(recogniser, spoken):
    recogniser.reset()
    spoken = spoken[: 3 * SAMPLE_RATE]
    recogniser.feed(spoken)
    before, mark = recogniser.decode(0).words, recogniser.mark()
    recogniser.feed(spoken, final=True)
    recogniser.rewind(mark)
    assert recogniser.decode(0).words == before
    assert recogniser.sound() is None


def test_committed_words_stay_whatever_is_heard_now(recogniser, spoken):
    recogniser.reset()
    spoken = spoken[: 3 * SAMPLE_RATE]
    recogniser.feed(spoken)
    first = recogniser.decode(0).words
    recogniser.feed(spoken)
    assert recogniser.decode(len(first)).words[: len(first)] == first
    assert recogniser.decode(2).words[:2] == first[:2]


def test_a_word_that_is_confirmed_does_not_grow(spoken):
    """As "can" would, onto which "'t" is written with the next sound."""
    network = Moonshine(weights_folder())
    whole = network.write(spoken)
    words = network.words(whole)
    assert [network.text(word) for word in words[:2]] == ["It", "was"]
    long = next(place for place, word in enumerate(words) if len(word) > 1)
    cut = sum(map(len, words[:long])) + 1  # in the middle of that word
    behind = network.write(spoken, whole[:cut])
    assert len(network.words(behind)) == len(network.words([0, *behind])) - 1
    assert network.text(network.words(behind)[-1]) == network.text(words[-1])
    network.close()


MEASURE = """
import numpy as np
from engine import residency
from engine.live.starter import StarterRecogniser
starter = StarterRecogniser(residency.private_bytes)
loaded = starter.nbytes
starter.feed(np.zeros(8 * 16_000, np.float32), final=True)
starter.decode(0)
print(loaded, starter.nbytes)
starter.close()
"""


def test_its_memory_is_measured():
    """In a process of its own: what another's heap has free would hold the weights unseen."""
    out = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, cwd=ROOT)
    assert out.returncode == 0, out.stderr
    loaded, used = map(int, out.stdout.split())
    assert 15_000_000 < loaded <= used


GROW = """
from engine import residency
from engine.live.starter import StarterRecogniser
from tests.reader import reading
residency.share_one_heap()
starter, spoken = StarterRecogniser(), reading()[8_000:56_000]

def hear(times):
    for _ in range(times):
        starter.reset()
        starter.feed(spoken, final=True)
        assert starter.decode(0).words
    residency.trim()
    return residency.private_bytes()

before = hear(8)
print(hear(48) - before)
"""


def test_what_it_hears_leaves_nothing_in_memory():
    """As the library of its authors does: 7 MB here, half a gigabyte in an hour."""
    out = subprocess.run([sys.executable, "-c", GROW], capture_output=True, text=True, cwd=ROOT)
    assert out.returncode == 0, out.stderr
    assert int(out.stdout) < 2_000_000


@pytest.mark.parametrize("package", ["moonshine_voice", "onnxruntime"])
def test_a_missing_package_is_named(monkeypatch, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else find(name)
    )
    monkeypatch.setitem(sys.modules, package, None)
    assert not is_installed()
    with pytest.raises(NestlingError, match="main.py setup") as caught:
        StarterRecogniser()
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY


@pytest.mark.parametrize("damage", ["missing", "vocabulary", "network"])
def test_missing_and_damaged_weights_are_said(monkeypatch, tmp_path, damage):
    if damage != "missing":
        for file in weights_folder().iterdir():
            (tmp_path / file.name).symlink_to(file)
        broken = tmp_path / ("tokenizer.bin" if damage == "vocabulary" else "encoder_model.ort")
        broken.unlink()
        broken.write_bytes(b"\xff")
    monkeypatch.setattr(starter, "weights_folder", lambda: tmp_path)
    with pytest.raises(NestlingError, match="starter ears cannot be used") as caught:
        StarterRecogniser()
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
