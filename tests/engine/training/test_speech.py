"""Synthesisers as they are installed: short sentences, real sound."""

import ctypes.util
import dataclasses
import itertools
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ErrorKind, NestlingError
from engine.training import corpus as corpus_module
from engine.training import espeak, voices
from engine.training.corpus import Kind, build
from engine.training.espeak import SAMPLE_RATE, speak_with_word_times
from engine.training.grammar import vocabulary
from engine.training.knowledge.items import asked_aloud, common_nouns
from engine.training.sets import EVERYDAY, NOISY, OTHER, build_sets, error_rate
from engine.training.voices import Voice, speak

SENTENCE = "one of the dogs is in the kitchen at half past two"


def test_word_times_cover_every_word_in_order_and_lie_inside_the_sound() -> None:
    pcm, words = speak_with_word_times(SENTENCE, "en-us", rate=160, pitch=50)
    assert [word for word, _, _ in words] == SENTENCE.split()
    times = [time for _, start, end in words for time in (start, end)]
    assert times == sorted(times)
    assert 0 <= times[0] < 0.2
    assert times[-1] <= len(pcm) / SAMPLE_RATE
    assert all(end > start for _, start, end in words)


def test_word_times_fit_the_sound() -> None:
    pcm, words = speak_with_word_times("stop ... go", "en", rate=120, pitch=50)
    (_, _, stop_end), (_, _, _), (_, go_start, go_end) = words
    loudness = np.abs(pcm)
    said = loudness[int(go_start * SAMPLE_RATE) : int(go_end * SAMPLE_RATE)].mean()
    pause = loudness[int((go_start - 0.15) * SAMPLE_RATE) : int((go_start - 0.05) * SAMPLE_RATE)]
    assert stop_end < go_start
    assert said > 10 * pause.mean()


_SAY = """
import hashlib, random
from engine.training.voices import Voice, speak
for voice in (Voice("espeak", "en+f2"), Voice("espeak", "en-us"), Voice("flite", "awb")):
    print(hashlib.sha256(speak("good morning", voice, random.Random(4)).pcm.tobytes()).hexdigest())
"""


def test_the_same_calls_in_a_fresh_process_give_the_same_sound() -> None:
    """Within one process they need not: espeak-ng keeps a state between two texts."""
    first, second = (
        subprocess.run([sys.executable, "-c", _SAY], check=True, capture_output=True).stdout
        for _ in range(2)
    )
    assert len(first.split()) == 3
    assert first == second


@pytest.mark.parametrize(
    "voice",
    [
        voices.TRAINED_FLITE[0],
        voices.UNHEARD_FLITE[0],
        voices.UNHEARD_ESPEAK[3],
        voices.MORE_ESPEAK[9],
        *voices.MORE_RECORDED,
        *voices.UNHEARD_FESTIVAL,
    ],
    ids=str,
)
def test_every_kind_of_voice_speaks_at_half_level_without_silence_around(voice: Voice) -> None:
    speech = speak("good morning", voice, random.Random(1))
    assert 0.4 < len(speech.pcm) / SAMPLE_RATE < 2.0
    assert np.abs(speech.pcm).max() == pytest.approx(0.5, abs=1e-3)
    assert np.abs(speech.pcm[: SAMPLE_RATE // 10]).max() > 0.01


def test_no_voice_of_the_tests_is_trained_on_nor_its_base() -> None:
    trained = {
        voice.name.split("+")[0]
        for voice in (*voices.TRAINED_ESPEAK, *voices.MORE_ESPEAK, *voices.TRAINED_FLITE)
    }
    unheard = {voice.name.split("+")[0] for voice in voices.UNHEARD_ESPEAK + voices.UNHEARD_FLITE}
    assert not trained & unheard
    rng = random.Random(0)
    assert "festival" not in {voices.training_voice(rng).synthesiser for _ in range(500)}


@pytest.fixture
def _nothing_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_module, "_KOKORO_SHARE", 0.0)


@pytest.mark.usefixtures("_nothing_fetched")
def test_a_corpus_is_made_once_and_holds_what_its_index_says(tmp_path: Path) -> None:
    corpus = build(tmp_path, hours=0.004)
    written = (tmp_path / "speech.i16").stat().st_mtime_ns
    again = build(tmp_path, hours=0.004)
    assert (tmp_path / "speech.i16").stat().st_mtime_ns == written
    assert again.clips == corpus.clips
    assert {clip.kind for clip in corpus.clips} == set(Kind)
    for clip in corpus.clips:
        pcm = corpus.pcm(clip)
        assert len(pcm) == clip.length
        assert np.abs(pcm).max() == pytest.approx(0.5, abs=1e-3)
        assert all(0 < end <= clip.seconds for end in clip.word_ends)
        assert len(clip.word_ends) in (0, clip.words)


@pytest.mark.usefixtures("_nothing_fetched")
def test_a_corpus_that_says_something_else_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, hours=0.001)
    asked = next(asked_aloud(1))
    other = dataclasses.replace(asked, question="another one")
    monkeypatch.setattr(corpus_module, "asked_aloud", lambda _: itertools.repeat(other, 500))
    again = build(tmp_path, hours=0.001).clips
    assert {clip.text for clip in again if clip.kind is Kind.ASKED} == {"another one"}


def test_words_of_questions_are_spoken_without_their_context_too() -> None:
    wide = set(corpus_module.wide_vocabulary())
    asked = [word for word in common_nouns() if word in wide]
    assert len(asked) > 950
    texts = corpus_module._unpredictable(random.Random(2))
    said = Counter(word for text in itertools.islice(texts, 12_000) for word in text.split())
    assert len(wide & said.keys()) > 0.9 * len(wide)
    assert all(said[word] > 4 for word in vocabulary())


def test_the_texts_of_a_small_set_begin_those_of_a_large_one_and_voices_take_turns() -> None:
    small, large = build_sets(1, 1), build_sets(2, 11)
    assert list(small) == list(large)
    for name, utterances in small.items():
        assert utterances[0].text == large[name][0].text
    everyday = [utterance.voice for utterance in large[EVERYDAY]]
    assert len(set(everyday)) == 10
    assert everyday == [utterance.voice for utterance in large[NOISY]]
    assert {u.voice.split(":")[0] for u in large[OTHER]} == {"festival"}


def test_error_rate_ignores_case_and_punctuation() -> None:
    assert error_rate(["the cat is here"], ["The cat, is here!"]) == 0.0
    assert error_rate(["the cat is here"], ["the dog is"]) == pytest.approx(0.5)


def test_an_unknown_voice_is_named() -> None:
    for voice in (
        Voice("espeak", "no-such-voice"),
        Voice("flite", "no such/voice"),
        Voice("festival", "("),
    ):
        with pytest.raises(NestlingError, match="no voice") as caught:
            speak("hello", voice, random.Random(0))
        assert caught.value.kind is ErrorKind.BAD_INPUT


def test_a_missing_espeak_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _: None)
    with pytest.raises(NestlingError, match="Debian package espeak-ng") as caught:
        espeak._Library()
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY


@pytest.mark.parametrize("voice", [voices.TRAINED_FLITE[0], voices.UNHEARD_FESTIVAL[0]], ids=str)
def test_a_missing_synthesiser_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, voice: Voice
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NestlingError, match=f"Debian package {voice.synthesiser}") as caught:
        speak("hello", voice, random.Random(0))
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
