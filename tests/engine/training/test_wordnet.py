"""WordNet as it is installed."""

from pathlib import Path

import pytest

from engine.errors import ErrorKind, NestlingError
from engine.training import wordnet
from engine.training.batches import CHARACTERS


def test_examples_are_written_as_the_model_writes() -> None:
    examples = wordnet.plain_examples()
    assert len(examples) > 30_000
    assert len(set(examples)) == len(examples)
    assert set("".join(examples)) <= set(CHARACTERS)
    assert all(3 <= len(example.split()) <= 12 for example in examples)


def test_the_commonest_nouns_come_first_with_short_meanings() -> None:
    nouns = wordnet.nouns()
    counts = [noun.count for noun in nouns]
    assert counts == sorted(counts, reverse=True)
    assert {"time", "house", "friend"} <= {noun.word for noun in nouns[:300]}
    for noun in nouns[:1000]:
        assert 1 <= len(noun.meaning.split()) <= 14
        assert not set('();:"`') & set(noun.meaning)


def test_a_name_is_no_meaning_of_a_common_word() -> None:
    meanings = {noun.word: noun.meaning for noun in wordnet.nouns()}
    assert "bird" in meanings["heron"]  # Hero of Alexandria stands first in the index
    assert "georgia" not in meanings


@pytest.mark.parametrize(
    ("gloss", "meaning"),
    [
        ('a (very) small bird; "it sang"', "a small bird"),
        ("a tool; or a fool", "a tool"),
        ("one two three four five six, " + "very " * 10, "one two three four five six"),
        ("word " * 20, ""),
        ("100 % wool", ""),
    ],
)
def test_meanings_are_cut_where_they_only_go_on(gloss: str, meaning: str) -> None:
    assert wordnet.short_meaning(gloss) == meaning


def test_a_missing_wordnet_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wordnet, "_FOLDER", tmp_path)
    with pytest.raises(NestlingError, match="Debian package wordnet-base") as caught:
        wordnet.examples.__wrapped__()
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
