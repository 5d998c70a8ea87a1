"""The caption window's controller: the transcript's newest words into it, its place and look kept.

Knows nothing of the worker or of sound.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Slot
from PySide6.QtGui import QGuiApplication

from app.settings.choices import CaptionGround, CaptionWords
from app.widgets.caption_window import Caption, CaptionWindow, Look
from app.widgets.transcript_text import LINE_SEPARATOR

if TYPE_CHECKING:
    from app.application import Application

NEWEST_ROWS = 12  # segments: more than any captions have room for, also of late translations


class Captions(QObject):
    """Shows and hides the captions, and keeps them up to date while they are in sight.

    `window` is made when it is first shown.
    """

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program = program
        self._settings, self._transcript = program.settings, program.transcript
        self.window: CaptionWindow | None = None
        self._told = False
        self._action = program.window.table["captions"]
        self._action.toggled.connect(self._toggle)
        for signal in (
            self._transcript.dataChanged,
            self._transcript.rowsInserted,
            self._transcript.rowsRemoved,
            self._transcript.modelReset,
        ):
            signal.connect(self.refresh)
        self._settings.changed.connect(self._settings_changed)
        program.ending.connect(self.close)

    @Slot()
    def refresh(self) -> None:
        """Bring the newest words into the window, if anybody sees it."""
        if self.window is not None and self.window.isVisible():
            self.window.show_captions(self._captions())

    @Slot()
    def close(self) -> None:
        """The program ends."""
        if self.window is not None:
            self.window.hide()
            self.window.deleteLater()
            self.window = None

    @Slot(bool)
    def _toggle(self, visible: bool) -> None:
        if visible and self.window is None:
            table = self._program.window.table
            actions = [table[name] for name in ("listen", "pause", "settings", "captions")]
            self.window = CaptionWindow(actions, self._look())
            self.window.put_at(_place(self._settings.values.caption_place))
            self.window.moved.connect(self._moved)
            self.window.closed.connect(self._closed)
        if self.window is not None:
            self.window.setVisible(visible)
            self.refresh()
        if visible and not self._told and QGuiApplication.platformName().startswith("wayland"):
            self._told = True
            self._program.say(
                None,
                self.tr(
                    "On this desktop (Wayland) only you can keep the captions above other windows "
                    "and choose their place: by the window menu of your desktop."
                ),
            )

    @Slot()
    def _closed(self) -> None:
        with QSignalBlocker(self._action):
            self._action.setChecked(False)

    @Slot(object)
    def _moved(self, centre: QPoint) -> None:
        self._settings.change(caption_place=f"{centre.x()},{centre.y()}")

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if self.window is not None and any(name.startswith("caption_") for name in names):
            self.window.set_look(self._look())
            if "caption_place" in names and not self._settings.values.caption_place:
                self.window.put_at(None)
            self.refresh()

    def _look(self) -> Look:
        values = self._settings.values
        return Look(
            point_size=values.caption_text_size,
            width=values.caption_width_percent / 100,
            lines=values.caption_lines,
            opacity=values.caption_opacity_percent / 100,
            dark=values.caption_ground is CaptionGround.DARK,
            click_through=values.caption_click_through,
        )

    def _captions(self) -> tuple[Caption, ...]:
        """The newest words of the languages that are wanted; none while a file is written down."""
        if self._program.state.file is not None:
            return ()
        words = self._settings.values.caption_words
        spoken, translated, tentative = self._newest()
        captions = []
        if words is not CaptionWords.TRANSLATED:
            shown = tentative if self._settings.values.show_tentative else ""
            captions.append(Caption(spoken, shown))
        if words is not CaptionWords.SPOKEN and (translated or words is CaptionWords.TRANSLATED):
            captions.append(Caption(translated, translated=True))
        return tuple(captions) if any(each.text or each.tentative for each in captions) else ()

    def _newest(self) -> tuple[str, str, str]:
        """What was said last, what of it is translated, and what may still change.

        Each segment begins a line, so that no line breaks anew because older ones are gone.
        """
        transcript, last = self._transcript, self._transcript.rowCount() - 1
        if last < 0:
            return "", "", ""
        rows = range(max(0, last + 1 - NEWEST_ROWS), last + 1)
        spoken = [transcript.segment(row).text for row in rows]
        translated = [transcript.translation(row) for row in rows]
        segment = transcript.segment(last)
        tentative = segment.whole_text[len(segment.text) :]
        fresh = LINE_SEPARATOR if tentative and not segment.text and last > 0 else ""
        return _lines(spoken), _lines(translated), fresh + tentative


def _lines(texts: list[str]) -> str:
    return LINE_SEPARATOR.join(text for text in texts if text)


def _place(kept: str) -> QPoint | None:
    """A place as the settings keep it: "x,y"."""
    with contextlib.suppress(ValueError):
        x, y = map(int, kept.split(","))
        return QPoint(x, y)
    return None
