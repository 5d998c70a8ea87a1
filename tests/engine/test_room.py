"""What falls out of a full context, how an answer ends there, and going on with an answer."""

from collections.abc import Iterator, Sequence

import pytest
import torch

from engine.chat import Chat
from engine.datatypes import FinishReason, Role, SamplingParams, Turn
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.protocol import Context, Event, Finished, Token
from engine.room import dropped_turns
from tests.checkpoints import tiny_config, write_checkpoint

GREEDY = SamplingParams(temperature=0.0, max_tokens=12)
EVERYTHING = SamplingParams(temperature=0.0, max_tokens=10_000)
SYSTEM = Turn(9, Role.SYSTEM, "say little")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Gemma3n:
    folder = write_checkpoint(tmp_path_factory.mktemp("tiny"), tiny_config(), seed=3)
    return Gemma3n.open(folder, dtype=torch.float64)


@pytest.fixture(autouse=True)
def border() -> Iterator[None]:
    with torch.inference_mode():
        yield


def events(
    chat: Chat, turns: Sequence[Turn], params: SamplingParams = GREEDY, stop_at: int = -1
) -> list[Event]:
    """All that an answer says; stopped before the token of this number."""
    looks = iter(range(1_000_000))
    size = chat._model.sizes.largest
    return list(chat.answer(turns, params, size, lambda: next(looks) == stop_at))


def ids(found: Sequence[Event]) -> list[int]:
    return [event.id for event in found if isinstance(event, Token)]


def text(found: Sequence[Event]) -> str:
    return "".join(event.piece for event in found if isinstance(event, Token))


def contexts(found: Sequence[Event]) -> list[Context]:
    return [event for event in found if isinstance(event, Context)]


def long_talk(exchanges: int) -> list[Turn]:
    turns = []
    for number in range(exchanges):
        turns.append(Turn(2 * number, Role.USER, f"the quick brown fox {number} jumps over " * 3))
        turns.append(Turn(2 * number + 1, Role.MODEL, "hello world how are you"))
    return [*turns, Turn(2 * exchanges, Role.USER, "so?")]


# --- how many turns -------------------------------------------------------------------------------


def turns_of(*roles: Role) -> list[Turn]:
    return [Turn(number, role, "") for number, role in enumerate(roles)]


U, M, S = Role.USER, Role.MODEL, Role.SYSTEM


@pytest.mark.parametrize(
    ("roles", "tokens", "dropped"),
    [
        ((U,), [10], 0),
        ((U, M, U), [20, 20, 20], 0),
        ((U, M, U), [50, 20, 20], 2),
        ((S, U, M, U), [10, 50, 20, 20], 2),
        ((U, M, U, M, U), [10, 10, 30, 30, 10], 4),  # more goes than must
        ((U, M, U, M, U), [60, 20, 20, 10, 10], 2),
        ((U, M, U, M), [30, 20, 20, 40], 2),  # the answer that goes on keeps its question
        ((U, M), [50, 80], 0),
        ((U,), [1_000], 0),
    ],
)
def test_whole_exchanges_go_oldest_first(
    roles: tuple[Role, ...], tokens: list[int], dropped: int
) -> None:
    assert dropped_turns(turns_of(*roles), tokens, limit=100, max_tokens=20) == dropped


# --- with a model ---------------------------------------------------------------------------------


def test_a_full_context_drops_the_beginning_and_says_how_much(model: Gemma3n) -> None:
    talk = long_talk(20)
    found = events(Chat(model), talk)
    dropped = contexts(found)[0].dropped
    assert 0 < dropped < len(talk)
    assert dropped % 2 == 0
    kept = events(Chat(model), talk[dropped:])
    assert ids(kept) == ids(found)
    assert contexts(kept)[0].dropped == 0
    assert contexts(found)[-1].used < contexts(found)[-1].limit


def test_the_instruction_outlives_the_beginning(model: Gemma3n) -> None:
    talk = [SYSTEM, *long_talk(20)]
    found = events(Chat(model), talk)
    dropped = contexts(found)[0].dropped
    assert ids(found) == ids(events(Chat(model), [SYSTEM, *talk[1 + dropped :]]))


def test_an_instruction_changes_the_answer(model: Gemma3n) -> None:
    question = Turn(0, Role.USER, "hello")
    assert ids(events(Chat(model), [SYSTEM, question])) != ids(events(Chat(model), [question]))


def test_an_answer_that_fills_the_context_ends_and_is_kept(model: Gemma3n) -> None:
    """It ended as a failure; nothing told what was written from what was lost."""
    found = events(Chat(model), [Turn(0, Role.USER, "hello")], EVERYTHING)
    if found[-1] == Finished(0, FinishReason.STOP_TOKEN):
        pytest.fail("this seed's answer ends by itself; choose another")
    assert found[-1] == Finished(0, FinishReason.CONTEXT_FULL)
    full = contexts(found)[-1]
    assert len(ids(found)) > 100
    assert full.used >= full.limit


def test_what_cannot_be_left_out_is_refused(model: Gemma3n) -> None:
    with pytest.raises(NestlingError) as caught:
        events(Chat(model), [Turn(0, Role.USER, "12 apples and 7 pears " * 100)])
    assert caught.value.kind is ErrorKind.CONTEXT_FULL


# --- going on -------------------------------------------------------------------------------------


@pytest.mark.parametrize("same_worker", [True, False])
def test_going_on_with_an_answer_that_was_cut_off(model: Gemma3n, same_worker: bool) -> None:
    question = Turn(0, Role.USER, "hello world")
    whole = events(Chat(model), [question])
    chat = Chat(model)
    cut = events(chat, [question], stop_at=6)
    assert cut[-1] == Finished(0, FinishReason.STOPPED)
    assert 0 < len(ids(cut)) < len(ids(whole))
    rest = events(
        chat if same_worker else Chat(model),
        [question, Turn(1, Role.MODEL, text(cut))],
        SamplingParams(temperature=0.0, max_tokens=12 - len(ids(cut))),
    )
    assert rest[-1] == Finished(1, FinishReason.MAX_TOKENS)
    if same_worker:  # the very ids, though the text's own ids may be others
        assert ids(cut) + ids(rest) == ids(whole)
    else:
        assert ids(rest)


def test_a_question_after_an_answer_that_went_on_reads_only_itself(model: Gemma3n) -> None:
    question = Turn(0, Role.USER, "hello world")
    chat = Chat(model)
    first = text(events(chat, [question], stop_at=6))
    rest = text(events(chat, [question, Turn(1, Role.MODEL, first)]))
    follow = [question, Turn(1, Role.MODEL, first + rest), Turn(2, Role.USER, "and you?")]
    held = len(chat._held.keys) if chat._held else 0
    found = events(chat, follow)
    assert contexts(found)[0].used > held > 20
    assert ids(found)
