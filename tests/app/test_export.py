"""Saved transcripts, word for word, and the rules of subtitles for any transcript."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from app.export import CUE_LINES, CUE_MIN_S, LINE_CHARS, Format, Words, cues_of, export_rows
from engine.datatypes import Segment, Translation, Word
from tests.app.window_fakes import segment

TWO = [
    segment(0, "where is the station", at=1.0, final=True),
    segment(1, "turn left & walk <slowly>", at=61.0, gap=2.44, final=True),
]


def missing(seconds: float) -> str:
    return f"[{seconds:.1f} s of sound missing]"


def export(segments: Iterable[Segment], kind: Format) -> str:
    """What was said, in this format."""
    return export_rows([(each, ()) for each in segments], kind, Words.SPOKEN, missing)


def test_text_is_one_line_a_segment() -> None:
    assert export(TWO, Format.TXT) == (
        "where is the station\n[2.4 s of sound missing]\nturn left & walk <slowly>\n"
    )


def test_subrip() -> None:
    assert export(TWO, Format.SRT) == (
        "1\n00:00:01,000 --> 00:00:03,000\nwhere is the station\n"
        "\n"
        "2\n00:01:01,000 --> 00:01:03,500\nturn left & walk <slowly>\n"
    )


def test_webvtt_escapes_what_would_be_a_tag() -> None:
    assert export(TWO, Format.VTT) == (
        "WEBVTT\n"
        "\n00:00:01.000 --> 00:00:03.000\nwhere is the station\n"
        "\n00:01:01.000 --> 00:01:03.500\nturn left &amp; walk &lt;slowly&gt;\n"
    )


def test_nothing_said_is_an_empty_file() -> None:
    assert export([], Format.TXT) == ""
    assert export([], Format.SRT) == ""
    assert export([], Format.VTT) == "WEBVTT\n"


def test_words_that_may_change_are_not_saved() -> None:
    for kind in Format:
        assert "perhaps" not in export([segment(0, "surely", "perhaps")], kind)


def test_hours_are_counted_on() -> None:
    text = export([segment(0, "late", at=36_000.0, final=True)], Format.SRT)
    assert "10:00:00,000 --> 10:00:01,000" in text


def test_long_speech_is_cut_into_readable_cues() -> None:
    cues = list(
        cues_of([(segment(0, "some words that go on " * 8, at=2.0, final=True), ())], Words.SPOKEN)
    )
    assert len(cues) > 2
    assert (
        " ".join(" ".join(cue.lines) for cue in cues).split()
        == ("some words that go on " * 8).split()
    )


def test_a_pause_inside_a_segment_begins_a_cue() -> None:
    words = (Word("before", 1.0, 1.5), Word("after", 9.0, 9.5))
    first, second = cues_of([(Segment(0, 0.5, 9.2, words, "", True), ())], Words.SPOKEN)
    assert first.end_s < 2.0
    assert second.start_s == 8.0


def test_words_that_appeared_together_are_spread_over_the_sound() -> None:
    """As older transcripts have them: all of a segment's words heard at its end."""
    late = tuple(Word(f"word{number}", 20.0, 20.0) for number in range(40))
    cues = list(cues_of([(Segment(0, 0.0, 20.0, late, "", True), ())], Words.SPOKEN))
    assert cues[0].start_s < 2.0
    assert all(cue.end_s - cue.start_s > CUE_MIN_S for cue in cues)
    assert max(cue.end_s for cue in cues) <= 20.5


words = st.lists(
    st.tuples(st.text("abc", min_size=1, max_size=60), st.floats(0, 20)), min_size=1, max_size=40
)


