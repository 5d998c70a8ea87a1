"""Markdown of a model as rich text for QTextDocument. What the model writes is not trusted.

CommonMark with tables, strikethrough and formulas (`formulas.py`) through markdown-it-py: no raw
HTML comes through, a picture becomes its description and is never fetched, links are only those
that can be shown to a person first. Code is coloured by Pygments.
"""

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QTextDocument

from app.theme import LIGHT, Tones
from app.widgets.formulas import BLOCK, INLINE, take_formulas
from app.widgets.mirrored import MIRRORED, mirror

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

COPY = "copy"  # scheme of the links that copy a block of code by its number
SCHEMES = ("http://", "https://", "mailto:")
COLOURED_LETTERS = 20_000  # of one block of code; a longer one stays plain
BARRED_LEVELS = 6  # laying out a table in a table takes twice as long as the table


class SafeDocument(QTextDocument):
    """A document that loads nothing, from no disk and no network."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing, whatever is asked for."""
        del kind, name
        return None


@dataclass(slots=True)
class Rendered:
    """Rich text, and the blocks of code in it by their number."""

    html: str = ""
    code: list[str] = field(default_factory=list)


class Renderer:
    """Renders a text that grows at its end: only its last block is parsed again.

    State: the text up to its last block, and what has been made of it; another text begins anew.
    """

    def __init__(self, tones: Tones) -> None:
        self._tones = tones
        self._settled = ""
        self._made = Rendered()
        self._parser: MarkdownIt = _parser()

    def render(self, text: str) -> Rendered:
        """The text as rich text."""
        text = text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
        if not text.startswith(self._settled):
            self._settled, self._made = "", Rendered()
        rest = text[len(self._settled) :]
        tokens = self._parser.parse(rest)
        cut = _last_block(tokens)
        if cut:
            line = (tokens[cut].map or [0])[0]
            self._made = self._joined(tokens[:cut])
            # The parser's lines: `splitlines` cuts at other characters, too.
            self._settled += "".join(f"{text}\n" for text in rest.split("\n")[:line])
            tokens = tokens[cut:]
        return self._joined(tokens)

    def _joined(self, tokens: "Sequence[Token]") -> Rendered:
        made = Rendered(self._made.html, list(self._made.code))
        env: dict[str, Any] = {"code": made.code, "tones": self._tones}
        made.html += self._parser.renderer.render(mirror(tokens), self._parser.options, env)
        return made


def warm_up() -> None:
    """Import what rendering needs, in a thread of its own, before the first answer is shown."""
    threading.Thread(
        target=lambda: Renderer(LIGHT).render("```python\npass\n```\n"),
        name="markdown",
        daemon=True,
    ).start()


def _last_block(tokens: "Sequence[Token]") -> int:
    """Where the last top-level block begins."""
    starts = [
        place for place, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0
    ]
    return starts[-1] if starts else 0


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    take_formulas(parser)
    parser.validateLink = _may_be_shown  # type: ignore[method-assign]
    for name, rule in {
        "image": _image,
        "fence": _code,
        "code_block": _code,
        "code_inline": _inline_code,
        INLINE: _formula,
        BLOCK: _display,
        "blockquote_open": _quotation,
        "blockquote_close": _unquoted,
        "table_open": _table,
        "th_open": _cell,
        "td_open": _cell,
        "link_open": _link,
    }.items():
        parser.add_render_rule(name, rule)
    return parser


def _may_be_shown(url: str) -> bool:
    return url.strip().lower().startswith(SCHEMES)


def _image(_self: object, tokens: "Sequence[Token]", place: int, _o: object, _env: Any) -> str:
    """The description in brackets: nothing is fetched."""
    return escape(f"[{tokens[place].content or '…'}]")


def _link(_self: object, tokens: "Sequence[Token]", place: int, _o: object, env: Any) -> str:
    href = escape(str(tokens[place].attrGet("href") or ""))
    return f'<a href="{href}" style="color: {env["tones"].accent}">'


def _inline_code(_self: object, tokens: "Sequence[Token]", place: int, _o: object, env: Any) -> str:
    ground = env["tones"].sunken
    return (
        f'<span style="font-family: monospace; background-color: {ground}">'
        f"{escape(tokens[place].content)}</span>"
    )


