"""The transcript as a list: in order, confirmed words only ever grow, views are told little."""

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.models.memory import PARTS, MemoryModel, Usage, bytes_text
from app.models.transcript import TranscriptModel
from engine.datatypes import Translation
from tests.app.window_fakes import segment


def texts(model: TranscriptModel) -> list[str]:
    model.flush()
    return [model.index(row).data() for row in range(model.rowCount())]


def test_it_is_a_sound_model(qtmodeltester: ModelTester, qapp: object) -> None:
    model = TranscriptModel()
    model.put(1, segment(0, "one", "two"))
    model.put(1, segment(1, "three"))
    qtmodeltester.check(model)
    model.put(1, segment(0, "one two", final=True))
    model.put(1, segment(1, ""))
    model.put(2, segment(0, "again"))
    model.flush()
    model.clear()
    model.put(3, segment(0, "afresh"))
    model.flush()


def test_rows_stand_in_the_order_of_speech(qapp: object) -> None:
    model = TranscriptModel()
    model.put(2, segment(0, "third"))
    model.put(1, segment(1, "second"))
    model.put(1, segment(0, "first"))
    assert texts(model) == ["first", "second", "third"]
    assert [model.key(row) for row in range(3)] == [(1, 0), (1, 1), (2, 0)]
    assert model.segment(1).text == "second"


def test_an_empty_segment_has_no_row(qapp: object) -> None:
    model = TranscriptModel()
    model.put(1, segment(0, ""))
    assert texts(model) == []
    model.put(1, segment(0, "", "maybe"))
    assert texts(model) == ["maybe"]
    model.put(1, segment(0, "", final=True))
    assert texts(model) == []


def test_a_change_touches_its_row_alone(qtbot: QtBot) -> None:
    model = TranscriptModel()
    for index in range(5):
        model.put(1, segment(index, f"words {index}"))
    model.flush()
    with qtbot.waitSignal(model.dataChanged) as caught:
        model.put(1, segment(3, "words 3 more"))
        model.flush()
    assert [index.row() for index in caught.args[:2]] == [3, 3]
    with qtbot.assertNotEmitted(model.dataChanged):
        model.put(1, segment(3, "words 3 more"))
        model.flush()


def test_a_burst_is_one_update_after_the_first(qtbot: QtBot) -> None:
    model = TranscriptModel()
    changes: list[int] = []
    model.rowsInserted.connect(lambda *_: changes.append(0))
    model.dataChanged.connect(lambda *_: changes.append(1))
    model.put(1, segment(0, "w"))
    assert changes == [0]  # the first waits for nothing
    for count in range(2, 500):
        model.put(1, segment(0, "w " * count))
    qtbot.waitUntil(lambda: model.segment(0).text == " ".join(["w"] * 499))
    assert len(changes) < 100


def test_screen_readers_hear_what_is_not_yet_certain(qapp: object) -> None:
    model = TranscriptModel()
    model.put(1, segment(0, "sure", "perhaps"))
    model.put(1, segment(1, "all sure"))
    model.flush()
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0).data(role) == "sure (not yet certain: perhaps)"
    assert model.index(1).data(role) == "all sure"
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.data(QModelIndex()) is None


def test_a_segment_is_said_once_when_it_is_final(qtbot: QtBot) -> None:
    model = TranscriptModel()
    said: list[str] = []
    model.said.connect(said.append)
    model.put(1, segment(0, "one", "two"))
    model.put(1, segment(0, "one two", final=True))
    model.put(1, segment(1, "", final=True))
    model.flush()
    model.settle(1)
    assert said == ["one two"]


def test_settling_drops_what_was_never_confirmed(qapp: object) -> None:
    model = TranscriptModel()
    model.put(1, segment(0, "kept", "dropped"))
    model.put(1, segment(1, "", "dropped too"))
    model.put(2, segment(0, "other", "still open"))
    model.settle(1)
    assert texts(model) == ["kept", "other still open"]
    assert model.segment(0).final


def test_a_kept_transcript_replaces_what_is_there(qtbot: QtBot) -> None:
    model = TranscriptModel()
    model.put(1, segment(0, "old"))
    with qtbot.waitSignal(model.modelReset):
        model.show_all([((4, 1), segment(1, "later")), ((4, 0), segment(0, "earlier"))])
    assert texts(model) == ["earlier", "later"]
    assert [s.text for s in model.segments()] == ["earlier", "later"]


def test_recordings_that_are_shown_again_are_numbered_anew(qapp: object) -> None:
    model = TranscriptModel()
    first = model.new_recording()
    model.put(first, segment(0, "said before"))
    clause = Translation(0, 0, 1, "German", "Später", True)
    model.show_all(
        [((1, 0), segment(0, "earlier")), ((2, 0), segment(0, "later", at=3.0))], [((2, 0), clause)]
    )
    assert model.end_s == 3.5
    shown = [model.key(row)[0] for row in range(2)]
    assert sorted({first, *shown, model.new_recording()}) == [1, 2, 3, 4]
    assert [model.translation(row) for row in range(2)] == ["", "Später"]
    model.clear()
    assert model.end_s == 0.0


def test_five_thousand_signals_do_not_end_the_interpreter(qapp: object) -> None:
    """PySide6 6.12 drops a reference of True with each emit, and Python 3.11 aborts."""
    model = TranscriptModel()
    heard: list[str] = []
    model.said.connect(heard.append)
    for number in range(5_000):
        assert model.said.emit(str(number)) is True
        model.setObjectName("x")
    assert len(heard) == 5_000


def test_memory_is_a_sound_model(qtmodeltester: ModelTester, qapp: object) -> None:
    model = MemoryModel()
    qtmodeltester.check(model)
    model.put({"text": Usage(5, 6)})


def test_memory_names_every_part_and_its_kinds(qtbot: QtBot) -> None:
    model = MemoryModel()
    with qtbot.waitSignal(model.dataChanged):
        model.put({"text": Usage(2_000_000, 1_000_000), "kv": Usage(500_000, 0)})
    with qtbot.assertNotEmitted(model.dataChanged):
        model.put({"text": Usage(2_000_000, 1_000_000), "kv": Usage(500_000, 0)})
    assert model.rowCount() == len(PARTS)
    index = model.index(list(PARTS).index("text"))
    assert index.data(MemoryModel.USAGE_ROLE) == Usage(2_000_000, 1_000_000)
    assert index.data(MemoryModel.LARGEST_ROLE) == 3_000_000
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert bytes_text(2_000_000) in spoken
    assert bytes_text(1_000_000) in spoken
    assert model.total == Usage(2_500_000, 1_000_000)
    assert model.data(QModelIndex()) is None
    assert index.data(Qt.ItemDataRole.DecorationRole) is None
