"""Where a growing segment is cut for translation."""

from hypothesis import given
from hypothesis import strategies as st

from engine.live.clauses import LONGEST_WORDS, SHORTEST_CUT_WORDS, Clause, Clauses
from engine.writing import joined, units, weight


def cut(text, steps=1, final=True):
    """All clauses of a text that arrives word by word, `steps` at a time."""
    words, clauses, closed = units(text), Clauses(), []
    for end in range(0, len(words), steps):
        closed += clauses.follow(words[:end], final=False)
    return closed + clauses.follow(words, final=final), words


def texts(text, **more):
    closed, words = cut(text, **more)
    return [joined(words[clause.first : clause.end]) for clause in closed]


def test_a_clause_closes_with_its_sentence():
    closed, _ = cut("We met. It rained", final=False)
    assert closed == [Clause(0, 2, 0, whole=True)]
    assert texts("We met. It rained") == ["We met.", "It rained"]


def test_without_punctuation_the_segment_is_the_clause():
    assert texts("we met it rained", final=False) == []
    assert texts("we met it rained") == ["we met it rained"]


def test_sentences_of_a_script_without_spaces():
    assert texts("我们见面了。下雨了") == ["我们见面了。", "下雨了"]


def test_an_endless_sentence_is_cut_at_its_last_comma():
    said = " ".join(["word"] * 10) + ", " + " ".join(["more"] * 20)
    closed, _ = cut(said)
    assert [(c.first, c.end, c.sentence, c.whole) for c in closed] == [
        (0, 10, 0, False),
        (10, 30, 0, True),
    ]


def test_without_a_comma_it_is_cut_at_the_limit():
    said = " ".join(["word"] * 50)
    assert [(c.first, c.end) for c in cut(said)[0]] == [(0, 24), (24, 48), (48, 50)]
    assert [(c.first, c.end) for c in cut("好" * 60)[0]] == [(0, 48), (48, 60)]


@given(
    st.lists(st.sampled_from(["a ", "b, ", "c. ", "好", "。", "，"]), max_size=150).map("".join),
    st.integers(1, 7),
)
def test_clauses_cover_every_word_once_and_do_not_depend_on_the_pace(said, steps):
    closed, words = cut(said, steps=steps)
    assert closed == cut(said)[0]
    assert [c.first for c in closed] == [0, *(c.end for c in closed)][:-1] or not closed
    assert (closed[-1].end if closed else 0) == len(words)
    for clause in closed:
        size = sum(map(weight, words[clause.first : clause.end]))
        assert size <= LONGEST_WORDS
        assert clause.whole or size >= SHORTEST_CUT_WORDS
        assert clause.sentence <= clause.first
