"""Errors of the worker and of files, in the language of the window."""

import pytest

from app.error_words import ErrorWords, in_own_language
from app.i18n import Speech
from app.settings.choices import Language
from engine.errors import ErrorKind

FOUND = "There is no tensor “x”. Expected is one. Download it again."


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_of_error_has_a_sentence_in_each_language(
    speech: Speech, kind: ErrorKind
) -> None:
    speech.take(Language.ENGLISH)
    assert in_own_language(kind, FOUND) == FOUND, "in English it says everything by itself"
    english = ErrorWords().sentences()[kind]
    for language in (Language.GERMAN, Language.CHINESE):
        speech.take(language)
        led_in = ErrorWords().sentences()[kind]
        assert led_in != english
        assert in_own_language(kind, FOUND) == f"{led_in} ({FOUND})"


def test_tokens_are_counted_as_the_language_of_the_window_counts(speech: Speech) -> None:
    said = "The conversation has 408899 tokens, and this model holds 32768."
    for language, counts in (
        (Language.ENGLISH, ("408,899", "32,768")),
        (Language.GERMAN, ("408.899", "32.768")),
    ):
        speech.take(language)
        assert all(count in in_own_language(ErrorKind.CONTEXT_FULL, said) for count in counts)
        assert "408899" in in_own_language(ErrorKind.DISK, said), "may be the name of a file"
