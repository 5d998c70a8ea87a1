"""Invented and looping text is stopped; what people say is not."""

import pytest

from engine.live.guards import Loop, closing_loop, is_monotonous, plausible, without_loop


def looped(words):
    return tuple(words[place] for place in without_loop(words))


def believed(words, committed=0, voice_s=5.0, certain_s=4.0):
    """The words behind the committed ones that the sound can carry."""
    return tuple(words[place] for place in plausible(words, committed, voice_s, certain_s))


@pytest.mark.parametrize(
    "text",
    [
        "no no no no that is wrong",
        "my number is five five five one two three four",
        "thank you thank you so much",
        "the more the more the merrier",
        "one two three one two three go",
        "",
    ],
)
def test_what_people_say_is_left_alone(text):
    assert looped(text.split()) == tuple(text.split())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("you " * 30, "you you you you you"),
        ("so " + "thank you " * 20, "so thank you thank you thank you thank you"),
        ("a b c " * 9 + "and then", "a b c a b c a b c"),
        ("Go. go! GO go, go go go", "Go. go! GO go, go"),
    ],
)
def test_a_loop_is_cut_where_it_begins(text, kept):
    assert " ".join(looped(text.split())) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no no no no no no do not do that", "no no no no no do not do that"),
        ("ha ha ha ha ha ha ha ha we leave at nine", "ha ha ha ha ha we leave at nine"),
        ("my number is 5 5 5 0 0 0 0 0 0 7", "my number is 5 5 5 0 0 0 0 0 7"),
        ("哈 哈 哈 哈 哈 哈 我 们 明 天 走", "哈 哈 哈 哈 哈 我 们 明 天 走"),
        ("so so so so so so so no no no no no no", "so so so so so no no no no no"),
    ],
)
def test_what_is_said_after_laughter_or_a_repeated_word_stays(text, kept):
    assert looped(text.split()) == tuple(kept.split())
    assert believed(text.split()) == tuple(kept.split())


def test_digits_may_repeat_longer_than_words():
    zeros = [7] * 15
    assert closing_loop(zeros[:5]) is None
    assert closing_loop(zeros[:-1]) == Loop(5, endless=False)
    assert closing_loop(zeros) == Loop(5, endless=True)
    assert closing_loop(zeros, leeway=2) == Loop(10, endless=False)
    assert closing_loop([7] * 30, leeway=2) == Loop(10, endless=True)


@pytest.mark.parametrize("times", [3, 4, 8, 9])
def test_what_is_sung_or_a_card_number_is_no_loop_without_end(times):
    tokens = [1, *[2, 3, 4] * times]
    found = closing_loop(tokens, leeway=2)
    assert found == (None if times < 4 else Loop(1 + 9, endless=times >= 9))
    assert closing_loop([*tokens, 9], leeway=2) is None


def test_a_long_loop_with_a_changing_word_is_monotonous():
    words = [word for n in range(60) for word in ("thanks", "for", "watching", str(n % 7))]
    assert is_monotonous(words)
    text = "what time does the last train to the city leave tonight"
    assert not is_monotonous(text.split() * 2)


def test_a_segment_with_hardly_any_voice_says_nothing():
    assert believed(["thank", "you"], 0, voice_s=0.3, certain_s=0.05) == ()
    assert believed(["yes"], 0, voice_s=0.2, certain_s=0.18) == ("yes",)


def test_there_are_not_more_words_than_the_voice_can_carry():
    words = [chr(ord("a") + n) for n in range(20)]
    assert believed(words, 0, voice_s=1.0, certain_s=0.5) == tuple(words[:10])


@pytest.mark.parametrize("committed", [0, 5, 8, 9])
def test_what_is_confirmed_of_laughter_does_not_move_what_follows(committed):
    words = ["ha", "ha", "ha", "ha", "ha", "ha", "ha", "ha", "I", "think", "so"]
    places = (0, 1, 2, 3, 4, 8, 9, 10)
    kept = plausible(words, committed, voice_s=5.0, certain_s=4.0)
    assert kept == tuple(place for place in places if place >= committed)


@pytest.mark.parametrize("voice_s", [0.0, 10.0])
def test_a_loop_that_goes_on_behind_confirmed_words_is_cut(voice_s):
    assert plausible(["you"] * 40, 12, voice_s, voice_s) == ()


def test_monotonous_text_beyond_the_confirmed_words_is_dropped():
    words = [word for n in range(60) for word in ("thanks", "for", "watching", str(n % 7))]
    assert believed(words, 3, voice_s=28.0, certain_s=28.0) == ()


NINE = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(
            f"{ten} " + " ".join(f"{ten} {one}" for one in NINE) for ten in ("twenty", "forty")
        ),
        " and ".join(f"on {day} i am at home" for day in DAYS),
    ],
    ids=["counted aloud", "a list"],
)
def test_regular_speech_in_a_certain_voice_stays(text):
    words = text.split()
    assert is_monotonous(words)
    assert believed(words, 0, voice_s=0.4 * len(words), certain_s=0.4 * len(words)) == tuple(words)


def test_a_second_of_voice_holds_more_characters_than_words():
    said = list("这是一句相当快的中文话")  # 11 characters in 1.2 s
    assert len(believed(said, 0, voice_s=1.2, certain_s=1.2)) == len(said)
    assert len(believed(["word"] * 3 + list("abcdefgh"), 0, voice_s=0.6, certain_s=0.6)) < 11


@pytest.mark.parametrize("text", ["Thanks for watching!", "[Music]", "thank you for watching"])
def test_what_nobody_says_is_dropped_where_the_voice_is_doubtful(text):
    words = text.split()
    assert believed(words, 0, voice_s=2.0, certain_s=0.2) == ()
    assert believed(words, 0, voice_s=2.0, certain_s=1.5) == tuple(words), "somebody does say it"
    longer = ["he", "said", *words]
    assert believed(longer, 0, voice_s=2.0, certain_s=0.2) == tuple(longer)
