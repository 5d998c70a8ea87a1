"""A transcript as plain text, SubRip or WebVTT. Pure; knows nothing of Qt or files.

Subtitle rules: at most two lines of 42 characters, one cue at least 1 s and at most 7 s, cues
never overlap and never run backwards.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.datatypes import Segment, Translation

LINE_CHARS = 42
CUE_LINES = 2
CUE_MIN_S = 1.0
CUE_MAX_S = 7.0
PAUSE_S = 1.5  # between two words: longer, and a new cue begins
WORD_MAX_S = 1.0  # a word is not taken to begin earlier than this before it was heard


class Format(StrEnum):
    """Kinds of files a transcript is saved as; the value is the file's suffix."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"


class Words(StrEnum):
    """Which of a transcript's languages are saved."""

    SPOKEN = "spoken"
    BOTH = "both"  # the translation below what was said
    TRANSLATED = "translated"


Row = tuple["Segment", Sequence["Translation"]]  # a segment, and its translated clauses in order


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: when it stands, and its lines."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def export_rows(
    rows: Iterable[Row], kind: Format, words: Words, missing: Callable[[float], str]
) -> str:
    """The confirmed words in this format, ending in a newline (or empty).

    What is not translated stands as it was said. missing: a sentence for so many seconds of sound
    that were lost.
    """
    if kind is Format.TXT:
        return _text(rows, words, missing)
    cues = list(cues_of(rows, words))
    if kind is Format.SRT:
        return "\n".join(
            f"{number}\n{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}\n"
            + "\n".join(cue.lines)
            + "\n"
            for number, cue in enumerate(cues, 1)
        )
    body = "".join(
        f"\n{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}\n"
        + "\n".join(_vtt_escaped(line) for line in cue.lines)
        + "\n"
        for cue in cues
    )
    return "WEBVTT\n" + body


@dataclass(frozen=True, slots=True)
class _Timed:
    """A word and when it was said."""

    text: str
    start_s: float
    end_s: float


def cues_of(rows: Iterable[Row], words: Words) -> Iterator[Cue]:
    """Subtitles of the confirmed words, timed by when each word was heard.

    A word's begin is the end of the word before it or, after a pause, at most a second before its
    own end: late by the recogniser's delay, never backwards. A clause's translation is dealt out
    over its cues by their share of its words.
    """
    from engine.datatypes import spread

    clock = 0.0
    for segment, translations in rows:
        timed: list[_Timed] = []
        at = max(segment.start_s, clock)
        # Older transcripts have words that appeared together at one time.
        for heard_s, run in itertools.groupby(segment.words, lambda word: word.heard_s):
            texts = [word.text for word in run]
            ends = spread(texts, at, max(at, min(heard_s, segment.end_s)))
            for text, end in zip(texts, ends, strict=True):
                timed.append(_Timed(text, max(at, end - WORD_MAX_S), end))
                at = end
        for said, translated in _clauses(timed, () if words is Words.SPOKEN else translations):
            groups = list(_groups(said))
            parts = _dealt(translated, [_length(group) for group in groups])
            while any(len(_wrapped(part)) > CUE_LINES for part in parts):
                longest = max(groups, key=len)
                if len(longest) == 1:
                    break  # one word whose translation fills more than a cue
                at, half = groups.index(longest), len(longest) // 2
                groups[at : at + 1] = [longest[:half], longest[half:]]
                parts = _dealt(translated, [_length(group) for group in groups])
            for group, part in zip(groups, parts, strict=True):
                start = max(group[0].start_s, group[-1].end_s - CUE_MAX_S, clock)
                end = max(group[-1].end_s, start + CUE_MIN_S)
                lines = [] if words is Words.TRANSLATED and part else _wrapped(_texts(group))
                yield Cue(start, end, (*lines, *_wrapped(part)))
                clock = end


def _clauses(
    timed: list[_Timed], translations: Sequence[Translation]
) -> Iterator[tuple[list[_Timed], list[str]]]:
    """Runs of words with the units of their translation, none where there is none."""
    from engine.datatypes import units

    done = 0
    for clause in translations:
        if clause.first < done or not clause.text:
            continue
        if clause.first > done:
            yield timed[done : clause.first], []
        if timed[clause.first : clause.end]:
            yield timed[clause.first : clause.end], units(clause.text)
        done = clause.end
    if timed[done:]:
        yield timed[done:], []


def _dealt(units: Sequence[str], sizes: Sequence[int]) -> list[list[str]]:
    """The units in as many runs as there are sizes, each about as long as its share."""
    total, whole = sum(sizes), sum(map(len, units))
    runs: list[list[str]] = []
    place, taken, wanted = 0, 0.0, 0.0
    for index, size in enumerate(sizes):
        wanted += whole * size / max(1, total)
        run: list[str] = []
        last = index == len(sizes) - 1
        while place < len(units) and (last or taken + len(units[place]) / 2 <= wanted):
            run.append(units[place])
            taken += len(units[place])
            place += 1
        runs.append(run)
    return runs


def _groups(words: list[_Timed]) -> Iterator[list[_Timed]]:
    """Cut timed words into what fits one cue."""
    group: list[_Timed] = []
    for word in words:
        if group:
            fits = len(_wrapped(_texts([*group, word]))) <= CUE_LINES
            lasts = word.end_s - group[0].start_s <= CUE_MAX_S
            pause = word.start_s - group[-1].end_s > PAUSE_S
            if not fits or not lasts or pause:
                yield group
                group = []
        group.append(word)
    if group:
        yield group


def _texts(words: Sequence[_Timed]) -> list[str]:
    return [word.text for word in words]


def _length(words: Sequence[_Timed]) -> int:
    return sum(len(word.text) for word in words)


def _wrapped(words: Sequence[str]) -> list[str]:
    """Lines of at most LINE_CHARS, a wide character counting for two."""
    from engine.datatypes import joined

    lines: list[list[str]] = []
    for word in words:
        if lines and _width(joined([*lines[-1], word]).rstrip()) <= LINE_CHARS:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [joined(line).strip() for line in lines]


def _width(text: str) -> int:
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def _text(rows: Iterable[Row], words: Words, missing: Callable[[float], str]) -> str:
    lines = []
    for segment, translations in rows:
        if segment.words:
            if segment.gap_before_s > 0:
                lines.append(missing(segment.gap_before_s))
            if words is Words.TRANSLATED:
                lines.append(_in_its_place(segment, translations))
                continue
            lines.append(segment.text)
            translated = _translation(translations) if words is Words.BOTH else ""
            if translated:
                lines.append(translated)
    return "".join(line + "\n" for line in lines)


def _in_its_place(segment: Segment, translations: Sequence[Translation]) -> str:
    """A segment in the other language; what is not translated stands as it was said."""
    from engine.datatypes import joined

    words = [_Timed(word.text, 0.0, 0.0) for word in segment.words]
    runs = (translated or _texts(said) for said, translated in _clauses(words, translations))
    return joined([unit for run in runs for unit in run])


def _translation(translations: Sequence[Translation]) -> str:
    from engine.datatypes import joined

    return joined([clause.text for clause in translations if clause.text])


def _time(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02d}:{minutes:02d}:{whole:02d}{mark}{milliseconds:03d}"


def _vtt_escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
