"""LocalAgreement-2 over words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.agreement import Agreement, common_prefix, spoken_form
from engine.writing import joined, units

WORDS = st.lists(st.sampled_from(["a", "b", "c", "B", "c."]), max_size=6)


def texts(agreement):
    return [word.text for word in agreement.confirmed]


def test_a_word_is_confirmed_when_two_hypotheses_agree():
    agreement = Agreement()
    agreement.update(["the", "red"], 1.0)
    assert texts(agreement) == []
    agreement.update(["the", "red", "door"], 2.0)
    assert texts(agreement) == ["the", "red"]
    assert agreement.tentative == ("door",)


def test_the_last_word_stays_tentative_though_agreed():
    agreement = Agreement()
    for end_s in (1.0, 2.0, 3.0):
        agreement.update(["the", "red"], end_s)
    assert texts(agreement) == ["the"]
    assert agreement.tentative == ("red",)


def test_a_word_remembers_when_it_was_heard_and_confirmed():
    agreement = Agreement()
    agreement.update(["to", "day"], 1.0)
    agreement.update(["to", "dance", "now"], 2.0)
    agreement.update(["to", "dance", "now"], 3.0)
    agreement.close(["to", "dance", "now"], 4.0)
    assert [(w.text, w.heard_s, w.confirmed_s) for w in agreement.confirmed] == [
        ("to", 0.5, 2.0),
        ("dance", 1.25, 3.0),
        ("now", 2.0, 4.0),
    ]


def test_words_that_appear_together_were_heard_one_after_another():
    agreement = Agreement(0.5)
    agreement.update(["we", "sell", "the", "old", "how"], 2.0)
    agreement.update(["we", "sell", "the", "old", "house", "now"], 3.28)
    heard = [word.heard_s for word in agreement.confirmed]
    assert agreement.confirmed[-1].text == "old"
    assert heard == pytest.approx([0.8, 1.1, 1.4, 1.7])
    agreement.close(["we", "sell", "the", "old", "house", "now"], 4.0)
    heard = [word.heard_s for word in agreement.confirmed]
    assert heard[4:] == pytest.approx([(1.7 + 3.28) / 2, 3.28])


def test_all_words_of_a_segment_decoded_once_fill_its_sound():
    agreement = Agreement(10.0)
    agreement.close(["word"] * 35, 27.5)
    heard = [word.heard_s for word in agreement.confirmed]
    assert heard[0] == pytest.approx(10.5)
    assert heard[-1] == 27.5
    assert heard == sorted(heard)


def test_no_word_is_heard_after_the_sound_that_a_cut_left():
    agreement = Agreement(0.0)
    agreement.update(["well", "then"], 28.0, hold=True)
    agreement.close(["well", "then", "now"], 26.0)
    assert [word.heard_s for word in agreement.confirmed] == [14.0, 26.0, 26.0]


def test_agreement_ignores_case_and_punctuation_and_takes_the_newer_spelling():
    agreement = Agreement()
    agreement.update(["well", "yes"], 1.0)
    agreement.update(["Well,", "yes"], 2.0)
    assert texts(agreement) == ["Well,"]


def test_words_taken_back_are_counted():
    agreement = Agreement()
    agreement.update(["a", "b"], 1.0)
    agreement.update(["a", "c", "d"], 2.0)
    assert (agreement.shown_words, agreement.erased_words) == (4, 1)


def test_holding_confirms_nothing_and_loses_nothing():
    agreement = Agreement()
    agreement.update(["a", "b", "c"], 1.0)
    agreement.update(["a", "b", "c"], 2.0, hold=True)
    assert texts(agreement) == []
    agreement.close(["a", "b"], 3.0)
    assert texts(agreement) == ["a", "b"]


def test_punctuation_alone_is_a_word_of_its_own():
    assert spoken_form("...") == "..."
    assert common_prefix(["…", "a"], ["?", "a"]) == 0


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_confirmed_text_is_never_taken_back(hypotheses):
    agreement = Agreement()
    for step, tail in enumerate(hypotheses):
        before = agreement.confirmed
        agreement.update([word.text for word in before] + tail, float(step))
        assert agreement.confirmed[: len(before)] == before
        heard = [word.heard_s for word in agreement.confirmed]
        assert heard == sorted(heard)
        assert all(word.heard_s <= word.confirmed_s for word in agreement.confirmed)
    before = agreement.confirmed
    agreement.close([word.text for word in before] + hypotheses[-1], 99.0)
    assert texts(agreement) == [word.text for word in before] + hypotheses[-1]
    assert agreement.tentative == ()
    assert agreement.shown_words - agreement.erased_words == len(agreement.confirmed)


def test_a_script_without_spaces_is_confirmed_character_by_character():
    agreement = Agreement()
    agreement.update(units("我们去"), 1.0)
    agreement.update(units("我们去公"), 2.0)
    assert joined(texts(agreement)) == "我们去"
    agreement.update(units("我们去公园。"), 3.0)
    assert joined(texts(agreement)).startswith("我们去")
    assert agreement.tentative  # the end is still open
    agreement.close(units("我们去公园。"), 4.0)
    assert joined(texts(agreement)) == "我们去公园。"


def test_punctuation_of_a_script_without_spaces_is_no_disagreement():
    assert common_prefix(units("好，世界"), units("好世界")) == 3
    assert spoken_form("「好。") == spoken_form("好 ")


@pytest.mark.parametrize("word", ["है।", "كتاب،", "کیا؟", "ہے۔", "home.", "家。"])
def test_marks_of_every_script_are_no_part_of_the_word(word):
    assert spoken_form(word) == word[:-1]