def _formula(_self: object, tokens: "Sequence[Token]", place: int, _o: object, _env: Any) -> str:
    return f'<span style="font-family: monospace">{escape(tokens[place].content)}</span>'


def _display(_self: object, tokens: "Sequence[Token]", place: int, _o: object, _env: Any) -> str:
    """A formula on lines of its own, which long ones break."""
    return (
        '<pre style="font-family: monospace; white-space: pre-wrap; margin: 6px 0 6px 24px">'
        f"{escape(tokens[place].content)}</pre>"
    )


def _quotation(_self: object, tokens: "Sequence[Token]", place: int, _o: object, env: Any) -> str:
    """A bar where its lines begin: of a table, since Qt draws no border of a paragraph."""
    if tokens[place].level >= BARRED_LEVELS:
        return "<blockquote>"
    side = "right" if MIRRORED in tokens[place].meta else "left"
    return (
        '<table width="100%" cellspacing="0" cellpadding="0" style="border-collapse: collapse; '
        'margin: 10px 0"><tr><td '
        f'style="padding-{side}: 12px; border-{side}: 3px solid {env["tones"].edge}">'
    )


def _unquoted(_s: object, tokens: "Sequence[Token]", place: int, _o: object, _env: Any) -> str:
    deep = tokens[place].level >= BARRED_LEVELS
    return "</blockquote>" if deep else "</td></tr></table>"


def _table(_self: object, tokens: "Sequence[Token]", place: int, _o: object, env: Any) -> str:
    side = ' align="right"' if MIRRORED in tokens[place].meta else ""
    return (
        f'<table{side} cellspacing="0" cellpadding="5" border="1" '
        'style="border-collapse: collapse; border-style: solid; margin: 6px 0; '
        f'border-color: {env["tones"].line}">'
    )


def _cell(_self: object, tokens: "Sequence[Token]", place: int, _o: object, _env: Any) -> str:
    style = str(tokens[place].attrGet("style") or "")
    side = style.removeprefix("text-align:")
    side = side or ("right" if MIRRORED in tokens[place].meta else "left")
    return f'<{tokens[place].tag} align="{escape(side)}">'


def _code(_self: object, tokens: "Sequence[Token]", place: int, _o: object, env: Any) -> str:
    """A block of code on a ground of its own, its language and a link to copy it above."""
    token, tones, blocks = tokens[place], env["tones"], env["code"]
    language = token.info.split()[0] if token.info.strip() else ""
    code = token.content.rstrip("\n")
    blocks.append(code)
    return (
        '<table width="100%" cellspacing="0" cellpadding="8" style="margin: 6px 0" '
        f'bgcolor="{tones.sunken}"><tr><td>'
        f'<p align="right" style="margin: 0"><span style="color: {tones.muted}; font-size: small">'
        f"{escape(language)} &nbsp; </span>"
        f'<a href="{COPY}:{len(blocks) - 1}" style="color: {tones.accent}; font-size: small">'
        f"{escape(_copy_word())}</a></p>"
        '<pre style="font-family: monospace; font-size: small; white-space: pre-wrap; margin: 0">'
        f"{_coloured(code, language, tones)}</pre></td></tr></table>"
    )


def _copy_word() -> str:
    return QCoreApplication.translate("Markdown", "Copy code")


def _coloured(code: str, language: str, tones: Tones) -> str:
    """The code as rich text, coloured by what its parts are."""
    if not language or len(code) > COLOURED_LETTERS:
        return escape(code)
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, Keyword, Name, Number, String
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, ensurenl=False, stripnl=False)
    except ClassNotFound:
        return escape(code)
    colours = {
        Comment: tones.muted,
        Keyword: tones.accent,
        Name.Function: tones.accent,
        Name.Class: tones.accent,
        Number: tones.danger_text,
        String: tones.tentative,
    }
    parts = []
    for kind, value in lexer.get_tokens(code):
        colour = next((tone for outer, tone in colours.items() if kind in outer), "")
        text = escape(value)
        parts.append(f'<span style="color: {colour}">{text}</span>' if colour else text)
    return "".join(parts)
