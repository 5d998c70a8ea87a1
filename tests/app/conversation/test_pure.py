"""Sampling, export and heights of rows: no window, no database."""

import itertools
import json
import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from app.conversation.export import ChatFormat, Headings, export
from app.conversation.sampling import STEPS, USUAL, Sampling, step_of, unpacked
from app.conversation.store import Conversation
from app.conversation.tree import Message, MessageState, Tree
from app.widgets.row_heights import RowHeights
from engine.datatypes import Role


def test_five_steps_from_steady_to_lively() -> None:
    temperatures = [step.temperature for step in STEPS]
    assert temperatures == sorted(temperatures)
    assert temperatures[0] == 0.0
    assert STEPS[2] == USUAL
    for place, step in enumerate(STEPS):
        assert step_of(step) == place
        assert step.params().temperature == step.temperature
    assert step_of(Sampling(temperature=0.77)) is None
    assert step_of(Sampling(max_tokens=5, seed=3)) == 2


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"temperature": -1}', '{"other": 1}', "3"])
def test_numbers_that_cannot_be_read_are_the_usual_ones(text: str) -> None:
    assert unpacked(text) == USUAL


def test_numbers_come_back() -> None:
    mine = Sampling(0.7, 10, 0.5, 99, 7)
    assert unpacked(mine.packed()) == mine


@pytest.fixture
def talk() -> tuple[Conversation, Tree]:
    tree = Tree(
        [
            Message(1, None, Role.USER, "Hello\n", created=0.0, pictures=1, sound_s=1.25),
            Message(2, 1, Role.MODEL, "Hi **you**", MessageState.STOPPED, 1.0, "nano · full"),
            Message(3, 1, Role.MODEL, "Hey", MessageState.WRITING, 2.0),
        ]
    )
    return Conversation(1, "Greeting", True, "be\nbrief", "", 2, 0.0, 2.0), tree


WORDS = Headings(
    "Ich",
    "Modell",
    lambda count: f"{count} Bilder",
    lambda seconds: f"{seconds:.1f} s Ton",
    {MessageState.STOPPED: "angehalten", MessageState.CUT: "abgebrochen"},
)


def test_markdown_is_the_branch_in_sight(talk: tuple[Conversation, Tree]) -> None:
    assert export(*talk, ChatFormat.MARKDOWN, 2, WORDS) == (
        "# Greeting\n\n> be\\\n> brief\n\n## Ich\n\n*(1 Bilder)*\n\n*(1.2 s Ton)*\n\n"
        "Hello\n\n## nano · full\n\nHi **you**\n\n*(angehalten)*\n"
    )


def markdown_of(*texts: str) -> str:
    """A conversation of these questions and answers, in turn, as Markdown."""
    tree = Tree(
        [
            Message(
                number,
                number - 1 or None,
                Role.USER if number % 2 else Role.MODEL,
                text,
                MessageState.DONE if number % 2 else MessageState.STOPPED,
                float(number),
            )
            for number, text in enumerate(texts, 1)
        ]
    )
    conversation = Conversation(1, "Talk", True, "", "", len(texts), 0.0, 1.0)
    return export(conversation, tree, ChatFormat.MARKDOWN, len(texts), WORDS)


def headings(text: str) -> list[str]:
    """The headings of the second level, as a reader of Markdown finds them."""
    tokens = MarkdownIt().parse(text)
    return [
        inline.content
        for opening, inline in itertools.pairwise(tokens)
        if opening.type == "heading_open" and opening.tag == "h2" and not opening.level
    ]


