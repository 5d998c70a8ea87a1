"""An opened model's answers to whole clips and to typed text, by the engine's own path."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from engine.datatypes import (
    PICTURE_PIXELS,
    Languages,
    Modality,
    Pcm,
    Rgb,
    SamplingParams,
    Task,
)
from engine.generate import generate
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
from engine.sampling import Sampler, forbidden_ids
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.vision.preprocess import resized

MOST_PIECES = 64


class Answerer:
    """Greedy answers of one model at any of its sizes.

    Args:
        model: an opened model; sound needs one that hears.
    """

    def __init__(self, model: Gemma3n) -> None:
        self._model = model
        params = SamplingParams(temperature=0.0, max_tokens=MOST_PIECES)
        self._sampler = Sampler(params, forbidden_ids(model.config))

    @torch.inference_mode()
    def soft_tokens(self, pcm: Pcm) -> Tensor:
        """What the decoder gets of a clip, [tokens, D]; the same for every size."""
        tower = self._model.audio_tower()
        _, soft = tower.feed(tower.initial_state(), torch.from_numpy(pcm), final=True)
        return soft

    def transcript(self, soft: Tensor, size: Size) -> str:
        """What is said in a clip."""
        instruction = (self._model.sizes.tasks or {}).get(Task.TRANSCRIBE)
        return self.spoken(soft, instruction or TRANSCRIBE_INSTRUCTION, size)

    def spoken(self, soft: Tensor, instruction: str, size: Size) -> str:
        """The answer to an instruction about a clip."""
        model = self._model
        prefix = transcribe_prefix(model.tokenizer, model.config, instruction)
        suffix = transcribe_suffix(model.tokenizer, model.config)
        place = model.config.audio_token_id
        return self._answer([*prefix, *[place] * len(soft), *suffix], {place: soft}, size)

    def translation(self, text: str, target: str, size: Size) -> str:
        """An English text in the language `target`."""
        model = self._model
        instruction = (model.sizes.tasks or {}).get(Task.TRANSLATE)
        languages = Languages(target, "English")
        prompt = translate_prompt(model.tokenizer, model.config, text, languages, instruction)
        return self._answer(prompt, {}, size)

    def chat(self, asked: str | Tensor, size: Size, seen: Tensor | None = None) -> str:
        """The answer to a typed text, or to a clip that stands alone in the user's turn.

        seen: soft tokens of a picture before it, as `look` gives them.
        """
        model = self._model
        parts: list[str | Media] = []
        media: dict[int, Tensor] = {}
        if seen is not None:
            parts.append(Media(Modality.VISION, len(seen)))
            media[model.config.image_token_id] = seen
        if isinstance(asked, str):
            parts.append(asked)
        else:
            parts += ["", Media(Modality.AUDIO, len(asked))]
            media[model.config.audio_token_id] = asked
        message = Message("user", tuple(parts))
        return self._answer(chat_prompt(model.tokenizer, model.config, [message]), media, size)

    @torch.inference_mode()
    def look(self, rgb: Rgb) -> Tensor:
        """What the decoder gets of a picture, [tokens, D]; the same for every size."""
        pixels = self._model.sizes.pixels or PICTURE_PIXELS[0]
        rows: Tensor = self._model.vision_tower()(resized(rgb, pixels)[None])
        return rows[0]

    @torch.inference_mode()
    def _answer(self, prompt: Sequence[int], media: Mapping[int, Tensor], size: Size) -> str:
        """media: soft tokens by the id that holds their places."""
        model = self._model
        ids = torch.tensor([prompt])
        embeds = model.embed(ids)
        for place, soft in media.items():
            embeds[ids == place] = soft
        cache = KVCache(model.config.text, model.dtype, device=model.device)
        hidden = model.text(embeds, ids, cache=cache, size=size, want=1)
        stops = frozenset(model.config.eos_token_ids)
        answer = generate(model.text, cache, hidden, self._sampler, stop_ids=stops, size=size)
        return model.tokenizer.decode(answer).strip()
