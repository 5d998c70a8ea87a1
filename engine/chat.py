"""Answering a conversation: prompt, what of it is in the cache already, tokens one by one.

The window owns the conversation; what is kept here only saves work and changes no answer. Knows
no pipe and no window.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.datatypes import (
    SAMPLE_RATE,
    FinishReason,
    Modality,
    Pcm,
    Role,
    SamplingParams,
    Turn,
    bounded,
)
from engine.errors import ErrorKind, NestlingError
from engine.generate import generate
from engine.model import Gemma3n
from engine.prompt import Media, Message, chat_prompt, next_turn
from engine.protocol import Context, Finished, Token
from engine.room import dropped_turns
from engine.sampling import Sampler, forbidden_ids
from engine.text.cache import KVCache
from engine.text.matformer import Size, kv_classes

PREFILL_TOKENS = 128  # between two looks at the stop flag
CLIP_SAMPLES = 20 * SAMPLE_RATE  # encoded at once
TURN_TOKENS = 8  # at most, around a turn's text or medium

_Key = int | tuple[str, int]  # a text token, or the n-th soft token of a clip


@dataclass(slots=True)
class _Clip:
    """Soft tokens of one sound, [tokens, D], and what tells them from another's."""

    digest: str
    soft: Tensor


@dataclass(slots=True)
class _Answered:
    """The last answer: to which turns, its text, and the ids of prompt and answer together."""

    turns: tuple[Turn, ...]
    ids: list[int]
    text: str = ""


@dataclass(slots=True)
class _Held:
    """What the cache holds, key by key, and the class of sizes that computed it."""

    cache: KVCache
    kv_class: int
    keys: list[_Key] = field(default_factory=list)


