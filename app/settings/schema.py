"""Every setting: its type, default, bounds and words. Frozen data; no widgets, no files.

The texts are marked here and translated where they are shown, in the context "Settings".
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from PySide6 import QtCore

from app.settings.choices import (
    CaptionGround,
    CaptionWords,
    HeldWeights,
    Language,
    Page,
    PictureDetail,
    Theme,
    WatchSensitivity,
)

# PySide's own hint says "object"; lupdate finds the texts by this name.
QT_TRANSLATE_NOOP = cast("Callable[[str, str], str]", QtCore.QT_TRANSLATE_NOOP)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the dialog and the store must know of one setting besides its type and default.

    label, help: marked for translation in the context "Settings"; no label: not in the dialog.
    low, high, suffix: bounds and unit of a whole number.
    choices: labels of an enumeration's members, in their order.
    """

    page: Page
    label: str = ""
    help: str = ""
    low: int = 0
    high: int = 0
    suffix: str = ""
    choices: tuple[str, ...] = ()


def _entry(entry: Entry) -> dict[str, Entry]:
    return {"entry": entry}


TEXT_SIZES = (10, 48)  # points
CAPTION_TEXT_SIZES = (10, 96)  # points


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one profile. Change them with `dataclasses.replace`, save with the store."""

    microphone: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    model_folder: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    models_folder: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    models_server: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    size: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    automatic_size: bool = field(default=False, metadata=_entry(Entry(Page.LISTENING)))
    answer_speed: int = field(
        default=4,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "Automatic size: tokens a second"),
                QT_TRANSLATE_NOOP(
                    "Settings", "How fast answers shall be at least; a word is a token or two."
                ),
                low=1,
                high=100,
            )
        ),
    )
    weights: HeldWeights = field(
        default=HeldWeights.AUTO,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "How the model’s weights are kept in memory"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "In 4 bits they take least and answer fastest, and the model loses a little; "
                    "in 8 bits it loses next to nothing. By itself: as published where the "
                    "memory is there, else in 4 bits. Small weights are made once, beside the "
                    "model.",
                ),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "By itself"),
                    QT_TRANSLATE_NOOP("Settings", "As published"),
                    QT_TRANSLATE_NOOP("Settings", "In 8 bits"),
                    QT_TRANSLATE_NOOP("Settings", "In 4 bits"),
                ),
            )
        ),
    )
    small_ears: bool = field(
        default=False,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "Hear with weights in 8 bits"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "Hearing then takes about half of its memory, 0.8 GB instead of 1.4 GB with "
                    "Gemma 3n, and is loaded some seconds later.",
                ),
            )
        ),
    )
    show_tentative: bool = field(
        default=True,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "Show words before they are confirmed"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "The newest words may still change; they stand in italics with dots below. "
                    "Off: only words that stay are shown, about a second later.",
                ),
            )
        ),
    )
    starter_ears: bool = field(
        default=True,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "Starter ears for English"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "While the demonstration model is open, a small recogniser of people’s "
                    "English (Moonshine tiny) writes down what is said. Off: the demonstration "
                    "model hears for itself. From the next start of listening or question on.",
                ),
            )
        ),
    )
    translate_from: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    translate_to: str = field(default="", metadata=_entry(Entry(Page.LISTENING)))
    translate_from_sound: bool = field(
        default=False,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "Translate from the sound"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "The model hears each sentence again while it translates it, which is slower. "
                    "Off: it translates the words that it has written.",
                ),
            )
        ),
    )
    caption_words: CaptionWords = field(
        default=CaptionWords.BOTH,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "Languages in the captions"),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "What is said, and the translation"),
                    QT_TRANSLATE_NOOP("Settings", "What is said"),
                    QT_TRANSLATE_NOOP("Settings", "The translation"),
                ),
            )
        ),
    )
    caption_lines: int = field(
        default=2,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "Lines of each language"),
                low=1,
                high=6,
            )
        ),
    )
    caption_text_size: int = field(
        default=24,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "Text size of the captions"),
                low=CAPTION_TEXT_SIZES[0],
                high=CAPTION_TEXT_SIZES[1],
                suffix=QT_TRANSLATE_NOOP("Settings", " pt"),
            )
        ),
    )
    caption_width_percent: int = field(
        default=60,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "Width, of the screen"),
                low=20,
                high=100,
                suffix=QT_TRANSLATE_NOOP("Settings", " %"),
            )
        ),
    )
    caption_ground: CaptionGround = field(
        default=CaptionGround.DARK,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "Background of the captions"),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "Dark"),
                    QT_TRANSLATE_NOOP("Settings", "Light"),
                ),
            )
        ),
    )
    caption_opacity_percent: int = field(
        default=80,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "How much the background covers"),
                QT_TRANSLATE_NOOP("Settings", "0 %: letters with an outline, and nothing behind."),
                low=0,
                high=100,
                suffix=QT_TRANSLATE_NOOP("Settings", " %"),
            )
        ),
    )
    caption_click_through: bool = field(
        default=False,
        metadata=_entry(
            Entry(
                Page.CAPTIONS,
                QT_TRANSLATE_NOOP("Settings", "Clicks go through the captions"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "What lies behind them can be used as if they were not there; "
                    "to move them, switch this off.",
                ),
            )
        ),
    )
    caption_place: str = field(default="", metadata=_entry(Entry(Page.WINDOW)))  # "x,y" of centre
    idle_release_s: int = field(
        default=60,
        metadata=_entry(
            Entry(
                Page.LISTENING,
                QT_TRANSLATE_NOOP("Settings", "Free the memory of hearing and seeing after"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "So long after they were last used; they come back by themselves when they "
                    "are needed. 0 seconds: they stay until you free them.",
                ),
                low=0,
                high=3600,
                suffix=QT_TRANSLATE_NOOP("Settings", " s"),
            )
        ),
    )
    theme: Theme = field(
        default=Theme.SYSTEM,
        metadata=_entry(
            Entry(
                Page.APPEARANCE,
                QT_TRANSLATE_NOOP("Settings", "Colours"),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "As the system"),
                    QT_TRANSLATE_NOOP("Settings", "Light"),
                    QT_TRANSLATE_NOOP("Settings", "Dark"),
                ),
            )
        ),
    )
    language: Language = field(
        default=Language.SYSTEM,
        metadata=_entry(
            Entry(
                Page.APPEARANCE,
                QT_TRANSLATE_NOOP("Settings", "Language of the window"),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "As the system"),
                    "English",
                    "Deutsch",
                    "简体中文",
                ),
            )
        ),
    )
    text_size: int = field(
        default=15,
        metadata=_entry(
            Entry(
                Page.APPEARANCE,
                QT_TRANSLATE_NOOP("Settings", "Text size of the transcript"),
                low=TEXT_SIZES[0],
                high=TEXT_SIZES[1],
                suffix=QT_TRANSLATE_NOOP("Settings", " pt"),
            )
        ),
    )
    interface_percent: int = field(
        default=100,
        metadata=_entry(
            Entry(
                Page.APPEARANCE,
                QT_TRANSLATE_NOOP("Settings", "Size of everything else"),
                low=80,
                high=200,
                suffix=QT_TRANSLATE_NOOP("Settings", " %"),
            )
        ),
    )
    show_times: bool = field(
        default=True,
        metadata=_entry(
            Entry(
                Page.APPEARANCE,
                QT_TRANSLATE_NOOP("Settings", "Show times beside the transcript"),
            )
        ),
    )
    enter_sends: bool = field(
        default=True,
        metadata=_entry(
            Entry(
                Page.APPEARANCE,
                QT_TRANSLATE_NOOP("Settings", "Enter asks the question"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "Shift+Enter begins a new line. Off: Enter begins a new line, and Ctrl+Enter "
                    "asks.",
                ),
            )
        ),
    )
    keep_transcripts: bool = field(
        default=True,
        metadata=_entry(
            Entry(
                Page.PRIVACY,
                QT_TRANSLATE_NOOP("Settings", "Keep transcripts on this computer"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "Each confirmed word is written down at once, so that a crash loses nothing. "
                    "Off: the words are gone when the window closes.",
                ),
            )
        ),
    )
    retention_days: int = field(
        default=30,
        metadata=_entry(
            Entry(
                Page.PRIVACY,
                QT_TRANSLATE_NOOP("Settings", "Delete transcripts after"),
                QT_TRANSLATE_NOOP("Settings", "0 days: they are kept until you delete them."),
                low=0,
                high=3650,
                suffix=QT_TRANSLATE_NOOP("Settings", " days"),
            )
        ),
    )
    keep_conversations: bool = field(
        default=True,
        metadata=_entry(
            Entry(
                Page.PRIVACY,
                QT_TRANSLATE_NOOP("Settings", "Keep conversations on this computer"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "Their text, and pictures and sounds that you keep; others are forgotten when "
                    "the window closes. Off: all of it is. Takes effect when Nestling is started "
                    "again.",
                ),
            )
        ),
    )
    picture_detail: PictureDetail = field(
        default=PictureDetail.AUTO,
        metadata=_entry(
            Entry(
                Page.LOOKING,
                QT_TRANSLATE_NOOP("Settings", "How closely pictures are looked at"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "As closely as two seconds allow, or always quickly (256 points a side) or "
                    "finely (768). Small writing needs the fine way.",
                ),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "Quickly"),
                    QT_TRANSLATE_NOOP("Settings", "As time allows"),
                    QT_TRANSLATE_NOOP("Settings", "Finely"),
                ),
            )
        ),
    )
    pan_and_scan: bool = field(
        default=False,
        metadata=_entry(
            Entry(
                Page.LOOKING,
                QT_TRANSLATE_NOOP("Settings", "Look at wide pictures in parts, too"),
                QT_TRANSLATE_NOOP(
                    "Settings",
                    "For fine print on wide or upright pictures; each part takes as long as a "
                    "picture.",
                ),
            )
        ),
    )
    watch_sensitivity: WatchSensitivity = field(
        default=WatchSensitivity.NORMAL,
        metadata=_entry(
            Entry(
                Page.LOOKING,
                QT_TRANSLATE_NOOP("Settings", "“Tell me when” asks again when"),
                choices=(
                    QT_TRANSLATE_NOOP("Settings", "much has changed"),
                    QT_TRANSLATE_NOOP("Settings", "something has changed"),
                    QT_TRANSLATE_NOOP("Settings", "very little has changed"),
                ),
            )
        ),
    )
    welcomed: bool = field(default=False, metadata=_entry(Entry(Page.WINDOW)))
    panel_visible: bool = field(default=True, metadata=_entry(Entry(Page.WINDOW)))
    page: str = field(default="transcript", metadata=_entry(Entry(Page.WINDOW)))
    geometry: str = field(default="", metadata=_entry(Entry(Page.WINDOW)))  # base64


def entries() -> dict[str, Entry]:
    """Each setting's entry by its name, in the order of the dialog."""
    return {item.name: item.metadata["entry"] for item in dataclasses.fields(Settings)}


def checked(name: str, value: Any) -> Any:
    """The value as this setting's type.

    Raises:
        ValueError: if it is of another type or out of bounds; the text says what is expected.
    """
    default = getattr(Settings(), name)
    entry = entries()[name]
    if isinstance(default, StrEnum):
        kind = type(default)
        try:
            return kind(value)
        except ValueError:
            raise ValueError("one of " + ", ".join(member.value for member in kind)) from None
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value
    if isinstance(default, int):
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not entry.low <= value <= entry.high:
            raise ValueError(f"a whole number from {entry.low} to {entry.high}")
        return value
    if not isinstance(value, str):
        raise ValueError("a text in quotes")
    try:
        value.encode()
    except UnicodeEncodeError:  # as in a folder's name that is no text: no file could hold it
        raise ValueError("a text in quotes, of whole characters") from None
    return value
