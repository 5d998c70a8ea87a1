"""What settings choose from. Plain enumerations; their values are those of the TOML file."""

from enum import StrEnum


class Theme(StrEnum):
    """Which of the two palettes is used."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    """The language of the window."""

    SYSTEM = "system"
    ENGLISH = "en"
    GERMAN = "de"
    CHINESE = "zh_CN"


class CaptionWords(StrEnum):
    """Which languages the captions show."""

    BOTH = "both"
    SPOKEN = "spoken"
    TRANSLATED = "translated"


class CaptionGround(StrEnum):
    """What lies behind the captions' letters."""

    DARK = "dark"
    LIGHT = "light"


class WatchSensitivity(StrEnum):
    """How little of a scene must change to be worth another question."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class PictureDetail(StrEnum):
    """How closely pictures are looked at."""

    QUICK = "quick"
    AUTO = "auto"
    FINE = "fine"


class Page(StrEnum):
    """Pages of the settings dialog, in their order; also the tables of the TOML file."""

    LISTENING = "listening"
    CAPTIONS = "captions"
    LOOKING = "looking"
    APPEARANCE = "appearance"
    PRIVACY = "privacy"
    CONNECTIONS = "connections"  # no settings: what the program can connect to
    WINDOW = "window"  # kept for the user, not shown: places and sizes


class HeldWeights(StrEnum):
    """How the decoder's weights are held; the values of engine.weights.Weights."""

    AUTO = "auto"
    EXACT = "bf16"
    INT8 = "int8"
    INT4 = "int4"
