"""The bench's figure that does not depend on the machine: it passes, and it can fail."""

import pytest
import torch

from engine.audio.encoder import AudioEncoder, EncoderState
from tests.bench import audio
from tests.tiny_audio import random_tower


def run(tower: torch.nn.Module) -> int:
    return audio.report(tower, "tiny", steps=2, seconds=1.0, check=True)


def test_an_exact_tower_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(random_tower()) == 0
    table = capsys.readouterr().out
    for row in ("step of 1 chunk", "step of 2 chunks", "step of 4 chunks", "whole clip of 1 s"):
        assert row in table
    assert "SHORT" not in table


def test_a_tower_that_forgets_falls_short(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exact = AudioEncoder.forward

    def forgetful(
        self: AudioEncoder, mel: torch.Tensor, state: EncoderState, *, final: bool
    ) -> tuple[torch.Tensor, EncoderState]:
        frames, after = exact(self, mel, state, final=final)
        fresh = self.initial_state()
        return frames, EncoderState(after.subsample, fresh.blocks, after.frames)

    monkeypatch.setattr(AudioEncoder, "forward", forgetful)
    assert run(random_tower()) == 1
    assert "SHORT: stream against whole clip" in capsys.readouterr().out
