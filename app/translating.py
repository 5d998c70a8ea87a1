"""Translation in the window: the chosen languages to the worker, and lines that are still missing.

Knows nothing of clauses or of the model: live clauses come by themselves with their transcript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.languages import natives, tongue
from app.models.live import ModelState
from engine.datatypes import Languages, Translation, joined
from engine.errors import ErrorKind

if TYPE_CHECKING:
    from app.application import Application
    from app.models.transcript import Key
    from engine.protocol import Translated

SETTINGS = frozenset({"translate_from", "translate_to", "translate_from_sound"})


@dataclass(frozen=True, slots=True)
class _Missing:
    """Words [first, end) of a row that were sent to be translated."""

    key: Key
    first: int
    end: int
    target: str


class Translating(QObject):
    """Keeps the worker translating into the chosen language.

    What a worker left untranslated when it died, or a model when another one was opened, is sent
    again to the next one, as text.

    State: the texts under way; the rows to be sent again, and the recordings that were heard while
    there was a language to translate into; the language of which it was said that it is not known.
    """

    def __init__(self, program: Application) -> None:
        super().__init__(program)
        self._program, self._bridge = program, program.bridge
        self._state, self._settings = program.state, program.settings
        self._transcript, self._listening = program.transcript, program.listening
        self._numbers = 0
        self._asked: dict[int, _Missing] = {}
        self._again: set[Key] = set()
        self._heard: set[int] = set()
        self._lost = False
        self._told = ""
        self._rest = program.window.table["translate_rest"]
        self._rest.triggered.connect(self.translate_rest)
        self._bridge.translated.connect(self._take)
        self._bridge.worker_died.connect(self._lose)
        self._state.model_changed.connect(self._follow)
        self._settings.changed.connect(self._settings_changed)
        self._transcript.rowsInserted.connect(self._rows_came)
        self._transcript.modelReset.connect(self._show_rest)
        self._follow()

    @property
    def languages(self) -> Languages | None:
        """From which language into which one; None while nothing is to be translated."""
        values, model = self._settings.values, self._state.model
        target, source = tongue(values.translate_to), tongue(values.translate_from)
        if target is None or target == source or model is None or "translate" not in model.tasks:
            return None
        if model.languages and target.name not in model.languages:
            return None
        return Languages(
            target.name, source.name if source else "", from_sound=values.translate_from_sound
        )

    @Slot()
    def translate_rest(self) -> None:
        """Translate the rows, or ends of rows, to which no translation comes by itself."""
        self._send(lambda _: True)

    def _send(self, wanted: Callable[[Key], bool]) -> None:
        languages = self.languages
        if languages is None:
            return
        under_way = {missing.key for missing in self._asked.values()}
        for key, segment, clauses in self._transcript.translated():
            if not wanted(key) or self._listening.is_open(key[0]):
                continue  # of what is open the clauses are on their way, or will be
            done = max((clause.end for clause in clauses if clause.final), default=0)
            if segment.final and done < len(segment.words) and key not in under_way:
                self._numbers += 1
                missing = _Missing(key, done, len(segment.words), languages.target)
                self._asked[self._numbers] = missing
                text = joined([word.text for word in segment.words[done:]])
                self._bridge.translate(self._numbers, text, languages)

    @Slot(object)
    def _take(self, event: Translated) -> None:
        missing = self._asked.get(event.id)
        if missing is None:
            return
        if event.final:
            del self._asked[event.id]
        if not event.text:  # given up; it can be asked for again
            if self._state.model_state is ModelState.LOADING:
                self._again.add(missing.key)
            return
        recording, segment = missing.key
        self._listening.take_translation(
            recording,
            Translation(
                segment, missing.first, missing.end, missing.target, event.text, event.final
            ),
        )

    @Slot(str)
    def _lose(self, _reason: str) -> None:
        """Whatever waited in the worker is gone with it."""
        self._again |= {missing.key for missing in self._asked.values()}
        self._asked.clear()
        self._lost = True

    @Slot()
    def _follow(self) -> None:
        """The model or the choice is another."""
        languages = self.languages
        self._listening.set_languages(languages)
        self._tell_of_another()
        self._show_rest()
        ready = languages is not None and self._state.model_state is ModelState.READY
        if ready and (self._lost or self._again):
            again, heard = self._again, self._heard if self._lost else set[int]()
            self._again, self._lost = set(), False
            self._send(lambda key: key in again or key[0] in heard)

    def _tell_of_another(self) -> None:
        """Say that the model knows other languages than the one that is chosen."""
        target, model = tongue(self._settings.values.translate_to), self._state.model
        known = model.languages if model is not None else ()
        told = target.native if target is not None and known and target.name not in known else ""
        if model is not None and told and told != self._told:
            words = self.tr(
                "{name} does not translate into {chosen}, only into {languages}; nothing is "
                "translated until you choose one of these or open a general Gemma 3n model."
            )
            names = {"name": model.name, "chosen": told, "languages": natives(known)}
            self._program.say(ErrorKind.UNSUPPORTED_TASK, words.format(**names))
        elif self._told and not told:
            self._program.window.banner.clear(ErrorKind.UNSUPPORTED_TASK)
        self._told = told

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        if names & SETTINGS:
            self._follow()

    @Slot()
    def _rows_came(self) -> None:
        number = self._transcript.key(self._transcript.rowCount() - 1)[0]
        if self.languages is not None and self._listening.is_open(number):
            self._heard.add(number)
        self._show_rest()

    @Slot()
    def _show_rest(self) -> None:
        able = self.languages is not None and self._transcript.rowCount() > 0
        self._rest.setEnabled(able)
