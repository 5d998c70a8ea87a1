"""Languages to translate between: what is kept in the settings, what prompts say, what people read.

A choice, not the model's limit: Gemma 3n was trained on over 140 languages, most of them on text.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """code: BCP 47; name: in prompts; native: in lists, as its speakers write it."""

    code: str
    name: str
    native: str


TONGUES = (
    Tongue("ar", "Arabic", "العربية"),
    Tongue("bn", "Bengali", "বাংলা"),
    Tongue("bg", "Bulgarian", "Български"),
    Tongue("ca", "Catalan", "Català"),
    Tongue("cs", "Czech", "Čeština"),
    Tongue("da", "Danish", "Dansk"),
    Tongue("de", "German", "Deutsch"),
    Tongue("el", "Greek", "Ελληνικά"),
    Tongue("en", "English", "English"),
    Tongue("es", "Spanish", "Español"),
    Tongue("fa", "Persian", "فارسی"),
    Tongue("fr", "French", "Français"),
    Tongue("he", "Hebrew", "עברית"),
    Tongue("hi", "Hindi", "हिन्दी"),
    Tongue("hr", "Croatian", "Hrvatski"),
    Tongue("id", "Indonesian", "Bahasa Indonesia"),
    Tongue("it", "Italian", "Italiano"),
    Tongue("ja", "Japanese", "日本語"),
    Tongue("ko", "Korean", "한국어"),
    Tongue("hu", "Hungarian", "Magyar"),
    Tongue("nl", "Dutch", "Nederlands"),
    Tongue("nb", "Norwegian", "Norsk bokmål"),
    Tongue("pl", "Polish", "Polski"),
    Tongue("pt", "Portuguese", "Português"),
    Tongue("ro", "Romanian", "Română"),
    Tongue("ru", "Russian", "Русский"),
    Tongue("sk", "Slovak", "Slovenčina"),
    Tongue("fi", "Finnish", "Suomi"),
    Tongue("sv", "Swedish", "Svenska"),
    Tongue("ta", "Tamil", "தமிழ்"),
    Tongue("th", "Thai", "ไทย"),
    Tongue("tr", "Turkish", "Türkçe"),
    Tongue("uk", "Ukrainian", "Українська"),
    Tongue("ur", "Urdu", "اردو"),
    Tongue("vi", "Vietnamese", "Tiếng Việt"),
    Tongue("zh-Hans", "Chinese", "简体中文"),
    Tongue("zh-Hant", "Traditional Chinese", "繁體中文"),
)

_BY_CODE = {tongue.code: tongue for tongue in TONGUES}


def tongue(code: str) -> Tongue | None:
    """The language of this code; None if it is not one of these, or no choice."""
    return _BY_CODE.get(code)


def natives(names: Iterable[str]) -> str:
    """Languages that prompts call so, as their speakers write them, behind commas."""
    known = {tongue.name: tongue.native for tongue in TONGUES}
    return ", ".join(known.get(name, name) for name in names)
