"""Starter ears: Moonshine tiny as a live recogniser of English, until a full Gemma 3n is there.

The whole segment is heard anew in each `decode`, and written down from where its words are
confirmed: the decoder goes on behind them.
Needs the extra `starter` (moonshine-voice, which carries the weights, and ONNX Runtime); connects
to nothing. Knows nothing of voice activity or of what gets confirmed.
"""

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.datatypes import SAMPLE_RATE, Pcm
from engine.errors import ErrorKind, NestlingError
from engine.live.moonshine import Moonshine, weights_folder
from engine.live.recogniser import Hypothesis
from engine.live.segments import GateSettings
from engine.live.transcriber import LiveSettings

MIN_SAMPLES = SAMPLE_RATE // 10  # the network fails on less than 0.07 s
GUESSING_SAMPLES = SAMPLE_RATE * 4 // 5  # of less than 0.8 s it makes "Yeah" and "Mm"

# A segment costs 0.12 s of a slow core for each of its seconds, and that at every decoding, so
# segments are short: they end at shorter pauses, and at 12 s without one.
STARTER_LIVE = LiveSettings(
    gate=GateSettings(pause_s=0.5, short_pause_s=0.2, shortening_s=(3.0, 8.0), longest_s=12.0),
    decode_every=3,
    share=0.5,
    load=None,
)
STARTER_WHOLE_CLIP = replace(STARTER_LIVE, chunks_per_step=16, tentative=False)

_MISSING = (
    "The starter ears cannot be used ({reason}): they need the packages moonshine-voice and "
    "onnxruntime. Run `python3 main.py setup` again, or switch them off in the settings; the model "
    "then hears for itself."
)


class StarterRecogniser:
    """Recognises one segment after another. Loads the network; `close` gives its memory back.

    State: the segment's sound, the last hypothesis; `reset` clears both.

    Args:
        private_bytes: of this process.

    Errors: MISSING_LIBRARY if the packages or the weights cannot be used.
    """

    def __init__(self, private_bytes: Callable[[], int] = lambda: 0) -> None:
        self._private_bytes = private_bytes
        before = private_bytes()
        try:
            self._network = Moonshine(weights_folder())
        except (ImportError, OSError, ValueError) as error:
            raise _unusable(error) from error
        self._weights_bytes = max(0, private_bytes() - before)
        self._work_bytes = [0]  # what one decoding took at most; shared by all that use the network
        self._pcm: Pcm = np.zeros(0, np.float32)
        self._final = False
        self._words: list[tuple[int, ...]] = []  # pieces of each

    @property
    def nbytes(self) -> int:
        """Private bytes that loading, and the largest decoding, have added to this process."""
        return self._weights_bytes + self._work_bytes[0]

    def beside(self) -> "StarterRecogniser":
        """Another one of the same network, with a segment of its own."""
        other = copy.copy(self)
        other.reset()
        return other

    def reset(self) -> None:
        """Forget the segment."""
        self._pcm, self._final, self._words = np.zeros(0, np.float32), False, []

    def feed(self, pcm: Pcm, *, final: bool = False) -> None:
        """Keep more sound for the next decoding."""
        self._pcm, self._final = np.concatenate([self._pcm, pcm]), final

    def decode(self, committed: int) -> Hypothesis:
        """Recognise the sound so far; the committed words of the last hypothesis stay."""
        self._words = self._words[:committed]
        enough = self._pcm.size >= (MIN_SAMPLES if self._final else GUESSING_SAMPLES)
        if enough:
            before = self._private_bytes()
            begun = [piece for word in self._words for piece in word]
            self._words += self._network.words(self._network.write(self._pcm, begun))
            self._work_bytes[0] = max(self._work_bytes[0], self._private_bytes() - before)
        return Hypothesis(tuple(map(self._network.text, self._words)), forwards=int(enough))

    def sound(self) -> None:
        """Nothing that a translator could hear."""
        return

    def mark(self) -> object:
        """Remember how far the sound has come."""
        return self._pcm.size

    def rewind(self, mark: object) -> None:
        """Forget the sound fed since `mark`."""
        assert isinstance(mark, int)
        self._pcm, self._final = self._pcm[:mark], False

    def close(self) -> None:
        """Give the network's memory back; nothing else may be called afterwards."""
        self._network.close()


def _unusable(error: Exception) -> NestlingError:
    return NestlingError(ErrorKind.MISSING_LIBRARY, _MISSING.format(reason=str(error).strip()))
