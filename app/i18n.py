"""The language of the window. Reads assets/translations/*.ts as they are: no build step.

Taking another one makes Qt send LanguageChange to every widget; those that show words of ours
follow it in `changeEvent`.
Knows nothing of what is translated. English is the source language; its file holds nothing but
the texts that sound otherwise of one thing than of several.
"""

from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from app.paths import assets_folder
from app.settings.choices import Language


class TextTranslator(QTranslator):
    """Looks texts up in a Linguist file; a text that is unfinished there stays English.

    Of a text with a number there may be two forms, for one and for any other number, or one.

    Raises:
        ValueError: if the file is not a Linguist file.
    """

    def __init__(self, file: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._texts: dict[tuple[str, str], list[str]] = {}
        try:
            root = ElementTree.parse(file).getroot()
        except ElementTree.ParseError as error:
            raise ValueError(f"{file.name} is no Linguist file: {error}") from error
        for context in root.iter("context"):
            name = context.findtext("name", "")
            for message in context.iter("message"):
                found = message.find("translation")
                if found is None or found.get("type") is not None:
                    continue
                forms = [form.text for form in found.iter("numerusform")] or [found.text]
                if texts := [text for text in forms if text]:
                    self._texts[name, message.findtext("source", "")] = texts

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
        del disambiguation
        # Qt takes a null string for "not known"; PySide makes one of None.
        forms = self._texts.get((context, source), [None])
        return forms[0] if n == 1 else forms[-1]  # type: ignore[return-value]


def translation_file(code: str) -> Path:
    """The Linguist file of a language."""
    return assets_folder() / "translations" / f"nestling_{code}.ts"


class Speech(QObject):
    """The language that the application speaks.

    State: the translators in force, Qt's own and ours; English needs only ours.
    """

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._app = app
        self._translators: list[QTranslator] = []
        self.code = "en"

    def take(self, language: Language) -> None:
        """Speak this language from now on; every widget is told."""
        locale = QLocale.system() if language is Language.SYSTEM else QLocale(language.value)
        # Numbers and dates follow the same choice as the words.
        QLocale.setDefault(locale)
        for translator in self._translators:
            self._app.removeTranslator(translator)
            translator.deleteLater()
        self._translators = []
        self.code = translated(locale)
        own = QTranslator(self._app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if own.load(f"qtbase_{self.code}", folder):
            self._translators.append(own)
        self._translators.append(TextTranslator(translation_file(self.code), self._app))
        for translator in self._translators:
            self._app.installTranslator(translator)


def translated(locale: QLocale) -> str:
    """The code of the translation for a locale; "en" if there is none.

    Chinese is written in two ways, and ours is the simplified one.
    """
    if locale.language() == QLocale.Language.Chinese:
        simplified = locale.script() == QLocale.Script.SimplifiedHanScript
        return "zh_CN" if simplified else "en"
    code = QLocale.languageToCode(locale.language())
    return code if translation_file(code).is_file() else "en"