@pytest.mark.parametrize(
    "stopped",
    [
        "```python\nprint(1)",
        "Look:\n\n~~~~\n```\n~~~",
        "````md\n```\ncode\n```\n``",
        "  ```",
        "- one\n\n  ```\n  print(1)",
        "> ```\n> quoted",
        "<!-- a remark",
        "<script>\nx = 1\n\ny = 2",
        "```\nclosed\n```",
        "<b>bold</b>",
    ],
)
def test_an_answer_that_stops_in_the_middle_takes_nothing_of_the_rest(stopped: str) -> None:
    text = markdown_of("q", stopped, "r", "**well**")
    assert headings(text) == ["Ich", "Modell", "Ich", "Modell"]
    assert "<em>(angehalten)</em>" in MarkdownIt().render(text).split("<h2>")[2]
    assert text.endswith("**well**\n\n*(angehalten)*\n")


def test_whole_answers_stand_as_the_model_wrote_them() -> None:
    answer = "# Title\n\n* a `b`\n\n```\n# code\n```\n\n<b>x</b>"
    assert f"\n\n{answer}\n\n" in markdown_of("q", answer)


def shown(html: str) -> str:
    """The text of a question as a browser shows it."""
    text = html.replace("</p>\n<p>", "\n\n").replace("<br />\n", "\n")
    text = text.removeprefix("<p>").removesuffix("</p>\n")
    return unescape(text).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "question",
    [
        "# no heading <b>",
        "* x\n+ y\n- z\n1. one\n2) two",
        "```\ncode\n~~~",
        "over\n===\nunder\n---",
        "> q &lt; &#35; R&D \\n *a* _b_ ~~c~~ `d` ![e](f) <!-- [g]: h",
        "a | b\n:-|-:\n1 | 2\n\n| a |\n|---|-",
        "a\n:-",
        "    def f(x):\n\treturn  1",
        "<script>alert(1)</script>",
        "- [ ] 3 * 4 = -12 + snake_case_ 1.5",
        "https://example.org/a_b_c?d=e&f=g#h",
        "one\ntwo  \N{BULLET}\n\nC #",
    ],
)
def test_a_question_shows_as_it_was_typed(question: str) -> None:
    for parser in (MarkdownIt(), MarkdownIt("gfm-like", {"linkify": False})):
        text = markdown_of(question, "well")
        assert headings(text) == ["Ich", "Modell"]
        html = parser.render(text).split("</h2>\n")[1].split("<h2>")[0]
        assert set(re.findall(r"<(/?\w+)", html)) <= {"p", "/p", "br"}
        assert shown(html) == question.expandtabs(4)


def test_a_title_and_instructions_show_as_they_were_typed() -> None:
    made = Conversation(1, "# no <b>", True, "# be\n```", "", 0, 0.0, 1.0)
    html = MarkdownIt().render(export(made, Tree([]), ChatFormat.MARKDOWN, None, WORDS))
    assert html == (
        "<h1># no &lt;b&gt;</h1>\n<blockquote>\n<p># be<br />\n```</p>\n</blockquote>\n"
    )


def test_json_is_every_branch(talk: tuple[Conversation, Tree]) -> None:
    found = json.loads(export(*talk, ChatFormat.JSON, 2, WORDS))
    assert found["title"] == "Greeting"
    assert [m["shown"] for m in found["messages"]] == [True, True, False]
    assert [m["parent"] for m in found["messages"]] == [None, 1, 1]
    assert found["messages"][2]["state"] == "cut"
    assert found["created"] == "1970-01-01T00:00:00+00:00"


def test_rows_stand_one_below_the_other() -> None:
    rows = RowHeights()
    assert (rows.total, rows.at(0), len(rows)) == (0, None, 0)
    rows.set_all([10, 20, 30])
    assert [rows.top(row) for row in range(4)] == [0, 10, 30, 60]
    assert [rows.at(y) for y in (-1, 0, 9, 10, 29, 30, 59, 60)] == [
        *(None, 0, 0, 1, 1, 2, 2, None),
    ]
    assert rows.change(1, 25) == 5
    assert rows.change(1, 25) == 0
    assert (rows.height(1), rows.top(2), rows.total) == (25, 35, 65)