class Chat:
    """One conversation's answers.

    State: the cache and what it holds; the last answer's ids, since rendering its text again could
    give others; the soft tokens of the conversation's sounds. `reset` clears it.
    """

    def __init__(self, model: Gemma3n) -> None:
        self._model = model
        self._classes = kv_classes(model.sizes.sizes, model.config.text)
        self._forbidden = forbidden_ids(model.config)
        self._held: _Held | None = None
        self._answered: _Answered | None = None
        self._clips: dict[str, _Clip] = {}

    @property
    def kv_bytes(self) -> int:
        """Bytes of the cache."""
        return 0 if self._held is None else self._held.cache.nbytes

    def reset(self) -> None:
        """Forget the conversation."""
        self._held = self._answered = None
        self._clips = {}

    def towers_needed(self, turns: Sequence[Turn], params: SamplingParams) -> list[Modality]:
        """The towers without which these turns cannot be answered, loaded or not.

        What was heard earlier in the conversation is known without its tower.
        """
        if not turns:
            return []
        kept, _ = self._fitting(turns, params, self._model.config.text.max_position_embeddings)
        sounds = (bounded(turn.audio) for turn in kept if turn.audio is not None)
        unheard = any(_digest(pcm) not in self._clips for pcm in sounds)
        return [Modality.AUDIO] if unheard else []

    def answer(
        self,
        turns: Sequence[Turn],
        params: SamplingParams,
        size: Size,
        stop: Callable[[], bool],
    ) -> Iterator[Token | Context | Finished]:
        """Answer the last turn, or go on with it if it is the model's own.

        What the context cannot hold is left out, oldest first, and counted in `Context`.
        stop: asked before every token and every piece of the prompt.

        Errors: BAD_INPUT for turns that do not alternate; CONTEXT_FULL if the last question alone
        is too much.
        """
        if not any(turn.role is Role.USER for turn in turns):
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                "There is nothing to answer: a conversation begins with a question. Write one.",
            )
        turn, limit = turns[-1].id, self._model.config.text.max_position_embeddings
        turns, dropped = self._fitting(turns, params, limit)
        clips = self._heard(turns)
        prompt = self._prompt(turns, clips)
        held = self._prepared(size)
        hidden = self._prefill(held, prompt, clips, size, stop)
        if hidden is None:
            yield Finished(turn, FinishReason.STOPPED)
            return
        yield Context(turn, len(prompt), limit, dropped)
        answered = self._answered = _begun(turns, prompt)
        ids = generate(
            self._model.text,
            held.cache,
            hidden,
            Sampler(params, self._forbidden),
            stop_ids=self._model.config.eos_token_ids,
            size=size,
        )
        detokenizer = self._model.tokenizer.stream()
        reason = FinishReason.MAX_TOKENS
        try:
            for index in range(params.max_tokens):
                if stop():
                    reason = FinishReason.STOPPED
                    break
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

    def _fitting(
        self, turns: Sequence[Turn], params: SamplingParams, limit: int
    ) -> tuple[Sequence[Turn], int]:
        """The turns without those that the context cannot hold; how many those are."""
        tokens = [self._count(turn) for turn in turns]
        dropped = dropped_turns(turns, tokens, limit, params.max_tokens)
        head = turns[:1] if turns[0].role is Role.SYSTEM else turns[:0]
        return ([*head, *turns[len(head) + dropped :]] if dropped else turns), dropped

    def _count(self, turn: Turn) -> int:
        """Tokens of a turn, a few too many rather than too few."""
        count = len(self._model.tokenizer.encode(turn.text)) + TURN_TOKENS
        if turn.audio is not None:
            count += self._model.audio_tokens(turn.audio.size) + TURN_TOKENS
        return count

    def _heard(self, turns: Sequence[Turn]) -> dict[int, _Clip]:
        """The soft tokens of each turn that has a sound, by the turn's place."""
        sounds = {
            place: bounded(turn.audio) for place, turn in enumerate(turns) if turn.audio is not None
        }
        if sounds:  # an hour of sound is not encoded only to be refused
            self._require_room(sum(self._model.audio_tokens(pcm.size) for pcm in sounds.values()))
        clips = {}
        for place, pcm in sounds.items():
            digest = _digest(pcm)
            clips[place] = self._clips.get(digest) or _Clip(digest, self._soft_tokens(pcm))
        self._clips = {clip.digest: clip for clip in clips.values()}
        return clips

    def _soft_tokens(self, pcm: Pcm) -> Tensor:
        """A whole clip through the audio tower, piece by piece so that memory stays flat."""
        tower = self._model.audio_tower()
        state, soft = tower.initial_state(), []
        for start in range(0, max(1, pcm.size), CLIP_SAMPLES):
            piece = torch.tensor(pcm[start : start + CLIP_SAMPLES])
            final = start + CLIP_SAMPLES >= pcm.size
            state, tokens = tower.feed(state, piece, final=final)
            soft.append(tokens)
        return torch.cat(soft)

    def _require_room(self, tokens: int) -> None:
        limit = self._model.config.text.max_position_embeddings
        if tokens > limit:
            raise NestlingError(
                ErrorKind.CONTEXT_FULL,
                f"The conversation has {tokens} tokens, and this model holds {limit}. "
                "Begin a new conversation or shorten this one.",
            )

    def _prompt(self, turns: Sequence[Turn], clips: dict[int, _Clip]) -> list[int]:
        """Ids of the conversation; behind our own last answer only what is new is rendered."""
        tokenizer, config = self._model.tokenizer, self._model.config
        last = self._answered
        if turns[-1].role is Role.MODEL:  # to be gone on with
            written = turns[-1].text
            if last is not None and tuple(turns[:-1]) == last.turns and written == last.text:
                return list(last.ids)
            return self._prompt(turns[:-1], clips) + tokenizer.encode(written)
        messages = [_message(turn, clips.get(place)) for place, turn in enumerate(turns)]
        if (
            last is not None
            and tuple(turns[:-2]) == last.turns
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
        clips: dict[int, _Clip],
        size: Size,
        stop: Callable[[], bool],
    ) -> Tensor | None:
        """Bring the prompt into the cache; the last hidden state [1, 1, D], None if stopped."""
        self._require_room(len(ids))
        soft_id = self._model.config.audio_token_id
        soft = torch.cat([clip.soft for clip in clips.values()]) if clips else None
        names = iter([(c.digest, n) for c in clips.values() for n in range(len(c.soft))])
        keys: list[_Key] = [next(names) if index == soft_id else index for index in ids]
        start = _rewind(held.cache, min(_common(held.keys, keys), len(keys) - 1))
        spoken = sum(index == soft_id for index in ids[:start])
        hidden = None
        for begin in range(start, len(ids), PREFILL_TOKENS):
            held.keys = keys[: held.cache.length]
            if stop():
                return None
            chunk = torch.tensor([ids[begin : begin + PREFILL_TOKENS]], device=self._model.device)
            embeds = self._model.embed(chunk)
            if soft is not None:
                places = chunk == soft_id
                count = int(places.sum())
                embeds[places] = soft[spoken : spoken + count]
                spoken += count
            hidden = self._model.text(embeds, chunk, cache=held.cache, size=size, want=1)
        held.keys = keys
        return hidden


def _digest(pcm: Pcm) -> str:
    return hashlib.blake2b(pcm.tobytes(), digest_size=16).hexdigest()


def _message(turn: Turn, clip: _Clip | None) -> Message:
    """A turn as the template wants it: the text first, the sound last (text.md 9.5)."""
    sound = () if clip is None else (Media(Modality.AUDIO, len(clip.soft)),)
    return Message(turn.role.value, (turn.text, *sound))


def _begun(turns: Sequence[Turn], prompt: list[int]) -> _Answered:
    """An answer of which nothing is there yet, or what is to be gone on with."""
    if turns[-1].role is Role.MODEL:
        return _Answered(tuple(turns[:-1]), list(prompt), turns[-1].text)
    return _Answered(tuple(turns), list(prompt))


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
