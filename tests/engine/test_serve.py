"""The worker's loop over a real pipe, with a session that only records what it is asked."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine import device
from engine.datatypes import FinishReason, Languages, Modality, PartMemory, Seeing
from engine.errors import ErrorKind, NestlingError
from engine.protocol import (
    Event,
    Failed,
    Feed,
    Finished,
    Handled,
    Hello,
    Listening,
    ListeningState,
    LoadModel,
    MeasureSizes,
    Memory,
    Progress,
    Ready,
    Release,
    SetIdleRelease,
    SetLanguages,
    SetSize,
    Shutdown,
    SizeChanged,
    SizesMeasured,
    StartListening,
    StopListening,
    Token,
    Tower,
    TowerState,
    Translate,
    Translated,
    decode,
)
from tests.engine.serving import ASK, TIMEOUT_S, RecordingSession, Window, chunk


@pytest.fixture
def session() -> RecordingSession:
    return RecordingSession()


@pytest.fixture
def window(session: RecordingSession) -> Iterator[Window]:
    window = Window(session)
    yield window
    session.hold.set()
    window.stop()
    window.connection.close()
    window.thread.join(TIMEOUT_S)
    assert not window.thread.is_alive()


def test_hello_is_answered_by_the_process_and_its_device(window: Window) -> None:
    window.send(Hello())
    ready = window.next()
    assert isinstance(ready, Ready)
    assert ready.pid == os.getpid()
    assert ready.device


def test_events_carry_the_windows_session_and_count_from_zero(window: Window) -> None:
    window.hello().send(SetSize("small"))
    assert window.next() == SizeChanged("small")
    assert {envelope.session for envelope in window.received} == {"me"}
    assert [envelope.seq for envelope in window.received] == list(range(len(window.received)))


def test_every_command_taken_is_acknowledged_by_its_number(window: Window) -> None:
    window.hello()
    for name in "abc":
        window.send(SetSize(name))
        window.next()
    handled = [e.body.seq for e in window.received if isinstance(e.body, Handled)]
    assert handled == [0, 1, 2, 3]


def test_commands_of_another_session_are_dropped(window: Window) -> None:
    window.hello()
    window.send(SetSize("stale"), session="an earlier window")
    window.send(SetSize("mine"))
    assert window.next() == SizeChanged("mine")


def test_unreadable_bytes_are_reported_and_the_worker_goes_on(window: Window) -> None:
    window.hello()
    window.connection.send_bytes(b"\x00")
    failed = window.next()
    assert isinstance(failed, Failed)
    assert failed.kind is ErrorKind.PROTOCOL
    window.send(SetSize("still here"))
    assert window.next() == SizeChanged("still here")


def test_sound_that_piled_up_is_handled_as_one(window: Window, session: RecordingSession) -> None:
    window.hello()
    session.hold.clear()
    window.send(Feed(chunk(0)))
    assert window.next() == Progress("fed", None)  # the worker is busy with the first chunk
    for index in range(1, 6):
        window.send(Feed(chunk(index * 2560)))
    window.send(StopListening(1))
    window.send(Feed(chunk(6 * 2560)))
    session.hold.set()
    assert window.next() == Progress("fed", None)
    assert window.next() == Listening(1, ListeningState.STOPPED)
    assert window.next() == Progress("fed", None)
    assert session.batches == [1, 5, 1]


def test_an_expected_failure_becomes_its_kind_and_sentence(
    window: Window, session: RecordingSession
) -> None:
    session.error = NestlingError(ErrorKind.BAD_MODEL, "No such folder.")
    window.hello().send(LoadModel("/nowhere"))
    assert window.next() == Progress("/nowhere", None)
    assert window.next() == Failed(ErrorKind.BAD_MODEL, "No such folder.", load=True)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ZeroDivisionError("secret"), ErrorKind.INTERNAL),
        (MemoryError(), ErrorKind.OUT_OF_MEMORY),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), ErrorKind.OUT_OF_MEMORY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_unforeseen_failure_is_logged_and_reported_and_survived(
    window: Window,
    session: RecordingSession,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    kind: ErrorKind,
) -> None:
    session.error = error
    window.hello().send(ASK)
    failed = window.next()
    assert isinstance(failed, Failed)
    assert (failed.kind, failed.turn) == (kind, 7)
    assert "secret" not in failed.message
    assert any(record.exc_info for record in caplog.records)
    session.error = None
    window.send(SetSize("alive"))
    assert window.next() == SizeChanged("alive")


def test_a_recording_that_fails_is_ended_for_the_window_too(
    window: Window, session: RecordingSession
) -> None:
    session.error = ZeroDivisionError()
    window.hello().send(Feed(chunk(0)))
    assert window.next() == Progress("fed", None)
    assert isinstance(window.next(), Failed)
    assert window.next() == Listening(99, ListeningState.STOPPED)


def test_a_stop_ends_all_that_was_asked_before_it_and_nothing_after(window: Window) -> None:
    window.hello().send(replace(ASK, aside=True))
    assert isinstance(window.next(), Token)
    window.send(ASK)  # waits behind what is asked aside
    window.stop()
    until(window, Finished(7, FinishReason.STOPPED))
    until(window, Finished(7, FinishReason.STOPPED))
    window.send(ASK)
    assert [type(window.next()) for _ in range(5)] == [Token] * 5


def test_a_stop_ends_an_answer_and_not_the_next_one(window: Window) -> None:
    window.hello()
    for _ in range(2):
        window.send(ASK)
        assert isinstance(window.next(), Token)
        assert isinstance(window.next(), Token)
        window.stop()
        while isinstance(event := window.next(), Token):
            pass
        assert event == Finished(7, FinishReason.STOPPED)


def test_how_a_question_is_to_be_answered_is_told_to_the_session(
    window: Window, session: RecordingSession
) -> None:
    seeing = Seeing(pixels=512)
    window.hello().send(replace(ASK, starter=True, aside=True, seeing=seeing))
    assert isinstance(window.next(), Token)
    assert session.asked == [{"starter": True, "aside": True, "seeing": seeing}]


def test_memory_is_told_after_a_change(window: Window) -> None:
    window.hello()
    while not window.received or not isinstance(window.received[-1].body, Memory):
        assert window.connection.poll(TIMEOUT_S)
        window.received.append(decode(window.connection.recv_bytes()))
    assert window.received[-1].body == Memory({"text": PartMemory(1, 2)})


def test_idle_towers_are_released_when_their_time_has_come(
    window: Window, session: RecordingSession
) -> None:
    session.idle_due = 0.0
    window.hello()
    assert window.next() == Tower(Modality.VISION, TowerState.ABSENT)


def test_a_release_and_its_setting_go_before_an_answer_that_runs(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    window.send(SetSize("later"))
    window.send(SetIdleRelease(7))
    window.send(Release(Modality.AUDIO))
    while isinstance(event := window.next(), Token):
        pass
    assert event == Tower(Modality.AUDIO, TowerState.ABSENT)
    assert (session.released, session.idle_seconds) == ([Modality.AUDIO], 7)
    window.stop()
    while isinstance(event := window.next(), Token):
        pass
    assert event == Finished(7, FinishReason.STOPPED)
    assert window.next() == SizeChanged("later")


def until(window: Window, wanted: Event) -> list[Event]:
    """What comes before this event."""
    before = []
    while (event := window.next()) != wanted:
        before.append(event)
    return before


def test_what_is_heard_and_translated_goes_before_an_answer_that_runs(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    for command in (ASK, SetSize("later"), StartListening(3), Feed(chunk(0)), Feed(chunk(2560))):
        window.send(command)
    window.send(Translate(2, "good", Languages("German")))
    window.send(StopListening(3))
    for wanted in (
        Listening(3, ListeningState.STARTED),
        Progress("fed", None),
        Translated(1, "", True),
    ):
        assert {type(event) for event in until(window, wanted)} <= {Token, Listening, Translated}
    window.stop(through=1)
    until(window, Finished(7, FinishReason.STOPPED))
    assert isinstance(window.next(), Token), "the second question was not next"
    window.stop()
    until(window, Finished(7, FinishReason.STOPPED))
    assert window.next() == SizeChanged("later")
    assert sum(session.batches) == 2


def test_an_answer_comes_on_however_much_there_is_to_hear(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    session.hold.clear()
    window.send(Feed(chunk(0)))
    until(window, Progress("fed", None))  # the worker stands still in it
    for start in range(1, 4):
        window.send(Feed(chunk(start * 2560)))
        window.send(SetLanguages(0, None))  # not one piece of sound with what follows
    session.hold.set()
    for _ in range(3):
        until(window, Progress("fed", None))
    assert session.fed_after == sorted(set(session.fed_after)), "no step of the answer in between"


def test_listening_does_not_begin_while_a_question_waits_for_its_tower(
    window: Window, session: RecordingSession
) -> None:
    session.starting = True
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    window.send(StartListening(1))
    window.send(Feed(chunk(0)))
    window.send(Release(Modality.VISION))  # at once, and behind them
    gone = Tower(Modality.VISION, TowerState.ABSENT)
    assert {type(event) for event in until(window, gone)} <= {Token}
    session.starting = False
    until(window, Listening(1, ListeningState.STARTED))
    until(window, Progress("fed", None))


def test_what_is_meant_for_another_model_waits_for_it(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    window.send(LoadModel("other"))
    window.send(StartListening(1))
    window.send(Release(Modality.VISION))
    gone = Tower(Modality.VISION, TowerState.ABSENT)
    assert {type(event) for event in until(window, gone)} <= {Token}
    window.stop()
    until(window, Finished(7, FinishReason.STOPPED))
    assert window.next() == Progress("other", None)
    assert window.next() == Listening(1, ListeningState.STARTED)


def test_the_old_model_hears_what_is_said_while_another_opens(
    window: Window, session: RecordingSession
) -> None:
    session.hold_load.clear()
    window.hello().send(LoadModel("other"))
    for command in (
        MeasureSizes("record.json", at_once=False),
        Feed(chunk(0)),
        Feed(chunk(2560)),
        StopListening(3),
        StartListening(4),
        Feed(chunk(0)),
    ):
        window.send(command)
    session.hold_load.set()
    assert window.next() == Progress("other", None)
    assert window.next() == Progress("fed", None)
    window.send(SetSize("last"))
    until(window, Listening(3, ListeningState.STOPPED))
    until(window, Listening(4, ListeningState.STARTED))
    until(window, SizeChanged("last"))
    assert (session.batches, session.fed_to) == ([2, 1], [0, 1])


def test_a_model_opens_however_much_there_is_to_hear(
    window: Window, session: RecordingSession
) -> None:
    session.hold_load.clear()
    window.hello().send(LoadModel("other"))
    for start in range(3):
        window.send(Feed(chunk(start * 2560)))
        window.send(SetLanguages(0, None))  # not one piece of sound with what follows
    session.hold_load.set()
    for _ in range(3):
        until(window, Progress("fed", None))
    assert session.fed_to == [0, 1, 1], "no step of the opening in between"


def test_nothing_goes_to_a_model_that_is_being_closed_for_another(
    window: Window, session: RecordingSession
) -> None:
    session.gone = [Modality.AUDIO, Modality.VISION]
    window.hello().send(LoadModel("other"))
    until(window, Tower(Modality.AUDIO, TowerState.ABSENT))
    window.send(SetLanguages(1, None))
    window.send(Feed(chunk(0)))
    session.hold_gone.set()
    until(window, Progress("fed", None))
    assert (session.languages_to, session.fed_to) == ([1], [1])


@pytest.mark.parametrize("large", [True, False])
def test_a_model_gets_the_cores_that_its_size_is_worth(
    window: Window, session: RecordingSession, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    configured: list[bool] = []
    monkeypatch.setattr(device, "configure", lambda *, large: configured.append(large))
    session.model.large = large
    window.hello().send(LoadModel("other"))
    assert window.next() == Progress("other", None)
    window.send(SetSize("small"))
    until(window, SizeChanged("small"))
    assert configured == [large]


def test_what_fails_beside_an_answer_does_not_end_it(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    session.error = ZeroDivisionError()
    window.send(Feed(chunk(0)))
    until(window, Listening(99, ListeningState.STOPPED))
    session.error = None
    assert isinstance(window.next(), Token)


def test_what_a_release_has_freed_is_told_at_once(window: Window) -> None:
    window.hello().send(Release(Modality.AUDIO))
    assert window.next() == Tower(Modality.AUDIO, TowerState.ABSENT)
    seen = len(window.received)
    window.send(SetSize("next"))
    window.next()
    assert Memory in {type(envelope.body) for envelope in window.received[seen:]}


def test_measuring_goes_on_by_itself_while_nothing_is_asked(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(MeasureSizes("record.json", at_once=True))
    assert window.next() == Progress("record.json", 1.0)
    measured = window.next()
    assert isinstance(measured, SizesMeasured)
    assert [one.name for one in measured.figures] == ["full"]
    assert session.postponed >= 1  # by each command


def test_shutdown_does_not_wait_for_a_running_answer(
    window: Window, session: RecordingSession
) -> None:
    window.hello().send(ASK)
    assert isinstance(window.next(), Token)
    window.send(Shutdown())
    with contextlib.suppress(EOFError, ConnectionResetError):
        while True:
            window.next()
    window.thread.join(TIMEOUT_S)
    assert session.closed


def test_shutdown_ends_the_worker_and_closes_the_session(
    window: Window, session: RecordingSession
) -> None:
    window.hello().end()
    assert session.closed


def test_the_worker_ends_when_the_window_is_gone(session: RecordingSession) -> None:
    window = Window(session).hello()
    window.connection.close()
    window.thread.join(TIMEOUT_S)
    assert not window.thread.is_alive()
    assert session.closed


def test_the_worker_ends_when_the_window_goes_during_an_answer(session: RecordingSession) -> None:
    window = Window(session).hello()
    window.send(ASK)
    assert isinstance(window.next(), Token)
    window.connection.close()
    window.thread.join(TIMEOUT_S)
    assert not window.thread.is_alive()
    assert session.closed


def test_starting_is_answered(window: Window) -> None:
    window.hello().send(StartListening(3))
    assert window.next() == Listening(3, ListeningState.STARTED)


# --- translation ----------------------------------------------------------------------------------

GERMAN = Languages("German")


def test_translation_goes_on_by_itself_slice_by_slice(window: Window) -> None:
    window.hello().send(Translate(3, "one two", GERMAN))
    assert [window.next() for _ in range(3)] == [
        Translated(1, "", final=False),
        Translated(1, "", final=False),
        Translated(1, "", final=True),
    ]


def test_sound_goes_before_what_waits_to_be_translated(
    window: Window, session: RecordingSession
) -> None:
    """However much there is to translate, not more than one slice is done before the next sound."""
    window.hello().send(Translate(10**6, "much", GERMAN))
    window.next()
    for number in range(5):
        window.send(Feed(chunk(number)))
    while len(session.batches) == 0 or sum(session.batches) < 5:
        window.next()
    assert session.translating
    window.send(SetLanguages(1, None))
    window.send(SetSize("last"))
    while window.next() != SizeChanged("last"):
        pass
    assert not session.translating


@pytest.mark.parametrize("error", [ZeroDivisionError(), NestlingError(ErrorKind.CONTEXT_FULL, "")])
def test_a_translation_that_fails_is_told_and_given_up(
    window: Window, session: RecordingSession, error: Exception
) -> None:
    session.slice_error = error
    window.hello().send(Translate(3, "one two", GERMAN))
    assert isinstance(window.next(), Failed)
    assert window.next() == Listening(98, ListeningState.STOPPED)
    window.send(SetSize("alive"))
    assert window.next() == SizeChanged("alive")
