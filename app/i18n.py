"""The language of the window. Reads assets/translations/*.ts as they are: no build step.

Knows nothing of what is translated. English is the source language and needs no file.
"""

from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from app.paths import assets_folder
from app.settings.schema import Language


class TextTranslator(QTranslator):
    """Looks texts up in a Linguist file; a text that is unfinished there stays English.

    Raises:
        ValueError: if the file is not a Linguist file.
    """

    def __init__(self, file: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._texts: dict[tuple[str, str], str] = {}
        try:
            root = ElementTree.parse(file).getroot()
        except ElementTree.ParseError as error:
            raise ValueError(f"{file.name} is no Linguist file: {error}") from error
        for context in root.iter("context"):
            name = context.findtext("name", "")
            for message in context.iter("message"):
                found = message.find("translation")
                if found is not None and found.text and found.get("type") is None:
                    self._texts[name, message.findtext("source", "")] = found.text

    def isEmpty(self) -> bool:
        """Whether there is nothing to look up."""
        return not self._texts

    def translate(
        self,
        context: str,
        source: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """The text in this language; nothing if it is not known."""
        del disambiguation, n
        # Qt takes a null string for "not known"; PySide makes one of None.
        return self._texts.get((context, source))  # type: ignore[return-value]


def translation_file(code: str) -> Path:
    """The Linguist file of a language."""
    return assets_folder() / "translations" / f"nestling_{code}.ts"


def install(app: QCoreApplication, language: Language) -> str:
    """Speak this language from now on. Returns: its code; "en" if there is no translation."""
    locale = QLocale.system() if language is Language.SYSTEM else QLocale(language.value)
    code = QLocale.languageToCode(locale.language())
    if language is not Language.SYSTEM:
        QLocale.setDefault(locale)
    if not translation_file(code).is_file():
        return "en"
    own = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if own.load(f"qtbase_{code}", folder):
        app.installTranslator(own)
    app.installTranslator(TextTranslator(translation_file(code), app))
    return code
