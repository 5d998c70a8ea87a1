"""Answers that are read from right to left: their tables, quotations and numbers begin there."""

import pytest
from PySide6.QtGui import QTextDocument

from app.theme import LIGHT
from app.widgets.markdown import Renderer
from app.widgets.mirrored import number_from_the_right

TABLE = "| {} | {} |\n|---|--:|\n| {} | 1 |\n"


def html(text: str) -> str:
    return Renderer(LIGHT).render(text).html


def test_the_first_column_stands_where_the_text_begins() -> None:
    """A table in Hebrew began at the left, and so did its cells."""
    made = html(TABLE.format("שם", "מספר", "תפוח"))
    assert made.index("מספר") < made.index("שם")
    assert made.index(">1<") < made.index("תפוח")
    assert '<table align="right"' in made
    assert made.count('<td align="right">') == 2
    assert 'align="left"' not in made
    english = html(TABLE.format("name", "number", "pear"))
    assert english.index("name") < english.index("number")
    assert "<table align" not in english
    assert '<td align="left">pear' in english


def test_a_quotation_has_its_bar_where_its_lines_begin() -> None:
    assert "border-right" in html("> ציטוט")
    assert "border-left" in html("> quotation")
    both = html("> ציטוט\n\nthen\n\n> quotation\n>\n> " + TABLE.format("שם", "a", "b"))
    assert both.index("border-right") < both.index("border-left")


@pytest.mark.parametrize(
    ("items", "number"),
    [
        (("ראשון", "שני"), "1."),
        (("أول", "ثان"), "1."),
        (("first", "second"), "1."),
        (("ראשון", "second"), ".1"),  # of a list that is read both ways: as Qt has it
    ],
)
def test_the_point_stands_behind_the_number(
    qapp: object, items: tuple[str, str], number: str
) -> None:
    """Laid out from the right ".1" is seen as "1.", with the point on the wrong side."""
    document = QTextDocument()
    document.setHtml(html(f"1. {items[0]}\n2. {items[1]}\n"))
    number_from_the_right(document)
    block = document.begin()
    assert block.textList().itemText(block) == number
    assert block.textList().itemText(block.next()) == "2."
