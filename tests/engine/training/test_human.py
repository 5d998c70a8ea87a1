"""The recordings of a person: found, drawn, missing. Silence stands in for them."""

import gzip
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import ErrorKind, NestlingError
from engine.training import human
from engine.training.espeak import espeak_with_word_times
from engine.training.sets import Utterance, error_rate

TEXTS = """; a comment
first: Please hold the line.
second: Press 1 for help.
third: [a tone]
fourth: Goodbye.
fifth: No sound of this one.
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "asterisk"
    texts, sounds = folder / human._TEXTS, folder / human._SOUNDS
    texts.parent.mkdir(parents=True)
    sounds.mkdir(parents=True)
    texts.write_bytes(gzip.compress(TEXTS.encode()))
    for name in ("first", "second", "third", "fourth"):
        soundfile.write(sounds / f"{name}.wav", np.zeros(8000), 8000)
    return tmp_path


def test_prompts_are_words_alone_at_16_khz(cache: Path) -> None:
    (prompt,) = human.prompts(cache, 10)
    assert prompt.text == "Please hold the line."
    assert prompt.pcm.dtype == np.float32
    assert len(prompt.pcm) == 16_000


def test_recordings_that_cannot_be_fetched_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NestlingError, match="asterisk-core-sounds-en-wav") as caught:
        human.prompts(tmp_path, 3)
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
    assert not (tmp_path / "asterisk").exists()


def test_moonshine_hears_a_clear_voice() -> None:
    text = "the train to london leaves at seven in the morning"
    pcm, _ = espeak_with_word_times(text, "en-us", rate=140)
    (heard,) = human.moonshine([Utterance(pcm, text, "espeak:en-us")])
    assert error_rate([text], [heard]) < 0.5


def test_a_missing_moonshine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moonshine_voice", None)
    with pytest.raises(NestlingError, match="extra `train`") as caught:
        human.moonshine([])
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
