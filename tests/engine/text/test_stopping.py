"""A forward that is stopped between two layers leaves the cache as it was."""

from pathlib import Path

import pytest
import torch

from engine.chat import Chat
from engine.datatypes import FinishReason, Role, SamplingParams, Turn
from engine.model import Gemma3n
from engine.protocol import Finished
from engine.text.cache import KVCache
from engine.text.model import Interrupted
from tests.checkpoints import write_checkpoint

IDS = torch.tensor([list(range(20, 60))])


def test_stopped_forward_is_as_if_it_had_not_begun(tmp_path: Path) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path))
    cache = KVCache(model.config.text, model.dtype)
    first, second = IDS[:, :25], IDS[:, 25:]
    model.text(model.embed(first), first, cache=cache)
    answers = iter([False] * 5 + [True])
    with pytest.raises(Interrupted):
        model.text(model.embed(second), second, cache=cache, stop=lambda: next(answers))
    assert cache.length == 25
    again = model.text(model.embed(second), second, cache=cache)
    whole = model.text(model.embed(IDS), IDS)
    torch.testing.assert_close(again, whole[:, 25:], atol=1e-4, rtol=1e-4)


def test_large_pieces_of_a_prompt_are_stopped_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Gemma3n.open(write_checkpoint(tmp_path))
    monkeypatch.setattr("engine.model.SMALL_MODEL_PARAMS", 0)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 8

    chat = Chat(model)
    turns = (Turn(0, Role.USER, "the quick brown fox " * 12),)
    params = SamplingParams(temperature=0.0, max_tokens=2)
    size = model.sizes.largest
    stopped = list(chat.answer(turns, params, size, stop))
    assert stopped == [Finished(0, FinishReason.STOPPED)]
    assert list(chat.answer(turns, params, size, lambda: False))[-1] != stopped[-1]
