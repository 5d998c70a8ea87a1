"""Translation in the window: the pickers, rows in two languages, what is kept and sent again."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app import journal
from app.application import Application
from app.journal import Journal
from app.languages import TONGUES, tongue
from app.models.live import ModelState, Phase
from app.models.transcript import TranscriptModel
from app.widgets.transcript_text import LINE_SEPARATOR
from engine.datatypes import Languages, Task, Translation
from engine.errors import ErrorKind
from engine.protocol import (
    Failed,
    Loaded,
    SetLanguages,
    StartListening,
    Translate,
    Translated,
    TranslationChanged,
)
from tests.app.window_fakes import FakeHost, model, say, segment, words

GENERAL = model("/models/general", tasks=(Task.CHAT, Task.TRANSCRIBE, Task.TRANSLATE))
GERMAN = Languages("German", "English")


def clause(text: str, first: int = 0, end: int = 2, *, segment: int = 0, final: bool = True):
    return Translation(segment, first, end, "German", text, final)


@pytest.fixture
def host(hosts: list[FakeHost], program: Application) -> FakeHost:
    """The worker, with a model that translates; English into German is chosen."""
    hosts[-1].say(Loaded(GENERAL))
    program.settings.change(translate_from="en", translate_to="de")
    return hosts[-1]


# --- the model and the view -----------------------------------------------------------------------


def test_clauses_stand_behind_their_row_in_the_order_of_speech(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    transcript = TranscriptModel()
    qtmodeltester.check(transcript)  # type: ignore[no-untyped-call]
    transcript.put(1, segment(0, "one two. three", final=True))
    transcript.put_translation(1, clause("drei", 2, 3))
    transcript.put_translation(1, clause("Eins zwei."))
    transcript.flush()
    index = transcript.index(0)
    assert index.data(TranscriptModel.TRANSLATION_ROLE) == "Eins zwei. drei"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "one two. three\nEins zwei. drei"
    assert transcript.has_translations
    transcript.clear()
    assert not transcript.has_translations


def test_a_translation_may_come_before_its_row_is_shown(qtbot: QtBot) -> None:
    transcript = TranscriptModel()
    transcript.put_translation(1, clause("eins"))
    transcript.put(1, segment(0, "one two", final=True))
    transcript.flush()
    assert transcript.translation(0) == "eins"


def test_the_view_shows_it_below_the_words_and_only_adds(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    program.listening.start()
    say(program, "one two.", "thr")
    host.say(TranslationChanged(1, clause("Eins", final=False)))
    program.transcript.flush()
    assert words(program) == "one two. thr\nEins"
    edits: list[tuple[int, int]] = []
    program.window.view.document().contentsChange.connect(
        lambda _at, removed, added: edits.append((removed, added))
    )
    host.say(TranslationChanged(1, clause("Eins zwei.")))
    program.transcript.flush()
    assert words(program) == "one two. thr\nEins zwei."
    assert edits == [(0, len(" zwei."))]  # nothing is taken back, nothing is set anew
    say(program, "one two. three", final=True)
    program.transcript.flush()
    assert words(program) == "one two. three\nEins zwei."
    assert LINE_SEPARATOR not in words(program)


# --- the pickers ----------------------------------------------------------------------------------


def test_the_lists_cannot_be_used_with_a_model_that_does_not_translate(
    program: Application, hosts: list[FakeHost]
) -> None:
    bar = program.window.controls.languages
    assert not bar.target.isEnabled()
    assert "does not translate" in bar.target.toolTip()
    hosts[-1].say(Loaded(GENERAL))
    assert bar.target.isEnabled()


def test_only_the_languages_of_the_model_are_offered(
    program: Application, hosts: list[FakeHost]
) -> None:
    program.settings.change(translate_to="de")
    hosts[-1].say(Loaded(replace(GENERAL, name="nano", languages=("Spanish", "Chinese"))))
    bar = program.window.controls.languages
    offered = [
        bar.target.itemData(row)
        for row in range(bar.target.count())
        if bar.target.model().flags(bar.target.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled
    ]
    assert offered == ["", "es", "zh-Hans"]
    assert "nano translates only into Español, 简体中文." in bar.target.toolTip()
    assert program.translating.languages is None
    banner = program.window.banner
    assert banner.message is not None
    assert "nano does not translate into Deutsch, only into Español" in banner.message.text
    program.settings.change(translate_to="es")
    assert program.translating.languages == Languages("Spanish")
    assert banner.message is None
    hosts[-1].say(Loaded(GENERAL))
    assert (
        bar.target.model().index(bar.target.findData("de"), 0).flags() & Qt.ItemFlag.ItemIsEnabled
    )


def test_a_choice_is_kept_and_sent(program: Application, hosts: list[FakeHost]) -> None:
    host = hosts[-1]
    host.say(Loaded(GENERAL))
    bar = program.window.controls.languages
    program.listening.start()
    assert host.sent(StartListening)[-1].translate_to is None
    for box, code in ((bar.source, "en"), (bar.target, "zh-Hans")):
        box.setCurrentIndex(box.findData(code))
        box.activated.emit(box.currentIndex())
    assert program.settings.values.translate_to == "zh-Hans"
    assert host.sent(SetLanguages)[-1] == SetLanguages(1, Languages("Chinese", "English"))
    bar.target.setCurrentIndex(0)
    bar.target.activated.emit(0)
    assert host.sent(SetLanguages)[-1] == SetLanguages(1, None)


def test_the_languages_can_be_swapped(program: Application, host: FakeHost) -> None:
    swap = program.window.table["swap_languages"]
    assert swap.isEnabled()
    swap.trigger()
    values = program.settings.values
    assert (values.translate_from, values.translate_to) == ("de", "en")
    program.settings.change(translate_from="")
    assert not swap.isEnabled()  # no language could be translated into "any"


def test_a_language_is_not_translated_into_itself(program: Application, host: FakeHost) -> None:
    program.settings.change(translate_from="de")
    assert program.translating.languages is None


def test_listening_begins_with_the_chosen_language(program: Application, host: FakeHost) -> None:
    program.settings.change(translate_from_sound=True)
    program.listening.start()
    assert host.sent(StartListening)[-1].translate_to == Languages(
        "German", "English", from_sound=True
    )


def test_every_language_has_a_code_and_a_name_of_its_own() -> None:
    assert len({t.code for t in TONGUES}) == len({t.name for t in TONGUES}) == len(TONGUES)
    assert tongue("xx") is tongue("") is None


# --- what is kept ---------------------------------------------------------------------------------


def test_the_journal_keeps_translations(tmp_path: Path) -> None:
    kept = Journal(tmp_path, datetime(2026, 1, 1, tzinfo=UTC), {})
    kept.record((1, 0), segment(0, "one two. three", final=True))
    kept.record_translation((1, 0), clause("Ei", final=False))
    kept.record_translation((1, 0), clause("Eins zwei."))
    kept.record_translation((1, 0), clause("drei", 2, 3))
    kept.record_translation((2, 0), clause("of another transcript"))
    kept.close()
    assert journal.load_translations(kept.path) == [
        ((1, 0), clause("Eins zwei.")),
        ((1, 0), clause("drei", 2, 3)),
    ]
    assert [found.words for found in journal.transcripts(tmp_path)] == [3]


def test_a_kept_transcript_is_shown_with_its_translation(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    program.listening.start()
    say(program, "one two", final=True)
    host.say(TranslationChanged(1, clause("Eins zwei.")))
    path = program.listening.journal_path
    assert path is not None
    program.listening.stop()
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    program.commands.clear()
    assert words(program) == ""
    program.commands._show_kept(path)
    assert words(program) == "one two\nEins zwei."


def test_what_is_translated_after_listening_has_ended_is_kept(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    program.listening.start()
    say(program, "one two", final=True)
    path = program.listening.journal_path
    assert path is not None
    program.listening.stop()
    qtbot.waitUntil(lambda: program.state.phase is Phase.IDLE)
    program.translating.translate_rest()
    (asked,) = host.sent(Translate)
    host.say(Translated(asked.id, "Eins", final=False))
    host.say(Translated(asked.id, "Eins zwei.", final=True))
    assert journal.load_translations(path) == [((1, 0), clause("Eins zwei."))]
    program.commands._show_kept(path)
    assert words(program) == "one two\nEins zwei."
    assert [found.whole for found in journal.transcripts(path.parent)] == [True]


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_translated_of_an_earlier_transcript_is_kept(
    program: Application, host: FakeHost, whole: bool
) -> None:
    kept = Journal(program.paths.journal_folder, datetime.now(UTC), {})
    for recording in (3, 8):
        kept.record((recording, 0), segment(0, "one two", final=True))
    kept.record_translation((3, 0), clause("Eins zwei."))
    if whole:
        kept.close()
        program.commands._show_kept(kept.path)
    else:
        program.hearing.look_at_journal()  # as at the start after a crash
    program.translating.translate_rest()
    (asked,) = host.sent(Translate)
    host.say(Translated(asked.id, "Noch einmal.", final=True))
    assert journal.load_translations(kept.path) == [
        ((3, 0), clause("Eins zwei.")),
        ((8, 0), clause("Noch einmal.")),
    ]
    assert journal.cut_off(kept.path.parent) == []


def test_saving_offers_both_languages_once_there_are_two(
    program: Application, host: FakeHost, tmp_path: Path
) -> None:
    def filters() -> list[str]:
        program.commands.save()
        (dialog,) = program.window.findChildren(QFileDialog, "save dialog")
        found = dialog.nameFilters()
        dialog.setObjectName("done")
        dialog.close()
        return found

    assert len(filters()) == 3
    program.transcript.put(1, segment(0, "one two", final=True))
    program.transcript.put_translation(1, clause("Eins zwei."))
    program.transcript.flush()
    offered = filters()
    assert len(offered) == 9
    from app.export import Words

    program.commands.save_to(tmp_path / "both.srt", Words.BOTH)
    assert (tmp_path / "both.srt").read_text(encoding="utf-8").splitlines()[2:] == [
        "one two",
        "Eins zwei.",
    ]


# --- what is missing ------------------------------------------------------------------------------


def test_what_has_no_translation_is_translated_on_demand(
    program: Application, host: FakeHost
) -> None:
    program.transcript.put(5, segment(0, "one two. three four", final=True))
    program.transcript.put(5, segment(1, "five", final=True))
    program.transcript.put_translation(5, clause("Eins zwei."))
    program.transcript.flush()
    program.window.table["translate_rest"].trigger()
    program.window.table["translate_rest"].trigger()  # what is under way is not sent twice
    assert host.sent(Translate) == [
        Translate(1, "three four", GERMAN),
        Translate(2, "five", GERMAN),
    ]
    host.say(Translated(1, "drei", final=False))
    host.say(Translated(1, "drei vier", final=True))
    host.say(Translated(2, "fünf", final=True))
    host.say(Translated(99, "of nobody", final=True))
    program.transcript.flush()
    assert program.transcript.translation(0) == "Eins zwei. drei vier"
    assert program.transcript.translation(1) == "fünf"


def test_what_was_given_up_can_be_asked_for_again(program: Application, host: FakeHost) -> None:
    program.transcript.put(5, segment(0, "one two", final=True))
    program.transcript.put(5, segment(1, "three", final=True))
    program.transcript.flush()
    program.translating.translate_rest()
    host.say(Translated(1, "Eins", final=False))
    host.say(Failed(ErrorKind.CONTEXT_FULL, "It is too long."))
    host.say(Translated(1, "", final=True))
    host.say(Translated(2, "", final=True))
    program.transcript.flush()
    assert program.transcript.translation(0) == "Eins"  # nothing that was shown is taken back
    program.translating.translate_rest()
    assert host.sent(Translate)[2:] == [
        Translate(3, "one two", GERMAN),
        Translate(4, "three", GERMAN),
    ]


def test_a_worker_s_death_loses_no_translation(
    program: Application, hosts: list[FakeHost], host: FakeHost, qtbot: QtBot
) -> None:
    program.listening.start()
    say(program, "one two. three four", final=True)
    host.say(TranslationChanged(1, clause("Eins zwei.")))
    host.die(-9)
    qtbot.waitUntil(lambda: len(hosts) == 2)
    hosts[-1].say(Loaded(GENERAL))
    assert hosts[-1].sent(StartListening)[-1].translate_to == GERMAN
    (again,) = hosts[-1].sent(Translate)
    assert (again.text, again.languages) == ("three four", GERMAN)
    hosts[-1].say(Translated(again.id, "Drei vier.", final=True))
    program.transcript.flush()
    assert program.transcript.translation(0) == "Eins zwei. Drei vier."
    path = program.listening.journal_path
    assert path is not None
    assert [c.text for _, c in journal.load_translations(path)] == ["Eins zwei.", "Drei vier."]


def test_what_nobody_asked_to_translate_is_not_sent_after_a_death(
    program: Application, hosts: list[FakeHost], host: FakeHost, qtbot: QtBot
) -> None:
    for row in range(5):
        program.transcript.put(7, segment(row, "said before", final=True))
    program.transcript.flush()
    host.die(-9)
    qtbot.waitUntil(lambda: len(hosts) == 2)
    hosts[-1].say(Loaded(GENERAL))
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.READY)
    assert hosts[-1].sent(Translate) == []


def test_what_one_model_gave_up_for_another_is_sent_to_that(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    for row in range(2):
        program.transcript.put(7, segment(row, f"row {row}", final=True))
    program.transcript.flush()
    program.translating.translate_rest()
    host.say(Translated(1, "Reihe null", final=True))
    program.state.set_loading(0.5)
    host.say(Translated(2, "", final=True))
    host.say(Loaded(replace(GENERAL, name="another")))
    qtbot.waitUntil(lambda: program.state.model_state is ModelState.READY)
    assert host.sent(Translate)[2:] == [Translate(3, "row 1", GERMAN)]


def test_nothing_can_be_translated_without_a_transcript_or_a_language(
    program: Application, host: FakeHost
) -> None:
    rest = program.window.table["translate_rest"]
    assert not rest.isEnabled()
    program.transcript.put(1, segment(0, "one", final=True))
    assert rest.isEnabled()
    program.settings.change(translate_to="")
    assert not rest.isEnabled()
    program.translating.translate_rest()
    assert host.sent(Translate) == []
    assert program.transcript.index(0).data() == "one"
    assert program.transcript.rowCount(QModelIndex()) == 1
