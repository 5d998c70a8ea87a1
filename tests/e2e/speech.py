"""What the tests say: everyday sentences in a voice that the bundled model was trained on."""

import re
import wave
from pathlib import Path

import numpy as np

from engine.datatypes import SAMPLE_RATE, Pcm
from engine.training.espeak import espeak_with_word_times

VOICE = "en-us"
MORNING = "the meeting with sarah is on monday at nine"
SHOPPING = "i would like two bottles of water and a kilo of apples please"
QUESTION = "where is the train to london"


def speech(text: str) -> Pcm:
    """float32 [n_samples] at 16 kHz, with a little silence on both sides."""
    pcm, _ = espeak_with_word_times(text, VOICE, rate=150)
    rest = np.zeros(SAMPLE_RATE // 5, np.float32)
    return np.concatenate([rest, pcm, rest])


def write_wav(path: Path, pcm: Pcm) -> Path:
    """A file that any player takes."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(pcm, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def words(text: str) -> list[str]:
    """Lower case, no punctuation, no notes in brackets about missing sound."""
    return re.findall(r"[a-z']+", re.sub(r"\[.*?\]", " ", text.lower()))


def share_heard(said: str, heard: str) -> float:
    """Which part of what was said is found in what was heard, in order."""
    wanted, found = words(said), words(heard)
    table = np.zeros((len(wanted) + 1, len(found) + 1), int)
    for i, one in enumerate(wanted):
        for j, other in enumerate(found):
            table[i + 1, j + 1] = (
                table[i, j] + 1 if one == other else max(table[i, j + 1], table[i + 1, j])
            )
    return int(table[-1, -1]) / len(wanted)
