"""A transcript as plain text, SubRip or WebVTT. Pure; knows nothing of Qt or files.

Subtitle rules: at most two lines of 42 characters, one cue at least 1 s and at most 7 s, cues
never overlap and never run backwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.datatypes import Segment

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


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: when it stands, and its lines."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def export(segments: Iterable[Segment], kind: Format) -> str:
    """The confirmed words of the segments in this format, ending in a newline (or empty)."""
    if kind is Format.TXT:
        return _text(segments)
    cues = list(cues_of(segments))
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


def cues_of(segments: Iterable[Segment]) -> Iterator[Cue]:
    """Subtitles of the confirmed words, timed by when each word was first heard.

    A word's end is the sound after which it first appeared, and its begin the end of the word
    before it or, after a pause, at most a second earlier: late by the recogniser's delay, never
    backwards.
    """
    clock = 0.0
    for segment in segments:
        words: list[tuple[str, float, float]] = []
        at = max(segment.start_s, clock)
        for word in segment.words:
            end = max(at, min(word.heard_s, segment.end_s))
            words.append((word.text, max(at, end - WORD_MAX_S), end))
            at = end
        for group in _groups(words):
            start = max(group[0][1], group[-1][2] - CUE_MAX_S, clock)
            end = max(group[-1][2], start + CUE_MIN_S)
            yield Cue(start, end, tuple(_wrapped([text for text, _, _ in group])))
            clock = end


def _groups(words: list[tuple[str, float, float]]) -> Iterator[list[tuple[str, float, float]]]:
    """Cut timed words into what fits one cue."""
    group: list[tuple[str, float, float]] = []
    for word in words:
        if group:
            fits = len(_wrapped([text for text, _, _ in [*group, word]])) <= CUE_LINES
            lasts = word[2] - group[0][1] <= CUE_MAX_S
            pause = word[1] - group[-1][2] > PAUSE_S
            if not fits or not lasts or pause:
                yield group
                group = []
        group.append(word)
    if group:
        yield group


def _wrapped(words: list[str]) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= LINE_CHARS:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _text(segments: Iterable[Segment]) -> str:
    lines = []
    for segment in segments:
        if segment.words:
            if segment.gap_before_s > 0:
                lines.append(f"[{segment.gap_before_s:.1f} s of sound missing]")
            lines.append(segment.text)
    return "".join(line + "\n" for line in lines)


def _time(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02d}:{minutes:02d}:{whole:02d}{mark}{milliseconds:03d}"


def _vtt_escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
