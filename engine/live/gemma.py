"""Gemma 3n as a live recogniser: every sound encoded once, every decoding from a kept prefix.

The cache holds [instruction][sound ...] of the open segment. A decoding appends
[end of sound, model turn][committed text][draft] in one forward, goes on greedily from the first
word of the draft that no longer fits, and takes all of it back. At the end of a segment a model may
want several ways followed side by side. Knows nothing of voice activity or of what gets confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.audio.tower import AudioState
from engine.datatypes import CHUNK_SAMPLES, SAMPLE_RATE, Pcm, Task
from engine.live.guards import closing_loop
from engine.live.recogniser import Hypothesis
from engine.live.segments import SEARCH_SAMPLES
from engine.model import Gemma3n
from engine.prompt import TRANSCRIBE_INSTRUCTION, transcribe_prefix, transcribe_suffix
from engine.text.beam import likeliest
from engine.text.cache import REWIND_TOKENS, CacheSnapshot, KVCache
from engine.text.matformer import Size
from engine.text.rows import RowsCache
from engine.writing import placed_units

TOKENS_PER_S = 10  # more than speech needs: 6 words a second, few of more than one token
FREE_TOKENS = 4
TOKEN_LEEWAY = 2  # how much longer than words tokens may repeat: "1000000"

# Text is taken back in place, and at a cut 3 s of sound with it; what is more needs a snapshot.
_IN_PLACE_TOKENS = REWIND_TOKENS - SEARCH_SAMPLES // CHUNK_SAMPLES - 8


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far the sound had come: tower, tokens in the cache, tokens on their way there."""

    state: AudioState
    length: int
    waiting: tuple[Tensor, ...]
    heard: int
    samples: int


