"""Answers: kept state saves work and changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import engine.chat as chats
import engine.senses
from engine.chat import PREFILL_TOKENS, Chat
from engine.datatypes import CHUNK_SAMPLES, FinishReason, Role, SamplingParams, Turn
from engine.errors import ErrorKind, NestlingError
from engine.model import Gemma3n
from engine.protocol import Context, Finished, Token
from engine.text.matformer import Size, SizeTable, kv_classes, write_matformer
from tests.checkpoints import tiny_config, write_checkpoint

GREEDY = SamplingParams(temperature=0.0, max_tokens=12)
LAYERS = 12
WIDE, NARROW = (48,) * LAYERS, (24,) * LAYERS
TAIL_NARROW = (48,) * 6 + (24,) * 6  # differs behind the last layer that stores keys
SIZES = SizeTable(
    (Size("narrow", NARROW), Size("half", TAIL_NARROW), Size("full", WIDE)), splits=(24, 48)
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Gemma3n:
    folder = write_checkpoint(tmp_path_factory.mktemp("tiny"), tiny_config(), seed=3)
    write_matformer(folder, SIZES)
    return Gemma3n.open(folder, dtype=torch.float64)


@pytest.fixture(autouse=True)
def border() -> Iterator[None]:
    """What the session does around every call."""
    with torch.inference_mode():
        yield


def never() -> bool:
    return False


def ask(
    chat: Chat,
    turns: Sequence[Turn],
    *,
    size: str = "full",
    params: SamplingParams = GREEDY,
    stop: Callable[[], bool] = never,
) -> tuple[list[int], str, FinishReason]:
    """Ids, text and end of an answer."""
    events = list(chat.answer(turns, params, SIZES.size(size), stop))
    *tokens, finished = (event for event in events if not isinstance(event, Context))
    assert isinstance(finished, Finished)
    assert finished.turn == turns[-1].id
    assert all(isinstance(token, Token) for token in tokens)
    assert [token.index for token in tokens] == list(range(len(tokens)))
    text = "".join(token.piece for token in tokens)
    return [token.id for token in tokens], text, finished.reason


def user(number: int, text: str) -> Turn:
    return Turn(number, Role.USER, text)


def reply(number: int, text: str) -> Turn:
    return Turn(number, Role.MODEL, text)


class Counting:
    """Counts the prompt's pieces and the tokens, by being asked whether to stop."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.looks = 0
        self._stop_at = stop_at

    def __call__(self) -> bool:
        self.looks += 1
        return self.looks == self._stop_at


