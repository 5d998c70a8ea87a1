"""Answers as rich text: what models write is shown, and can do nothing."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument

from app.theme import DARK, LIGHT
from app.widgets.markdown import Rendered, Renderer, SafeDocument

ANSWER = """# Title

Some *words* with `code` and ~~none~~.

- one
  - two

1. first

```python
def f(x):
    return "a" # b
```

| a | b |
|---|--:|
| 1 | 2 |

> said

    indented
"""


def render(text: str) -> Rendered:
    return Renderer(LIGHT).render(text)


def plain(text: str) -> str:
    document = SafeDocument()
    document.setHtml(render(text).html)
    return document.toPlainText()


def test_what_models_write_is_shown(qapp: object) -> None:
    shown = plain(ANSWER)
    for words in ("Title", "Some words with code and none.", "one", "two", "first", "said"):
        assert words in shown
    assert 'def f(x):\n    return "a" # b' in shown.replace("\u2028", "\n").replace("\xa0", " ")
    assert render(ANSWER).code == ['def f(x):\n    return "a" # b', "indented"]


@pytest.mark.parametrize(
    "text",
    [ANSWER, "one\u2028two\u2028three\n\nfour\x85five\n\nsix", "one\r\n\r\ntwo\r\rthree\r\n"],
    ids=["blocks", "separators", "other line ends"],
)
def test_a_text_that_grows_renders_as_the_whole_does(text: str) -> None:
    growing = Renderer(LIGHT)
    for end in range(1, len(text) + 1):
        last = growing.render(text[:end])
    assert last == render(text)
    assert growing.render("another text") == render("another text")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src='http://evil.example/a.png'>",
        "a <b onclick='x()'>bold</b> word",
        "<style>* { display: none }</style>",
        "<!-- hidden -->",
    ],
)
def test_raw_html_is_only_text(qapp: object, text: str) -> None:
    html = render(text).html
    for mark in ("<script", "<img", "<b ", "<style", "<!--"):
        assert mark not in html
    assert text.strip() in plain(text).replace("’", "'")


@pytest.mark.parametrize(
    "target",
    ["http://evil.example/a.png", "file:///etc/passwd", "/etc/hostname", "data:image/png;base64,A"],
)
def test_pictures_are_never_fetched(qapp: object, target: str) -> None:
    html = render(f"![a cat]({target})").html
    assert "<img" not in html
    assert "cat" in html
    document = SafeDocument()
    resource = QTextDocument.ResourceType.ImageResource
    assert document.resource(resource.value, QUrl(target)) is None


@pytest.mark.parametrize(
    ("target", "link"),
    [
        ("https://example.org/a?b=1&c=2", True),
        ("http://example.org", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("file:///etc/passwd", False),
        ("copy:0", False),
        ("show:all", False),
        ("data:text/html,x", False),
        ("//example.org", False),
    ],
)
def test_only_links_that_can_be_shown_are_links(target: str, link: bool) -> None:
    assert ("<a " in render(f"[word]({target})").html) is link


def test_words_that_look_like_our_own_html_stay_words(qapp: object) -> None:
    assert '<a href="copy:9">' not in render('`<a href="copy:9">x</a>`').html
    assert render('```a"b<c>\nx\n```').html.count("<td>") == 1


def test_an_unknown_language_and_very_long_code_stay_plain() -> None:
    assert "x = 1" in render("```klingon\nx = 1\n```").html
    long = "x = 1\n" * 5_000
    assert '<span style="color' not in render(f"```python\n{long}```").html.split("<pre")[1]


def test_colours_follow_the_theme() -> None:
    assert LIGHT.accent in render("```python\ndef f(): pass\n```").html
    assert DARK.accent in Renderer(DARK).render("```python\ndef f(): pass\n```").html


@pytest.mark.parametrize("text", ["\0", "```", "[" * 5_000, "> " * 2_000, "*" * 3_000, "|\n" * 500])
def test_nonsense_neither_breaks_nor_takes_for_ever(qapp: object, text: str) -> None:
    document = SafeDocument()
    document.setHtml(render(text).html)
