"""English, Spanish and Chinese of one meaning."""

import itertools
import random
import re

import pytest

from engine.training.batches import CHARACTERS
from engine.training.grammar import is_held_out, vocabulary
from engine.training.nearness import Neighbourhood
from engine.training.parallel import numbers
from engine.training.parallel.grammar import Triple, agreeing, expand, plural_of
from engine.training.parallel.patterns import SENTENCES
from engine.training.parallel.phrases import PHRASES
from engine.training.parallel.sentences import parallel, translation_set
from engine.training.sets import everyday

_SPANISH = re.compile(r"[a-záéíóúñü]+(?: [a-záéíóúñü]+)*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def _meanings(pattern: Triple, count: int = 30) -> list[tuple[str, str, str]]:
    rng = random.Random(pattern[0])
    drawn = (expand(pattern, PHRASES, rng) for _ in range(count))
    return [(entry.en, entry.es, entry.zh) for entry in drawn]


@pytest.mark.parametrize("pattern", SENTENCES, ids=lambda pattern: pattern[0])
def test_every_pattern_gives_plain_sentences_in_all_three(pattern: Triple) -> None:
    words = set(vocabulary())
    for english, spanish, chinese in _meanings(pattern):
        assert set(english) <= set(CHARACTERS)
        assert set(english.split()) <= words, english
        assert _SPANISH.fullmatch(spanish), spanish
        assert _CHINESE.fullmatch(chinese), chinese
        assert not re.search(r"\b(de|a) el\b", spanish), spanish


def test_one_english_sentence_has_one_translation() -> None:
    known: dict[str, tuple[str, str]] = {}
    for pattern in SENTENCES:
        for english, spanish, chinese in _meanings(pattern, 60):
            assert known.setdefault(english, (spanish, chinese)) == (spanish, chinese)


@pytest.mark.parametrize(
    ("pattern", "meaning"),
    [
        (("<digit> houses", "<digit@table> x", "<digit#>个"), ("two houses", "dos x", "两个")),
        (("the sister", "mi hermana", "姐姐"), ("the sister", "mi hermana", "姐姐")),
    ],
)
def test_numbers_agree(pattern: Triple, meaning: tuple[str, str, str]) -> None:
    assert meaning in set(_meanings(pattern, 200))


@pytest.mark.parametrize(
    ("value", "gender", "spanish", "chinese"),
    [
        (1, "", "uno", "一"),
        (21, "m", "veintiún", "二十一"),
        (21, "f", "veintiuna", "二十一"),
        (31, "m", "treinta y un", "三十一"),
        (100, "", "cien", "一百"),
        (101, "f", "ciento una", "一百零一"),
        (115, "", "ciento quince", "一百一十五"),
        (500, "f", "quinientas", "五百"),
        (523, "f", "quinientas veintitrés", "五百二十三"),
        (999, "", "novecientos noventa y nueve", "九百九十九"),
    ],
)
def test_numbers_in_words(value: int, gender: str, spanish: str, chinese: str) -> None:
    assert numbers.spanish(value, gender) == spanish
    assert numbers.chinese(value) == chinese


def test_english_numbers_and_two_before_a_measure_word() -> None:
    assert numbers.english(0) == "zero"
    assert numbers.english(342) == "three hundred and forty two"
    assert (numbers.counted(2), numbers.counted(12)) == ("两", "十二")


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("llave", "llaves"),
        ("reloj", "relojes"),
        ("lápiz", "lápices"),
        ("estación", "estaciones"),
        ("jardín", "jardines"),
        ("almacén", "almacenes"),
        ("autobús", "autobuses"),
        ("café", "cafés"),
        ("paraguas", "paraguas"),
        ("carne de res", "carnes de res"),
    ],
)
def test_spanish_plurals(noun: str, plural: str) -> None:
    assert plural_of(noun) == plural


def test_spanish_adjectives_agree() -> None:
    assert agreeing("rojo", "f", plural=False) == "roja"
    assert agreeing("azul", "f", plural=True) == "azules"
    assert agreeing("marrón", "m", plural=True) == "marrones"
    assert agreeing("grande", "f", plural=True) == "grandes"


def test_combinations_are_held_out_and_stay_away_from_the_tests_of_hearing() -> None:
    training = list(itertools.islice(parallel(3, held_out=False), 3000))
    tests = translation_set(300)
    assert len({meaning.english for meaning in tests}) == 300
    assert all(is_held_out(meaning.english) for meaning in tests)
    assert not {one.english for one in training} & {one.english for one in tests}
    heard = Neighbourhood(itertools.islice(everyday(2), 100))
    assert not [one for one in training if one.english in heard]