@pytest.fixture
def read(model: Gemma3n, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each forward read."""
    lengths: list[int] = []
    forward = model.text.forward

    def counted(embeds: torch.Tensor, *args: object, **kwargs: object) -> torch.Tensor:
        lengths.append(embeds.shape[1])
        return forward(embeds, *args, **kwargs)

    monkeypatch.setattr(model.text, "forward", counted)
    return lengths


LONG = "the quick brown fox jumps over the lazy dog " * 6


def test_a_second_question_reads_only_what_is_new(model: Gemma3n, read: list[int]) -> None:
    chat = Chat(model)
    first = user(0, LONG)
    _, text, _ = ask(chat, [first])
    read.clear()
    ask(chat, [first, reply(1, text), user(2, "and then?")], params=SamplingParams(max_tokens=1))
    assert sum(read) < 40


def test_a_continued_conversation_answers_as_one_read_from_its_ids(model: Gemma3n) -> None:
    """The reference reads prompt and answer at once, with an empty cache."""
    chat, fresh = Chat(model), Chat(model)
    first = user(0, LONG)
    _, text, _ = ask(chat, [first])
    turns = [first, reply(1, text), user(2, "and then?")]
    fresh._answered = chat._answered
    assert ask(chat, turns)[0] == ask(fresh, turns)[0]


def test_an_edited_turn_answers_as_a_new_conversation(model: Gemma3n) -> None:
    chat = Chat(model)
    ask(chat, [user(0, LONG + "what about pears?")])
    edited = [user(1, LONG + "what about apples?")]
    assert ask(chat, edited) == ask(Chat(model), edited)


def test_an_edit_further_back_than_the_rings_reach_reads_all_again(
    model: Gemma3n, read: list[int]
) -> None:
    chat = Chat(model)
    short = SamplingParams(temperature=0.0, max_tokens=2)
    ask(chat, [user(0, "first " + LONG * 3)], params=short)
    assert sum(read) > 400  # the rings hold 8 + 256
    read.clear()
    edited = [user(1, "other " + LONG * 2)]
    answer = ask(chat, edited, params=short)
    assert sum(read) > 200
    assert answer == ask(Chat(model), edited, params=short)


def test_the_same_question_again_gives_the_same_answer(model: Gemma3n, read: list[int]) -> None:
    chat = Chat(model)
    answer = ask(chat, [user(0, LONG)])
    read.clear()
    assert ask(chat, [user(1, LONG)]) == answer
    assert read[0] == 1  # only the prompt's last token, whose hidden state is not kept


def test_sizes_of_one_class_share_the_cache_and_change_no_answer(
    model: Gemma3n, read: list[int]
) -> None:
    classes = kv_classes(SIZES.sizes, model.config.text)
    assert classes["half"] == classes["full"] != classes["narrow"]
    chat = Chat(model)
    turns = [user(0, LONG)]
    ask(chat, turns, size="full")
    read.clear()
    switched = ask(chat, turns, size="half")
    assert read[0] == 1
    assert switched == ask(Chat(model), turns, size="half")


def test_a_size_of_another_class_reads_the_conversation_again(
    model: Gemma3n, read: list[int]
) -> None:
    chat = Chat(model)
    turns = [user(0, LONG)]
    ask(chat, turns, size="full")
    read.clear()
    switched = ask(chat, turns, size="narrow")
    assert read[0] > 100
    assert switched == ask(Chat(model), turns, size="narrow")


@pytest.mark.parametrize("look", [1, 2, 4, 8])
def test_a_stop_ends_at_the_next_step_and_leaves_the_conversation_usable(
    model: Gemma3n, look: int
) -> None:
    chat = Chat(model)
    turns = [user(0, LONG * 2)]
    stop = Counting(stop_at=look)
    ids, _, reason = ask(chat, turns, stop=stop)
    assert reason is FinishReason.STOPPED
    assert stop.looks == look
    assert len(ids) < look
    assert ask(chat, turns) == ask(Chat(model), turns)


def test_the_flag_is_looked_at_between_pieces_of_the_prompt(model: Gemma3n) -> None:
    stop = Counting()
    ids, _, _ = ask(Chat(model), [user(0, LONG * 3)], stop=stop)
    prompt = stop.looks - len(ids)
    assert prompt >= 3
    assert PREFILL_TOKENS * (prompt - 2) < 512


def test_an_answer_that_is_left_midway_leaves_the_conversation_usable(model: Gemma3n) -> None:
    chat = Chat(model)
    turns = [user(0, LONG)]
    events = chat.answer(turns, GREEDY, SIZES.size("full"), never)
    next(events)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert ask(chat, turns) == ask(Chat(model), turns)


def test_the_limit_on_tokens_is_kept_and_said(model: Gemma3n) -> None:
    params = SamplingParams(seed=11, max_tokens=3)
    ids, _, reason = ask(Chat(model), [user(0, "hello")], params=params)
    assert (len(ids), reason) == (3, FinishReason.MAX_TOKENS)


def test_a_seed_draws_the_same_answer_again(model: Gemma3n) -> None:
    params = SamplingParams(seed=11, max_tokens=12)
    first = ask(Chat(model), [user(0, "hello")], params=params)
    assert ask(Chat(model), [user(0, "hello")], params=params) == first
    other = SamplingParams(seed=12, max_tokens=12)
    assert ask(Chat(model), [user(0, "hello")], params=other) != first


def test_a_demonstration_gives_its_likeliest_answer_however_lively(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, tiny_config(), seed=3)
    write_matformer(folder, replace(SIZES, demonstration=True))
    shown = Gemma3n.open(folder, dtype=torch.float64)
    lively = SamplingParams(temperature=5.0, max_tokens=12, seed=7)
    question = [user(1, "hi")]
    assert ask(Chat(shown), question, params=lively) == ask(Chat(shown), question)


@pytest.mark.parametrize("lower_case", [True, False])
def test_a_model_taught_small_letters_reads_a_person_in_them(
    tmp_path: Path, lower_case: bool
) -> None:
    folder = write_checkpoint(tmp_path, tiny_config(), seed=3)
    write_matformer(folder, replace(SIZES, lower_case=lower_case))
    shown = Gemma3n.open(folder, dtype=torch.float64)

    def answered(question: str, answer: str) -> tuple[list[int], str, FinishReason]:
        return ask(Chat(shown), [user(1, question), reply(2, answer), user(3, f"{question}?")])

    loud, quiet = answered("IS It So", "It is"), answered("is it so", "It is")
    assert (loud == quiet) is lower_case
    assert answered("is it so", "it is") != quiet, "its own words stay as it wrote them"


def test_nobody_goes_first_within_a_forward_of_few_tokens(
    model: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It works in memory that all such forwards share; a long one has its own."""
    asked: list[tuple[int, bool]] = []
    forward = model.text.forward

    def watched(embeds: torch.Tensor, ids: torch.Tensor, **how: Any) -> torch.Tensor:
        stop = how.get("stop")
        asked.append((ids.shape[1], stop is not None and stop is not chats._never))
        return forward(embeds, ids, **how)

    monkeypatch.setattr(model.text, "forward", watched)
    monkeypatch.setattr(Gemma3n, "prefill_tokens", 512)
    chat, turns = Chat(model), [user(0, LONG * 3)]
    first, *_ = ask(chat, turns, stop=Counting())
    again, *_ = ask(chat, turns, stop=Counting())  # reads one token anew
    assert first == again
    assert (1, False) in asked
    assert {stops for tokens, stops in asked if tokens <= PREFILL_TOKENS} == {False}
    assert any(stops for _, stops in asked)


def test_a_stop_id_ends_the_answer(model: Gemma3n, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = [user(0, "hello world")]
    ids, _, _ = ask(Chat(model), turns)
    third = ids.index(ids[2])
    monkeypatch.setattr("engine.chat.generate", _stopping_at(ids[2]))
    chat = Chat(model)
    stopped, text, reason = ask(chat, turns)
    assert (stopped, reason) == (ids[:third], FinishReason.STOP_TOKEN)
    monkeypatch.undo()
    follow = [*turns, reply(1, text), user(2, "and then?")]
    assert len(ask(chat, follow)[0]) > 0


def test_an_answer_cut_inside_a_character_is_gone_on_with_in_it(
    model: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was left of the character was written as U+FFFD."""
    drawn = iter([model.tokenizer.id_of(f"<0x{byte:02X}>") for byte in "né𝄞".encode()])
    monkeypatch.setattr("engine.chat.Sampler.pick", lambda self, logits: next(drawn))
    chat, text = Chat(model), ""
    turns = [user(0, "hello")]
    for tokens, piece in ((2, "n"), (2, "é"), (2, ""), (1, "𝄞")):
        params = SamplingParams(max_tokens=tokens)
        assert ask(chat, turns, params=params)[1] == piece
        text += piece
        turns = [turns[0], reply(1, text)]


def _stopping_at(index: int) -> Callable[..., Iterator[int]]:
    """`generate` with another stop id."""
    from engine.generate import generate

    def wrapped(*args: object, stop_ids: object, **kwargs: object) -> Iterator[int]:
        return generate(*args, stop_ids={index}, **kwargs)  # type: ignore[arg-type]

    return wrapped


def test_spoken_turns_are_told_apart_by_their_sound(model: Gemma3n, read: list[int]) -> None:
    noise = np.random.default_rng(0).standard_normal((2, 16_000)).astype(np.float32) * 0.1
    one, other = (Turn(n, Role.USER, "what is this?", noise[n]) for n in range(2))
    chat = Chat(model)
    first = ask(chat, [one])
    assert ask(chat, [other]) == ask(Chat(model), [other])
    assert ask(chat, [one]) == first
    with_text_only = ask(Chat(model), [user(0, "what is this?")])
    assert with_text_only != first


def test_a_clip_beyond_the_context_is_refused_before_it_is_heard(
    model: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole clip was encoded first: minutes of work, and memory in proportion."""
    tower = model.audio_tower()

    def feed(*_: object, **__: object) -> None:
        raise AssertionError("heard")

    limit = model.config.text.max_position_embeddings
    sound = np.zeros((limit + 1) * CHUNK_SAMPLES, np.float32)
    monkeypatch.setattr(tower, "feed", feed)
    with pytest.raises(NestlingError, match=f"this model holds {limit}") as caught:
        ask(Chat(model), [Turn(0, Role.USER, "what is this?", sound)])
    assert caught.value.kind is ErrorKind.CONTEXT_FULL


@pytest.mark.parametrize("samples", [0, 1, CHUNK_SAMPLES, 3 * CHUNK_SAMPLES + 77])
def test_a_clip_heard_in_pieces_is_the_whole_clip(
    model: Gemma3n, monkeypatch: pytest.MonkeyPatch, samples: int
) -> None:
    sound = np.random.default_rng(0).standard_normal(samples).astype(np.float32) * 0.1
    turn = Turn(0, Role.USER, "what is this?", sound)
    whole = ask(Chat(model), [turn])
    monkeypatch.setattr(engine.senses, "PIECE_SAMPLES", CHUNK_SAMPLES)
    assert ask(Chat(model), [turn]) == whole


def test_samples_that_are_no_numbers_are_heard_as_silence(model: Gemma3n) -> None:
    silence = np.zeros(8_000, np.float32)
    broken = silence.copy()
    broken[::7] = np.nan
    heard = [ask(Chat(model), [Turn(0, Role.USER, "", sound)]) for sound in (silence, broken)]
    assert heard[0] == heard[1]


@pytest.mark.parametrize(
    "turns",
    [
        [],
        [reply(0, "I begin")],
        [user(0, "hello"), user(1, "are you there?")],
        [user(0, "hello"), reply(1, "hi"), Turn(2, Role.SYSTEM, "be brief"), user(3, "so?")],
    ],
    ids=["none", "model first", "twice the user", "instruction in the middle"],
)
def test_turns_that_do_not_alternate_are_refused(model: Gemma3n, turns: list[Turn]) -> None:
    with pytest.raises(NestlingError) as caught:
        ask(Chat(model), turns)
    assert caught.value.kind is ErrorKind.BAD_INPUT


def test_a_conversation_beyond_the_context_is_refused_before_it_is_read(
    model: Gemma3n, read: list[int]
) -> None:
    with pytest.raises(NestlingError) as caught:
        ask(Chat(model), [user(0, LONG * 20)])
    assert caught.value.kind is ErrorKind.CONTEXT_FULL
    assert not read


def test_a_reset_forgets_the_conversation(model: Gemma3n, read: list[int]) -> None:
    chat = Chat(model)
    answer = ask(chat, [user(0, LONG)])
    assert chat.kv_bytes > 0
    chat.reset()
    assert chat.kv_bytes == 0
    read.clear()
    assert ask(chat, [user(0, LONG)]) == answer
    assert read[0] > 100
