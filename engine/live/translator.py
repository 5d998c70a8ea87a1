"""Gemma 3n as a translator that works in small slices, so that hearing is never kept waiting.

The cache keeps the last prompt: of the next one only what differs is read again. Knows nothing of
recordings, queues or clauses.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from unicodedata import category

import torch
from torch import Tensor

from engine.datatypes import Languages, Task
from engine.live.gemma import TOKEN_LEEWAY, text_logits
from engine.live.guards import closing_loop
from engine.model import Gemma3n
from engine.prompt import speech_translate_answer, speech_translate_prompt, translate_prompt
from engine.text.cache import KVCache
from engine.text.matformer import Size, kv_classes
from engine.writing import SENTENCE_ENDS

SLICE_TOKENS = 32  # read at once: on a processor about the work of a few written ones
FREE_TOKENS = 12
TOKENS_PER_TOKEN = 3  # a translation is not longer than this, in tokens of what is translated


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of a segment so far. name: the same for all sounds of one segment.

    soft: [1, n, D] each, in order. transcript: what it says, up to the end of the clause.
    """

    name: Hashable
    soft: Sequence[Tensor]
    transcript: str


@dataclass(frozen=True, slots=True)
class Request:
    """A text to be translated.

    text: the sentence from its beginning to the end of the clause.
    given: translation of its beginning, which stays as it is; the result goes on behind it.
    unfinished: the sentence goes on behind this text.
    sound: where the model shall hear it again.
    """

    text: str
    languages: Languages
    given: str = ""
    unfinished: bool = False
    sound: Sound | None = None


class Translator(Protocol):
    """Translates one request after another."""

    def translate(self, request: Request) -> Iterator[str]:
        """Work, one slice for each step; yields the translation so far, `given` left out."""
        ...


class GemmaTranslator:
    """Greedy translation with an open model.

    State: the cache and what it holds; a later prompt with the same beginning is read from there.

    Args:
        model: made for translation, or a general one.
        size: to translate with; a change of `size` holds from the next request on.
    """

    def __init__(self, model: Gemma3n, size: Size) -> None:
        self.size = size
        self._model = model
        self._instruction = (model.sizes.tasks or {}).get(Task.TRANSLATE)
        self._classes = kv_classes(model.sizes.sizes, model.config.text)
        self._class = self._classes[size.name]
        self._stop_ids = frozenset(model.config.eos_token_ids)
        self._forbidden = text_logits(model)
        self._cache = KVCache(model.config.text, model.dtype, device=model.device)
        self._keys: list[Hashable] = []

    @property
    def kv_bytes(self) -> int:
        """Bytes of the kept keys and values."""
        return self._cache.nbytes

    def translate(self, request: Request) -> Iterator[str]:
        """One slice for each step: tokens read, or one written; yields the translation so far.

        Errors: CONTEXT_FULL for a text that the model cannot hold.
        """
        size = self.size
        ids, soft, keys = self._prompt(request)
        hidden = None
        start = self._kept(keys, size)
        for begin in range(start, len(ids), SLICE_TOKENS):
            if begin > start:
                yield ""
            part = slice(begin, begin + SLICE_TOKENS)
            hidden = self._read(ids[part], soft[part], keys[part], size)
        limit = FREE_TOKENS + TOKENS_PER_TOKEN * len(self._model.tokenizer.encode(request.text))
        stream, written, text = self._model.tokenizer.stream(), list[int](), ""
        texts = [""]  # after so many tokens
        while hidden is not None and len(written) < limit:
            logits = self._model.text.logits(hidden)[0, -1] + self._forbidden
            choice = int(logits.argmax())
            if choice in self._stop_ids:
                text = texts[-1]
                break
            written.append(choice)
            texts.append(texts[-1] + stream.push(choice))
            line, newline, _ = texts[-1].lstrip().partition("\n")
            if newline:
                text = line
                break
            loop = closing_loop(written, TOKEN_LEEWAY)
            text = texts[loop.start] if loop else texts[-1]  # it may yet come to an end
            if loop and loop.endless:
                break
            yield _shown(text, unfinished=True)  # a full stop waits until the end is known
            hidden = self._read([choice], [None], [choice], size)
        yield _shown(text, unfinished=request.unfinished)

    def _prompt(self, request: Request) -> tuple[list[int], list[Tensor | None], list[Hashable]]:
        """Ids, for soft tokens their rows [D], and what tells each token from others."""
        model = self._model
        sound = request.sound
        if sound is None:
            text = model.sizes.read(request.text)
            ids = translate_prompt(
                model.tokenizer, model.config, text, request.languages, self._instruction
            )
            rows: list[Tensor | None] = [None] * len(ids)
            answer = ""
        else:
            soft = [row for part in sound.soft for row in part[0]]
            ids = speech_translate_prompt(
                model.tokenizer, model.config, len(soft), request.languages
            )
            waiting = iter(soft)
            audio = model.config.audio_token_id
            rows = [next(waiting) if index == audio else None for index in ids]
            answer = speech_translate_answer(sound.transcript, request.languages.target)
        if request.given:
            answer = f"{answer} {request.given}" if answer else request.given
        forced = model.tokenizer.encode(answer) if answer else []
        ids, rows = ids + forced, rows + [None] * len(forced)
        names = (("sound", sound.name if sound else None, place) for place in range(len(ids)))
        keys: list[Hashable] = [
            index if row is None else next(names) for index, row in zip(ids, rows, strict=True)
        ]
        return ids, rows, keys

    def _kept(self, keys: Sequence[Hashable], size: Size) -> int:
        """Bring the cache to the longest beginning of the prompt that it holds; its length."""
        del self._keys[self._cache.length :]  # what was read for a request that was left
        if self._classes[size.name] != self._class:
            self._cache.reset()
            self._class = self._classes[size.name]
        common = 0
        for old, new in zip(self._keys[: self._cache.length], keys[:-1], strict=False):
            if old != new:
                break
            common += 1
        length = self._cache.rewind_as_far_as_possible(common)
        del self._keys[length:]
        return length

    def _read(
        self,
        ids: Sequence[int],
        rows: Sequence[Tensor | None],
        keys: Sequence[Hashable],
        size: Size,
    ) -> Tensor:
        """Run the decoder over some tokens; the hidden state [1, 1, D] of the last."""
        given = torch.tensor([ids], dtype=torch.int64, device=self._model.device)
        embeds = self._model.embed(given)
        for place, row in enumerate(rows):
            if row is not None:
                embeds[0, place] = row
        self._model.files.check()
        hidden: Tensor = self._model.text(embeds, given, cache=self._cache, size=size, want=1)
        self._keys += keys
        return hidden


# Controls and line ends. Joiners, which Persian and emoji are spelt with, and marks of direction
# are no less a part of the text for not being seen.
_UNSEEN = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})


def _shown(text: str, *, unfinished: bool) -> str:
    """The translation as one line, without what may still be taken away: an early full stop."""
    text = " ".join("".join(" " if category(sign) in _UNSEEN else sign for sign in text).split())
    return text.rstrip(SENTENCE_ENDS + " ") if unfinished else text
