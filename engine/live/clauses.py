"""Where a transcript can be cut for translation. Pure policy over confirmed words.

A clause ends where its sentence does, as the recogniser punctuates; without punctuation at the end
of the segment, and inside an endless sentence at the last comma or, failing that, anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.writing import ends_clause, ends_sentence, weight

LONGEST_WORDS = 24.0  # some 8 s of speech: longer, and the reader waits too long
SHORTEST_CUT_WORDS = 8.0  # what is cut at a comma has at least so much


@dataclass(frozen=True, slots=True)
class Clause:
    """Words [first, end) of a segment.

    sentence: the word at which its sentence begins; before `first` if that was cut.
    whole: the sentence ends with it.
    """

    first: int
    end: int
    sentence: int
    whole: bool


class Clauses:
    """Cuts one segment into clauses as its words are confirmed.

    State: how many words belong to closed clauses, and where the open sentence begins.
    """

    def __init__(self) -> None:
        self._done = 0
        self._sentence = 0

    def follow(self, words: Sequence[str], *, final: bool) -> list[Clause]:
        """Clauses that close with these words, all of the segment's; final: no more will come."""
        closed = []
        size, comma, place = 0.0, None, self._done
        while place < len(words):
            word = words[place]
            size += weight(word)
            place += 1
            if ends_sentence(word):
                closed.append(self._close(place, whole=True))
                size, comma = 0.0, None
            elif size >= LONGEST_WORDS:
                closed.append(self._close(comma or place, whole=False))
                size, comma, place = 0.0, None, self._done
            elif size >= SHORTEST_CUT_WORDS and ends_clause(word):
                comma = place
        if final and self._done < len(words):
            closed.append(self._close(len(words), whole=True))
        return closed

    def _close(self, end: int, *, whole: bool) -> Clause:
        clause = Clause(self._done, end, self._sentence, whole)
        self._done = end
        if whole:
            self._sentence = end
        return clause
