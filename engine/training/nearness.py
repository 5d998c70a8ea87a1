"""Which sentences lie within one word of each other: the distance between training and tests."""

from collections.abc import Iterable, Iterator


class Neighbourhood:
    """Sentences that are equal to one of these, or become one by changing, adding or leaving out
    one word.

    Args:
        sentences: the centres.
    """

    def __init__(self, sentences: Iterable[str] = ()) -> None:
        self._centres: set[tuple[str, ...]] = set()
        self._changed: set[tuple[str, ...]] = set()
        self._shortened: set[tuple[str, ...]] = set()
        for sentence in sentences:
            self.add(sentence)

    def add(self, sentence: str) -> None:
        """One centre more."""
        words = tuple(sentence.split())
        self._centres.add(words)
        self._changed.update(_changed(words))
        self._shortened.update(_shortened(words))

    def __contains__(self, sentence: str) -> bool:
        words = tuple(sentence.split())
        return (
            words in self._centres
            or words in self._shortened
            or any(key in self._changed for key in _changed(words))
            or any(key in self._centres for key in _shortened(words))
        )


def _changed(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words with a gap in place of each of them in turn."""
    for place in range(len(words)):
        yield (*words[:place], "_", *words[place + 1 :])


def _shortened(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words without each of them in turn."""
    for place in range(len(words)):
        yield words[:place] + words[place + 1 :]
