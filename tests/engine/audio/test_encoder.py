"""The encoder's own promises: what is stored, what a batch may hold, what trains."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from engine.audio import attention
from engine.audio.conformer import clip
from engine.audio.encoder import AudioEncoder
from engine.audio.subsample import CumulativeGroupNorm, CumulativeState
from tests.tiny_audio import PUBLISHED, TINY, random_encoder


def random_mel(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 3


def test_published_shape_has_the_published_parameters() -> None:
    with torch.device("meta"):
        encoder = AudioEncoder(PUBLISHED)
    stored = encoder.state_dict()
    assert len(stored) == 269
    assert sum(tensor.numel() for tensor in stored.values()) == 681_348_640
    assert stored["subsample_conv_projection.input_proj_linear.weight"].shape == (1536, 1024)
    assert stored["conformer.11.attention.attn.per_dim_scale"].shape == (192,)
    assert stored["conformer.0.lconv1d.depthwise_conv1d.weight"].shape == (1536, 1, 5)


@torch.inference_mode()
@pytest.mark.parametrize(("dtype", "bound"), [(torch.float32, 2e-6), (torch.float64, 1e-12)])
def test_padded_batch_equals_single_clips(dtype: torch.dtype, bound: float) -> None:
    """What stands after a clip's end must not reach the clip. Relative to the largest value."""
    encoder = random_encoder().to(dtype)
    lengths = torch.tensor([203, 150, 149, 64, 7, 2, 1])
    mel = random_mel(len(lengths), 203, 128).to(dtype) * 3
    batch, _ = encoder(mel, final=True, lengths=lengths)
    assert batch.shape == (len(lengths), 51, TINY.hidden_size)
    for i, length in enumerate(lengths.tolist()):
        single, _ = encoder(mel[i : i + 1, :length], final=True)
        assert single.shape[1] == -(-length // 4)
        error = (batch[i, : single.shape[1]] - single[0]).abs().max()
        assert error <= bound * single.abs().max()


def test_lengths_are_for_whole_clips_only() -> None:
    encoder = random_encoder()
    with pytest.raises(AssertionError, match="whole clips"):
        encoder(random_mel(1, 8, 128), final=False, lengths=torch.tensor([8]))


def test_every_parameter_gets_a_finite_gradient() -> None:
    encoder = random_encoder()
    lengths = torch.tensor([90, 33])
    frames, _ = encoder(random_mel(2, 90, 128), final=True, lengths=lengths)
    frames.square().mean().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


def test_gradients_agree_with_differences() -> None:
    config = replace(TINY, hidden_size=16, conf_num_hidden_layers=1, sscp_conv_channel_size=(2, 2))
    encoder = random_encoder(config).double()
    mel = random_mel(1, 21, 128).double().requires_grad_()
    run: Callable[[torch.Tensor], torch.Tensor] = lambda x: encoder(x, final=True)[0]  # noqa: E731
    assert torch.autograd.gradcheck(run, (mel,), fast_mode=True, rtol=1e-4, atol=1e-6)


@torch.inference_mode()
def test_folding_changes_nothing() -> None:
    encoder = random_encoder()
    mel = random_mel(1, 100, 128)
    before, _ = encoder(mel, final=True)
    encoder.fold()
    after, _ = encoder(mel, final=True)
    torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)
    assert not any("pos_proj" in name for name in encoder.state_dict())


@torch.inference_mode()
def test_block_size_of_the_attention_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = random_encoder().double()
    mel = random_mel(1, 300, 128).double()
    expected, _ = encoder(mel, final=True)
    for block in (1, 5, 12, 13, 32, 1000):
        monkeypatch.setattr(attention, "BLOCK_FRAMES", block)
        frames, _ = encoder(mel, final=True)
        torch.testing.assert_close(frames, expected, atol=1e-12, rtol=0)


@torch.inference_mode()
def test_bfloat16_stays_near_float32() -> None:
    encoder = random_encoder()
    mel = random_mel(1, 500, 128)
    expected, _ = encoder(mel, final=True)
    frames, state = encoder.bfloat16()(mel, final=True)
    assert frames.dtype == torch.bfloat16
    assert state.blocks[0].conv.dtype == torch.bfloat16
    error = (frames.float() - expected).norm() / expected.norm()
    assert error < 5e-2


@torch.inference_mode()
def test_float16_saturates_instead_of_overflowing() -> None:
    loud = torch.tensor([float("inf"), -float("inf"), 1.0], dtype=torch.float16)
    assert clip(loud).tolist() == [65504.0, -65504.0, 1.0]


@torch.inference_mode()
def test_cumulative_norm_follows_its_definition() -> None:
    """The recurrence written out frame by frame, against the vectorised form with its state."""
    norm = CumulativeGroupNorm(3, 1e-3).double()
    norm.weight.copy_(torch.tensor([0.5, 1.0, 2.0]))
    x = torch.randn(1, 3, 11, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    total = squares = 0.0
    expected = torch.empty_like(x)
    for t in range(11):
        count = (t + 1) * 15
        total += float(x[0, :, t].sum())
        mean = total / count
        squares += float((x[0, :, t] - mean).square().sum())
        normed = (x[0, :, t] - mean) / (squares / count + 1e-3) ** 0.5
        expected[0, :, t] = normed * norm.weight[:, None]
    zero = torch.zeros(1, dtype=torch.float64)
    first, state = norm(x[:, :, :4], CumulativeState(zero, zero, 0))
    second, state = norm(x[:, :, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 2), expected, atol=1e-12, rtol=0)
    assert state.frames == 11
    assert float(state.total) == pytest.approx(total)


@torch.inference_mode()
def test_statistics_of_an_hour_lose_no_small_change() -> None:
    """In float32 a frame's sum would vanish beside the total of an hour of sound."""
    norm = CumulativeGroupNorm(1, 1e-3)
    after_an_hour = CumulativeState(
        torch.tensor([1e9], dtype=torch.float64), torch.tensor([1e9], dtype=torch.float64), 10**6
    )
    _, state = norm(torch.full((1, 1, 1, 4), 0.25), after_an_hour)
    assert float(state.total) == 1e9 + 1.0
