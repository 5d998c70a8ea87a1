"""An opened model's answers to whole clips and to typed text, by the engine's own decoder."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.datatypes import PICTURE_PIXELS, Languages, Modality, Pcm, Rgb, Task
from engine.live.starter import STARTER_WHOLE_CLIP, StarterRecogniser
from engine.live.whole_clip import words_of
from engine.model import Gemma3n
from engine.prompt import (
    TRANSCRIBE_INSTRUCTION,
    Media,
    Message,
    chat_prompt,
    transcribe_prefix,
    transcribe_suffix,
    translate_prompt,
)
from engine.sampling import forbidden_ids
from engine.text.beam import likeliest
from engine.text.matformer import Size
from engine.text.rows import RowsCache
from engine.vision.preprocess import resized

MOST_PIECES = 64
_TOGETHER = 48  # rows of one length


@dataclass(frozen=True, slots=True)
class _Prompt:
    """media: soft tokens [tokens, D] by the id that holds their places in `ids`."""

    ids: list[int]
    media: Mapping[int, Tensor] = field(default_factory=dict)


class Answerer:
    """Answers of one model at any of its sizes, as the program gives them, many at a time.

    Args:
        model: an opened model; sound needs one that hears.
    """

    def __init__(self, model: Gemma3n) -> None:
        self._model = model
        self._never = torch.tensor(forbidden_ids(model.config), device=model.device)

    @torch.inference_mode()
    def soft_tokens(self, pcm: Pcm) -> Tensor:
        """What the decoder gets of a clip, [tokens, D]; the same for every size."""
        tower = self._model.audio_tower()
        _, soft = tower.feed(tower.initial_state(), torch.from_numpy(pcm), final=True)
        return soft

    @torch.inference_mode()
    def look(self, rgb: Rgb) -> Tensor:
        """What the decoder gets of a picture, [tokens, D]; the same for every size."""
        pixels = self._model.sizes.pixels or PICTURE_PIXELS[0]
        rows: Tensor = self._model.vision_tower()(resized(rgb, pixels)[None])
        return rows[0]

    def transcripts(self, clips: Sequence[Tensor], size: Size) -> list[str]:
        """What is said in each clip, given as its soft tokens."""
        model = self._model
        instruction = (model.sizes.tasks or {}).get(Task.TRANSCRIBE) or TRANSCRIBE_INSTRUCTION
        prefix = transcribe_prefix(model.tokenizer, model.config, instruction)
        suffix = transcribe_suffix(model.tokenizer, model.config)
        place = model.config.audio_token_id
        prompts = [
            _Prompt([*prefix, *[place] * len(soft), *suffix], {place: soft}) for soft in clips
        ]
        return self._answers(prompts, size, model.sizes.beams)

    def translations(self, texts: Sequence[str], target: str, size: Size) -> list[str]:
        """English texts in the language `target`."""
        model = self._model
        instruction = (model.sizes.tasks or {}).get(Task.TRANSLATE)
        languages = Languages(target, "English")
        prompts = [
            _Prompt(translate_prompt(model.tokenizer, model.config, text, languages, instruction))
            for text in map(model.sizes.read, texts)
        ]
        return self._answers(prompts, size)

    def chats(
        self, asked: Sequence[str | Tensor], size: Size, seen: Sequence[Tensor] | None = None
    ) -> list[str]:
        """The answers to typed texts, or to spoken clips by their soft tokens.

        As in the program, a demonstration is asked in the words that it hears in a clip; another
        model gets the clip itself. seen: soft tokens of the picture before each, as `look` gives
        them.
        """
        if self._model.sizes.demonstration:
            asked = self._in_words(asked, size)
        pictures = seen or itertools.repeat(None, len(asked))
        prompts = [self._asked(*pair) for pair in zip(asked, pictures, strict=True)]
        return self._answers(prompts, size)

    def _in_words(self, asked: Sequence[str | Tensor], size: Size) -> list[str]:
        heard = iter(self.transcripts([one for one in asked if isinstance(one, Tensor)], size))
        return [one if isinstance(one, str) else next(heard) for one in asked]

    def _asked(self, asked: str | Tensor, seen: Tensor | None) -> _Prompt:
        model = self._model
        parts: list[str | Media] = []
        media: dict[int, Tensor] = {}
        if seen is not None:
            parts.append(Media(Modality.VISION, len(seen)))
            media[model.config.image_token_id] = seen
        if isinstance(asked, str):
            parts.append(model.sizes.read(asked))
        else:
            parts += ["", Media(Modality.AUDIO, len(asked))]
            media[model.config.audio_token_id] = asked
        message = Message("user", tuple(parts))
        return _Prompt(chat_prompt(model.tokenizer, model.config, [message]), media)

    def _answers(self, prompts: Sequence[_Prompt], size: Size, beams: int = 1) -> list[str]:
        """Those of one length are read together: no row has padding that another has not."""
        order = sorted(range(len(prompts)), key=lambda place: len(prompts[place].ids))
        found = [""] * len(prompts)
        for _, group in itertools.groupby(order, lambda place: len(prompts[place].ids)):
            alike = list(group)
            for first in range(0, len(alike), _TOGETHER // beams):
                places = alike[first : first + _TOGETHER // beams]
                rows = self._together([prompts[place] for place in places], size, beams)
                for place, row in zip(places, rows, strict=True):
                    found[place] = row
        return found

    @torch.inference_mode()
    def _together(self, prompts: Sequence[_Prompt], size: Size, beams: int) -> list[str]:
        model = self._model
        ids = torch.tensor([prompt.ids for prompt in prompts], device=model.device)
        embeds = model.embed(ids)
        for row, row_ids, prompt in zip(embeds, ids, prompts, strict=True):
            for place, soft in prompt.media.items():
                row[row_ids == place] = soft
        text = model.text
        cache = RowsCache(text.config, embeds.dtype, embeds.device)

        def read(embeds: Tensor, ids: Tensor) -> Tensor:
            logits = text.logits(text(embeds, ids, cache=cache, size=size, want=1))[:, -1]
            return logits.index_fill(-1, self._never, float("-inf"))

        def follow(rows: Tensor, ids: Tensor) -> Tensor:
            cache.take(rows)
            return read(text.embed(ids[:, None]), ids[:, None])

        rows = likeliest(
            read(embeds, ids),
            follow,
            beams=beams,
            stops=frozenset(model.config.eos_token_ids),
            most=MOST_PIECES,
        )
        return [model.tokenizer.decode(row).strip() for row in rows]


def starter_words(clips: Sequence[Pcm]) -> list[str]:
    """What the starter ears hear in each clip, as the program asks a demonstration."""
    ears = StarterRecogniser()
    found = [words_of(pcm, ears, STARTER_WHOLE_CLIP) or "" for pcm in clips]
    ears.close()
    return found
