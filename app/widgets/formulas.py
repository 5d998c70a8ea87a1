"""Formulas in Markdown, kept as the model wrote them: CommonMark would eat their backslashes.

LaTeX between `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]` becomes tokens of its own, delimiters
included, so that what is marked and copied is LaTeX again. Nothing is typeset.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

INLINE, BLOCK = "formula_inline", "formula_block"  # types of the tokens

_DISPLAY = re.compile(
    r"\\\[ (?: [^\\] | \\[^\]] )++ \\\]"
    # A third dollar is no formula but a rating or a placeholder.
    r"| \$\$(?!\$) (?: [^$\\] | \\. | \$(?!\$) )++ \$\$",
    re.DOTALL | re.VERBOSE,
)
# Single dollars by Pandoc's rules, so that prices stay: no space inside, no digit behind.
_SHORT = re.compile(
    r"\\\( (?: [^\\] | \\[^)] )++ \\\) | \$(?![\s$]) (?: [^$\\] | \\. )++ (?<!\s)\$(?!\d)",
    re.DOTALL | re.VERBOSE,
)


def take_formulas(parser: "MarkdownIt") -> None:
    """Let a parser know formulas; who renders them draws the tokens INLINE and BLOCK."""
    parser.inline.ruler.before("escape", "formula", _inline)
    ends = ["paragraph", "reference", "blockquote", "list"]  # what it may stand directly below
    parser.block.ruler.before("fence", "formula", _block, {"alt": ends})


def _inline(state: "StateInline", silent: bool) -> bool:
    if state.src[state.pos] not in "\\$":
        return False
    found = _DISPLAY.match(state.src, state.pos) or _SHORT.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push(INLINE, "", 0).content = found[0]
    state.pos = found.end()
    return True


def _block(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    """A formula on lines of its own: `+ b` there is no list, `= c` no heading.

    It ends before the next empty line. What is not closed by then is a paragraph of the same
    lines: in a text that grows, what stands above the last block must not change any more.
    """
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if state.is_code_block(start) or not first.startswith(("\\[", "$$")):
        return False
    if silent:
        return True
    last, found = start, None
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        last += 1
        line = state.src[state.bMarks[last - 1] : state.eMarks[last - 1]]
        if found is None and ("\\]" if first[0] == "\\" else "$$") in line:
            found = _DISPLAY.match(state.getLines(start, last, state.blkIndent, False).lstrip())
            if found and not found.string[found.end() :].strip():
                _push(state, start, last, BLOCK, found[0])
                return True
            if found and last == start + 1:
                return False  # an ordinary paragraph that begins with a formula
    text = state.getLines(start, last, state.blkIndent, False).strip()
    if found is None and last == end and first.strip() in ("\\[", "$$"):
        _push(state, start, last, BLOCK, text)  # it is still being written
        return True
    state.push("paragraph_open", "p", 1).map = [start, last]
    _push(state, start, last, "inline", text).children = []
    state.push("paragraph_close", "p", -1)
    return True


def _push(state: "StateBlock", start: int, last: int, kind: str, text: str) -> "Token":
    """A token of the lines up to `last`, behind which the parser goes on."""
    state.line = last
    token = state.push(kind, "", 0)
    token.content, token.map = text, [start, last]
    return token
