"""Guards against invented and looping text. Pure functions over words and seconds of voice.

They only shorten what is not yet confirmed; a confirmed word is never taken back.
Source: the habits collected from Whisper's decoder (compression ratio 2.4) and from live
captioning programs; the bounds were set on this project's own material.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from engine.live.agreement import spoken_form
from engine.writing import joined, weight

MIN_CERTAIN_S = 0.16  # less certain voice than this carries no word: a click, a chord
MAX_WORDS_PER_S = 8.0  # fast speech has 5 to 6 words a second
FREE_WORDS = 2  # the rate says nothing about the first words: "a b" takes a quarter of a second
MAX_COMPRESSION = 2.4
MIN_COMPRESSION_BYTES = 80  # shorter text compresses badly whatever it is
LONGEST_LOOP = 12  # words or tokens
MOST_SURPLUS = 3  # times as often as allowed: whatever follows such a loop was not said
DOUBTFUL_WORD_S = 0.25  # less certain voice a word: regular text and fillers are not believed

# What recognisers trained on films and talks are known to write where nobody speaks. The last
# resort: only as the whole text of a segment, and only where the voice is doubtful.
FILLERS = frozenset(
    {
        "thanks for watching",
        "thank you for watching",
        "please subscribe",
        "like and subscribe",
        "subtitles by the amara.org community",
        "music",
        "music playing",
        "applause",
        "laughter",
        "silence",
    }
)


def allowed_repeats(length: int) -> int:
    """Return how often a run of `length` words may follow itself: people do say "no no no no"."""
    return {1: 5, 2: 4}.get(length, 3)


@dataclass(frozen=True, slots=True)
class Loop:
    """A run that repeats itself up to the end of a sequence, more often than is allowed.

    start: index of the first item beyond the repeats that are allowed.
    endless: whether there is so much beyond them that it was not said. People sing, and say card
        numbers, and speak on.
    """

    start: int
    endless: bool


def closing_loop(items: Sequence[object], leeway: int = 1) -> Loop | None:
    """Find the loop that a sequence ends in, if it does.

    Args:
        items: words or token ids.
        leeway: factor of what is allowed for runs of one or two (tokens: "1000000").
    """
    found = _repeats(items, leeway)
    if found is None:
        return None
    start, length = found
    return Loop(start, len(items) - start >= _surplus(length, leeway))


def _allowed(length: int, leeway: int = 1) -> int:
    """How many items a run of this length may take with its repeats."""
    return length * allowed_repeats(length) * (leeway if length <= 2 else 1)


def _surplus(length: int, leeway: int = 1) -> int:
    """So many items beyond these are a loop without end."""
    return (MOST_SURPLUS - 1) * _allowed(length, leeway)


def _repeats(items: Sequence[object], leeway: int = 1) -> tuple[int, int] | None:
    """Where the surplus of repeats begins that last to the end, and how long the run is."""
    for length in range(1, min(LONGEST_LOOP, len(items) // 3) + 1):
        run, allowed = length, _allowed(length, leeway)
        while run < len(items) and items[-1 - run] == items[-1 - run + length]:
            run += 1
        if run > allowed:
            return len(items) - run + allowed, length
    return None


def without_loop(words: Sequence[str]) -> list[int]:
    """Places of the words that remain without loops: nothing behind a long one, or one at the end.

    Of a short one, such as laughter, only the surplus goes: people speak on after it.
    """
    kept, spoken = list(range(len(words))), [spoken_form(word) for word in words]
    end = 1
    while end <= len(spoken):
        found = _repeats(spoken[:end])
        if found is None:
            end += 1
            continue
        start, length = found
        stop = end
        while stop < len(spoken) and spoken[stop] == spoken[stop - length]:
            stop += 1
        if stop == len(spoken) or stop - start >= _surplus(length):
            return kept[:start]
        del kept[start:stop], spoken[start:stop]
        end = start
    return kept


def is_monotonous(words: Sequence[str]) -> bool:
    """Say whether the text compresses better than speech does, counting aloud and lists aside."""
    data = joined(words).encode()
    return (
        len(data) >= MIN_COMPRESSION_BYTES
        and len(data) / len(zlib.compress(data)) > MAX_COMPRESSION
    )


def is_filler(words: Sequence[str]) -> bool:
    """Say whether the whole text is one that is written without being said."""
    return " ".join(form for form in map(spoken_form, words) if form) in FILLERS


def plausible(
    words: Sequence[str], committed: int, voice_s: float, certain_s: float
) -> tuple[int, ...]:
    """Return the places of those words behind the committed ones that the sound can carry.

    Args:
        words: the whole segment's words, the committed ones first.
        committed: how many of them stay whatever is found.
        voice_s: seconds of the segment in which the voice gate heard speech.
        certain_s: the same, doubtful moments counting for less.
    """
    if certain_s < MIN_CERTAIN_S:
        return ()
    room = FREE_WORDS + int(voice_s * MAX_WORDS_PER_S)
    count = sum(said <= room for said in accumulate(map(weight, words)))
    places = without_loop(words[:count])
    kept = [words[place] for place in places]
    doubtful = certain_s < DOUBTFUL_WORD_S * len(kept)
    if doubtful and (is_monotonous(kept) or is_filler(kept)):
        return ()
    return tuple(place for place in places if place >= committed)
