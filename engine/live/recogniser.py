"""What the live policy asks of a speech recogniser. Knows nothing of any model, nor of torch.

A recogniser that hears in a stream answers from its kept state; one made for whole segments may
buffer the sound and recognise it anew in each `decode`. Both serve the same transcriber.
"""

from dataclasses import dataclass
from typing import Protocol

from engine.datatypes import Pcm


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the recogniser makes of a segment so far.

    words: every word of the segment; those that were given as committed come first, unchanged.
    forwards: runs of the decoder's network that it took, for the step log.
    """

    words: tuple[str, ...]
    forwards: int = 0


class Recogniser(Protocol):
    """Hears one segment at a time.

    Between two `reset` calls the sound only grows at the end, except through `rewind`.
    """

    def reset(self) -> None:
        """Forget the segment: no sound, no words."""
        ...

    def feed(self, pcm: Pcm, *, final: bool = False) -> None:
        """Hear more. pcm: float32 [n], mono, 16 kHz, any n (0 too); final: the segment's end.

        After `final` only `decode`, `rewind` and `reset` are allowed.
        """
        ...

    def decode(self, committed: int) -> Hypothesis:
        """Recognise what was fed. committed: words of the last hypothesis that must stay."""
        ...

    def sound(self) -> object:
        """What was heard of the segment so far, for a translator; only it knows what that is."""
        ...

    def mark(self) -> object:
        """Remember how far the sound has come, for one later `rewind` within 3 s of sound."""
        ...

    def rewind(self, mark: object) -> None:
        """Forget the sound fed since `mark`; the last hypothesis stays."""
        ...
