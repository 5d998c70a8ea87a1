"""An opened model's answers to whole clips and to typed text, by the engine's own path."""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.datatypes import Languages, Modality, Pcm, SamplingParams, Task
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
        return self._answer(
            [*prefix, *[model.config.audio_token_id] * len(soft), *suffix], soft, size
        )

    def translation(self, text: str, target: str, size: Size) -> str:
        """An English text in the language `target`."""
        model = self._model
        instruction = (model.sizes.tasks or {}).get(Task.TRANSLATE)
        languages = Languages(target, "English")
        prompt = translate_prompt(model.tokenizer, model.config, text, languages, instruction)
        return self._answer(prompt, None, size)

    def chat(self, asked: str | Tensor, size: Size) -> str:
        """The answer to a typed text, or to a clip that stands alone in the user's turn."""
        model = self._model
        if isinstance(asked, str):
            message, soft = Message("user", (asked,)), None
        else:
            message, soft = Message("user", ("", Media(Modality.AUDIO, len(asked)))), asked
        return self._answer(chat_prompt(model.tokenizer, model.config, [message]), soft, size)

    @torch.inference_mode()
    def _answer(self, prompt: Sequence[int], soft: Tensor | None, size: Size) -> str:
        model = self._model
        ids = torch.tensor([prompt])
        embeds = model.embed(ids)
        if soft is not None:
            embeds[ids == model.config.audio_token_id] = soft
        cache = KVCache(model.config.text, model.dtype, device=model.device)
        hidden = model.text(embeds, ids, cache=cache, size=size, want=1)
        stops = frozenset(model.config.eos_token_ids)
        answer = generate(model.text, cache, hidden, self._sampler, stop_ids=stops, size=size)
        return model.tokenizer.decode(answer).strip()