@given(st.lists(words, max_size=4))
def test_cues_never_overlap_and_keep_every_word(drawn: list[list[tuple[str, float]]]) -> None:
    segments, at = [], 0.0
    for index, group in enumerate(drawn):
        times = sorted(at + time for _, time in group)
        made = tuple(Word(text, time, time) for (text, _), time in zip(group, times, strict=True))
        segments.append(Segment(index, at, times[-1], made, "", True))
        at = times[-1]
    clock = 0.0
    kept: list[str] = []
    for cue in cues_of([(each, ()) for each in segments], Words.SPOKEN):
        assert cue.start_s >= clock
        assert cue.end_s >= cue.start_s + CUE_MIN_S - 1e-9
        assert len(cue.lines) <= CUE_LINES
        assert all(len(line) <= LINE_CHARS or " " not in line for line in cue.lines)
        clock = cue.end_s
        kept += " ".join(cue.lines).split()
    assert kept == [text for group in drawn for text, _ in group]


# --- in two languages -----------------------------------------------------------------------------

STATION = Translation(0, 0, 4, "Simplified Chinese", "车站在哪里？", final=True)
ROWS = [(TWO[0], (STATION,)), (TWO[1], ())]


def test_the_translation_stands_below_what_was_said() -> None:
    assert export_rows(ROWS, Format.TXT, Words.BOTH, missing) == (
        "where is the station\n车站在哪里？\n[2.4 s of sound missing]\nturn left & walk <slowly>\n"
    )
    assert export_rows(ROWS[:1], Format.SRT, Words.BOTH, missing) == (
        "1\n00:00:01,000 --> 00:00:03,000\nwhere is the station\n车站在哪里？\n"
    )
    assert export_rows(ROWS[:1], Format.VTT, Words.BOTH, missing) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nwhere is the station\n车站在哪里？\n"
    )


def test_alone_it_takes_the_place_of_what_was_said_where_there_is_one() -> None:
    assert export_rows(ROWS, Format.TXT, Words.TRANSLATED, missing) == (
        "车站在哪里？\n[2.4 s of sound missing]\nturn left & walk <slowly>\n"
    )
    text = export_rows(ROWS, Format.SRT, Words.TRANSLATED, missing)
    assert "where is" not in text
    assert "turn left" in text


def test_of_a_row_that_is_translated_in_part_no_word_is_left_out() -> None:
    said = segment(0, "good morning . how are you ? fine", final=True)
    clauses = (
        Translation(0, 0, 3, "Spanish", "Buenos días.", final=True),
        Translation(0, 7, 8, "Spanish", "Bien", final=True),
    )
    assert export_rows([(said, clauses)], Format.TXT, Words.TRANSLATED, missing) == (
        "Buenos días. how are you ? Bien\n"
    )


def test_clauses_begin_cues_of_their_own() -> None:
    said = segment(0, "one two three four", final=True)
    clauses = (
        Translation(0, 0, 2, "German", "Eins zwei.", final=True),
        Translation(0, 2, 4, "German", "Drei vier.", final=True),
    )
    cues = list(cues_of([(said, clauses)], Words.BOTH))
    assert [cue.lines for cue in cues] == [("one two", "Eins zwei."), ("three four", "Drei vier.")]


@given(
    st.lists(st.sampled_from(["word", "a", "much-longer-word"]), min_size=1, max_size=40),
    st.lists(st.sampled_from(["wort", "ein", "viel-längeres-Wort"]), max_size=60),
)
def test_a_long_translation_is_dealt_out_without_loss(said: list[str], meant: list[str]) -> None:
    row = segment(0, " ".join(said), final=True)
    clause = Translation(0, 0, len(said), "German", " ".join(meant), final=True)
    cues = list(cues_of([(row, (clause,))], Words.BOTH))
    text = " ".join(line for cue in cues for line in cue.lines).split()
    assert [word for word in text if word in said] == said
    assert [word for word in text if word in meant] == meant
    assert all(len(line) <= LINE_CHARS for cue in cues for line in cue.lines)
    assert all(len(cue.lines) <= 2 * CUE_LINES for cue in cues) or len(cues) == len(said)


def test_wide_characters_count_for_two() -> None:
    said = segment(0, "x", final=True)
    clause = Translation(0, 0, 1, "Simplified Chinese", "好" * 30, final=True)
    (cue,) = cues_of([(said, (clause,))], Words.BOTH)
    assert cue.lines == ("x", "好" * 21, "好" * 9)