class GemmaRecogniser:
    """Recognises one segment after another with an open model. Loads its audio tower.

    State: the segment's sound (tower state, soft tokens in the cache or waiting), the ids of the
    last hypothesis; `reset` clears it.

    Args:
        model: with an audio tower.
        size: to decode with; a change of `size` holds from the next `reset` on.
    """

    def __init__(self, model: Gemma3n, size: Size) -> None:
        self.size = size
        self._model = model
        self._tower = model.audio_tower()
        tasks = model.sizes.tasks or {}
        instruction = tasks.get(Task.TRANSCRIBE) or TRANSCRIBE_INSTRUCTION
        self._prefix_ids = transcribe_prefix(model.tokenizer, model.config, instruction)
        self._suffix_ids = transcribe_suffix(model.tokenizer, model.config)
        self._suffix = model.embed(self._tensor(self._suffix_ids))
        self._stop_ids = frozenset(model.config.eos_token_ids)
        self._forbidden = text_logits(model)
        self._cache = KVCache(model.config.text, model.dtype, device=model.device)
        self._prefix: tuple[Size, CacheSnapshot] | None = None
        self._size = size
        self._state = self._tower.initial_state()
        self._waiting: list[Tensor] = []
        self._heard: list[Tensor] = []  # all of the segment's soft tokens, [1, n, D] each
        self._sound_length = 0
        self._samples = 0
        self._ended = False
        self._ids: list[int] = []
        self._ends: list[int] = []
        self._forwards = 0

    @property
    def kv_bytes(self) -> int:
        """Bytes of the kept keys and values."""
        return self._cache.nbytes + (self._prefix[1].nbytes if self._prefix else 0)

    @property
    def ids(self) -> tuple[int, ...]:
        """Token ids of the last hypothesis."""
        return tuple(self._ids)

    def reset(self) -> None:
        """Forget the segment; take `size` for the next one. The instruction is read only once."""
        self._size = self.size
        if self._prefix is None or self._prefix[0] != self._size:
            self._cache.reset()
            ids = self._tensor(self._prefix_ids)
            self._forward(self._model.embed(ids), ids, 1)
            self._prefix = (self._size, self._cache.snapshot())
        else:
            self._cache.restore(self._prefix[1])
        self._sound_length = self._cache.length
        self._state = self._tower.initial_state()
        self._waiting, self._heard = [], []
        self._samples, self._ended = 0, False
        self._ids, self._ends = [], []

    def feed(self, pcm: Pcm, *, final: bool = False) -> None:
        """Encode more sound; its tokens wait for the next decoding."""
        # A copy, since chunks are read-only and torch warns of tensors that could write to them.
        sound = torch.from_numpy(pcm.copy())
        self._state, soft = self._tower.feed(self._state, sound, final=final)
        if soft.shape[0]:
            self._waiting.append(soft[None].to(self._model.dtype))
            self._heard.append(self._waiting[-1])
        self._samples += pcm.size
        self._ended = final

    def decode(self, committed: int) -> Hypothesis:
        """Transcribe the sound so far, continuing the committed words of the last hypothesis."""
        forwards = self._forwards
        forced = self._ids[: self._ends[committed - 1]] if committed else []
        if self._sound_length > len(self._prefix_ids) or self._waiting:
            self._ids = self._continued(forced, self._ids[len(forced) :])
        words, self._ends = self._split(self._ids)
        return Hypothesis(words, self._forwards - forwards)

    def sound(self) -> tuple[Tensor, ...]:
        """The segment's soft tokens so far, [1, n, D] each, in order."""
        return tuple(self._heard)

    def mark(self) -> object:
        """Remember how far the sound has come."""
        return _Mark(
            self._state,
            self._sound_length,
            tuple(self._waiting),
            len(self._heard),
            self._samples,
        )

    def rewind(self, mark: object) -> None:
        """Forget the sound fed since `mark`."""
        assert isinstance(mark, _Mark)
        self._cache.rewind(mark.length)
        self._state, self._sound_length = mark.state, mark.length
        self._waiting, self._samples, self._ended = list(mark.waiting), mark.samples, False
        del self._heard[mark.heard :]

    def _continued(self, forced: list[int], draft: list[int]) -> list[int]:
        """Ids after the sound that begin with `forced`; `draft` only saves time."""
        limit = FREE_TOKENS + self._samples * TOKENS_PER_S // SAMPLE_RATE
        searched = self._ended and self._model.sizes.beams > 1 and self._is_kept_with(forced)
        draft = [] if searched else draft[:_IN_PLACE_TOKENS]  # it may all have to be taken back
        longest = max(limit, len(forced) + len(draft))
        saved = None
        if len(self._suffix_ids) + longest > _IN_PLACE_TOKENS:
            saved = self._saved_sound()
        ids = self._searched(forced, limit) if searched else self._greedy(forced, draft, limit)
        if saved is None:
            self._cache.rewind(self._sound_length)
        else:
            self._cache.restore(saved)
        return ids

    def _is_kept_with(self, forced: list[int]) -> bool:
        """Whether all keys are still there once the text is read: a search goes on from them."""
        sound = self._sound_length + sum(soft.shape[1] for soft in self._waiting)
        kept = self._model.config.text.sliding_window + REWIND_TOKENS
        return sound + len(self._suffix_ids) + len(forced) <= kept

    def _saved_sound(self) -> CacheSnapshot:
        """A snapshot of instruction and sound, the waiting sound included."""
        if self._waiting:
            sound = torch.cat(self._waiting, 1)
            self._forward(sound, self._soft_ids(sound), 1)
            self._waiting, self._sound_length = [], self._cache.length
        return self._cache.snapshot()

    def _greedy(self, forced: list[int], draft: list[int], limit: int) -> list[int]:
        """Verify the draft and go on; leaves the text in the cache."""
        given = forced + draft
        choices: list[int] = self._choose(self._asked(given, len(draft) + 1)).tolist()
        agreed = 0
        while agreed < len(draft) and choices[agreed] == draft[agreed]:
            agreed += 1
        self._cache.rewind(self._cache.length - (len(draft) - agreed))
        written, choice = given[: len(forced) + agreed], choices[agreed]
        while choice not in self._stop_ids and len(written) < limit:
            written.append(choice)
            loop = closing_loop(written, TOKEN_LEEWAY)
            if loop is not None and loop.endless:
                return written[: max(loop.start, len(forced))]
            token = self._tensor([choice])
            choice = int(self._choose(self._forward(self._model.text.embed(token), token, 1)))
        return written

    def _searched(self, forced: list[int], limit: int) -> list[int]:
        """The likeliest of several ways to go on; leaves what was forced in the cache."""
        text = self._model.text
        logits = self._allowed(self._asked(forced, 1))
        rows = RowsCache(text.config, self._model.dtype, self._model.device)
        rows.follow(self._cache)

        def follow(taken: Tensor, ids: Tensor) -> Tensor:
            rows.take(taken)
            self._forwards += 1
            self._model.files.check()
            ids = ids[:, None]
            hidden = text(text.embed(ids), ids, cache=rows, size=self._size, want=1)
            return self._allowed(hidden[:, 0])

        (found,) = likeliest(
            logits,
            follow,
            beams=self._model.sizes.beams,
            stops=self._stop_ids,
            most=max(0, limit - len(forced)),
            allowed=_is_no_loop,
        )
        return forced + found

    def _asked(self, given: list[int], want: int) -> Tensor:
        """Read the sound that waits, the end of the question and ids of the answer; [want, D]."""
        sound = torch.cat(self._waiting, 1) if self._waiting else self._suffix[:, :0]
        text = self._tensor(given)
        embeds = torch.cat([sound, self._suffix, self._model.text.embed(text)], 1)
        ids = torch.cat([self._soft_ids(sound), self._tensor(self._suffix_ids), text], 1)
        hidden = self._forward(embeds, ids, want)
        self._waiting, self._sound_length = [], self._sound_length + sound.shape[1]
        return hidden

    def _forward(self, embeds: Tensor, ids: Tensor, want: int) -> Tensor:
        """Run the decoder on [1, T, D] behind the cache; hidden states [want, D] of the last."""
        self._forwards += 1
        self._model.files.check()
        hidden: Tensor = self._model.text(
            embeds, ids, cache=self._cache, size=self._size, want=want
        )
        return hidden[0]

    def _choose(self, hidden: Tensor) -> Tensor:
        """The likeliest allowed id [W] after each position [W, D]."""
        return self._allowed(hidden).argmax(-1)

    def _allowed(self, hidden: Tensor) -> Tensor:
        """Logits [W, vocab] after positions [W, D]; minus infinity for what is no text."""
        return self._model.text.logits(hidden[None])[0] + self._forbidden

    def _soft_ids(self, sound: Tensor) -> Tensor:
        """Ids [1, T] that stand for soft tokens [1, T, D]."""
        shape = (1, sound.shape[1])
        return torch.full(shape, self._model.config.audio_token_id, device=self._model.device)

    def _tensor(self, ids: Sequence[int]) -> Tensor:
        """Ids as int64 [1, T]."""
        return torch.tensor([ids], dtype=torch.int64, device=self._model.device)

    def _split(self, ids: Sequence[int]) -> tuple[tuple[str, ...], list[int]]:
        """Units of a transcript, and after how many ids each of them is complete."""
        stream = self._model.tokenizer.stream()
        text = ""
        known: list[int] = []  # for each character, after how many ids it is there
        for count, index in enumerate(ids, 1):
            piece = stream.push(index)
            text += piece
            known += [count] * len(piece)
        rest = stream.flush()
        text += rest
        known += [len(ids)] * len(rest)
        placed = list(placed_units(text))
        ends = [known[stop - 1] for _, stop in placed]
        if ends and not text[-1].isspace():
            ends[-1] = len(ids)  # with the ids behind it that have no text of their own
        return tuple(unit for unit, _ in placed), ends


def _is_no_loop(ids: Sequence[int]) -> bool:
    loop = closing_loop(ids, TOKEN_LEEWAY)
    return loop is None or not loop.endless


def text_logits(model: Gemma3n) -> Tensor:
    """What is added to logits: 0 for text and the ids that end it, else minus infinity."""
    config, tokenizer = model.config, model.tokenizer
    logits = torch.zeros(config.text.vocab_size, device=model.device)
    known = min(tokenizer.size, config.text.vocab_size_per_layer_input)
    logits[known:] = -torch.inf
    forbidden = [index for index in tokenizer.special_ids if index < known]
    logits[torch.tensor(sorted(forbidden), dtype=torch.int64)] = -torch.inf
    logits[sorted(config.eos_token_ids)] = 0.0
    return logits
