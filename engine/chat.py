"""Answering a conversation: prompt, what of it is in the cache already, tokens one by one.

The window owns the conversation; what is kept here only saves work and changes no answer. Knows
no pipe and no window.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine import residency
from engine.datatypes import FinishReason, Modality, Role, SamplingParams, Seeing, Turn
from engine.errors import ErrorKind, NestlingError
from engine.generate import generate
from engine.model import Gemma3n
from engine.prompt import Media, Message, chat_prompt, next_turn
from engine.protocol import Context, Finished, Token
from engine.room import dropped_turns, room_for_turns
from engine.sampling import Sampler, forbidden_ids
from engine.senses import Medium, Pace, Part, Picture, Senses, Soft
from engine.text.cache import KVCache
from engine.text.matformer import Size, kv_classes
from engine.text.model import Interrupted

PREFILL_TOKENS = 128  # read at once, between two looks at whether to stop
FINE_TOKENS = 32  # the same where others wait meanwhile: about the work of a few written ones
TURN_TOKENS = 8  # at most, around a turn's text or medium
OPEN_BYTES = 3  # at most, of a character that is not complete; an id stands for at least one

_Key = int | tuple[str, int]  # a text token, or the n-th soft token of a picture or clip


@dataclass(slots=True)
class _Asked:
    """What is to be answered: turns, how each is written, the soft tokens in that order."""

    turns: tuple[Turn, ...]
    parts: list[tuple[Part, ...]]
    soft: list[Soft]

    def names(self, turns: int) -> list[str]:
        """What was seen and heard in the first turns."""
        count = sum(not isinstance(part, str) for parts in self.parts[:turns] for part in parts)
        return [soft.name for soft in self.soft[:count]]


@dataclass(slots=True)
class _Answered:
    """The last answer: to which turns with which media, its text, ids of prompt and answer."""

    turns: tuple[Turn, ...]
    media: list[str]
    ids: list[int]
    text: str = ""

    def begins(self, asked: _Asked, turns: int) -> bool:
        """Whether this answered the first turns of what is asked."""
        return asked.turns[:turns] == self.turns and asked.names(turns) == self.media


@dataclass(slots=True)
class _Held:
    """What the cache holds, key by key, and the class of sizes that computed it."""

    cache: KVCache
    kv_class: int
    keys: list[_Key] = field(default_factory=list)


class Chat:
    """One conversation's answers.

    State: the cache and what it holds; the last answer's ids, since rendering its text again could
    give others; the soft tokens of the conversation's pictures and sounds. `reset` clears it.
    """

    def __init__(self, model: Gemma3n, pace: Pace | None = None) -> None:
        self._model = model
        self._pace = Pace() if pace is None else pace
        self._classes = kv_classes(model.sizes.sizes, model.config.text)
        self._forbidden = forbidden_ids(model.config)
        self._held: _Held | None = None
        self._answered: _Answered | None = None
        self._senses = Senses(model, self._pace)

    @property
    def kv_bytes(self) -> int:
        """Bytes of the cache."""
        return 0 if self._held is None else self._held.cache.nbytes

    def reset(self) -> None:
        """Forget the conversation."""
        self._held = self._answered = None
        self._senses = Senses(self._model, self._pace)

    def towers_needed(
        self, turns: Sequence[Turn], params: SamplingParams, seeing: Seeing
    ) -> list[Modality]:
        """The towers without which these turns cannot be answered, loaded or not.

        What was seen and heard earlier in the conversation is known without its tower.
        """
        if not turns:
            return []
        limit = self._model.config.text.max_position_embeddings
        _, parts, _ = self._fitting(turns, params, seeing, limit)
        return self._senses.needed(_media(parts), seeing)

    def answer(
        self,
        turns: Sequence[Turn],
        params: SamplingParams,
        size: Size,
        stop: Callable[[], bool],
        seeing: Seeing = Seeing(),  # noqa: B008 - frozen
        shared: Callable[[], bool] = lambda: False,
    ) -> Iterator[Token | Context | Finished]:
        """Answer the last turn, or go on with it if it is the model's own.

        What the context cannot hold is left out, oldest first, and counted in `Context`.
        stop: asked before every token and every small part of pictures, sounds and prompt; it may
            do other work before it says that this one may go on.
        shared: whether there is such work, so that parts shall be smaller.

        Errors: BAD_INPUT for turns that do not alternate; CONTEXT_FULL if the last question alone
        is too much.
        """
        if not any(turn.role is Role.USER for turn in turns):
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                "There is nothing to answer: a conversation begins with a question. Write one.",
            )
        turn, limit = turns[-1].id, self._model.config.text.max_position_embeddings
        turns, parts, dropped = self._fitting(turns, params, seeing, limit)
        media = _media(parts)  # an hour of sound is not encoded only to be refused
        self._require_room(sum(medium.tokens for medium in media))
        soft = self._senses.encode(media, seeing, stop)
        if soft is None:
            yield Finished(turn, FinishReason.STOPPED)
            return
        asked = _Asked(tuple(turns), parts, soft)
        prompt = self._prompt(asked)
        held = self._prepared(size)
        hidden = self._prefill(held, prompt, soft, size, stop, shared)
        if hidden is None:
            yield Finished(turn, FinishReason.STOPPED)
            return
        yield Context(turn, len(prompt), limit, dropped)
        answered = self._answered = _begun(asked, prompt)
        ids = generate(
            self._model.text,
            held.cache,
            hidden,
            Sampler(self._drawn(params), self._forbidden),
            stop_ids=self._model.config.eos_token_ids,
            size=size,
        )
        detokenizer = self._model.tokenizer.stream()
        if turns[-1].role is Role.MODEL:
            for index in prompt[-OPEN_BYTES:]:  # may end inside a character, which goes on
                detokenizer.push(index)
        reason = FinishReason.MAX_TOKENS
        try:
            for index in range(params.max_tokens):
                if stop():
                    reason = FinishReason.STOPPED
                    break
                self._model.files.check()
                token = next(ids, None)
                if token is None:
                    reason = FinishReason.STOP_TOKEN
                    break
                piece = detokenizer.push(token)
                answered.ids.append(token)
                answered.text += piece
                yield Token(turn, index, token, piece)
        except NestlingError as error:
            if error.kind is not ErrorKind.CONTEXT_FULL:
                raise
            reason = FinishReason.CONTEXT_FULL
        finally:
            held.keys += answered.ids[len(prompt) :]
            del held.keys[held.cache.length :]
        yield Context(turn, len(answered.ids), limit, dropped)
        yield Finished(turn, reason)

    def _drawn(self, params: SamplingParams) -> SamplingParams:
        """How tokens are drawn: what a demonstration knows has one answer, which luck can spoil."""
        return replace(params, temperature=0.0) if self._model.sizes.demonstration else params

    def room(self, question: Turn, params: SamplingParams, seeing: Seeing) -> int:
        """Tokens that a question, asked alone, may grow by with room for an answer."""
        limit = self._model.config.text.max_position_embeddings
        written = sum(map(self._count, self._senses.parts(question, seeing)))
        return max(0, room_for_turns(limit, params.max_tokens) - written)

    def _fitting(
        self, turns: Sequence[Turn], params: SamplingParams, seeing: Seeing, limit: int
    ) -> tuple[Sequence[Turn], list[tuple[Part, ...]], int]:
        """The turns that the context can hold, how each is written, how many it cannot."""
        parts = [self._senses.parts(turn, seeing) for turn in turns]
        tokens = [sum(map(self._count, written)) for written in parts]
        dropped = dropped_turns(turns, tokens, limit, params.max_tokens)
        head = 1 if turns[0].role is Role.SYSTEM else 0
        gone = slice(head, head + dropped)
        turns = list(turns)
        del turns[gone], parts[gone]
        return turns, parts, dropped

    def _count(self, part: Part) -> int:
        """Tokens of a part of a turn, a few too many rather than too few."""
        if isinstance(part, str):
            return len(self._model.tokenizer.encode(part)) + TURN_TOKENS
        before = part.before if isinstance(part, Picture) else ""
        return part.tokens + len(self._model.tokenizer.encode(before)) + TURN_TOKENS

    def _require_room(self, tokens: int) -> None:
        limit = self._model.config.text.max_position_embeddings
        if tokens > limit:
            raise NestlingError(
                ErrorKind.CONTEXT_FULL,
                f"The conversation has {tokens} tokens, and this model holds {limit}. "
                "Begin a new conversation or shorten this one.",
            )

    def _prompt(self, asked: _Asked) -> list[int]:
        """Ids of the conversation; behind our own last answer only what is new is rendered."""
        tokenizer, config = self._model.tokenizer, self._model.config
        last, turns = self._answered, asked.turns
        if turns[-1].role is Role.MODEL:  # to be gone on with
            written = turns[-1].text
            if last is not None and last.begins(asked, len(turns) - 1) and written == last.text:
                return list(last.ids)
            question = _Asked(turns[:-1], asked.parts[:-1], asked.soft)
            return self._prompt(question) + tokenizer.encode(written)
        read = self._model.sizes.read
        messages = [
            _message(turn, parts, read) for turn, parts in zip(turns, asked.parts, strict=True)
        ]
        if (
            last is not None
            and last.begins(asked, len(turns) - 2)
            and turns[-2].role is Role.MODEL
            and turns[-2].text.strip() == last.text.strip()
        ):
            return last.ids + next_turn(tokenizer, config, messages[-1], last.ids[-1])
        return chat_prompt(tokenizer, config, messages)

    def _prepared(self, size: Size) -> _Held:
        """The cache, emptied if sizes of another class filled it: their keys differ."""
        kv_class = self._classes[size.name]
        if self._held is None:
            model = self._model
            cache = KVCache(model.config.text, model.dtype, device=model.device)
            self._held = _Held(cache, kv_class)
        elif self._held.kv_class != kv_class:
            self._held.cache.reset()
            self._held = _Held(self._held.cache, kv_class)
        return self._held

    def _prefill(
        self,
        held: _Held,
        ids: list[int],
        soft: Sequence[Soft],
        size: Size,
        stop: Callable[[], bool],
        shared: Callable[[], bool],
    ) -> Tensor | None:
        """Bring the prompt into the cache; the last hidden state [1, 1, D], None if stopped."""
        self._require_room(len(ids))
        config, device = self._model.config, self._model.device
        soft_ids = (config.image_token_id, config.audio_token_id)
        rows = torch.cat([one.rows for one in soft]) if soft else None
        names = iter([(one.name, n) for one in soft for n in range(len(one.rows))])
        keys: list[_Key] = [next(names) if index in soft_ids else index for index in ids]
        start = _rewind(held.cache, min(_common(held.keys, keys), len(keys) - 1))
        used = sum(index in soft_ids for index in ids[:start])
        hidden = None
        while (begin := held.cache.length) < len(ids):
            held.keys = keys[:begin]
            if stop():
                return None
            tokens = FINE_TOKENS if shared() else self._model.prefill_tokens
            self._model.files.check()
            chunk = torch.tensor([ids[begin : begin + tokens]], device=device)
            embeds = self._model.embed(chunk)
            if rows is not None:
                places = (chunk == soft_ids[0]) | (chunk == soft_ids[1])
                count = int(places.sum())
                embeds[places] = rows[used : used + count]
                used += count
            # A forward of few tokens works in memory that all of them share: nobody may go first.
            asked = stop if chunk.shape[1] > PREFILL_TOKENS else _never
            try:
                hidden = self._model.text(
                    embeds, chunk, cache=held.cache, size=size, want=1, stop=asked
                )
            except Interrupted:
                return None
        held.keys = keys
        if self._model.prefill_tokens > PREFILL_TOKENS:
            residency.trim()  # work memory of a large piece, before the head's pages come
        return hidden


def _never() -> bool:
    return False


def _media(parts: Sequence[Sequence[Part]]) -> list[Medium]:
    return [part for written in parts for part in written if not isinstance(part, str)]


def _message(turn: Turn, parts: Sequence[Part], read: Callable[[str], str]) -> Message:
    """A turn as the template wants it. read: a person's text as the model reads it."""
    content = tuple(map(_place, parts))
    if turn.role is Role.USER:
        content = tuple(read(part) if isinstance(part, str) else part for part in content)
    return Message(turn.role.value, content)


def _place(part: Part) -> str | Media:
    if isinstance(part, str):
        return part
    before = part.before if isinstance(part, Picture) else ""
    return Media(part.modality, part.tokens, before)


def _begun(asked: _Asked, prompt: list[int]) -> _Answered:
    """An answer of which nothing is there yet, or what is to be gone on with."""
    turns, media, ids = asked.turns, [soft.name for soft in asked.soft], list(prompt)
    if turns[-1].role is Role.MODEL:
        return _Answered(turns[:-1], media, ids, turns[-1].text)
    return _Answered(turns, media, ids)


def _common(one: Sequence[_Key], other: Sequence[_Key]) -> int:
    """Length of the longest common beginning."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def _rewind(cache: KVCache, length: int) -> int:
    """Go back to `length` tokens, or to none if the rings forgot them; how many are left."""
    try:
        cache.rewind(length)
    except NestlingError as error:
        if error.kind is not ErrorKind.REWIND_TOO_FAR:
            raise
        cache.reset()
    return cache.length
