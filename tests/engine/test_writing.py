"""Units of scripts with and without spaces between words, and where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.writing import ends_clause, ends_sentence, joined, placed_units, spread, units, weight


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, don't  go (now)!", ["Hello,", "don't", "go", "(now)!"]),
        ("你好，世界。", ["你", "好，", "世", "界。"]),
        ("他说“好的”。", ["他", "说", "“好", "的”。"]),
        ("我用 Python 写", ["我", "用 ", "Python ", "写"]),
        ("我用Python写", ["我", "用", "Python", "写"]),
        ("「今日」はです。", ["「今", "日」", "は", "で", "す。"]),
        ("ดีครับ วันนี้น้ำ", ["ดี", "ค", "รั", "บ ", "วั", "น", "นี้", "น้ำ"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("  ", []),
    ],
)
def test_words_where_there_are_spaces_else_characters(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@given(st.text(st.sampled_from("ab .,好的。「」（）กิครำ カー한1"), max_size=20))
def test_joining_puts_together_what_was_cut(text: str) -> None:
    assert joined(units(text)) == " ".join(text.split())


@given(st.text(st.sampled_from("ab 好。 กิำ"), max_size=20))
def test_the_place_of_a_unit_is_behind_its_last_sign(text: str) -> None:
    for unit, stop in placed_units(text):
        assert text[:stop].endswith(unit.rstrip())


@pytest.mark.parametrize(
    "word", ["home.", "why?", 'said."', "(no!)", "界。", "的”。", "吗？", "है।", "wait...", "I."]
)
def test_a_sentence_ends(word: str) -> None:
    assert ends_sentence(word)


@pytest.mark.parametrize("word", ["Dr.", "e.g.", "J.", "3.", "home", "好，", "z.B.", ".", "", "“"])
def test_a_sentence_goes_on(word: str) -> None:
    assert ends_sentence(word) == (word == ".")


def test_a_comma_ends_a_clause_only() -> None:
    assert [ends_clause(word) for word in ("well,", "好，", "so.", "on")] == [
        True,
        True,
        True,
        False,
    ]


def test_two_characters_count_as_a_word() -> None:
    assert [weight(unit) for unit in ("hello", "好。", "「好", "ครับ")] == [1.0, 0.5, 0.5, 0.5]


def test_units_fill_a_time_by_their_weight() -> None:
    assert spread(["well", "好", "的"], 1.0, 3.0) == [2.0, 2.5, 3.0]
    assert spread([], 1.0, 3.0) == []


@given(st.integers(1, 50), st.floats(0, 1e5), st.floats(0, 30))
def test_the_last_unit_ends_with_the_time_and_none_runs_backwards(
    count: int, start_s: float, seconds: float
) -> None:
    ends = spread(["a"] * count, start_s, start_s + seconds)
    assert ends == sorted(ends)
    assert ends[-1] == start_s + seconds
