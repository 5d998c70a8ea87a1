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

FORMULAS = r"""The sum:
\[
a_1 \, x
+ b
= \left\{ c \right\}
\]
1. first

   $$ x
   - y $$
\[1\] Smith
$$ is money
- bread

> \[
> a

\[
\frac{a}{b}
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
    [
        ANSWER,
        FORMULAS,
        "one\u2028two\u2028three\n\nfour\x85five\n\nsix",
        "one\r\n\r\ntwo\r\rthree\r\n",
    ],
    ids=["blocks", "formulas", "separators", "other line ends"],
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


def test_a_quotation_has_a_bar_at_its_left(qapp: object) -> None:
    """Below a list a mere indent is the list's next paragraph."""
    document = SafeDocument()
    document.setHtml(render("1. one\n\n> said\n>\n> again\n\nend").html)
    cursor = document.find("again")
    (quotation,) = document.rootFrame().childFrames()
    assert cursor.currentTable() is quotation
    cell = cursor.currentTable().cellAt(cursor).format().toTableCellFormat()
    assert cell.leftBorder() > 0
    assert cell.leftBorderBrush().color().name() == LIGHT.edge
    assert document.toPlainText() == "one\nsaid\nagain\n\nend "


@pytest.mark.parametrize("text", ["\0", "```", "[" * 5_000, "> " * 2_000, "*" * 3_000, "|\n" * 500])
def test_nonsense_neither_breaks_nor_takes_for_ever(qapp: object, text: str) -> None:
    document = SafeDocument()
    document.setHtml(render(text).html)
    assert document.size().height() >= 0  # laid out


@pytest.mark.parametrize("around", ["{}", "so:\n{}\nend", "- one\n\n  {}", "> {}", "**so** {} is"])
@pytest.mark.parametrize(
    "formula",
    [
        r"\(\alpha\)",
        r"\[ x^2 \, dx \]",
        r"$\left\{ a_1 \_ b_1 \right\}$",
        r"$$\int_0^1 *f* \, dx$$",
        r"$a\$b$",
    ],
)
def test_formulas_are_shown_as_they_were_written(qapp: object, formula: str, around: str) -> None:
    """A parser that knows no LaTeX takes its backslashes and underscores for its own."""
    text = around.format(formula)
    assert formula in plain(text).replace("\xa0", " ")
    assert "monospace" in render(text).html


@pytest.mark.parametrize(("before", "indent"), [("", ""), ("so:\n", ""), ("- one\n\n  ", "  ")])
@pytest.mark.parametrize(
    "formula",
    [
        "\\[\na\n+ b\n= \\alpha \\\\[4pt]\n- c\n\\]",
        "$$\na_1 *b*\n---\n# c < d\n$$",
        "\\[\na\n+ \\alpha",  # still being written
    ],
)
def test_the_lines_of_a_formula_are_no_lists_and_headings(
    qapp: object, formula: str, before: str, indent: str
) -> None:
    shown = plain(before + formula.replace("\n", "\n" + indent))
    assert formula in shown.replace("\u2028", "\n").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from $5 to $6", "from $5 to $6"),
        ("US$5, CA$6", "US$5, CA$6"),
        ("$ 5$ and $$", "$ 5$ and $$"),
        (r"\$a\$ \\(b\\)", r"$a$ \(b\)"),
        ("$$ is money:\n\n- bread", "$$ is money:\nbread"),
        ("`$a$`", "$a$"),
        (r"\(open", "(open"),
    ],
)
def test_prices_and_escaped_characters_are_no_formulas(qapp: object, text: str, shown: str) -> None:
    assert plain(text).strip() == shown
    assert ("monospace" in render(text).html) is ("`" in text)


@pytest.mark.parametrize("piece", ["$ ", "$a ", r"\(", r"\[", "\\[\n", "$$a", "$$\n", r"\)\\"])
def test_formulas_that_never_end_take_no_long_time(piece: str) -> None:
    render(piece * 5_000)
