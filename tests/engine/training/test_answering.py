"""Many prompts answered together: what each would have been answered alone."""

import random

import pytest
import torch

from engine.datatypes import SamplingParams
from engine.generate import generate
from engine.model import Gemma3n
from engine.prompt import Message, chat_prompt
from engine.sampling import Sampler, forbidden_ids
from engine.text.cache import KVCache
from engine.training.answering import Answerer
from engine.training.evaluate import NANO
from engine.training.sets import utterance
from engine.training.voices import trained_voice

TEXTS = (
    "the clean umbrella costs fifty six pounds",
    "the train leaves at nine",
    "we need two tickets to london",
    "the train leaves at ten",
)


@pytest.fixture(scope="module")
def nano() -> Gemma3n:
    return Gemma3n.open(NANO)


def alone(model: Gemma3n, asked: str, most: int) -> str:
    """The answer by the path of the program: one conversation, id by id."""
    sampler = Sampler(SamplingParams(temperature=0.0, max_tokens=most), forbidden_ids(model.config))
    prompt = chat_prompt(model.tokenizer, model.config, [Message("user", (asked,))])
    ids, size = torch.tensor([prompt]), model.sizes.sizes[-1]
    with torch.inference_mode():
        cache = KVCache(model.config.text, model.dtype)
        hidden = model.text(model.embed(ids), ids, cache=cache, size=size, want=1)
        stops = frozenset(model.config.eos_token_ids)
        found = generate(model.text, cache, hidden, sampler, stop_ids=stops, size=size)
        return model.tokenizer.decode(list(found)).strip()


def test_prompts_of_any_lengths_are_answered_as_each_would_be_alone(
    nano: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.answering.MOST_PIECES", 8)
    monkeypatch.setattr("engine.training.answering._TOGETHER", 2)
    together = Answerer(nano).chats(TEXTS, nano.sizes.sizes[-1])
    assert together == [alone(nano, text, 8) for text in TEXTS]


def test_clips_are_heard_in_their_order_at_every_size(
    nano: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.answering.MOST_PIECES", 8)
    answerer = Answerer(nano)
    clips = []
    for position, text in enumerate(TEXTS):
        rng = random.Random(position)
        clips.append(answerer.soft_tokens(utterance(text, trained_voice(rng), rng).pcm))
    for size in (nano.sizes.sizes[0], nano.sizes.sizes[-1]):
        forwards = answerer.transcripts(clips, size)
        assert len(forwards) == len(clips)
        assert answerer.transcripts(clips[::-1], size) == forwards[::-1]


def test_what_no_longer_fits_a_sliding_window_is_answered_alike(
    nano: Gemma3n, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.answering.MOST_PIECES", 8)
    window = nano.config.text.sliding_window
    long = " ".join([TEXTS[0]] * (window // 7))
    asked = (long, long.replace("clean", "short"))
    prompt = chat_prompt(nano.tokenizer, nano.config, [Message("user", (long,))])
    assert len(prompt) > window
    answered = Answerer(nano).chats(asked, nano.sizes.sizes[-1])
    assert answered == [alone(nano, text, 8) for text in asked]
