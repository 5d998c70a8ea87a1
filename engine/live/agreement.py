"""LocalAgreement-2: a word is confirmed when two hypotheses in a row agree on it.

Where a script has no spaces between words, its characters are the words (`engine.writing`).
Pure policy over words: knows nothing of sound, models or threads.
Source: Liu et al. 2020 (arXiv:2005.11185), in the form of Macháček et al. 2023
(arXiv:2307.14743); the last word is held back because it may still be growing.
"""

from collections.abc import Sequence

from engine.datatypes import Word
from engine.writing import spread

_OUTER = " .,;:!?…\"'()[]«»“”„’—–-¿¡。、，！？：；「」『』《》（）،؛؟۔।॥։។៕"


def spoken_form(word: str) -> str:
    """Return the word as it sounds: without case and outer punctuation, if anything is left."""
    bare = word.casefold().strip(_OUTER)
    return bare or word.casefold()


def common_prefix(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many words two sequences share from the start, case and punctuation aside."""
    count = 0
    for left, right in zip(first, second, strict=False):
        if spoken_form(left) != spoken_form(right):
            break
        count += 1
    return count


class Agreement:
    """Confirmed and tentative words of one segment.

    State: the confirmed words, the last hypothesis after them, and about when each of its words
    was said; a new segment, which begins at `start_s`, takes a new object.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._start_s = start_s
        self._confirmed: list[Word] = []
        self._tentative: list[str] = []
        self._heard_s: list[float] = []
        self.shown_words = 0
        self.erased_words = 0

    @property
    def confirmed(self) -> tuple[Word, ...]:
        """Words that never change any more."""
        return tuple(self._confirmed)

    @property
    def tentative(self) -> tuple[str, ...]:
        """Words after them that still may."""
        return tuple(self._tentative)

    def update(self, words: Sequence[str], end_s: float, *, hold: bool = False) -> None:
        """Take the next hypothesis.

        Args:
            words: the whole segment's words, beginning with the confirmed ones.
            end_s: end of the sound behind it, seconds since the stream began.
            hold: confirm nothing this time.
        """
        new = self._follow(words, end_s)
        # The last word is never confirmed here: the sound may have stopped in its middle.
        agreed = 0 if hold else min(new, max(0, len(self._tentative) - 1))
        self._confirm(agreed, end_s)

    def close(self, words: Sequence[str], end_s: float) -> None:
        """Take the last hypothesis: every word of it is confirmed."""
        self._follow(words, end_s)
        self._confirm(len(self._tentative), end_s)

    def _follow(self, words: Sequence[str], end_s: float) -> int:
        """Replace the tentative words; return how many at their start stayed as they were."""
        tentative = list(words[len(self._confirmed) :])
        kept = common_prefix(self._tentative, tentative)
        self.erased_words += len(self._tentative) - kept
        self.shown_words += len(tentative) - kept
        # A cut ends the segment before sound that words were already taken from.
        heard_s = [min(at_s, end_s) for at_s in self._heard_s[:kept]]
        confirmed_s = self._confirmed[-1].heard_s if self._confirmed else self._start_s
        since_s = heard_s[-1] if heard_s else min(confirmed_s, end_s)
        # One decoding after a lag brings many words: they were not all said at its end.
        self._heard_s = heard_s + spread(tentative[kept:], since_s, end_s)
        self._tentative = tentative
        return kept

    def _confirm(self, count: int, end_s: float) -> None:
        self._confirmed += [
            Word(text, heard_s, end_s)
            for text, heard_s in zip(self._tentative[:count], self._heard_s[:count], strict=True)
        ]
        del self._tentative[:count], self._heard_s[:count]
