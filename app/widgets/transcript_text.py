"""What stands in a block of the transcript's text, and how it looks. Knows nothing of scrolling."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor

from app.theme import Theme
from app.widgets.directions import ISOLATED, goes_left, isolated

LINE_SEPARATOR = "\u2028"  # a new line in the same block


@dataclass(frozen=True, slots=True)
class BlockText:
    """What stands in a block: the name of its file or missing sound, confirmed words, words that
    may change, and below them the translation.
    """

    note: str = ""
    confirmed: str = ""
    tentative: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Ink:
    """Writes the text of blocks in the colours of a theme, in points.

    A block has one direction, that of its speech; what may be in another language is isolated.
    """

    theme: Theme
    point_size: int

    def write(self, cursor: QTextCursor, block: QTextBlock, old: BlockText, new: BlockText) -> None:
        """Make a block's text `new` where it is `old`, touching only what differs at its end."""
        end = block.position() + block.length() - 1
        above = (old.note, old.confirmed, old.tentative) == (new.note, new.confirmed, new.tentative)
        if above and not old.translation:
            cursor.setPosition(end)
            self._write_below(cursor, new.translation)
        elif above and new.translation.startswith(old.translation):
            cursor.setPosition(end - len(ISOLATED))
            cursor.insertText(new.translation[len(old.translation) :], self._translation)
        else:
            self._write_anew(cursor, block, old, new)

    def _write_anew(
        self, cursor: QTextCursor, block: QTextBlock, old: BlockText, new: BlockText
    ) -> None:
        if old.note or new.note:  # Qt goes by the first letter, though it is one of ours
            left = goes_left(new.confirmed + new.tentative)
            way = Qt.LayoutDirection.RightToLeft if left else Qt.LayoutDirection.LeftToRight
            direction = QTextBlockFormat()
            direction.setLayoutDirection(way)
            cursor.setPosition(block.position())
            cursor.mergeBlockFormat(direction)
        keep_note = old.note == new.note
        same = _common_prefix(old.confirmed, new.confirmed) if keep_note else 0
        kept = isolated(old.note) + new.confirmed[:same] if keep_note else ""
        cursor.setPosition(block.position() + _utf16(kept))
        cursor.setPosition(block.position() + block.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        if not keep_note:
            cursor.insertText(isolated(new.note), self._note)
        cursor.insertText(new.confirmed[same:], self._confirmed)
        cursor.insertText(new.tentative, self._tentative)
        self._write_below(cursor, new.translation)

    def _write_below(self, cursor: QTextCursor, translation: str) -> None:
        if translation:
            cursor.insertText(LINE_SEPARATOR + isolated(translation), self._translation)

    def block_format(self, *, fresh: bool) -> QTextBlockFormat:
        """Paragraphs stand apart; what was said after a pause or a new start more so."""
        made = QTextBlockFormat()
        made.setLineHeight(138, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        made.setTopMargin(self.point_size * (1.9 if fresh else 0.55))
        return made

    @property
    def _confirmed(self) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(self.theme.tones.text))
        return made

    @property
    def _tentative(self) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(self.theme.tones.tentative))
        made.setFontItalic(True)
        made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        made.setUnderlineColor(QColor(self.theme.tones.tentative))
        return made

    @property
    def _translation(self) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(self.theme.tones.accent))
        made.setFontPointSize(self.point_size * 0.94)
        return made

    @property
    def _note(self) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(self.theme.tones.muted))
        made.setFontPointSize(self.point_size * 0.8)
        return made


def _common_prefix(one: str, other: str) -> int:
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def _utf16(text: str) -> int:
    """Length in the units of Qt's positions."""
    return len(text.encode("utf-16-le")) // 2
